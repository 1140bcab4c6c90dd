"""What mail templates may say about a document: one closed list for each kind."""

from odoo import api, models

from ..tools import names


class BmasiaSendableMixin(models.AbstractModel):
    _inherit = "bmasia.sendable.mixin"

    @api.model
    def _mail_variable_meanings(self):
        """Name and meaning of each variable, for the guide beside the template.

        :rtype: dict
        """
        _ = self.env._
        return {
            "contact_name": _("Whom the mail is written to, by name"),
            "company_name": _("Customer, legal name"),
            "trade_name": _("Customer, trade name"),
            "document_kind": _("What the document is: quote, invoice, …"),
            "document_number": _("Its number"),
            "document_lang": _("The code of its language, as th_TH"),
            "seller_name": _("Our legal name"),
            "sender_name": _("Who sends"),
            "sender_email": _("The sender's address"),
            "sender_phone": _("The sender's phone"),
            "signature": _("The sender's signature, from My Preferences"),
            "today": _("Today"),
            "current_year": _("This year"),
        }

    def _mail_variables(self):
        """The values of this document, in its language.

        :returns: dict by the names of :meth:`_mail_variable_meanings`
        """
        self.ensure_one()
        document = self.with_context(lang=self._get_print_lang())
        return {**document._sender_variables(), **document._document_variables()}

    def _sender_variables(self):
        user = self.env.user
        sender = user._get_mail_sender(self.company_id.sudo())
        return {
            "sender_name": user.name,
            "sender_email": sender.email or user.email,
            "sender_phone": user.phone,
            "signature": user.signature,
        }

    def _document_variables(self):
        customer, today = self._customer(), self._today()
        return {
            "contact_name": names.one_line(self._greeting_name()),
            "company_name": names.one_line(customer["name"]),
            "trade_name": names.one_line(customer["trade_name"] or customer["name"]),
            "document_kind": self._kind_label(),
            "document_number": self._number_in_mail(),
            "document_lang": self._get_print_lang(),
            "seller_name": self._seller()["name"],
            "today": self._format_day(today),
            "current_year": self._format_year(today),
        }
