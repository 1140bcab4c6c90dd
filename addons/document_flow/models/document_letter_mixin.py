import re

from markupsafe import Markup, escape

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext, html_sanitize, plaintext2html

from ..tools import names, variables
from ..tools.letter import NUMBER_TO_COME, Letter

MAX_RECIPIENTS = 50  # more is a mailing, which this is not
LINE_BREAKS = re.compile(r"\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")


class DocumentLetterMixin(models.AbstractModel):
    """The words of a document's mail.

    Gives: ``_prepare_letter``, which checks people and words before anything is
    written, and the closed list of variables that templates may use.

    A model names its template (``_mail_template``) and adds its variables to
    ``_mail_variable_meanings`` and ``_document_variables``.

    Example: a template says ``{{ document_number }}``; ``_document_variables`` of the
    document gives its value, ``_mail_variable_meanings`` its line in the guide.

    How it works: subject and body are rendered in the document's language. A variable
    that does not exist or is empty here stops the mail and is named.
    """

    _name = "document.letter.mixin"
    _description = "Words of a Document's Mail"
    _inherit = ["document.recipients.mixin", "document.archived.mixin"]

    # Set by the model: xml id of its mail template.
    _mail_template = ""

    def _get_mail_template(self):
        """The template that goes with this kind of document."""
        return self.env.ref(self._mail_template).sudo()

    def _template_named(self, template):
        """A mail template of this kind of document.

        :param str template: xml id, or the id of one that a manager made
        :raises UserError: it is of other documents
        """
        if not template:
            return self.env["mail.template"]
        if template.isdecimal():
            found = self.env["mail.template"].sudo().browse(int(template)).exists()
        else:
            found = self.env.ref(template).sudo()
        if found.model != self._name:
            raise UserError(
                self.env._("The e-mail template is gone, or is of other documents.")
            )
        return found

    def _number_in_mail(self):
        """The number, or what stands for it until it is assigned."""
        self.ensure_one()
        return self.name or NUMBER_TO_COME

    def _prepare_mail(self, subject=None, body=None, template=None, to=()):
        """Subject and body, from the template where they are not given.

        :param str template: xml id, or id; default: of this kind of document
        :param to: the addresses that the mail greets
        :returns: dict ``subject`` and ``body`` (HTML)
        :raises UserError: the template asks for a variable that does not exist
        """
        self.ensure_one()
        source = self._template_named(template) or self._get_mail_template()
        source = source.with_context(
            lang=self._get_print_lang(), document_greeted=tuple(to or ())
        )
        if subject is None:
            subject = source._render_field("subject", self.ids)[self.id]
        if body is None:
            body = source._render_field("body_html", self.ids)[self.id]
        subject = LINE_BREAKS.sub(" ", subject).strip()
        return {"subject": subject, "body": self._as_html(body)}

    def _as_html(self, text):
        """A body as programs and people give it: HTML, or plain text."""
        if isinstance(text, Markup):
            return text
        looks_like_html = "</" in text or "<br" in text or "<p>" in text
        return html_sanitize(text) if looks_like_html else plaintext2html(text)

    def _prepare_letter(self, to, cc, subject, body, template=None, receives=None):
        """Check everything that can be checked before anything is written.

        :raises UserError: no recipient, one that is no address, an unresolved variable
        """
        if to is None:
            to = self._default_recipients(receives)._delivery_addresses()
        people = self._read_recipients(to)
        copies = self._read_recipients(cc, without=people)
        if not people:
            raise UserError(
                self.env._("Nobody to send this to. Add a contact with an address.")
            )
        if len(people) + len(copies) > MAX_RECIPIENTS:
            raise UserError(
                self.env._(
                    "At most %s recipients per e-mail. Remove some.", MAX_RECIPIENTS
                )
            )
        values = self._prepare_mail(subject, body, template, people)
        self._check_resolved(values, people)
        return Letter(people, copies, values["subject"], values["body"])

    def _check_resolved(self, values, people=()):
        if not values["subject"]:
            raise UserError(self.env._("The mail has no subject."))
        if not html2plaintext(values["body"]).strip():
            raise UserError(self.env._("The e-mail body is empty."))
        self._check_filled(values["subject"] + str(values["body"]), people)

    def _check_filled(self, text, people):
        """Refuse a mail in which a variable stands instead of its value."""
        left, empty = variables.left_over(text), variables.empties(text)
        if left or empty:
            text = self._without_values(text, people)
            left, empty = variables.left_over(text), variables.empties(text)
        if left:
            raise UserError(
                self.env._(
                    "The mail still holds a variable: %s. Replace it with what it "
                    "stands for.",
                    ", ".join(left),
                )
            )
        if empty:
            raise UserError(
                self.env._(
                    "The mail asks for what is empty here: %s. Fill it in on the "
                    "document or its customer, or write the words yourself.",
                    ", ".join(empty),
                )
            )

    def _without_values(self, text, people):
        """A mail without those names and values in it that only look like a variable: a
        bar may be called "{{x}}".
        """
        said = self.with_context(document_greeted=tuple(people))._mail_variables()
        said = [str(value) for value in said.values() if value]
        said += [contact.name or "" for contact in self._contacts("").sudo()]
        for value in sorted(set(said), key=len, reverse=True):
            if variables.left_over(value) or variables.empties(value):
                text = text.replace(value, "").replace(str(escape(value)), "")
        return text

    def _message_compute_subject(self):
        """Of what people write in the chatter: what it is about, as the mail that
        carried the document says it.
        """
        if not self.name:
            return super()._message_compute_subject()
        document = self.with_context(lang=self._get_print_lang())
        return document.env._(
            "%(kind)s %(number)s for %(customer)s",
            kind=document._kind_label().capitalize(),
            number=self.name,
            customer=document._addressee(),
        )

    # ------------------------------------------------------------
    # VARIABLES
    # ------------------------------------------------------------

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
            "signature": user._letter_signature(),
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
