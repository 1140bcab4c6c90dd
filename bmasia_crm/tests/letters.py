"""A document of each kind, and each of the templates that are shipped for them."""

from datetime import timedelta

from odoo.fields import Command

from .common import SendingCase


class LetterCase(SendingCase):
    """Every mail that a customer gets of a document."""

    def shipped_templates(self):
        """The xml ids of the templates of documents, found in the database.

        :rtype: list[str]
        """
        kinds = self.env["document.mixin"]._kinds().values()
        templates = self.env["mail.template"].search(
            [("model", "in", [kind._name for kind in kinds])]
        )
        return sorted(filter(None, templates.get_external_id().values()))

    def one_of_each(self, **values):
        """A document of each kind, such as its templates are sent with.

        :param values: of those that have lines
        :returns: by model
        :rtype: dict
        """
        customer = {"customer_id": self.hilton.id}
        quote = self.quote(**values)
        month_ago = quote._today() - timedelta(days=30)
        days = {"issue_date": month_ago, "due_date": month_ago}
        invoice = self.issued_invoice(**days, **values)
        invoice.action_register_payment(100, withholding_amount=3)
        billed = [Command.create({"invoice_id": self.issued_invoice(**values).id})]
        notes = self.env["bmasia.billing.note"].with_user(self.pom)
        note = notes.create({**customer, "line_ids": billed})
        for document in (quote, note):
            document.action_mark_sent()
        statement = self.env["bmasia.statement"].with_user(self.pom).create(customer)
        contract = self.active_contract(**values)
        amendment = self.amendment_of(contract, line_ids=[self.line(1000)])
        amendment.action_mark_sent()
        documents = (quote, contract, amendment, invoice, invoice.receipt_ids)
        return {each._name: each for each in (*documents, note, statement)}
