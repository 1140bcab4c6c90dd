"""Which of our files one send runs through. Runs inside a database.

``python structure_job.py ROOT MODEL LOGIN`` sends two drafts of a model as a user of
the demo and prints one line of JSON about the second one: its number, the outcome, and
each function of our addons below ROOT that was entered, in order, with the nearest one
of ours that led there and whether it did so directly. The first send warms up what is
made once per process: templates, pools, caches.

It imports nothing of ``tools``, for it also runs on the code of earlier commits.
"""

import json
import sys
import threading
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)
from odoo import api
from odoo.modules.registry import Registry
from odoo.tools import config

Place = tuple[str, str]  # a file below the root, and a function in it


class Trace:
    """Notes each function of our own that is entered while it is on, in all threads.

    :param root: the folder with the addons
    """

    def __init__(self, root: str) -> None:
        manifests = [
            *Path(root).glob("*/__manifest__.py"),
            *Path(root).glob("addons/*/__manifest__.py"),
        ]
        self.root = f"{root}/"
        self.folders = tuple(f"{path.parent}/" for path in manifests)
        self.steps: list[tuple[Place, Place | None, bool]] = []
        self._places: dict[CodeType, Place | None] = {}

    def __enter__(self) -> "Trace":
        threading.setprofile(self._note)
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_error: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    def _note(self, frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call" and (place := self._place(frame.f_code)):
            self.steps.append((place, *self._caller(frame)))

    def _caller(self, frame: FrameType) -> tuple[Place | None, bool]:
        above = frame.f_back
        while above:
            if place := self._place(above.f_code):
                return place, above is frame.f_back
            above = above.f_back
        return None, False

    def _place(self, code: CodeType) -> Place | None:
        if code not in self._places:
            path, place = code.co_filename, None
            if path.startswith(self.folders) and "/tests/" not in path:
                # what is defined inside a function belongs to it
                function = code.co_qualname.split(".<locals>")[0]
                place = (path.removeprefix(self.root), function)
            self._places[code] = place
        return self._places[code]


def trace_a_send(env: Any, root: str, model: str) -> dict[str, Any]:
    """Send drafts until two have left; what the second one ran through.

    :param env: Odoo's environment of the user who sends
    :param root: the folder with the addons
    :param model: of the documents
    :returns: ``{"number", "status", "steps": [[place, caller, direct], ...]}``
    """
    sent = 0
    for draft in env[model].search([("state", "=", "draft")], order="id"):
        env.invalidate_all()
        with Trace(root) as trace:
            answer = draft.send_email()
        sent += answer["status"] == "sent"
        if sent == 2:
            number, status = answer["number"], answer["status"]
            return {"number": number, "status": status, "steps": trace.steps}
    sys.exit(f"the demo has no two drafts of {model} that can be sent")


def main(root: str, model: str, login: str) -> None:
    """Print what one send ran through."""
    config.parse_config(["--no-http", "--log-level=critical"], setup_logging=True)
    with Registry(config["db_name"][0]).cursor() as cursor:
        superuser = api.Environment(cursor, api.SUPERUSER_ID, {})
        user = superuser["res.users"].search([("login", "=", login)])
        env = api.Environment(cursor, user.id, {"lang": "en_US"})
        result = trace_a_send(env, root, model)
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
