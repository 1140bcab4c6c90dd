"""What a customer owes, and what is the customer's, on its page."""

from datetime import timedelta

from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .money import MoneyCase


@tagged("post_install", "-at_install")
class TestCustomerAccount(MoneyCase):
    def fall_due(self, *bills):
        """As if they had been issued a month ago, to be paid at once."""
        day = self.thailand._today() - timedelta(days=30)
        for bill in bills:
            bill.sudo()._write_state({"issue_date": day, "due_date": day})

    def figures(self):
        hilton = self.hilton.with_user(self.pom)
        hilton.invalidate_recordset()
        return hilton.overdue, hilton.on_account, hilton.to_refund

    def filtered(self, action, context_key):
        """What the button with a filter opens."""
        model = self.env[self.env.ref(f"bmasia_crm.{action}").res_model]
        views = model.with_user(self.pom).get_views([(False, "search")])
        arch = views["views"]["search"]["arch"]
        (domain,) = etree.fromstring(arch).xpath(
            f"//filter[@name='{context_key}']/@domain"
        )
        domain = safe_eval(domain, {"uid": self.pom.id})
        return model.search([*domain, ("customer_id", "=", self.hilton.id)])

    def test_nothing_is_no_figure(self):
        self.bill()
        self.assertEqual(self.figures(), ("", "", ""))

    def test_each_is_the_sum_of_what_it_opens(self):
        late = self.bill(), self.bill(2000)
        self.fall_due(*late)
        payment = self.payment_of(self.register(55))
        paid = self.bill(1000)
        paid.action_register_payment(1070)
        self.credited(paid, 100)
        overdue, on_account, to_refund = self.figures()
        self.assertIn("3,210.00", overdue)
        self.assertIn("55.00", on_account)
        self.assertIn("107.00", to_refund)
        opened = self.filtered("bmasia_invoice_action", "overdue")
        self.assertEqual(sorted(opened.ids), sorted(bill.id for bill in late))
        self.assertEqual(self.filtered("bmasia_payment_action", "on_account"), payment)
        self.assertEqual(self.filtered("bmasia_invoice_action", "to_refund"), paid)

    def test_currencies_stand_beside_each_other(self):
        self.fall_due(self.bill(), self.usd_bill(500))
        overdue = self.figures()[0]
        self.assertIn("1,070.00", overdue)
        self.assertIn("500.00", overdue)
        self.assertIn(" · ", overdue)
