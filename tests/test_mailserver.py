"""The local mail server: TLS, logins, envelopes, and an inbox that shows no tricks."""

import json
import smtplib
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from email.message import EmailMessage

import pytest

from tools.settings import HOST, ROOT, free_ports

NIKKI = "nikki.h@bmasiamusic.com"
RELAY = "relay@bmasiamusic.com"


@pytest.fixture
def tls(settings):
    return ssl.create_default_context(cafile=settings.state / "certificates" / "ca.pem")


@pytest.fixture
def connect(settings, tls):
    """A connection by STARTTLS or implicit TLS, certified by this machine."""

    def open_connection(implicit=False):
        if implicit:
            return smtplib.SMTP_SSL("localhost", settings.smtps_port, context=tls)
        server = smtplib.SMTP("localhost", settings.smtp_port)
        server.starttls(context=tls)
        return server

    return open_connection


def mail(subject="Test", to="a@example.com", sender=NIKKI):
    message = EmailMessage()
    message["From"] = f"Nikki <{sender}>"
    message["To"] = to
    message["Subject"] = subject
    message.set_content("plain words")
    return message


@pytest.mark.parametrize("implicit", [False, True])
def test_both_kinds_of_tls_accept_a_login_and_keep_its_name(
    connect, inbox, mail_passwords, implicit
):
    with connect(implicit) as server:
        server.login(NIKKI, mail_passwords[NIKKI])
        server.send_message(mail())
    message = inbox.wait_for("Test")
    assert message["Username"] == NIKKI
    assert message["Envelope"] == {"From": NIKKI, "To": ["a@example.com"]}


@pytest.mark.parametrize("implicit", [False, True])
def test_wrong_password_gets_535(connect, implicit):
    with connect(implicit) as server, pytest.raises(smtplib.SMTPException) as refusal:
        server.login(NIKKI, "wrong")
    assert refusal.value.smtp_code == 535


@pytest.mark.parametrize("implicit", [False, True])
def test_no_mail_without_a_login(connect, inbox, implicit):
    with connect(implicit) as server, pytest.raises(smtplib.SMTPSenderRefused) as no:
        server.send_message(mail())
    assert no.value.smtp_code == 530
    assert inbox.messages() == []


def test_no_login_and_no_mail_in_clear(settings):
    with smtplib.SMTP("localhost", settings.smtp_port) as server:
        server.ehlo()
        assert not server.has_extn("auth")
        with pytest.raises(smtplib.SMTPSenderRefused) as refusal:
            server.send_message(mail())
    assert refusal.value.smtp_code == 530


def test_certificate_is_refused_by_who_does_not_know_the_authority(settings):
    knows_nobody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(ssl.SSLCertVerificationError):
        smtplib.SMTP_SSL("localhost", settings.smtps_port, context=knows_nobody)


def test_nobody_sends_as_somebody_else(connect, mail_passwords):
    with connect() as server:
        server.login(NIKKI, mail_passwords[NIKKI])
        with pytest.raises(smtplib.SMTPSenderRefused) as refusal:
            server.send_message(mail(sender="pom@bmasiamusic.com"))
    assert refusal.value.smtp_code == 553


def test_the_relay_sends_in_any_name_of_the_company(connect, inbox, mail_passwords):
    with connect() as server:
        server.login(RELAY, mail_passwords[RELAY])
        server.send_message(mail("Your password", sender="info@bmasiamusic.com"))
        with pytest.raises(smtplib.SMTPSenderRefused):
            server.send_message(mail(sender="info@example.com"))
    assert inbox.wait_for("Your password")["Username"] == RELAY


@pytest.mark.parametrize("code", [451, 550])
def test_recipient_can_order_a_reply(connect, mail_passwords, code):
    word = "defer" if code < 500 else "refuse"
    with connect() as server:
        server.login(NIKKI, mail_passwords[NIKKI])
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
            server.send_message(mail(to=f"{word}-{code}@example.com"))
    assert [reply[0] for reply in refusal.value.recipients.values()] == [code]


def test_attachments_keep_their_thai_and_vietnamese_names(
    connect, inbox, mail_passwords
):
    message = mail("ใบเสนอราคา Báo giá")
    message.add_attachment(
        b"%PDF-", maintype="application", subtype="pdf", filename="Báo giá ใบ.pdf"
    )
    with connect() as server:
        server.login(NIKKI, mail_passwords[NIKKI])
        server.send_message(message)
    received = inbox.wait_for("ใบเสนอราคา Báo giá")
    assert [a["FileName"] for a in received["Attachments"]] == ["Báo giá ใบ.pdf"]
    assert inbox.attachment(received) == b"%PDF-"


@pytest.mark.parametrize("path", ["..%2f..%2fodoo.conf", "1/part/99", "0/raw"])
def test_no_other_file_is_served(settings, path):
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{settings.inbox_url}/api/v1/message/{path}")
    assert refusal.value.code == 404


def test_another_host_name_is_refused(settings):
    request = urllib.request.Request(
        f"{settings.inbox_url}/api/v1/messages", headers={"Host": "evil.example"}
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    assert refusal.value.code == 421


def test_a_page_elsewhere_cannot_empty_the_inbox(settings):
    request = urllib.request.Request(
        f"{settings.inbox_url}/api/v1/messages",
        data=b"{}",
        method="DELETE",
        headers={"Content-Type": "text/plain"},
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    assert refusal.value.code == 415


def test_messages_survive_a_restart_and_a_taken_port_is_named(settings, tmp_path):
    from tools.mailserver.store import Store

    message_id = Store(tmp_path).add(mail().as_bytes(), NIKKI, NIKKI, ["a@example.com"])
    assert Store(tmp_path).summary(message_id)["Subject"] == "Test"

    ports = free_ports(2)
    with socket.create_server((HOST, 0)) as taken:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "tools.mailserver"),
                *("--state", str(tmp_path)),
                *("--users", str(settings.state / "secrets" / "mail-users.json")),
                *("--smtp-port", str(taken.getsockname()[1])),
                *("--smtps-port", str(ports[0]), "--inbox-port", str(ports[1])),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert done.returncode == 1
    assert "is taken" in done.stderr and "SMTP_PORT" in done.stderr


@pytest.mark.parametrize("width", [1280, 390])
def test_inbox_page_shows_a_mail_and_runs_none_of_its_scripts(
    browser, connect, inbox, mail_passwords, settings, width
):
    message = mail("<script>document.title = 'run'</script>")
    message.add_alternative(
        "<h1>Hello</h1><script>parent.document.title = 'run'</script>"
        '<img src="https://tracker.example/pixel.png">',
        subtype="html",
    )
    with connect() as server:
        server.login(NIKKI, mail_passwords[NIKKI])
        server.send_message(message)
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request))
    page.goto(settings.inbox_url)
    page.get_by_text(f"sent through {NIKKI}").click()
    page.frame_locator("#html").get_by_text("Hello").wait_for()

    assert page.title() == "Demo inbox"
    assert page.locator("dd.login").inner_text() == f"{NIKKI} (AUTH)"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    strangers = [r for r in asked if not r.url.startswith(settings.inbox_url)]
    # the policy stops them before anybody is asked
    assert {request.failure for request in strangers} <= {"csp"}
    context.close()


def test_inbox_page_opens_a_link_of_a_mail_in_a_tab(
    browser, connect, inbox, mail_passwords, settings
):
    message = mail("")
    address = f"{settings.inbox_url}/readyz"
    message.add_alternative(f'<a href="{address}">Your quote</a>', subtype="html")
    for number in (1, 2):
        message.add_attachment(b"1", "application", "pdf", filename=f"{number}.pdf")
    with connect() as server:
        server.login(NIKKI, mail_passwords[NIKKI])
        server.send_message(message)
    page = browser.new_page()
    page.goto(settings.inbox_url)
    row = page.locator("#list button")
    assert "(no subject)" in row.inner_text()
    assert "2 files · " in row.inner_text()
    row.click()
    with page.expect_popup() as tab:
        page.frame_locator("#html").get_by_text("Your quote").click()
    tab.value.wait_for_url(address)
    assert page.url.startswith(settings.inbox_url)
    page.context.close()


def test_api_has_mailpits_names(connect, inbox, mail_passwords, settings):
    with connect() as server:
        server.login(NIKKI, mail_passwords[NIKKI])
        server.send_message(mail())
    with urllib.request.urlopen(f"{settings.inbox_url}/api/v1/messages") as answer:
        listing = json.load(answer)
    assert listing["total"] == 1
    wanted = {"ID", "From", "To", "Cc", "Subject", "MessageID", "Username"}
    assert wanted | {"Attachments"} <= set(listing["messages"][0])
    detail = inbox.wait_for("Test")
    assert {"Text", "HTML", "ReplyTo", "ReturnPath", "Date"} <= set(detail)
