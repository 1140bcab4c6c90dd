"""One person at a desk: each step is a request, which locust counts by its name."""

import random
import re
import time
from typing import Any
from urllib.parse import urlencode

from locust import FastHttpUser
from locust.exception import StopUser

from tools.load.web_client import specification

PASSWORD = "demo"
PATIENCE = 180  # seconds for an answer; a person has long gone by then
WORDS = 200  # letters of an error that are told
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Failed(Exception):
    """A step was answered with an error, which is counted; the job ends there."""


class Desk(FastHttpUser):
    """The requests of the web client, and of programs with the person's key.

    What ``tools.load.drive`` sets: ``keys``, the people and their API keys; ``pause``,
    seconds between two steps, at least and at most; ``ends``, when the day is over.
    """

    abstract = True
    network_timeout = connection_timeout = PATIENCE
    keys: dict[str, str] = {}
    pause = (0.0, 0.0)
    ends = float("inf")
    _next = 0

    def on_start(self) -> None:
        """The next one of the people takes this desk."""
        Desk._next += 1
        self.login, self.key = list(self.keys.items())[Desk._next % len(self.keys)]
        self.views: dict[str, dict[str, Any]] = {}

    def ask(
        self, step: str, method: str, path: str, holds: bytes = b"", **how: Any
    ) -> Any:
        """Think, then send one request.

        :param step: its name in the table
        :param holds: what is in a right answer
        :param how: for locust
        :raises Failed: an error was answered
        :raises StopUser: the day is over
        """
        time.sleep(random.uniform(*self.pause))
        if time.monotonic() > self.ends:
            raise StopUser
        with self.client.request(
            method, path, name=step, catch_response=True, **how
        ) as answer:
            problem = _problem(answer, holds)
            if problem:
                answer.failure(problem)
        if problem:
            raise Failed(problem)
        return answer

    # -- in the browser ----------------------------------------------------------------

    def sign_in(self) -> None:
        """Open the login page in a new session, and come to the first screen."""
        self.client.cookiejar.clear()
        page = self.ask("sign-in page", "GET", "/web/login", holds=b"csrf_token")
        token = TOKEN.search(page.text)
        typed = {"csrf_token": token and token[1]}
        typed |= {"login": self.login, "password": PASSWORD, "redirect": "/odoo"}
        self.ask(
            *("sign in", "POST", "/web/login"),
            holds=b"odoo.__session_info__",
            data=urlencode(typed),
            headers=FORM,
        )

    def rpc(self, step: str, path: str, holds: bytes = b"", **arguments: Any) -> Any:
        """Call an address of the web client.

        :param holds: what is in a right answer
        :returns: the result
        """
        body = {"jsonrpc": "2.0", "method": "call", "params": arguments}
        return self.ask(step, "POST", path, holds, json=body).json().get("result")

    def call(
        self,
        step: str,
        model: str,
        method: str,
        *arguments: Any,
        holds: bytes = b"",
        **named: Any,
    ) -> Any:
        """Call a method of a model as the web client does.

        :param holds: what is in a right answer
        """
        return self.rpc(
            step,
            f"/web/dataset/call_kw/{model}/{method}",
            holds,
            model=model,
            method=method,
            args=arguments,
            kwargs={"context": {"lang": "en_US"}, **named},
        )

    def fields_of(self, model: str, kind: str) -> dict[str, Any]:
        """What a view of a model shows; views are read once in a session.

        :param kind: list or form
        :returns: as ``web_read`` takes it
        """
        if model not in self.views:
            wanted = [[False, "list"], [False, "form"], [False, "search"]]
            self.views[model] = self.call("views", model, "get_views", views=wanted)
        return specification(self.views[model], kind)

    # -- programs ----------------------------------------------------------------------

    def by_rest(self, step: str, method: str, path: str, **how: Any) -> Any:
        """Call the REST interface with the person's key."""
        return self.ask(step, method, f"/api/v1/{path}", headers=self._bearer, **how)

    def by_json2(self, step: str, model: str, method: str, **arguments: Any) -> Any:
        """Call a method through JSON-2 with the person's key."""
        path = f"/json/2/{model}/{method}"
        answer = self.ask(step, "POST", path, json=arguments, headers=self._bearer)
        return answer.json()

    @property
    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def _problem(answer: Any, holds: bytes) -> str:
    """What is wrong with an answer; empty: nothing."""
    if not 200 <= answer.status_code < 300:
        return _line(f"{answer.status_code} {answer.text or ''}")
    content = answer.content or b""
    if holds not in content:
        return f"the answer has no {holds.decode()}"
    if content.startswith(b'{"jsonrpc"'):
        error = answer.json().get("error")
        return error and _line(error.get("data", error).get("message", "an error"))
    return ""


def _line(text: str) -> str:
    return " ".join(text.split())[:WORDS]
