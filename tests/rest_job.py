"""Call the REST API of a database without a server: ``python tests/rest_job.py KEY
ADDRESS …`` prints the status and the content of each answer, as JSON."""

import json
import sys

from werkzeug.test import Client

import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)
from odoo import http
from odoo.service.server import load_server_wide_modules
from odoo.tools import config


def main(key, *addresses):
    """Get each address below ``/api/v1/`` in the name of a key's owner."""
    config.parse_config(["--no-http"], setup_logging=True)
    load_server_wide_modules()
    client = Client(http.root)
    answers = []
    for address in addresses:
        headers = {"Authorization": f"Bearer {key}"}
        answer = client.get(f"/api/v1/{address}", headers=headers)
        content = answer.json if answer.is_json else answer.data.decode("latin-1")
        answers.append((answer.status_code, content))
    sys.stdout.write(json.dumps(answers))


if __name__ == "__main__":
    main(*sys.argv[1:])
