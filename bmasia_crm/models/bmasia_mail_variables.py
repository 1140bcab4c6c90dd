"""What mail templates may say about a document: one closed list for each kind."""

from odoo import api, models

from odoo.addons.document_flow.tools import names


class BmasiaDocumentMixin(models.AbstractModel):
    _inherit = "bmasia.document.mixin"

    @api.model
    def _mail_variable_meanings(self):
        _ = self.env._
        return {
            **super()._mail_variable_meanings(),
            "amount_net": _("Total before tax"),
            "amount_tax": _("The tax"),
            "amount_total": _("Total with tax: what is to be paid"),
            "tax_note": _('"including VAT"; empty where no tax is charged'),
        }

    def _document_variables(self):
        return {
            **super()._document_variables(),
            "amount_net": self._format_money(self.amount_untaxed),
            "amount_tax": self._format_money(self.amount_tax),
            "amount_total": self._format_money(self.amount_total),
            "tax_note": self._tax_words(),
        }


class BmasiaQuote(models.Model):
    _inherit = "bmasia.quote"

    @api.model
    def _mail_variable_meanings(self):
        _ = self.env._
        return {
            **super()._mail_variable_meanings(),
            "valid_until": _("Last day on which the quote can be accepted"),
            "sent_on": _("The day on which it was sent first"),
            "term_months": _("Months of the term"),
            "term_value_net": _("Value of the whole term before tax"),
        }

    def _document_variables(self):
        return {
            **super()._document_variables(),
            "valid_until": self._format_day(self.valid_until),
            "sent_on": self._format_day(self.sent_date),
            "term_months": self.term_months,
            "term_value_net": self._format_money(self.term_value),
        }


class BmasiaContract(models.Model):
    _inherit = "bmasia.contract"

    @api.model
    def _mail_variable_meanings(self):
        _ = self.env._
        return {
            **super()._mail_variable_meanings(),
            "property_name": _("The venue, else the customer's trade name"),
            "start_date": _("First day of the term"),
            "end_date": _("Last day of the term"),
            "days_left": _("Days until the term ends; empty afterwards"),
            "annual_value_net": _("A year of it before tax"),
            "monthly_value_net": _("A month of it before tax"),
            "term_value_net": _("Value of the whole term before tax"),
        }

    def _document_variables(self):
        values = super()._document_variables()
        left = self._days_left()
        monthly = self.currency_id.round(self.annual_value / 12)
        return {
            **values,
            "property_name": names.one_line(self.property_name or values["trade_name"]),
            "start_date": self._format_day(self.start_date),
            "end_date": self._format_day(self.end_date),
            "days_left": str(left) if left >= 0 else False,
            "annual_value_net": self._format_money(self.annual_value),
            "monthly_value_net": self._format_money(monthly),
            "term_value_net": self._format_money(self.term_value),
        }


class BmasiaInvoice(models.Model):
    _inherit = "bmasia.invoice"

    @api.model
    def _mail_variable_meanings(self):
        _ = self.env._
        return {
            **super()._mail_variable_meanings(),
            "title": _("What the document is, as a title"),
            "property_name": _("The venue, else the customer's trade name"),
            "due_date": _("When it is to be paid; empty on other documents"),
            "days_overdue": _("Days since then"),
            "amount_due": _("What is still to be paid, with tax"),
            "period_start": _("First day of the service; may be empty"),
            "period_end": _("Last day of the service; may be empty"),
        }

    def _document_variables(self):
        values = super()._document_variables()
        return {
            **values,
            "title": self._title(),
            "property_name": names.one_line(self.property_name or values["trade_name"]),
            "due_date": self._format_day(
                self.kind == "invoice" and self._due_in_mail()
            ),
            "days_overdue": str(self.days_overdue),
            "amount_due": self._format_money(self.amount_due),
            "period_start": self._format_day(self.period_start),
            "period_end": self._format_day(self.period_end),
        }


class BmasiaPayment(models.Model):
    _inherit = "bmasia.payment"

    @api.model
    def _mail_variable_meanings(self):
        _ = self.env._
        return {
            **super()._mail_variable_meanings(),
            "invoice_number": _("The invoice that was paid"),
            "amount_paid": _("What arrived"),
            "amount_withheld": _("Tax that the customer withheld; empty if none"),
            "payment_date": _("When it arrived"),
        }

    def _document_variables(self):
        withheld = self.withholding_amount
        return {
            **super()._document_variables(),
            "invoice_number": self.invoice_id.name,
            "amount_paid": self._format_money(self.amount),
            "amount_withheld": withheld and self._format_money(withheld),
            "payment_date": self._format_day(self.date),
        }
