"""Who is let in, and what bad input is answered: one envelope, no traceback."""

import json
import socket
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .rest import JSON, RestCase

SECRET = "hunter2-not-to-be-seen"


@tagged("post_install", "-at_install")
class TestRestErrors(RestCase):
    def test_without_a_valid_key_nobody_is_let_in(self):
        quote = self.quote()
        for header in ("", "Bearer", "Bearer nonsense", f"Basic {self.keys[self.pom]}"):
            for address, method in (
                ("quotes", "GET"),
                (f"quotes/{quote.id}", "GET"),
                (f"quotes/{quote.id}/pdf", "GET"),
                (f"quotes/{quote.id}/send/", "POST"),
            ):
                with self.subTest(header=header, address=address):
                    answer = self.call(
                        address, user=False, method=method, Authorization=header
                    )
                    self.assertError(answer, 401, "unauthorized", "API key")
                    self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")
                    self.assertNotIn("Set-Cookie", answer.headers)

    def test_a_session_is_no_key(self):
        self.authenticate(self.norbert.login, self.norbert.login)
        quote = self.quote()
        answer = self.call(
            f"quotes/{quote.id}/send",
            user=False,
            method="POST",
            Sec_Fetch_Dest="document",
            Sec_Fetch_Mode="navigate",
            Sec_Fetch_Site="same-origin",
            Sec_Fetch_User="?1",
        )
        self.assertError(answer, 401, "unauthorized")
        # with a key, the session does not matter
        self.assertEqual(self.call("quotes", user=self.pom).status_code, 200)

    def test_keys_of_those_who_left_are_worth_nothing(self):
        self.nikki.active = False
        self.assertError(self.call("quotes"), 401, "unauthorized")

    def test_customers_and_other_users_get_nothing(self):
        quote = self.quote()
        stranger = self.env["res.users"].create(
            {"name": "Stranger", "login": "stranger@example.com"}
        )
        self.keys[stranger] = self.make_key(stranger)
        for user in (self.customer, stranger):
            for address in ("companies", "contacts", "quotes", f"quotes/{quote.id}"):
                with self.subTest(user=user.login, address=address):
                    self.assertError(self.call(address, user), 403, "forbidden")

    def test_what_is_not_there_is_404(self):
        for address in (
            "quotes/0",
            "quotes/999999",
            "quotes/99999999999999999999999",
            "quotes/Q-1999-0101-001",
            "quotes/%00",
            "quotes/%ff%fe",
            "quotes/00000000-0000-0000-0000-000000000000",
            "quotes/\u0663",
            "companies/Hilton",
            f"contacts/{self.nikki.partner_id.id}",
            "quotes/1/nothing",
            "companies/1/pdf",
            "cheques",
            "auth/login/",
            "",
        ):
            with self.subTest(address):
                # th: for people Odoo would go to an address with the language
                answer = self.call(address, Accept_Language="th")
                self.assertError(answer, 404, "not_found")

    def test_other_methods_are_405_and_do_nothing(self):
        quote = self.quote()
        send = f"quotes/{quote.id}/send/"
        for address, methods, allowed in (
            (send, ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"), "POST"),
            ("quotes", ("POST", "PUT", "DELETE", "OPTIONS"), "GET"),
            (f"quotes/{quote.id}", ("PUT", "PATCH", "DELETE", "OPTIONS"), "GET"),
        ):
            for method in methods:
                with self.subTest(address=address, method=method):
                    answer = self.call(address, method=method)
                    self.assertError(answer, 405, "method_not_allowed")
                    self.assertEqual(answer.headers["Allow"], allowed)
        self.assertFalse(quote.name or self.server.messages)

    def test_other_web_sites_are_told_nothing(self):
        origin = {"Origin": "https://elsewhere.example"}
        asked = {"Access_Control_Request_Method": "GET", **origin}
        for answer, status in (
            (self.call("quotes", method="OPTIONS", **asked), 405),
            (self.call("quotes", **origin), 200),
        ):
            self.assertEqual(answer.status_code, status)
            self.assertNotIn("access-control", str(answer.headers).lower())

    def test_unknown_fields_are_named_not_ignored(self):
        answer = self.send(self.quote(), {"recipient": "a@example.com"})
        content = self.assertError(answer, 422, "invalid", "recipient")
        self.assertEqual(content["details"]["fields"][0]["field"], "recipient")
        self.assertError(self.call("quotes?stat=sent"), 422, "invalid", "stat")
        # what was meant for the body
        quote = self.quote()
        address = f"quotes/{quote.id}/send?recipients=a@example.com"
        answer = self.call(address, method="POST")
        self.assertError(answer, 422, "invalid", "recipients")
        self.assertFalse(self.server.messages)

    def test_wrong_types_are_422_and_not_repeated(self):
        quote = self.quote()
        address = f"quotes/{quote.id}/send"
        for body in (
            {"recipients": {"x": SECRET}},
            {"recipients": [7]},
            {"subject": ["x"]},
            {"body": 5},
            {"body": "x\x00"},
            {"recipients": ["x" * 500]},
            {"cc": ["a@example.com"] * 51},
            [],
            "text",
            7,
            None,
        ):
            with self.subTest(body=str(body)[:40]):
                raw = json.dumps(body).encode()
                answer = self.call(address, None, "POST", raw=raw, Content_Type=JSON)
                self.assertError(answer, 422, "invalid")
                self.assertNotIn(SECRET, answer.text)
        half = b'{"subject": "\\ud800"}'  # half of a character
        answer = self.call(address, None, "POST", raw=half, Content_Type=JSON)
        self.assertError(answer, 400, "bad_request")
        self.assertFalse(self.server.messages or quote.name)

    def test_what_is_no_json_is_400_or_415(self):
        address = f"quotes/{self.quote().id}/send/"
        for raw in (b"{", b"{'a': 1}", b"\xff\xfe", b'{"subject": "\xff"}', b"\x00"):
            with self.subTest(raw):
                answer = self.call(address, method="POST", raw=raw, Content_Type=JSON)
                self.assertError(answer, 400, "bad_request", "JSON")
        deep = b'{"recipients": ' + b"[" * 100000
        answer = self.call(address, method="POST", raw=deep, Content_Type=JSON)
        self.assertError(answer, 400, "bad_request")
        for kind in ("text/plain", "application/x-www-form-urlencoded", "text/json"):
            answer = self.call(
                address, method="POST", raw=b"subject=Hello", Content_Type=kind
            )
            self.assertError(answer, 415, "unsupported_media_type")
        self.assertFalse(self.server.messages)

    def test_a_huge_body_is_413(self):
        raw = b'{"body": "' + b"x" * 1_200_000 + b'"}'
        address = f"quotes/{self.quote().id}/send/"
        answer = self.call(address, method="POST", raw=raw, Content_Type=JSON)
        self.assertError(answer, 413, "too_large")

    def test_a_body_in_chunks_is_411_as_it_would_be_lost(self):
        address = f"/api/v1/quotes/{self.quote().id}/send/"
        lines = (
            f"POST {address} HTTP/1.1",
            f"Host: 127.0.0.1:{self.http_port()}",
            f"Authorization: Bearer {self.keys[self.nikki]}",
            "Transfer-Encoding: chunked",
            "Connection: close",
            f"Content-Type: {JSON}",
            "",
            "2\r\n{}\r\n0\r\n\r\n",
        )
        self.env.flush_all()
        with (
            self.allow_requests(all_requests=True),
            socket.create_connection(("127.0.0.1", self.http_port()), 20) as line,
        ):
            line.sendall("\r\n".join(lines).encode())
            answer = line.makefile("rb").read()
        self.assertIn(b" 411 ", answer.splitlines()[0])
        self.assertIn(b'"length_required"', answer)
        self.assertFalse(self.server.messages)

    def test_a_negative_length_is_refused_and_sends_nothing(self):
        quote = self.quote()
        self.env.flush_all()
        for length in ("-5", "+5", "5x"):
            lines = [
                f"POST /api/v1/quotes/{quote.id}/send HTTP/1.1",
                "Host: 127.0.0.1",
                f"Authorization: Bearer {self.keys[self.nikki]}",
                "Content-Type: application/json",
                f"Content-Length: {length}",
                "Connection: close",
                *("", '{"recipients": ["a@example.com"]}'),
            ]
            with (
                self.subTest(length),
                self.allow_requests(all_requests=True),
                socket.create_connection(("127.0.0.1", self.http_port()), 20) as line,
            ):
                line.sendall("\r\n".join(lines).encode())
                answer = line.makefile("rb").read()
                self.assertIn(b" 400 ", answer.splitlines()[0])
        self.assertFalse(self.server.messages)

    def test_an_argument_named_like_ours_breaks_nothing(self):
        for name in ("self", "resource", "key", "handler"):
            self.assertError(self.call(f"quotes?{name}=1"), 422, "invalid", name)

    def test_an_unexpected_error_is_500_without_its_text(self):
        quote = self.quote()
        broken = patch.object(
            type(quote), "_archived_pdf", side_effect=ValueError(f"login {SECRET}")
        )
        with broken, mute_logger("odoo.http"):
            answer = self.call(f"quotes/{quote.id}/pdf")
        self.assertError(answer, 500, "internal", "log")
        self.assertNotIn(SECRET, answer.text)

    def test_a_lost_race_is_503_and_says_when_to_come_back(self):
        quote = self.quote()

        def lose(document, **_arguments):
            document.env.cr.execute("DO $$BEGIN RAISE SQLSTATE '40001'; END$$")

        with (
            patch.object(type(quote), "send_email", lose),
            patch("odoo.service.model.MAX_TRIES_ON_CONCURRENCY_FAILURE", 1),
            mute_logger("odoo.http", "odoo.service.model", "odoo.sql_db"),
        ):
            answer = self.send(quote)
        self.assertError(answer, 503, "busy")
        self.assertIn("Retry-After", answer.headers)
