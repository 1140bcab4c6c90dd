"""What a person does in a day: jobs, each of several steps."""

import random
import uuid
from contextlib import suppress
from typing import Any

from locust import task

from tools.load.desk import Desk, Failed
from tools.load.mails import DOMAIN

LISTS = ("bmasia.company", "bmasia.quote", "bmasia.contract", "bmasia.invoice")
PAGE = 80  # rows of a list
COUNTED = 10_001  # the web client counts no further
# job: times in one day
DAY = {
    "sign_in": 1,
    "look_at_my_day": 2,
    "look_at_dashboard": 1,
    "look_through_list": 6,
    "open_form": 8,
    "search": 5,
    "print_quote": 3,
    "mail_quote": 2,
    "program_reads": 3,
    "program_mails": 1,
}


class Person(Desk):
    """Takes the jobs of a day in any order, again and again.

    :attr asked: addresses that a mail was asked for, each of them once
    :attr answered: those of them where the answer said that it is sent, or will be
    """

    asked: list[str] = []
    answered: list[str] = []

    def on_start(self) -> None:
        """Come to work."""
        super().on_start()
        self.jobs: list[str] = []
        self.seen: dict[str, list[dict[str, Any]]] = {}
        self._do("sign_in")

    @task
    def work(self) -> None:
        """The next job."""
        if not self.jobs:
            self.jobs = [job for job, times in DAY.items() for _time in range(times)]
            random.shuffle(self.jobs)
        self._do(self.jobs.pop())

    def _do(self, job: str) -> None:
        with suppress(Failed):  # locust has counted it
            getattr(self, job)()

    # -- looking -----------------------------------------------------------------------

    def look_at_my_day(self) -> None:
        """The first screen."""
        self.call("my day", "document.day", "get_day")

    def look_at_dashboard(self) -> None:
        """The figures."""
        self.call("dashboard", "bmasia.dashboard", "get_figures")

    def look_through_list(self, model: str = "") -> None:
        """A page of a list."""
        model = model or random.choice(LISTS)
        self.seen[model] = self._rows("list", model, [])

    def open_form(self) -> None:
        """A record of a list, with its messages."""
        model = random.choice(LISTS)
        record = self._one_of(model)["id"]
        wanted = self.fields_of(model, "form")
        self._read("form", model, record, wanted)
        self.rpc(
            *("messages", "/mail/thread/messages"),
            thread_model=model,
            thread_id=record,
            fetch_params={"limit": 30},
        )

    def _read(self, step: str, model: str, record: int, wanted: dict[str, Any]) -> None:
        sizes_of_files = {"lang": "en_US", "bin_size": True}
        self.call(
            *(step, model, "web_read", [record]),
            specification=wanted,
            context=sizes_of_files,
        )

    def search(self) -> None:
        """What is typed above a list."""
        model = random.choice(LISTS)
        name = self._one_of(model)["display_name"]
        text = random.choice((name[:5], name[-3:]))
        field = "display_name" if model == "bmasia.company" else "name"
        domain: list[Any] = [(field, "ilike", text)]
        if model != "bmasia.company":
            domain = ["|", *domain, ("customer_id", "ilike", text)]
        self._rows("search", model, domain)

    def _rows(self, step: str, model: str, domain: list[Any]) -> list[dict[str, Any]]:
        wanted = self.fields_of(model, "list")
        answer = self.call(
            *(step, model, "web_search_read", domain, wanted),
            limit=PAGE,
            count_limit=COUNTED,
        )
        return answer["records"]

    def _one_of(self, model: str) -> dict[str, Any]:
        if not self.seen.get(model):
            self.look_through_list(model)
        return random.choice(self.seen[model])

    # -- quotes ------------------------------------------------------------------------

    def print_quote(self) -> None:
        """The PDF of a quote."""
        quote = self._one_of("bmasia.quote")["id"]
        path = f"/report/pdf/bmasia_crm.report_quote/{quote}"
        self.ask("PDF", "GET", path, holds=b"%PDF")

    def mail_quote(self) -> None:
        """Write a quote in its form, and send it by the wizard."""
        quote = self._write_quote()
        opened = self.call("wizard: open", "bmasia.quote", "action_send", [quote])
        model, wizard = opened["res_model"], opened["res_id"]
        wanted = self.fields_of(model, "form")
        self._read("wizard: read", model, wizard, wanted)
        path = f"/web/content?model={model}&id={wizard}&field=preview"
        self.ask("wizard: PDF", "GET", path, holds=b"%PDF")
        address = self._new_address()
        typed = {"recipient_ids": [[6, 0, []]], "other_recipients": address}
        self.call("wizard: save", model, "web_save", [wizard], typed, specification={})
        self.asked.append(address)
        # what could not be sent opens the wizard again
        sent = b"document_sent"
        self.call("wizard: send", model, "action_send", [wizard], holds=sent)
        self.answered.append(address)

    def _write_quote(self) -> int:
        name = self._one_of("bmasia.company")["display_name"]
        found = self.call(
            *("picker", "bmasia.company", "name_search"), name=name[:8], limit=8
        )
        model, wanted = "bmasia.quote", self.fields_of("bmasia.quote", "form")
        self.call("form: new", model, "onchange", [], {}, [], wanted)
        typed = _quote(random.choice(found)[0])
        saved = self.call(
            "form: save", model, "web_save", [], typed, specification=wanted
        )
        return saved[0]["id"]

    @staticmethod
    def _new_address() -> str:
        return f"load-{uuid.uuid4().hex[:12]}@{DOMAIN}"

    # -- programs ----------------------------------------------------------------------

    def program_reads(self) -> None:
        """A program keeps its copy, and fetches a file."""
        page = self.by_rest("REST: list", "GET", "quotes?limit=50").json()
        quote = random.choice(page["results"])["id"]
        self.by_rest("REST: one", "GET", f"quotes/{quote}")
        self.by_rest("REST: PDF", "GET", f"quotes/{quote}/pdf", holds=b"%PDF")
        fields = ["name", "state", "customer_id", "amount_total"]
        self.by_json2(
            "JSON-2: read", "bmasia.quote", "search_read", fields=fields, limit=PAGE
        )

    def program_mails(self) -> None:
        """A program makes a quote and mails it."""
        customer = self._one_of("bmasia.company")["id"]
        values, model = [_quote(customer)], "bmasia.quote"
        made = self.by_json2("JSON-2: create", model, "create", vals_list=values)
        address = self._new_address()
        self.asked.append(address)
        self.by_rest(
            *("REST: send", "POST", f"quotes/{made[0]}/send/"),
            json={"recipients": [address]},
        )
        self.answered.append(address)


def _quote(customer: int) -> dict[str, Any]:
    line = {"name": "Music", "quantity": random.randint(1, 9), "unit_price": 900.0}
    return {"customer_id": customer, "line_ids": [[0, 0, line]]}
