"""What one of us does on a customer's page never passes for the customer's."""

from odoo.tests import tagged

from .signing import LINK, SigningCase

SOMCHAI = "somchai@example.com"
REFUSED = "With this link you sign for us. Only the customer asks and answers here."


@tagged("post_install", "-at_install")
class TestOursOnThePage(SigningCase):
    def setUp(self):
        super().setUp()
        self.ask_signatures()

    def test_our_signer_asks_nothing_as_the_customer(self):
        page = self.post("/ask", key=self.key_of_norbert(), question="Is it cheaper?")
        self.assertEqual(page.alert(), REFUSED)
        self.assertIn("Is it cheaper?", page.answer.text)
        self.assertFalse(self.document.sudo().question_ids)
        self.assertNotIn("asked", self.kinds())

    def test_nor_does_anything_else_that_is_the_customer_s(self):
        for path in ("/code", "/decline", "/extend", "/online", "/paid"):
            key = self.key_of_norbert()
            self.post(path, key=key, full_name="Somchai", reason="x", amount="1")
        self.assertFalse({*self.kinds()} & {"accepted", "declined", "extension"})
        self.assertEqual(self.document.state, "sent")

    def test_our_signer_signs(self):
        self.sign_for_us()
        self.assertEqual(self.signer("Norbert").state, "signed")

    def test_a_signer_of_the_customer_s_asks(self):
        self.post("/ask", key=self.key_of(SOMCHAI), question="From when on?")
        self.assertEqual(self.document.sudo().question_ids.question, "From when on?")

    def assert_is_ours(self, key):
        self.document.sudo().viewed_date = False
        before = self.kinds()
        self.post("/seen", key=key)
        page = self.post("/ask", key=key, question="As the customer?")
        self.assertIn("Only the customer answers here", page.alert())
        self.assertFalse(self.document.viewed_date)
        self.assertFalse(self.document.sudo().question_ids)
        self.assertEqual(self.kinds(), before)

    def test_nor_with_the_mail_of_the_signed_file(self):
        self.sign_all()
        mails = self.mails_to(self.norbert.email)
        [mail] = mails.filtered(lambda each: "Signed by all" in (each.subject or ""))
        self.assert_is_ours(LINK.search(mail.body_html)[1])

    def test_a_mail_to_nobody_but_us_is_no_sign_of_the_customer(self):
        both = f"{self.pom.email}, {self.nikki.email}"
        self.assert_is_ours(self.new_key(self.document, recipients=both))

    def test_one_that_the_customer_has_too_is(self):
        both = f"{self.pom.email}, {SOMCHAI}"
        self.post("/seen", key=self.new_key(self.document, recipients=both))
        self.assertTrue(self.document.viewed_date)

    def test_a_signer_who_is_no_contact_reads_the_answer(self):
        self.document.action_void_signing()
        wizard = self.wizard()
        wizard.signer_ids[0].write({"name": "Boss", "email": "boss@owner.test"})
        wizard.action_confirm()
        self.post("/ask", key=self.key_of("boss@owner.test"), question="Yearly?")
        before = self.env["mail.mail"].search([])
        self.document.question_ids.with_user(self.nikki).give_answer("Yes")
        mails = self.env["mail.mail"].search([]) - before
        self.assertEqual(mails.mapped("email_to"), ["boss@owner.test"])

    def test_one_who_left_does_not(self):
        self.post("/ask", key=self.key_of("anong@example.com"), question="Yearly?")
        self.anong.active = False
        before = self.mails_to("anong@example.com")
        self.document.question_ids.with_user(self.nikki).give_answer("Yes")
        self.assertEqual(self.mails_to("anong@example.com"), before)


@tagged("post_install", "-at_install")
class TestWordsOfLinks(SigningCase):
    """A signer's link is theirs alone, and a colleague gets one of their own."""

    def foot(self, key):
        [foot] = self.open(key=key).tree.xpath("//footer")
        return " ".join(foot.text_content().split())

    def mail(self, address):
        return " ".join((self.mails_to(address)[-1:].body_html or "").split())

    def test_mail_and_page_say_the_same(self):
        self.ask_signatures()
        for said in (self.mail(SOMCHAI), self.foot(self.key_of(SOMCHAI))):
            self.assertIn("for you alone: please do not forward it", said)
            self.assertIn("If a colleague signs instead, name them on the page", said)
            self.assertNotIn("Pass it on", said)

    def test_who_can_let_nobody_else_sign_reads_nothing_of_it(self):
        self.ask_signatures()
        address = SOMCHAI
        for name in ("bob", "carl"):
            key = self.key_of(address)
            form = {"to_name": name.title(), "to_address": f"{name}@example.com"}
            self.prove(self.want(key, "/sign/delegate", **form), address, key)
            address = f"{name}@example.com"
        for said in (self.mail(address), self.foot(self.key_of(address))):
            self.assertIn("for you alone", said)
            self.assertNotIn("colleague", said)

    def test_a_link_of_the_document_is_for_those_who_may(self):
        self.assertIn(
            "Pass it on only to people", self.foot(self.new_key(self.document))
        )
