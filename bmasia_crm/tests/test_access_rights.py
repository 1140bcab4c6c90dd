"""Each access right, as each role has it.

Each row of ``ir.model.access.csv`` has a test that is named after its id.
"""

from odoo.tests import new_test_user, tagged

from odoo.addons.document_flow.tests.rights import AccessRightsMixin, add_tests

from .common import CrmCase


@tagged("post_install", "-at_install")
class TestAccessRights(AccessRightsMixin, CrmCase):
    ROLES = (
        "employee",
        "nikki",
        "pom",
        "norbert",
    )  # the others: user, finance, manager
    RIGHTS = {
        "bmasia.company": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.zone": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.location": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.signatory": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.quote": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.quote.line": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.contract": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.contract.line": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.contract.schedule": ("", "r", "r", "r"),
        "bmasia.contract.pause": ("", "r", "r", "r"),
        "bmasia.change.wizard": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.day.wizard": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.change.effect": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.chain.wizard": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.chain.wizard.line": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.chain.wizard.effect": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.amendment": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.amendment.line": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.amendment.signatory": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.amendment.effect": ("", "r", "r", "r"),
        "bmasia.contract.template": ("", "r", "r", "rwcd"),
        "bmasia.contract.section": ("", "r", "r", "rwcd"),
        "bmasia.invoice": ("", "r", "rwcd", "rwcd"),
        "bmasia.invoice.line": ("", "r", "rwcd", "rwcd"),
        "bmasia.payment": ("", "r", "rwc", "rwc"),
        "bmasia.exchange.rate": ("", "r", "rwcd", "rwcd"),
        "bmasia.tax.rate": ("", "r", "r", "rwcd"),
        "bmasia.withholding.certificate": ("", "r", "rw", "rw"),
        "bmasia.lock.log": ("", "", "r", "r"),
        "bmasia.bank.mapping": ("", "", "rwcd", "rwcd"),
        "bmasia.bank.statement": ("", "", "rwcd", "rwcd"),
        "bmasia.bank.statement.line": ("", "", "rw", "rw"),
        "bmasia.bank.match": ("", "", "rwcd", "rwcd"),
        "bmasia.billing.note": ("", "r", "rwcd", "rwcd"),
        "bmasia.billing.note.line": ("", "r", "rwcd", "rwcd"),
        "bmasia.payment.allocation": ("", "r", "r", "r"),
        "bmasia.receipt": ("", "r", "rw", "rw"),
        "bmasia.booking.request": ("", "", "", "r"),
        "bmasia.payment.wizard": ("", "", "rwcd", "rwcd"),
        "bmasia.payment.wizard.line": ("", "", "rwcd", "rwcd"),
        "bmasia.write.off": ("", "r", "r", "rw"),
        "bmasia.write.off.wizard": ("", "", "", "rwcd"),
        "bmasia.merge.wizard": ("", "", "", "rwcd"),
        "bmasia.advance.return.wizard": ("", "", "rwcd", "rwcd"),
        "bmasia.transition.wizard": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.quote.invoice.wizard": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.quote.invoice.wizard.line": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.credit.line.wizard": ("", "", "rwcd", "rwcd"),
        "bmasia.renew.wizard": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.renew.wizard.line": ("", "rwcd", "rwcd", "rwcd"),
        "bmasia.statement": ("", "r", "rwcd", "rwcd"),
        "bmasia.vat.return": ("", "", "r", "rd"),
        "bmasia.journal.export": ("", "", "r", "r"),
        "bmasia.journal.exported": ("", "", "r", "r"),
        # of document_flow, whose groups ours imply
        "document.answer.wizard": ("", "rwcd", "rwcd", "rwcd"),
        "document.attempt": ("", "", "", "r"),
        "document.link": ("", "r", "r", "r"),
        "document.question": ("", "r", "r", "r"),
        "document.number": ("", "", "r", "r"),
        "document.send.request": ("", "", "", "r"),
        "document.send.batch": ("", "r", "r", "r"),
        "document.send.batch.line": ("", "r", "r", "r"),
        "document.reminder": ("", "r", "r", "r"),
        "document.reminder.step": ("", "", "", "rwcd"),
        "document.send.wizard": ("", "rwcd", "rwcd", "rwcd"),
        "document.copies.wizard": ("", "rwcd", "rwcd", "rwcd"),
        # Odoo's own
        "res.partner.industry": ("r", "r", "r", "rwcd"),
        "res.company": ("r", "r", "rw", "rw"),
    }
    OUTSIDERS = ("customer", "visitor")
    SHARED = {"res.partner.industry", "res.company"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = new_test_user(cls.env, "employee@example.com")

    def test_the_table_knows_every_model(self):
        ours = {
            model._name
            for model in self.env.values()
            if model._original_module in ("document_flow", "bmasia_crm") and model._auto
        }
        self.assertEqual(ours, set(self.RIGHTS) - self.SHARED)

    def test_groups_imply_those_of_documents(self):
        for model in self.RIGHTS:
            if self.env[model]._original_module == "document_flow":
                self.check_rights(self.env[model]._table)


add_tests(TestAccessRights, "bmasia_crm")
