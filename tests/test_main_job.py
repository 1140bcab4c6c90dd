"""The main job on the running system: what leaves, and what lies in the inbox."""

import io
import json
import re
import urllib.error
import urllib.request
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from hashlib import sha256

import pytest
from pypdf import PdfReader

from tools.main_job import do_main_job

PEOPLE = {
    "bmasia.quote": ("nikki.h", [("name", "=", "Q-2025-1006-426")]),
    "bmasia.invoice": ("pom", [("state", "=", "issued"), ("kind", "=", "invoice")]),
    "bmasia.contract": ("norbert", [("state", "=", "active")]),
}


def text_of(pdf):
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.fixture
def document_of(json2):
    """The id of a document that its person can send, and a client as that person."""

    def find(model):
        login, domain = PEOPLE[model]
        client = json2.user(login)
        ids = client.call(model, "search", domain=domain, order="id", limit=1)
        assert ids, f"the demo has no {model} with {domain}"
        return login, client, ids[0]

    return find


@pytest.mark.parametrize("model", sorted(PEOPLE))
def test_each_person_sends_through_their_own_account(inbox, document_of, model):
    login, client, document = document_of(model)
    answer = client.call(model, "send_email", [document], send_again=True)

    assert answer["status"] == "sent"
    address = f"{login}@bmasiamusic.com"
    message = inbox.wait_for(answer["number"])
    assert message["Username"] == address
    assert message["Envelope"]["From"] == address
    assert message["From"]["Address"] == address
    assert [a["Address"] for a in message["ReplyTo"]] == [address]
    recipients = {d["recipient"] for d in answer["deliveries"]}
    assert recipients == {
        a["Address"] for a in [*message["To"], *(message["Cc"] or [])]
    }
    # one transaction each, the same message to everybody
    copies = [m for m in inbox.messages() if answer["number"] in m["Subject"]]
    assert len(copies) == len(recipients)
    assert len({m["MessageID"] for m in copies}) == 1


@pytest.mark.parametrize("model", sorted(PEOPLE))
def test_the_attached_document_is_the_archived_one_and_tells_the_same_total(
    inbox, document_of, model
):
    _login, client, document = document_of(model)
    answer = client.call(model, "send_email", [document], send_again=True)
    message = inbox.wait_for(answer["number"])
    pdf = inbox.attachment(message)
    record = client.call(
        model,
        "read",
        [document],
        fields=["amount_total", "archive_ids", "customer_id", "name"],
    )[0]

    assert len(message["Attachments"]) == 1
    name = message["Attachments"][0]["FileName"]
    assert name.endswith(".pdf") and record["name"] in name
    text = text_of(pdf)
    assert record["name"] in text
    assert f"{record['amount_total']:,.2f}" in text
    archived = client.call(
        "ir.attachment", "read", record["archive_ids"], fields=["datas", "name"]
    )
    digests = {sha256(b64decode(a["datas"])).hexdigest() for a in archived}
    assert sha256(pdf).hexdigest() in digests


def test_thai_and_vietnamese_lines_print_as_text(inbox, document_of):
    _login, client, quote = document_of("bmasia.quote")
    answer = client.call("bmasia.quote", "send_email", [quote], send_again=True)
    text = text_of(inbox.attachment(inbox.wait_for(answer["number"])))
    assert re.search(r"[\u0e00-\u0e7f]{4}", text), "no Thai text in the PDF"
    assert re.search(r"[ạảấầẩẫậắằẳẵặẹẻẽếềểễệịọốồổỗộớờởỡợụủứừửữựỳỵỷỹđ]", text)


def test_headers_on_the_wire_are_clean(inbox, document_of):
    _login, client, quote = document_of("bmasia.quote")
    answer = client.call("bmasia.quote", "send_email", [quote], send_again=True)
    raw = inbox.raw(inbox.wait_for(answer["number"]))
    message = BytesParser(policy=policy.default).parsebytes(raw)
    assert not message["To"].rstrip().endswith(",")
    assert message["Bcc"] is None
    assert len(message.get_all("Message-ID")) == 1
    written = message["Date"].datetime
    assert abs(datetime.now(UTC) - written) < timedelta(minutes=2)
    assert message.get_body(("plain",)) and message.get_body(("html",))


def test_xml_rpc_with_an_api_key_does_the_same(inbox, xmlrpc, json2):
    call = xmlrpc("nikki.h@bmasiamusic.com", json2.key("nikki.h"))
    quotes = call("bmasia.quote", "search", [("name", "=", "Q-2025-1006-426")])
    answer = call("bmasia.quote", "send_email", quotes, subject="By XML-RPC")
    assert answer["status"] == "sent"
    assert inbox.wait_for("By XML-RPC")["Username"] == "nikki.h@bmasiamusic.com"


def test_the_same_idempotency_key_sends_once(inbox, document_of):
    _login, client, quote = document_of("bmasia.quote")
    keyed = {"idempotency_key": "from-a-flaky-network", "subject": "Only once"}
    first = client.call("bmasia.quote", "send_email", [quote], **keyed)
    again = client.call("bmasia.quote", "send_email", [quote], **keyed)
    assert again == first
    assert len([m for m in inbox.messages() if m["Subject"] == "Only once"]) == len(
        first["deliveries"]
    )


def test_an_address_named_twice_gets_one_copy(inbox, document_of):
    _login, client, quote = document_of("bmasia.quote")
    twice = ["a@example.com", "A@example.com"]
    answer = client.call("bmasia.quote", "send_email", [quote], recipients=twice)
    assert [d["recipient"] for d in answer["deliveries"]] == ["a@example.com"]
    assert len(inbox.messages()) == 1


def test_chatter_shows_what_was_sent(inbox, document_of):
    _login, client, quote = document_of("bmasia.quote")
    client.call("bmasia.quote", "send_email", [quote], subject="In the chatter")
    messages = client.call(
        "mail.message",
        "search_read",
        domain=[("model", "=", "bmasia.quote"), ("res_id", "=", quote)],
        fields=["subject", "attachment_ids", "author_id"],
        limit=5,
    )
    sent = [m for m in messages if m["subject"] == "In the chatter"]
    assert len(sent) == 1 and len(sent[0]["attachment_ids"]) == 1


def test_user_without_account_is_blocked_and_nothing_is_written(
    inbox, document_of, json2, settings
):
    client = json2.user("admin")
    quotes = [document_of("bmasia.quote")[2]]
    fields = ["name", "state", "write_date", "message_ids"]
    before = client.call("bmasia.quote", "read", quotes, fields=fields)
    request = urllib.request.Request(
        f"{settings.odoo_url}/json/2/bmasia.quote/send_email",
        data=json.dumps({"ids": quotes}).encode(),
        headers={
            "Authorization": f"bearer {json2.key('admin')}",
            "Content-Type": "application/json",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request, timeout=30)
    assert refusal.value.code == 422
    assert "mailbox" in json.load(refusal.value)["message"].lower()
    assert client.call("bmasia.quote", "read", quotes, fields=fields) == before
    assert inbox.messages() == []


def test_refused_recipient_keeps_the_draft_with_its_number(inbox, json2):
    client = json2.user("nikki.h")
    quote = client.call(
        "bmasia.quote",
        "search",
        domain=[("state", "=", "draft"), ("name", "=", False)],
        order="id",  # one of the demo, not what another test made
        limit=1,
    )
    refusing = "refuse-550@example.com"
    first = client.call("bmasia.quote", "send_email", quote, recipients=[refusing])
    assert first["status"] == "refused"
    assert first["deliveries"][0]["code"] == 550
    record = client.call(
        "bmasia.quote", "read", quote, fields=["name", "state", "send_state"]
    )[0]
    assert (record["state"], record["send_state"]) == ("draft", "refused")
    assert record["name"] == first["number"]

    second = client.call(
        "bmasia.quote", "send_email", quote, recipients=["works@example.com"]
    )
    assert (second["status"], second["number"]) == ("sent", first["number"])
    state = client.call("bmasia.quote", "read", quote, fields=["state"])[0]["state"]
    assert state == "sent"
    assert inbox.wait_for(first["number"])["To"][0]["Address"] == "works@example.com"


def test_run_check_prints_the_receipt_of_a_real_mail(settings, inbox):
    receipt = do_main_job(settings, settings.state / "demo-api-keys.json")
    assert receipt.login == receipt.envelope_from == "nikki.h@bmasiamusic.com"
    assert receipt.pages >= 1 and receipt.attachment.endswith(".pdf")
    assert receipt.number in receipt.subject


def test_a_thai_customer_reads_thai(inbox, json2):
    client = json2.user("pom")
    domain = [("state", "=", "issued"), ("lang", "=", "th_TH")]
    invoice = client.call("bmasia.invoice", "search", domain=domain, limit=1)
    answer = client.call("bmasia.invoice", "send_email", invoice, send_again=True)
    message = inbox.wait_for(answer["number"])
    assert message["Subject"].startswith("ใบแจ้งหนี้")
    assert "ขอแสดงความนับถือ" in message["HTML"]
    text = text_of(inbox.attachment(message))
    for words in ("ใบแจ้งหนี้", "รายการ", "รวมทั้งสิ้น"):
        assert words in text
    for words in ("Invoice", "Description", "Subtotal", "Beneficiary"):
        assert words not in text
