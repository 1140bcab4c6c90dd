"""The page of a document: what it shows, to whom, and what we learn of it."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.document_flow.controllers.responses import PRIVATE

from .pages import MailedPageCase, PageCase

XSS = "<img src=x onerror=alert(1)>'\"{{7*7}}"


@tagged("post_install", "-at_install")
class TestCustomerPage(PageCase):
    def test_it_says_what_the_document_says(self):
        words = self.words(self.get(self.path))
        for said in (self.document.name, "Hilton Pattaya", "Music", "14,000.00"):
            self.assertIn(said, words)

    def test_it_is_a_page_of_today_s_html(self):
        self.assertTrue(self.get(self.path).text.startswith("<!DOCTYPE html>"))

    def test_it_says_whom_to_talk_to(self):
        page = self.get(self.path).text
        self.assertIn(f"mailto:{self.nikki.email}", page)

    def test_it_is_private_and_closed_to_scripts(self):
        for path in (self.path, f"{self.path}/pdf", "/d/nothing"):
            headers = self.get(path).headers
            for name, value in PRIVATE.items():
                self.assertEqual(headers[name], value)
            policy = headers["Content-Security-Policy"]
            self.assertIn("default-src 'none'", policy)
            self.assertNotIn("unsafe", policy)
            self.assertFalse(headers.get("Set-Cookie"))

    def test_it_loads_nothing_from_elsewhere_and_has_no_style_in_it(self):
        page = self.get(self.path).text
        self.assertNotRegex(page, r'(?:src|href)="(?:https?:)?//')
        self.assertNotRegex(page, r'\sstyle="|\son[a-z]+="')

    def test_what_people_typed_is_text(self):
        quote = self.quote(self.line(name=XSS), note=XSS)
        self.hilton.name = f"Hilton {XSS}"
        self.nikki.name = XSS
        quote.action_mark_sent()
        path = self.path_of(quote)
        self.post(f"{path}/ask", name=XSS, question=XSS)
        page = self.get(path).text
        self.assertNotIn("<img src=x", page)
        self.assertGreater(page.count("&lt;img src=x"), 3)
        self.assertNotIn("49", self.words(self.get(path)).split())

    def test_it_speaks_the_language_of_the_document_or_of_the_reader(self):
        self.env["res.lang"]._activate_lang("th_TH")
        quote = self.quote(lang="th_TH")
        quote.action_mark_sent()
        path = self.path_of(quote)
        self.assertIn('lang="th-TH"', self.get(path).text)
        self.assertIn('<html lang="en-US"', self.get(path, lang="en_US").text)
        for nonsense in ("xx_XX", "../..", "ก", "en_US'--"):
            self.assertIn('<html lang="th-TH"', self.get(path, lang=nonsense).text)

    def test_an_act_of_a_person_is_noted_once(self):
        self.get(self.path)
        self.get(f"{self.path}/pdf")
        self.assertFalse(self.document.viewed_date, "a program may open links")
        self.assertEqual(self.get(f"{self.path}/seen").status_code, 405)
        self.assertEqual(self.post(f"{self.path}/seen").status_code, 204)
        first = self.document.viewed_date
        self.assertTrue(first)
        self.assertTrue(self.link.seen)
        notes = self.document.message_ids.filtered(lambda m: "viewed" in m.body)
        self.assertEqual(len(notes), 1)
        self.post(f"{self.path}/seen")
        self.assertEqual(self.document.viewed_date, first)

    def test_nobody_writes_that_it_was_viewed(self):
        for document in (self.document, self.quote()):
            with self.assertRaisesRegex(UserError, "system only"):
                document.with_user(self.norbert).viewed_date = "2026-01-01 00:00:00"

    def test_it_shows_no_text_that_the_file_does_not_say(self):
        marker = "Not in the file"
        self.assertNotIn(marker, self.get(self.path).text)
        line = self.document.line_ids.sudo()
        self.env.cr.execute(
            "UPDATE bmasia_quote_line SET name = %s WHERE id = %s", [marker, line.id]
        )
        self.env.invalidate_all()
        page = self.get(self.path)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn(marker, page.text)

    def test_what_no_longer_holds_says_so(self):
        self.document.with_user(self.nikki).action_reject("dear")
        words = self.words(self.get(self.path))
        self.assertIn(f"{self.document.name} is declined", words)

    def test_files_of_another_mail_are_not_there(self):
        secret = self.env["ir.attachment"].create(
            {
                "name": "secret.txt",
                "raw": b"secret",
                "res_model": self.document._name,
                "res_id": self.document.id,
            }
        )
        answer = self.get(f"{self.path}/file/{secret.id}")
        self.assertEqual(answer.status_code, 404)
        self.assertNotIn(b"secret", answer.content)

    def test_files_of_its_mail_are_saved_never_run(self):
        page = self.env["ir.attachment"].create(
            {
                "name": "venue.html",
                "raw": b"<script>alert(1)</script>",
                "res_model": self.document._name,
                "res_id": self.document.id,
            }
        )
        message = self.document.message_post(
            body="Here it is", attachment_ids=page.ids, subtype_xmlid="mail.mt_comment"
        )
        self.link.sudo().message_id = message
        self.assertIn("venue.html", self.get(self.path).text)
        answer = self.get(f"{self.path}/file/{page.id}")
        self.assertEqual(answer.content, b"<script>alert(1)</script>")
        self.assertEqual(answer.headers["Content-Type"], "application/octet-stream")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn("sandbox", answer.headers["Content-Security-Policy"])

    def test_an_old_address_leads_to_the_page(self):
        key = self.path.rpartition("/")[2]
        old = f"{self.document.access_url}?access_token={key}"
        answer = self.get(old)
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith(self.path))
        other = self.quote()
        other.action_mark_sent()
        swapped = self.get(f"{other.access_url}?access_token={key}")
        self.assertTrue(swapped.headers["Location"].endswith("/my"))

    def test_our_people_get_there_with_their_login(self):
        self.authenticate(self.nikki.login, self.nikki.login)
        location = self.get(self.document.access_url).headers["Location"]
        link = self.link_of("/d/" + location.rpartition("/")[2])
        self.assertEqual(link.purpose, "preview")
        self.authenticate(self.customer.login, self.customer.login)
        location = self.get(self.document.access_url).headers["Location"]
        self.assertTrue(location.endswith("/my"))


@tagged("post_install", "-at_install")
class TestExpiredPage(MailedPageCase):
    def setUp(self):
        super().setUp()
        self.link.sudo().fixed_end = "2020-01-01"
        self.link.sudo().recipients = self.somchai.email

    def renew(self):
        answer = self.post(f"{self.path}/renew")
        # what a request leaves to its commit, nobody sends in a test
        waiting = self.env["mail.mail"].search([("model", "=", self.document._name)])
        waiting.send()
        return answer, self.server.messages

    def test_it_offers_a_new_link_and_tells_no_address(self):
        answer = self.get(self.path)
        self.assertEqual(answer.status_code, 410)
        self.assertIn("/renew", answer.text)
        answer, [mail] = self.renew()
        self.assertEqual(answer.status_code, 200)
        self.assertNotIn(self.somchai.email, answer.text)
        self.assertEqual(mail.recipients, [self.somchai.email])
        self.assertEqual(mail.login, self.nikki.login)
        self.assertEqual(mail.message["Auto-Submitted"], "auto-generated")
        [(_to, html)] = self.letters()
        path = "/d/" + html.split("/d/")[1].split('"')[0]
        self.assertEqual(self.get(path).status_code, 200)

    def test_it_goes_to_contacts_who_are_still_there(self):
        self.link.sudo().recipients = f"gone@example.com, {self.anong.email}"
        _answer, [mail] = self.renew()
        self.assertEqual(mail.recipients, [self.anong.email])

    def test_a_key_that_works_or_is_none_gets_no_mail(self):
        for path in (self.path_of(self.document), "/d/" + "0" * 32):
            self.assertEqual(self.post(f"{path}/renew").status_code, 404)
        self.link.sudo().called_back = "2026-01-01 00:00:00"
        self.assertEqual(self.post(f"{self.path}/renew").status_code, 404)
        self.assertFalse(self.server.messages)

    def test_the_title_says_why_it_opens_nothing(self):
        self.assertIn("<title>This link has expired", self.get(self.path).text)
        self.link.sudo().called_back = "2026-01-01 00:00:00"
        title = self.get(self.path).text.partition("<title>")[2].partition("<")[0]
        self.assertEqual(title.strip(), "This link was called back")
        self.assertIn("This link does not work", self.get("/d/" + "0" * 32).text)

    def test_opening_it_sends_nothing(self):
        self.get(self.path)
        self.assertEqual(self.get(f"{self.path}/renew").status_code, 405)
        self.assertFalse(self.server.messages)

    def test_where_no_mail_can_be_written_a_colleague_learns_it(self):
        self.document.user_id = self.norbert  # who has no mailbox
        self.server.messages.clear()
        answer, mails = self.renew()
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(mails)
        activity = self.document.activity_ids
        self.assertEqual(activity.user_id, self.norbert)
        self.assertIn("new link", activity.summary)

    def test_it_is_sent_a_few_times_a_day(self):
        self.reach_limit("renewal")
        self.assertEqual(self.post(f"{self.path}/renew").status_code, 429)
        self.assertFalse(self.server.messages)


@tagged("post_install", "-at_install")
class TestLinkInMails(MailedPageCase):
    def key_in(self, text):
        return text.split("/d/")[1].split('"')[0]

    def test_each_mail_has_a_link_of_its_own(self):
        quote = self.quote()
        quote.send_email()
        quote.send_email(send_again=True)
        keys = set()
        for _to, html in self.letters():
            self.assertIn(f"Open quote {quote.name} online", html)
            keys.add(self.key_in(html))
        self.assertEqual(len(keys), 2)
        for key in keys:
            link = self.link_of(f"/d/{key}")
            self.assertEqual(link.recipients, self.somchai.email)
            self.assertEqual(self.get(f"/d/{key}").status_code, 200)

    def test_the_chatter_keeps_no_key(self):
        quote = self.quote()
        quote.send_email()
        self.assertNotIn("/d/", "".join(quote.message_ids.mapped("body")))

    def test_what_is_written_in_the_chatter_leads_to_the_page(self):
        self.document.with_user(self.nikki).message_post(
            body="Any news?",
            partner_ids=self.somchai.ids,
            subtype_xmlid="mail.mt_comment",
        )
        [(to, html)] = self.letters()
        self.assertEqual(to, [self.somchai.email])
        self.assertNotIn("access_token", html)
        self.assertNotIn("pid=", html)
        self.assertEqual(self.get(f"/d/{self.key_in(html)}").status_code, 200)

    def test_who_is_no_contact_of_the_customer_gets_no_link(self):
        lawyer = self.env["res.partner"].create(
            {"name": "Lawyer", "email": "lawyer@elsewhere.example.com"}
        )
        self.document.with_user(self.nikki).message_post(
            body="Please look",
            partner_ids=(self.somchai | lawyer).ids,
            subtype_xmlid="mail.mt_comment",
        )
        found = {to[0]: "/d/" in html for to, html in self.letters()}
        self.assertEqual(found, {self.somchai.email: True, lawyer.email: False})

    def test_an_internal_note_has_no_link(self):
        self.document.with_user(self.nikki).message_post(
            body="Among us",
            partner_ids=self.somchai.ids,
            subtype_xmlid="mail.mt_note",
        )
        self.assertNotIn("/d/", "".join(html for _to, html in self.letters()))

    def test_a_chatter_mail_about_a_draft_has_no_button(self):
        draft = self.quote()
        draft.message_post(
            body="Soon", partner_ids=self.somchai.ids, subtype_xmlid="mail.mt_comment"
        )
        [(_to, html)] = self.letters()
        self.assertIn("Soon", html)
        self.assertNotIn("/d/", html)
        self.assertNotIn("/mail/view", html)

    def test_a_refused_mail_leaves_a_page_that_says_nothing(self):
        self.server.reply("RCPT", to=self.somchai.email, with_=(550, "5.1.1 unknown"))
        quote = self.quote()
        quote.send_email()
        self.assertEqual(quote.state, "draft")
        path = self.path_of(quote)
        answer = self.get(path)
        self.assertEqual(answer.status_code, 404)
        self.assertIn("is not here yet", answer.text)
        self.assertNotIn(quote.name, answer.text)

    def waiting_key(self):
        """The key in a mail that has not left."""
        mails = self.env["mail.mail"].search([("res_id", "=", self.document.id)])
        return self.key_in(mails.sorted("id")[-1:].body_html)

    def test_the_link_of_a_mail_that_was_refused_opens_nothing_until_it_leaves(self):
        """The mail is kept to be sent again: who reads the database reads its key."""
        refusal = (550, "5.1.1 unknown")
        self.server.reply("RCPT", to=self.somchai.email, with_=refusal, times=1)
        document = self.document.with_user(self.nikki)
        document.send_email()
        path = f"/d/{self.waiting_key()}"
        for way in ("", "/pdf"):
            answer = self.get(path + way)
            self.assertEqual(answer.status_code, 410)
            self.assertNotIn(document.name, answer.text)
        self.assertEqual(self.post(f"{path}/renew").status_code, 404)
        self.assertEqual(self.link_of(path).state, "not_sent")
        document.delivery_ids.action_resend()
        document.delivery_ids.mail_id.send()
        self.assertEqual(self.get(path).status_code, 200)

    def test_the_link_of_a_mail_that_was_cancelled_opens_nothing(self):
        document = self.document.with_user(self.nikki)
        tomorrow = fields.Datetime.add(fields.Datetime.now(), days=1)
        document.send_email(send_at=fields.Datetime.to_string(tomorrow))
        path = f"/d/{self.waiting_key()}"
        document.action_cancel_mail()
        self.assertEqual(self.get(path).status_code, 410)
        self.link_of(path).with_user(self.nikki).action_call_back()
        self.assertEqual(self.link_of(path).state, "called_back")

    def test_one_who_got_the_mail_is_enough(self):
        self.server.reply("RCPT", to=self.anong.email, with_=(550, "5.1.1 unknown"))
        people = [self.somchai.email, self.anong.email]
        self.document.with_user(self.nikki).send_email(recipients=people)
        [(_to, html)] = self.letters()
        self.assertEqual(self.get(f"/d/{self.key_in(html)}").status_code, 200)

    def test_files_that_went_along_are_on_the_page(self):
        quote = self.quote()
        files = self.env["ir.attachment"].with_user(self.nikki)
        file = files.create({"name": "map.pdf", "raw": b"%PDF-1"})
        quote.send_email(attachment_ids=file.ids)
        [(_to, html)] = self.letters()
        self.assertIn("map.pdf", self.get(f"/d/{self.key_in(html)}").text)
