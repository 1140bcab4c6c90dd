"""The examples of ``docs/api.md`` run as they stand."""

import json
import os
import re
import subprocess
import sys

import pytest

from tools.settings import ROOT

PAGE = (ROOT / "docs" / "api.md").read_text()
EXAMPLES = re.findall(r"^#+ ([^\n]+)$|^```(sh|python)\n(.*?)^```", PAGE, re.M | re.S)
RUNS = {"sh": ["sh", "-eu", "-c"], "python": [sys.executable, "-c"]}
LIMIT = 60  # seconds


def examples():
    """``(heading, language, text)`` of each block that can run."""
    heading = ""
    for title, language, text in EXAMPLES:
        heading = title or heading
        if text:
            yield pytest.param(language, text, id=f"{heading}-{language}")


def run(language, text, settings, key, folder, finance_key=""):
    environment = {
        "PATH": os.environ["PATH"],
        "ODOO": settings.odoo_url,
        "DATABASE": settings.database,
        "LOGIN": "nikki.h@bmasiamusic.com",
        "KEY": key,
        "FINANCE_KEY": finance_key,
    }
    return subprocess.run(
        [*RUNS[language], text],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


@pytest.mark.parametrize(("language", "text"), list(examples()))
def test_each_example_runs(language, text, settings, json2, inbox, tmp_path):
    keys = [json2.key("nikki.h"), tmp_path, json2.key("pom")]
    done = run(language, text, settings, *keys)
    assert done.returncode == 0, done.stderr + done.stdout
    assert done.stdout.strip()
    if "send" in text:
        assert inbox.messages(), "the example sent nothing"
        assert "sent" in done.stdout
    for path in tmp_path.iterdir():
        assert path.read_bytes().startswith(b"%PDF")


def test_there_are_examples_of_every_interface():
    assert len(list(examples())) >= 9


def test_the_example_of_money_books_it_once(settings, json2, tmp_path):
    (example,) = (each for each in examples() if "FINANCE_KEY" in each.values[1])
    pom = json2.user("pom")
    done = [
        run(*example.values, settings, "", tmp_path, json2.key("pom")) for _time in "12"
    ]
    assert done[0].stdout == done[1].stdout, done[1].stderr
    noted = pom.call(
        "bmasia.payment", "search_count", domain=[("reference", "=", "KB 0815")]
    )
    assert noted == 1


def test_an_example_with_a_wrong_key_fails(settings, tmp_path):
    language, text = next(iter(examples())).values
    done = run(language, text, settings, "wrong", tmp_path)
    assert done.returncode != 0
    assert json.loads(done.stdout)["code"] == "unauthorized"


def test_the_demo_has_one_key_per_user_that_others_cannot_read(settings, json2):
    path = settings.state / "demo-api-keys.json"
    assert path.stat().st_mode & 0o777 == 0o600
    users = json2.user("admin").call(
        "res.users", "search_count", domain=[("share", "=", False)]
    )
    assert len(json.loads(path.read_text())) == users
