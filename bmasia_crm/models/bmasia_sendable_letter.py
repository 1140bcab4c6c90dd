"""Whom a document is sent to, and with which words."""

import re
from http import HTTPStatus

from markupsafe import Markup, escape

from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError
from odoo.tools import format_list, html2plaintext, html_sanitize, plaintext2html

from odoo.addons.mail_delivery.tools.addresses import read

from ..tools import variables
from ..tools.letter import NUMBER_TO_COME, Letter

MAX_RECIPIENTS = 50  # more is a mailing, which this is not
LINE_BREAKS = re.compile(r"\s*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")
NAMES_GREETED = 3  # more names than these are a list, not a greeting


class BmasiaSendableMixin(models.AbstractModel):
    _inherit = "bmasia.sendable.mixin"

    # ------------------------------------------------------------
    # WHO, TO WHOM, WHAT
    # ------------------------------------------------------------

    def _as_sender(self):
        """This document in the name of who sends it: the acting user; where nobody
        acts, the one who is responsible.
        """
        acting = self.env.user
        if self.env.uid != SUPERUSER_ID and acting._is_internal():
            return self
        if not self.user_id:
            raise UserError(self.env._("Nobody is responsible for this document."))
        self.user_id._check_automatic_reminders()
        return self.with_user(self.user_id).sudo(self.env.su)

    def _check_sender(self):
        """The acting user's mailbox, by the billing entity's policy.

        :raises UserError: there is none that works
        """
        return self.env.user._check_mail_sender(self.company_id.sudo())

    def _get_mail_template(self):
        """The template that goes with this kind of document."""
        return self.env.ref(self._mail_template).sudo()

    def _default_recipients(self, receives_field=None):
        """Who gets this document unless somebody chooses.

        The contacts who receive this kind of document; else whom it is addressed to;
        else the customer's first contact with an address.

        :rtype: res.partner
        """
        self.ensure_one()
        chosen = self._contacts(receives_field or self._receives_field)
        if not chosen and self.partner_id.email and self.partner_id.active:
            chosen = self.partner_id
        return chosen or self._contacts("")[:1]

    def _contacts(self, receives_field):
        """The customer's contacts who receive something; all of them for ``""``."""
        return self.customer_id._contacts_for(receives_field)

    def _number_in_mail(self):
        """The number, or what stands for it until it is assigned."""
        self.ensure_one()
        return self.name or NUMBER_TO_COME

    def _greeting_name(self):
        """Whom a mail greets: everybody it is written to by name, else the addressee.

        The addresses come in the context, from who chose them.
        """
        self.ensure_one()
        names = self._names_of(self.env.context.get("bmasia_greeted") or ())
        if 0 < len(names) <= NAMES_GREETED:
            return self._list_of(names)
        return self.partner_id.name or self._addressee()

    def _list_of(self, names):
        """Names in the document's language. Thai writes no blanks between words, but
        around names it does.
        """
        lang = self._get_print_lang()
        if lang.startswith("th") and len(names) > 1:
            return f"{' '.join(names[:-1])} และ {names[-1]}"
        return format_list(self.with_context(lang=lang).env, names)

    def _greeting_of(self, addresses):
        """Whom a mail to these addresses greets."""
        return self.with_context(bmasia_greeted=tuple(addresses))._greeting_name()

    def _names_of(self, addresses):
        """The names behind addresses, as far as the customer's contacts or the
        addresses themselves tell.
        """
        contacts = self._contacts("").sudo() | self.partner_id.sudo()
        known = {
            box.wire: contact.name
            for contact in contacts
            for box in read(contact.email or "").good
        }
        names = [known.get(box.wire) or box.name for box in read(addresses).good]
        return [] if not all(names) else list(dict.fromkeys(names))

    def _prepare_mail(self, subject=None, body=None, template=None, to=()):
        """Subject and body, from the template where they are not given.

        :param str template: xml id; default: of this kind of document
        :param to: the addresses that the mail greets
        :returns: dict ``subject`` and ``body`` (HTML)
        :raises UserError: the template asks for a variable that does not exist
        """
        self.ensure_one()
        source = (
            self.env.ref(template).sudo() if template else self._get_mail_template()
        )
        source = source.with_context(
            lang=self._get_print_lang(), bmasia_greeted=tuple(to or ())
        )
        if subject is None or body is None:
            source._check_variables()
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
                self.env._("More than %s recipients are a mailing.", MAX_RECIPIENTS)
            )
        values = self._prepare_mail(subject, body, template, people)
        self._check_resolved(values, people)
        return Letter(people, copies, values["subject"], values["body"])

    def _check_resolved(self, values, people=()):
        if not values["subject"]:
            raise UserError(self.env._("The mail has no subject."))
        if not html2plaintext(values["body"]).strip():
            raise UserError(self.env._("The e-mail body is empty."))
        text = self._without_values(values["subject"] + str(values["body"]), people)
        if left := variables.left_over(text):
            raise UserError(
                self.env._(
                    "The mail still holds a variable: %s. Replace it with what it "
                    "stands for.",
                    ", ".join(left),
                )
            )
        if empty := variables.empties(text):
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
        said = self.with_context(bmasia_greeted=tuple(people))._mail_variables()
        said = [str(value) for value in said.values() if value]
        said += [contact.name or "" for contact in self._contacts("").sudo()]
        for value in sorted(set(said), key=len, reverse=True):
            if variables.left_over(value) or variables.empties(value):
                text = text.replace(value, "").replace(str(escape(value)), "")
        return text

    def _message_compute_subject(self):
        """Of what people write in the chatter: number and customer."""
        if not self.name:
            return super()._message_compute_subject()
        return " · ".join(filter(None, [self.name, self._addressee()]))

    def _check_can_send_now(self):
        """The same for a program that called: it learns whether the state is in the
        way (409), or something that is missing on a draft.
        """
        try:
            self._check_can_send()
        except UserError as error:
            if not self._is_draft() or self.send_state in ("sending", "queued"):
                error.http_status = HTTPStatus.CONFLICT
            raise

    def _check_can_send(self):
        """Refuse what must not go out in this state."""
        self.ensure_one()
        if self.send_state in ("sending", "queued"):
            raise UserError(
                self.env._(
                    "%s is being sent already. Wait for the outcome, or cancel it.",
                    self.display_name,
                )
            )
        if self._is_draft():
            self._check_can_leave_draft()

    def _check_can_leave_draft(self):
        """Refuse to issue what is not complete."""
