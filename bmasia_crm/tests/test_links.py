"""Links to documents: keys, their end, and who may make or call them back."""

import logging
from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.document_flow.tools import tokens

from .pages import PageCase

SHUT = (404, 410)


@tagged("post_install", "-at_install")
class TestLinks(PageCase):
    def days_from_now(self, days):
        day = self.document._today() + timedelta(days=days)
        self.link.sudo().fixed_end = day

    def check_shut(self, path=None):
        """No way below the link gives anything of its document."""
        path = path or self.path
        for way in ("", "/pdf", "/file/1"):
            answer = self.get(path + way)
            self.assertIn(answer.status_code, SHUT)
            self.assertNotIn(self.document.name, answer.text)
            self.assertNotIn(b"%PDF", answer.content)
        before = self.document.question_ids
        self.assertIn(self.post(f"{path}/ask", question="Hello?").status_code, SHUT)
        self.assertEqual(self.document.question_ids, before)

    def test_the_database_has_no_key(self):
        key = self.path.rpartition("/")[2]
        self.assertEqual(len(key), 32)
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(l)::text FROM document_link AS l WHERE id = %s",
            [self.link.id],
        )
        [row] = self.env.cr.fetchone()
        self.assertNotIn(key, row)
        self.assertIn(tokens.digest(key), row)
        self.assertFalse(self.document.access_token)

    def test_two_links_have_two_keys(self):
        self.assertNotEqual(self.path, self.path_of(self.document))

    def test_it_opens_the_page_and_the_file(self):
        self.assertEqual(self.get(self.path).status_code, 200)
        file = self.get(f"{self.path}/pdf")
        self.assertEqual(file.content, self.document.archive_ids.raw)
        self.assertIn("inline", file.headers["Content-Disposition"])
        saved = self.get(f"{self.path}/pdf", save=1)
        self.assertIn("attachment", saved.headers["Content-Disposition"])

    def test_what_is_no_key_opens_nothing(self):
        for key in ("x", "0" * 32, "ก" * 32, "a" * 5000, "..%2f..", "%00" * 32):
            with self.subTest(key[:8]):
                self.check_shut(f"/d/{key}")

    def test_it_expires_after_its_last_day(self):
        self.days_from_now(0)
        self.assertEqual(self.get(self.path).status_code, 200)
        self.days_from_now(-1)
        self.check_shut()

    def test_it_lasts_as_long_as_the_entity_says(self):
        self.thailand.link_days = 30
        last = self.document._link_matters_until() + timedelta(days=30)
        self.assertEqual(self.link.expires, last)

    def test_a_link_of_today_to_an_old_document_opens_it(self):
        self.document.sudo().valid_until = False
        self.document.sudo().sent_date = "2020-01-01 12:00:00"
        link = self.link_of(self.path_of(self.document))
        self.assertEqual(link.state, "open")

    def test_res_company_link_days_has_its_limits(self):
        for days in (-1, 3651):
            with self.subTest(days), self.assertRaises(ValidationError):
                self.thailand.link_days = days

    def test_it_can_be_called_back(self):
        self.link.with_user(self.nikki).action_call_back()
        self.check_shut()
        with self.assertRaisesRegex(UserError, "over already"):
            self.link.with_user(self.nikki).action_call_back()

    def test_all_of_a_document_can_be_called_back(self):
        other = self.path_of(self.document)
        self.document.with_user(self.nikki).action_call_back_links()
        self.check_shut()
        self.check_shut(other)

    def test_the_other_entity_calls_nothing_back(self):
        self.nikki.write(
            {"company_ids": [(6, 0, self.hongkong.ids)], "company_id": self.hongkong.id}
        )
        for act in (
            self.link.with_user(self.nikki).action_call_back,
            self.document.with_user(self.nikki).action_call_back_links,
            self.document.with_user(self.nikki).action_open_page,
            self.document.with_user(self.nikki).get_portal_url,
        ):
            with self.subTest(act.__name__), self.assertRaises(AccessError):
                act()
        self.assertEqual(self.link.state, "open")

    def test_who_only_reads_makes_no_link(self):
        invoice = self.issued_invoice()
        for act in ("get_portal_url", "action_open_page", "action_call_back_links"):
            with self.subTest(act), self.assertRaises(AccessError):
                getattr(invoice.with_user(self.nikki), act)()

    def test_it_ends_with_whom_it_was_sent_to(self):
        for holder in (self.somchai, self.hilton, self.hilton.partner_id):
            with self.subTest(holder._name):
                holder.sudo().active = False
                self.check_shut()
                (self.hilton.partner_id | self.somchai).sudo().active = True
                self.hilton.sudo().active = True
                self.assertEqual(self.get(self.path).status_code, 200)

    def test_it_ends_with_all_who_have_it(self):
        anong, others = "anong@example.com", ("somchai@example.com", "x@elsewhere.test")
        for recipients, status in (
            (anong, 410),
            *((f"{anong}, {other}", 200) for other in others),
        ):
            self.link.sudo().recipients = recipients
            self.anong.active = False
            with self.subTest(recipients):
                self.assertEqual(self.get(self.path).status_code, status)
            self.anong.active = True
            self.assertEqual(self.get(self.path).status_code, 200)

    def test_a_link_opens_one_document(self):
        other = self.quote()
        other.action_mark_sent()
        answer = self.get(self.path)
        self.assertIn(self.document.name, answer.text)
        self.assertNotIn(other.name, answer.text)

    def test_a_draft_has_no_link(self):
        draft = self.quote()
        with self.assertRaisesRegex(UserError, "nothing to show"):
            draft.get_portal_url()

    def test_our_own_look_lasts_some_hours_and_leaves_no_trace(self):
        action = self.document.with_user(self.nikki).action_open_page()
        path = "/d/" + action["url"].rpartition("/")[2]
        link = self.link_of(path)
        self.assertEqual(link.user_id, self.nikki)
        link.sudo().ends = "2020-01-01 00:00:00"
        self.assertEqual(self.get(path).status_code, 410)
        link.sudo().ends = "2999-01-01 00:00:00"
        self.nikki.active = False
        self.assertEqual(self.get(path).status_code, 410)
        self.nikki.active = True
        self.assertEqual(self.get(path).status_code, 200)
        self.post(f"{path}/seen")
        self.assertFalse(self.document.viewed_date)
        self.assertFalse(link.seen)
        self.assertNotIn(link, self.document.link_ids)

    def test_old_looks_are_forgotten(self):
        self.document.action_open_page()
        looks = self.env["document.link"].search([("purpose", "=", "preview")])
        looks.ends = "2020-01-01 00:00:00"
        self.env["document.link"]._gc_links()
        self.assertFalse(looks.exists())
        self.assertTrue(self.link.exists())

    def test_keys_are_not_in_the_log(self):
        with self.assertLogs("werkzeug", logging.INFO) as log:
            logger = logging.getLogger("werkzeug")
            logger.info('"%s" %s', f"GET {self.path}/pdf HTTP/1.1", 200)
            logger.info(f"GET {self.path} HTTP/1.1")
        key = self.path.rpartition("/")[2]
        self.assertNotIn(key, "".join(log.output))
        self.assertIn("/d/…/pdf", log.output[0])

    def test_many_wrong_keys_are_too_many(self):
        self.reach_limit("key")
        self.assertEqual(self.get("/d/" + "0" * 32).status_code, 429)
        # a key that counts is never refused for that
        self.assertEqual(self.get(self.path).status_code, 200)

    def test_attempts_are_counted_by_who_and_forgotten(self):
        attempts = self.env["document.attempt"]
        for _each in range(3):
            self.assertTrue(attempts._allows("test", "10.0.0.1", 3, 10))
        self.assertFalse(attempts._allows("test", "10.0.0.1", 3, 10))
        self.assertTrue(attempts._allows("test", "10.0.0.2", 3, 10))
        self.assertTrue(attempts._allows("other", "10.0.0.1", 3, 10))
        rows = attempts.search([("what", "=", "test")])
        self.assertNotIn("10.0.0.1", rows.mapped("who"))
        self.env.cr.execute(
            "UPDATE document_attempt SET create_date = create_date - interval '2 days'"
        )
        self.env.invalidate_all()
        self.assertTrue(attempts._allows("test", "10.0.0.1", 3, 10))
        attempts._gc_attempts()
        self.assertEqual(attempts.search_count([("what", "=", "test")]), 1)
