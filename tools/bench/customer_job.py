"""One measurement: the customer's page. Runs inside a database of ``documents_job``.

``python -m tools.bench.customer_job`` gives each document what an old database has of
it: a file in the archive, a link, a mail, events and a request for signatures; then it
archives one of each kind for real, and prints the paths of their pages.
"""

import json
import sys
from typing import Any
from urllib.parse import urlsplit

from tools.bench.database import environment
from tools.bench.documents_job import MODELS, vacuum

# Rows per document that the page looks among: table, and its columns. A digest of 64
# letters is what a real one takes of an index.
DIGEST = "md5(%(model)s || id) || md5(id || %(model)s)"
ROWS = {
    "ir_attachment": {
        "name": "'document.pdf'",
        "type": "'binary'",
        "document_sha256": DIGEST,
    },
    "mail_message": {
        "model": "%(model)s",
        "message_type": "'email'",
        "body": "'A mail'",
        "subject": "name",
        "date": "create_date",
    },
    "document_link": {
        "company_id": "company_id",
        "digest": DIGEST,
        "purpose": "'mail'",
        "recipients": "'somebody@example.com'",
    },
    "document_event": {
        "company_id": "company_id",
        "kind": "'viewed'",
        "moment": "create_date",
        "previous": DIGEST,
        "digest": DIGEST,
    },
    "document_signing": {
        "company_id": "company_id",
        "document_name": "name",
        "file_id": "(SELECT min(id) FROM ir_attachment WHERE document_sha256 != '')",
        "sha256": DIGEST,
        "state": "'void'",
        "expires": "create_date",
        "asked_date": "create_date",
    },
}
STAMPED = ("ir_attachment", "mail_message", "document_link", "document_signing")
SHOWN = {
    "bmasia.quote": "sent",
    "bmasia.contract": "sent",
    "bmasia.invoice": "issued",
}


def fill(env: Any) -> None:
    """The rows, for each document that has none yet."""
    for model in MODELS:
        for table, columns in ROWS.items():
            values = {"res_model": "%(model)s", **columns, "res_id": "id"}
            if "model" in values:
                del values["res_model"]
            if table in STAMPED:
                values["create_date"] = "create_date"
            named = "model" if "model" in values else "res_model"
            env.cr.execute(
                f"INSERT INTO {table} ({', '.join(values)}) "
                f"SELECT {', '.join(values.values())} FROM {env[model]._table} d "
                f"WHERE NOT EXISTS (SELECT FROM {table} t WHERE t.res_id = d.id "
                f"AND t.{named} = %(model)s)",
                {"model": model},
            )
    env.cr.commit()
    vacuum(env.cr)


def pages(env: Any) -> dict[str, str]:
    """``{kind: path}`` of one document of each kind, the oldest that is open."""
    paths = {}
    for model, state in SHOWN.items():
        document = env[model].search([("state", "=", state)], order="id", limit=1)
        document.sent_date = document.create_date
        document._archive_pdf()
        address = document._new_link(recipients="somebody@example.com")
        paths[f"page of {document._kind_label()}"] = urlsplit(address).path
    env.cr.commit()
    return paths


if __name__ == "__main__":
    with environment() as environment_:
        fill(environment_)
        sys.stdout.write(json.dumps(pages(environment_)) + "\n")
