"""Whatever a mail holds, the inbox lists it and every other one."""

from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tools.mailserver.store import Store

BREAK = "=?utf-8?q?Bob=0D=0ABcc=3A?= evil@example.com <bob@example.com>"
MALFORMED = [
    f"To: {BREAK}\r\nSubject: x\r\n\r\ntext",
    f"From: {BREAK}\r\nCc: {BREAK}\r\nReply-To: {BREAK}\r\n\r\ntext",
    'To: <<<>>>,,;;"\r\nSubject: =?nonsense?b?!!!?=\r\n\r\n',
    "Message-ID: <<\r\nDate: never\r\nSubject: \xff\xfe\r\n\r\n\xff",
    "Content-Type: multipart/mixed\r\n\r\nno boundary",
    "Content-Type: text/plain; charset=nonsense\r\n\r\nx",
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\n*",
    "Content-Disposition: attachment; filename*=nonsense''%FF\r\n\r\nx",
    "Content-Type: ;;;\r\nContent-Disposition: =?x?=\r\n\r\nx",
    "",
    "\r\n\r\n\r\n",
]
HEADERS = ["To", "From", "Cc", "Subject", "Message-ID", "Date", "Reply-To"]
MIME = ["Content-Type", "Content-Disposition", "Content-Transfer-Encoding"]
PIECES = st.sampled_from(
    ["=?utf-8?q?=0D=0A?=", "=?", "?=", "<", ">", "@", ",", ";", ":", '"', "(", ")"]
    + ["a@example.com", "\\", " ", "multipart/mixed", "boundary=", "text/plain", "="]
    + ["filename*0*=", "''", "%", "ก", "\xff", "[", "]", ".", "charset="]
)


def add(store, text):
    raw = text if isinstance(text, bytes) else text.encode("utf-8")
    return store.add(raw, "nikki", "nikki@example.com", ["bob@example.com"])


def look_at(store, message_id):
    """What the page and the API ask for."""
    summary, detail = store.summary(message_id), store.detail(message_id)
    store.headers(message_id)
    for part in detail["Attachments"]:
        store.part(message_id, part["PartID"])
    return summary


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_mail_is_listed_like_any_other(tmp_path, text):
    store = Store(tmp_path)
    row = look_at(store, add(store, text))
    assert row["Username"] == "nikki"


def test_a_header_that_cannot_be_read_is_shown_as_it_came(tmp_path):
    store = Store(tmp_path)
    row = look_at(store, add(store, MALFORMED[0]))
    assert "evil@example.com" in str(row["To"])
    assert row["Subject"] == "x"


def test_a_good_mail_is_shown_as_before(tmp_path):
    message = EmailMessage()
    message["To"] = '"Doe, Jane" <jane@example.com>, สมชาย <s@example.com>'
    message["Subject"] = "ใบเสนอราคา"
    message.set_content("words")
    store = Store(tmp_path)
    row = look_at(store, add(store, bytes(message)))
    assert row["Subject"] == "ใบเสนอราคา"
    assert row["To"] == [
        {"Name": "Doe, Jane", "Address": "jane@example.com"},
        {"Name": "สมชาย", "Address": "s@example.com"},
    ]


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(st.sampled_from(HEADERS + MIME), st.lists(PIECES, max_size=12)),
        max_size=6,
    )
)
def test_no_header_stops_the_list(tmp_path, headers):
    text = "".join(f"{name}: {''.join(words)}\r\n" for name, words in headers)
    store = Store(tmp_path)
    message_id = add(store, f"{text}\r\nbody")
    look_at(store, message_id)
    store.delete([message_id])
