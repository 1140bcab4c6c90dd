"""The REST API of the running system: the mail arrives, and nothing breaks it."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

PROFILES = {
    "norbert": "admin",
    "pom": "finance",
    "nikki.h": "sales",
    "keith": "support",
    "production": "production",
}
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "ignored_auth",
)
# Per address, here; ./run soak asks for more, and for every boundary of the schema.
EXAMPLES = os.environ.get("REST_EXAMPLES", "4")
PHASES = os.environ.get("REST_PHASES", "examples,fuzzing")
SENT = "Q-2025-1006-426"  # a quote of the demo that can be sent again


@pytest.fixture
def call(settings, json2):
    """``call(login, address, body)`` → ``(status, answer)``."""

    def rest(login, address, body=None, **headers):
        request = urllib.request.Request(
            f"{settings.odoo_url}/api/v1/{address}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {json2.key(login)}",
                "Content-Type": "application/json",
                **headers,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                content = answer.read()
                is_json = answer.headers["Content-Type"] == "application/json"
                return answer.status, json.loads(content) if is_json else content
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.load(refusal)

    return rest


def test_the_old_programs_call_arrives_from_whose_profile_is_named(call, inbox):
    for login, profile in PROFILES.items():
        inbox.clear()
        subject = f"From {profile}"
        status, answer = call(
            login,
            f"quotes/{SENT}/send/",
            {
                "recipients": ["somchai@example.com"],
                "sender": profile,
                "subject": subject,
                "body": "As agreed.",
            },
        )
        assert status == 200, answer
        assert answer["status"] == "sent" and answer["sent_date"] and answer["message"]
        message = inbox.wait_for(subject)
        assert message["Username"] == f"{login}@bmasiamusic.com"
        assert message["From"]["Address"] == f"{login}@bmasiamusic.com"
        pdf = inbox.attachment(message)
        assert pdf == call(login, f"quotes/{SENT}/pdf")[1]


def test_nobody_sends_as_another_profile(call, inbox):
    for login, own in PROFILES.items():
        for profile in set(PROFILES.values()) - {own}:
            status, answer = call(login, f"quotes/{SENT}/send/", {"sender": profile})
            assert (status, answer["code"]) == (403, "forbidden")
    assert inbox.messages() == []


def test_a_refusal_has_the_servers_code_and_words(call, inbox):
    status, answer = call(
        "nikki.h",
        f"quotes/{SENT}/send",
        {"recipients": ["refuse-550@example.com"]},
    )
    assert (status, answer["code"]) == (502, "mail_refused")
    assert answer["details"]["smtp_code"] == 550
    assert answer["details"]["smtp_words"]
    assert inbox.messages() == []


def test_a_retry_with_the_same_key_sends_nothing(call, inbox):
    sends = [
        call("nikki.h", f"quotes/{SENT}/send/", {}, **{"Idempotency-Key": "r"})
        for _attempt in range(2)
    ]
    assert sends[0] == sends[1] and sends[0][0] == 200
    assert len(inbox.messages()) == len(sends[0][1]["deliveries"])


@pytest.fixture
def description(settings, call, tmp_path):
    """``openapi.json`` with the keys of records that are there, besides one that is
    not: with random ones, every answer would be 404."""
    document = call("norbert", "openapi.json")[1]
    for address, operations in document["paths"].items():
        if "{key}" not in address:
            continue
        resource = address.removeprefix("/api/v1/").split("/")[0]
        records = call("norbert", f"{resource}?limit=3&order=-id")[1]["results"]
        keys = [str(record["id"]) for record in records]
        keys += [record["name"] for record in records if "send_state" in record]
        if resource == "quotes":  # the latest may be of no use to a mail
            keys.append(SENT)
        for operation in operations.values():
            parameter = operation["parameters"][0]
            parameter["schema"] = {"enum": [*filter(None, keys), "0"]}
            if address == "/api/v1/quotes/{key}/send/":  # one that is surely valid
                parameter["example"] = SENT
                body = operation["requestBody"]["content"]["application/json"]
                body["example"] = {}
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document))
    return path


def test_schemathesis_finds_no_server_error(settings, json2, inbox, description):
    """Everything that ``openapi.json`` promises, with input made from it and broken."""
    tool = "import schemathesis.cli; schemathesis.cli.schemathesis()"
    done = subprocess.run(
        [
            *(sys.executable, "-c", tool, "run", str(description)),
            *("--url", settings.odoo_url),
            *("--header", f"Authorization: Bearer {json2.key('norbert')}"),
            *("--checks", ",".join(CHECKS)),
            *("--max-examples", EXAMPLES),
            *("--phases", PHASES),
            "--generation-deterministic",
            *("--request-timeout", "60"),
            "--no-color",
        ],
        cwd=description.parent,
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    paths = json.loads(description.read_text())["paths"].values()
    promised = sum(len(operations) for operations in paths)
    assert promised >= 20
    assert f"{promised} selected / {promised} total" in done.stdout
    assert inbox.messages()  # of the example
