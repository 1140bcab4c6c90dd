"""The mail of a quote says what its page is for."""

from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.common import SendingCase

ANSWER = "There you can accept or decline it."
CHOOSE = "There you can choose its options, and accept or decline it."


@tagged("post_install", "-at_install")
class TestMailsOfQuotes(SendingCase):
    def sent(self, *lines):
        quote = self.quote(self.line(), *lines).with_user(self.nikki)
        quote.send_email()
        return quote

    def last_mail(self):
        message = self.server.messages[-1].message
        return message.get_body(("html",)).get_content()

    def test_that_it_is_answered_there(self):
        self.sent()
        self.assertIn(ANSWER, self.last_mail())

    def test_that_options_are_chosen_there(self):
        self.sent(self.line(600, name="Tablet", kind="one_time", is_optional=True))
        self.assertIn(CHOOSE, self.last_mail())

    def test_nothing_of_it_once_it_is_answered(self):
        quote = self.sent()
        quote.action_accept()
        quote.send_email(send_again=True)
        mail = self.last_mail()
        self.assertIn(f"Open quote {quote.name} online", mail)
        self.assertNotIn("There you can", mail)
