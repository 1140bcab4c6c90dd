"""Questions that customers ask on a page, and our answers."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .pages import MailedPageCase


@tagged("post_install", "-at_install")
class TestQuestions(MailedPageCase):
    def ask(self, question="May we start in May?", **form):
        return self.post(f"{self.path}/ask", question=question, **form)

    def asked(self):
        self.ask(name="Somchai")
        return self.document.question_ids.with_user(self.nikki)

    def test_it_is_kept_told_and_shown(self):
        answer = self.ask(name="Somchai P.")
        self.assertEqual(answer.status_code, 303)
        [question] = self.document.question_ids
        self.assertEqual(question.question, "May we start in May?")
        self.assertEqual(question.asker, "Somchai P.")
        self.assertEqual(question.user_id, self.nikki)
        self.assertEqual(question.company_id, self.thailand)
        told = "".join(self.document.message_ids.mapped("body"))
        self.assertIn("May we start", told)
        page = self.get(answer.headers["Location"].partition("#")[0])
        self.assertIn("We have your question", page.text)
        self.assertIn("May we start in May?", page.text)
        self.assertTrue(self.document.viewed_date)

    def test_who_is_responsible_gets_a_mail_from_the_system(self):
        self.ask()
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertIn(self.nikki.email, mail.email_to)
        self.assertIn(self.document.name, mail.subject)
        self.assertNotIn(self.nikki.email, mail.email_from)
        self.assertIn("May we start", mail.body_html)
        self.assertNotIn("/d/", mail.body_html)

    def test_it_comes_up_on_my_day(self):
        self.asked()
        day = self.env["document.day"].with_user(self.nikki).get_day()
        todos = [todo for area in day["areas"] for todo in area["todos"]]
        [todo] = [todo for todo in todos if todo["key"] == "questions"]
        self.assertEqual(todo["count"], 1)
        self.assertEqual(todo["lines"][0]["why"], "May we start in May?")

    def test_what_is_empty_or_too_long_loses_nothing(self):
        for text, words in (("  \n ", "Type your question"), ("x" * 2001, "2000")):
            answer = self.ask(text, name="Somchai P.")
            self.assertEqual(answer.status_code, 422)
            self.assertIn(words, answer.text)
            self.assertIn("Somchai P.", answer.text)
            self.assertIn(text.strip()[:50], answer.text)
        self.assertFalse(self.document.question_ids)

    def test_hidden_letters_are_left_out(self):
        self.ask("ab\u202ecd\x00", name="So\u200fm\n" + "x" * 200)
        [question] = self.document.question_ids
        self.assertEqual(question.question, "abcd")
        self.assertTrue(question.asker.startswith("Som x"))
        self.assertEqual(len(question.asker), 80)

    def test_a_get_asks_nothing(self):
        self.assertEqual(self.get(f"{self.path}/ask", question="x").status_code, 405)
        self.assertFalse(self.document.question_ids)

    def test_it_is_asked_a_few_times_a_day(self):
        self.reach_limit("question")
        answer = self.ask()
        self.assertEqual(answer.status_code, 422)
        self.assertIn("May we start", answer.text)
        self.assertFalse(self.document.question_ids)

    def test_our_own_look_asks_nothing(self):
        action = self.document.action_open_page()
        path = "/d/" + action["url"].rpartition("/")[2]
        answer = self.post(f"{path}/ask", question="x")
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.document.question_ids)

    def test_another_link_does_not_show_what_is_not_answered(self):
        self.ask()
        other = self.path_of(self.document)
        self.assertNotIn("May we start", self.get(other).text)
        self.document.question_ids.with_user(self.nikki).give_answer("Yes")
        self.assertIn("May we start", self.get(other).text)

    # ------------------------------------------------------------
    # ANSWERS
    # ------------------------------------------------------------

    def test_the_answer_is_mailed_and_shown(self):
        self.link.sudo().recipients = self.somchai.email
        question = self.asked()
        question.give_answer("Yes, from <1 May>.")
        to, html = self.letters()[-1]
        self.assertEqual(to, [self.somchai.email])
        self.assertIn("&lt;1 May&gt;", html)
        self.assertIn("May we start", html)
        self.assertEqual(self.server.messages[-1].login, self.nikki.login)
        page = self.get(self.path).text
        self.assertIn("Yes, from &lt;1 May&gt;.", page)
        self.assertIn("Nikki", page)

    def test_it_is_answered_once(self):
        question = self.asked()
        question.give_answer("Yes")
        with self.assertRaisesRegex(UserError, "has answered already"):
            question.give_answer("No")

    def test_an_answer_says_something(self):
        question = self.asked()
        for text in ("", " \n", None, "x" * 2001, 7):
            with self.subTest(text), self.assertRaises(UserError):
                question.give_answer(text)
        self.assertFalse(question.answer)

    def test_without_an_account_nothing_is_answered(self):
        question = self.asked().with_user(self.norbert)
        with self.assertRaises(UserError):
            question.give_answer("Yes")

    def test_who_may_not_write_the_document_does_not_answer(self):
        invoice = self.issued_invoice()
        path = self.path_of(invoice)
        self.post(f"{path}/ask", question="Why?")
        question = invoice.question_ids
        with self.assertRaises(AccessError):
            question.with_user(self.nikki).give_answer("Because")
        question.with_user(self.pom).give_answer("Because")

    def test_the_other_entity_sees_none(self):
        question = self.asked()
        self.nikki.write(
            {"company_ids": [(6, 0, self.hongkong.ids)], "company_id": self.hongkong.id}
        )
        for user in (self.nikki, self.customer, self.visitor):
            with self.subTest(user.login), self.assertRaises(AccessError):
                question.with_user(user).read(["question"])
            with self.assertRaises(AccessError):
                question.with_user(user).give_answer("No")

    def test_nobody_writes_or_deletes_one(self):
        question = self.asked().with_user(self.norbert)
        for act in (
            lambda: question.write({"question": "x"}),
            lambda: question.write({"answer": "x"}),
            question.unlink,
            lambda: question.create({"res_model": "bmasia.quote", "res_id": 1}),
        ):
            with self.assertRaises(UserError):
                act()
        self.assertEqual(question.question, "May we start in May?")

    def test_the_dialog_answers(self):
        question = self.asked()
        action = question.action_answer()
        dialog = self.env[action["res_model"]].with_user(self.nikki)
        dialog = dialog.with_context(**action["context"]).create({"answer": "Yes"})
        self.assertEqual(dialog.question, "May we start in May?")
        dialog.action_confirm()
        self.assertEqual(question.answer, "Yes")
