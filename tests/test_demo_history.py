"""What the demo calls sent was sent: its files, mails and recipients are there."""

import io
import signal
import subprocess
import sys
import urllib.request
from base64 import b64decode
from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.kit import wait_for
from tools.settings import ROOT

KINDS = ("bmasia.quote", "bmasia.contract", "bmasia.invoice", "bmasia.receipt")
EACH = 3  # documents of a kind
LIMIT = 240  # seconds, on a busy machine
SIGN = "@history.example.com>"
DOCUMENT = ["name", "sent_date", "send_state", "send_header", "delivery_ids"]
DOCUMENT += ["archive_ids", "user_id", "create_date"]
ROW = ["state", "recipient", "sent_at", "user_id", "mail_message_id", "attachment_ids"]


class History:
    """The process that completes the demo, and what it has done."""

    def __init__(self, stack, admin):
        self.stack, self.admin = stack, admin
        self.log = stack.state / "log" / "test-history.log"

    def start(self, *options):
        with open(self.log, "wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tools.load_history", *options],
                cwd=ROOT,
                env=self.stack.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def run(self, *options):
        assert self.start(*options).wait(LIMIT) == 0, self.log.read_text()
        return self.log.read_text()

    def messages(self, model):
        return self.admin.call(
            "mail.message",
            "search_read",
            domain=[("model", "=", model), ("message_id", "like", SIGN)],
            fields=["res_id", "message_id", "date", "author_id", "attachment_ids"],
        )

    def documents(self, model):
        ids = [message["res_id"] for message in self.messages(model)]
        return self.admin.call(model, "read", ids, fields=DOCUMENT)


@pytest.fixture(scope="module")
def admin(json2):
    return json2.user("admin")


@pytest.fixture(scope="module")
def history(stack, admin):
    """The oldest documents of each kind have their history."""
    history = History(stack, admin)
    history.run("--each", str(EACH))
    return history


@pytest.mark.parametrize("model", KINDS)
def test_each_kind_has_documents_with_everything_that_sending_leaves(
    history, admin, model
):
    documents = history.documents(model)
    assert len(documents) >= EACH
    messages = {message["res_id"]: message for message in history.messages(model)}
    for document in documents:
        message = messages[document["id"]]
        rows = admin.call("mail.delivery", "read", document["delivery_ids"], fields=ROW)
        own = [row for row in rows if row["mail_message_id"][0] == message["id"]]
        assert own and {row["state"] for row in own} == {"sent"}
        assert {row["sent_at"] for row in own} == {document["sent_date"]}
        assert {row["user_id"][0] for row in own} == {document["user_id"][0]}
        assert message["date"] == document["sent_date"] <= document["create_date"]
        assert message["attachment_ids"] == [min(document["archive_ids"])]
        assert document["send_state"] == "sent" and document["send_header"]


@pytest.mark.parametrize("model", KINDS)
def test_the_archived_file_is_a_pdf_with_its_digest_number_and_day(
    history, admin, model
):
    for document in history.documents(model):
        first = admin.call(
            "ir.attachment",
            "read",
            [min(document["archive_ids"])],
            fields=["datas", "document_sha256", "create_date", "name"],
        )[0]
        pdf = b64decode(first["datas"])
        assert sha256(pdf).hexdigest() == first["document_sha256"]
        pages = PdfReader(io.BytesIO(pdf)).pages
        text = "\n".join(page.extract_text() for page in pages)
        assert document["name"] in text and "DRAFT" not in text
        assert document["name"] in first["name"]
        assert first["create_date"][:10] == document["sent_date"][:10]


@pytest.mark.parametrize("model", KINDS)
def test_the_customers_link_opens_the_archived_file(history, admin, model):
    document = history.documents(model)[0]
    values = {"res_model": model, "res_id": document["id"]}
    share = admin.call("portal.share", "create", vals_list=[values])
    link = admin.call("portal.share", "read", share, fields=["share_link"])[0]
    with urllib.request.urlopen(f"{link['share_link']}/pdf", timeout=60) as answer:
        content = answer.read()
    assert content.startswith(b"%PDF")
    archived = admin.call(
        "ir.attachment", "read", document["archive_ids"], fields=["document_sha256"]
    )
    known = {file["document_sha256"] for file in archived}
    assert sha256(content).hexdigest() in known


def test_no_mail_leaves_for_it(inbox, history, admin):
    assert "completed" in history.run("--each", "1")
    assert inbox.messages() == []
    waiting = [("state", "=", "outgoing")]
    assert admin.call("mail.mail", "search_count", domain=waiting) == 0
    rows = [("message_id_header", "like", SIGN), ("state", "in", ("queued", "sending"))]
    assert admin.call("mail.delivery", "search_count", domain=rows) == 0


def test_stopped_in_the_midst_it_goes_on_and_does_nothing_twice(history, admin):
    before = sum(len(history.messages(model)) for model in KINDS)
    process = history.start()
    wait_for(lambda: "10 documents are complete" in history.log.read_text(), LIMIT)
    process.send_signal(signal.SIGTERM)
    assert process.wait(LIMIT) == 1
    between = sum(len(history.messages(model)) for model in KINDS)
    assert between >= before + 10

    history.run("--each", "1")
    for model in KINDS:
        messages = history.messages(model)
        counts = Counter(message["res_id"] for message in messages)
        assert set(counts.values()) == {1}
        assert len({message["message_id"] for message in messages}) == len(messages)
        for document in history.documents(model):
            headers = admin.call(
                "mail.delivery",
                "read",
                document["delivery_ids"],
                fields=["message_id_header", "recipient"],
            )
            sent = Counter(
                (row["message_id_header"], row["recipient"]) for row in headers
            )
            assert sent and set(sent.values()) == {1}
            assert document["archive_ids"]
    assert sum(len(history.messages(model)) for model in KINDS) > between


def test_print_and_deliveries_of_an_old_invoice_in_the_browser(
    history, admin, page_of, settings
):
    invoice = history.documents("bmasia.invoice")[-1]
    action = admin.call("bmasia.invoice", "action_print", [invoice["id"]])
    assert f"/web/content/{max(invoice['archive_ids'])}" in action["url"]
    page = page_of("pom")
    page.goto(f"{settings.odoo_url}/odoo/bmasia-invoices/{invoice['id']}")
    page.locator(".o_form_view .nav-link", has_text="E-mails").click()
    rows = page.locator("[name=delivery_ids] .o_data_row")
    expect(rows).to_have_count(len(invoice["delivery_ids"]))
    expect(rows.first).to_contain_text("Sent")
    expect(page.locator("[name=archive_ids] .o_data_row")).to_have_count(1)
    expect(page.locator(".o-mail-Message").first).to_contain_text(invoice["name"])


def test_all_that_was_sent_before_it_was_entered_gets_it_and_nothing_else(
    inbox, history, admin, json2
):
    nikki = json2.user("nikki.h")
    domain = [("state", "=", "draft"), ("name", "=", False)]
    quote = nikki.call("bmasia.quote", "search", domain=domain, limit=1)
    new = {"recipients": ["new@example.com"]}
    assert nikki.call("bmasia.quote", "send_email", quote, **new)["status"] == "sent"
    listed = history.run("--list").split("\n")
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    for model in KINDS:
        documents = admin.call(
            model,
            "search_read",
            domain=[("name", "!=", False)],
            fields=["sent_date", "create_date", "send_state"],
        )
        sent = [one for one in documents if one["sent_date"]]
        old = {one["id"] for one in sent if one["sent_date"] <= one["create_date"]}
        done = {message["res_id"] for message in history.messages(model)}
        left = {int(line.split()[1]) for line in listed if line.startswith(f"{model} ")}
        assert left | done == old and not left & done
        called_sent = [one for one in documents if one["send_state"] == "sent"]
        assert all(one["sent_date"] and one["sent_date"] <= now for one in called_sent)
