"""All that is wrong with a form is said at once: once, beside its field, and to who
hears the page.
"""

from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.pages import PageMixin

from .answering import Page
from .signing import SigningCase, drawn

SOMCHAI = "somchai@example.com"
ACCOUNT = "/my/documents"


@tagged("post_install", "-at_install")
class TestFaultsOfForms(PageMixin, SigningCase):
    open, post = SigningCase.open, SigningCase.post

    def assert_faults(self, page, faults):
        """
        :param Page page: that refuses a form
        :param dict faults: sentences by fields
        """
        self.assertEqual(page.status, 422)
        invalid = page.tree.xpath("//*[@aria-invalid='true']")
        self.assertEqual({field.get("name") for field in invalid}, {*faults})
        for field in invalid:
            sentence = faults[field.get("name")]
            ids = field.get("aria-describedby").split()
            said = [page.tree.get_element_by_id(each).text_content() for each in ids]
            self.assertIn(sentence, [" ".join(text.split()) for text in said])
            self.assertEqual(page.text.count(sentence), 1)
        alerts = page.tree.xpath("//*[@role='alert']")
        self.assertEqual(len(alerts), len(faults))
        [focused] = page.tree.xpath("//*[@autofocus]")
        self.assertEqual(focused, invalid[0])
        for fold in focused.iterancestors("details"):
            self.assertIsNotNone(fold.get("open"))

    def test_declining_a_quote(self):
        self.document = self.sent_quote()
        self.key = self.new_key(self.document, recipients=SOMCHAI)
        page = self.ask("/decline", full_name=" ", address="none")
        self.assert_faults(
            page,
            {
                "full_name": "Type your name.",
                "address": "Choose one of the e-mail addresses.",
                "reason": "Say in a few words why you decline.",
            },
        )

    def test_an_address_that_is_no_choice_has_its_fault_too(self):
        self.document = self.sent_quote()
        self.anong.active = False
        self.key = self.new_key(self.document, recipients=SOMCHAI)
        page = self.ask(address="none")
        self.assertEqual(page.alert(), "Choose one of the e-mail addresses.")

    def test_a_wrong_code(self):
        self.document = self.sent_quote()
        self.key = self.new_key(self.document, recipients=SOMCHAI)
        page = self.confirm(self.ask(), "12")
        self.assert_faults(page, {"code": "Type the 6 digits of the e-mail."})

    def test_a_signer_declines(self):
        self.ask_signatures()
        page = self.want(self.key_of(SOMCHAI), "/sign/decline", full_name="")
        self.assert_faults(
            page,
            {
                "full_name": "Type your name.",
                "reason": "Say in a few words why you do not sign.",
            },
        )

    def test_a_colleague_signs(self):
        self.ask_signatures()
        form = {"full_name": "", "to_name": "", "to_address": "x"}
        page = self.want(self.key_of(SOMCHAI), "/sign/delegate", **form)
        self.assert_faults(
            page,
            {
                "full_name": "Type your name.",
                "to_name": "Type the name of your colleague.",
                "to_address": "Type the e-mail address of your colleague.",
            },
        )

    def test_an_empty_drawing_and_no_name(self):
        self.ask_signatures()
        key = self.key_of(SOMCHAI)
        page = self.want(key, full_name="", drawing=drawn(line=None))
        self.assertEqual(page.alert().count("Type your name."), 1)
        self.assertEqual(page.alert().count("Nothing was drawn."), 1)

    def test_a_payment_is_reported(self):
        path = self.path_of(self.issued_invoice())
        files = {"slip": ("slip.png", b"MZ")}
        answer = PageMixin.post(
            self, f"{path}/paid", files=files, amount="x", date="2999-01-01"
        )
        page = Page(answer)
        names = [f.get("name") for f in page.tree.xpath("//*[@aria-invalid='true']")]
        self.assertEqual(names, ["amount", "date", "slip"])
        [late] = page.tree.xpath("//*[@id='fault-date']")
        self.assert_faults(
            page,
            {
                "amount": "Type the amount as 1,070.00.",
                "date": " ".join(late.text_content().split()),
                "slip": "A slip is a picture (JPEG, PNG, WebP, HEIC) or a PDF.",
            },
        )

    def test_a_question_is_asked(self):
        page = self.post("/ask", question=" ", name="Anong")
        self.assert_faults(page, {"question": "Type your question first."})

    def test_a_colleague_is_invited(self):
        self.customer.partner_id.parent_id = self.hilton.partner_id
        self.sign_in(self.customer)
        found = self.get(ACCOUNT)
        [token] = {*Page(found).tree.xpath("//input[@name='csrf_token']/@value")}
        form = {"csrf_token": token, "name": "?", "email": "x"}
        page = Page(PageMixin.post(self, f"{ACCOUNT}/invite", **form))
        self.assert_faults(
            page,
            {
                "name": "Type the name of your colleague.",
                "email": "Type one e-mail address.",
            },
        )
