from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_list

from odoo.addons.mail_delivery.tools.addresses import LOCAL_PART, read

NAMES_GREETED = 3  # more names than these are a list, not a greeting


class DocumentRecipientsMixin(models.AbstractModel):
    """Who gets a document, and whom its mail greets.

    Gives: ``_default_recipients``, ``_read_recipients`` for what people and programs
    type, ``_greeting_name``.

    A model names the field of contacts by which they receive its kind
    (``_receives_field``); without one, whom it is addressed to gets it.

    How it works: addresses are read by one parser, each mailbox counts once, and
    whoever was archived is refused by name.
    """

    _name = "document.recipients.mixin"
    _description = "Recipients of a Document"
    _inherit = ["document.addressed.mixin", "mail.thread"]

    # Set by the model: the field of contacts who receive this kind.
    _receives_field = ""

    def _default_recipients(self, receives_field=None):
        """Who gets this document unless somebody chooses.

        The contacts who receive this kind of document; else whom it is addressed to;
        else the customer's first contact with an address.

        :rtype: res.partner
        """
        self.ensure_one()
        field = receives_field or self._receives_field
        chosen = self._contacts(field) if field else self.env["res.partner"]
        return chosen or self._reached_addressee() or self._contacts("")[:1]

    def _reached_addressee(self):
        """Whom it is addressed to, as long as they are with the customer and have an
        address.
        """
        person = self.partner_id
        is_reached = person.email and person.active
        stays = person._belongs_to(self._customer_partner())
        return person if is_reached and stays else person.browse()

    def _contacts(self, receives_field):
        """The customer's contacts who receive something; all of them for ``""``.

        :param str receives_field: a field of contacts
        :rtype: res.partner
        """
        people = self._customer_partner().sudo().child_ids.sudo(self.env.su)
        people = people.filtered("email")
        return people.filtered(receives_field) if receives_field else people

    def _customer_partner(self):
        """The customer as a whole: the contact above whom this is addressed to."""
        return self.partner_id.commercial_partner_id

    def _responsible_people(self):
        """Who looks after this document, then who looks after the customer.

        :rtype: res.users
        """
        return self.user_id | self._customer_partner().user_id

    # ------------------------------------------------------------
    # ADDRESSES
    # ------------------------------------------------------------

    def _read_recipients(self, texts, without=()):
        """Addresses as people and programs give them: one text, or a list.

        :returns: ``"name" <address>`` of each mailbox, once
        :rtype: tuple
        :raises UserError: naming what is no address, or who gets no mail
        """
        listed = [texts] if isinstance(texts, str) else texts or ()
        found = read([text for text in listed if text], without)
        if found.bad:
            raise UserError(self._unreadable_sentence(found.bad))
        self._check_not_archived(found.good)
        return tuple(box.formatted for box in found.good)

    def _unreadable_sentence(self, bad):
        typed = ", ".join(part.typed for part in bad)
        if all(part.reason == LOCAL_PART for part in bad):
            return self.env._(
                "Mail servers take only Latin letters, digits and signs before the @: "
                "%s. Ask for another address.",
                typed,
            )
        return self.env._("This is no e-mail address: %s", typed)

    def _check_not_archived(self, boxes):
        """Whoever was archived left the customer, or asked for no more mail."""
        wanted = {box.wire: box for box in boxes}
        contacts = self._known_contacts().with_context(active_test=False)
        reached = self._by_wire(contacts.filtered("active"))
        for contact in contacts.filtered(lambda contact: not contact.active):
            gone = self._by_wire(contact).keys() & wanted.keys()
            if gone - reached.keys():
                raise UserError(
                    self.env._(
                        "%s is archived and gets no mail. Choose somebody else, or "
                        "restore the contact.",
                        contact.name or wanted[min(gone)].address,
                    )
                )

    def _have_left(self, texts):
        """Whether all of these addresses are of contacts who were archived: nobody
        else, and no other contact, is reached there.

        :param texts: addresses, several in one text as well
        :rtype: bool
        """
        wires = {box.wire for box in read(texts).good}
        contacts = self._known_contacts()
        gone = self._by_wire(contacts).keys()
        gone -= self._by_wire(contacts.filtered("active")).keys()
        return bool(wires) and wires <= gone

    def _reaches_contact(self, texts):
        """Whether somebody who is with the customer reads one of these addresses.

        :param texts: addresses, several in one text as well
        :rtype: bool
        """
        reached = self._by_wire(self._known_contacts().filtered("active"))
        return any(box.wire in reached for box in read(texts).good)

    def _by_wire(self, contacts):
        """Contacts by their addresses, as these are compared; the last one counts.

        :rtype: dict
        """
        return {
            box.wire: contact
            for contact in contacts
            for box in read(contact.email or "").good
        }

    def _known_contacts(self):
        """The people at the customer's, archived ones too. An addressee who works for
        another company by now is none of them.
        """
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        owner = self.sudo()._customer_partner()
        return partners.search([("id", "child_of", owner.ids)])

    def _bind_contacts(self, mail):
        """Tie each delivery to its contact: when the address is corrected while the
        mail waits, it goes to the new one.
        """
        contacts = self._known_contacts().filtered("active").sorted("id DESC")
        by_wire = self._by_wire(contacts)
        for row in mail._delivery_rows():
            for box in read(row.recipient).good:
                row.partner_id = by_wire.get(box.wire, row.partner_id)

    # ------------------------------------------------------------
    # WHOM THE MAIL GREETS
    # ------------------------------------------------------------

    def _greeting_name(self):
        """Whom a mail greets: everybody it is written to by name, else the addressee.

        The addresses come in the context, from who chose them.
        """
        self.ensure_one()
        names = self._names_of(self.env.context.get("document_greeted") or ())
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
        return self.with_context(document_greeted=tuple(addresses))._greeting_name()

    def _names_of(self, addresses):
        """The names behind addresses, as far as the customer's contacts or the
        addresses themselves tell.
        """
        contacts = self._contacts("").sudo() | self.partner_id.sudo()
        known = self._by_wire(contacts)
        names = [
            (box.wire in known and known[box.wire].name) or box.name
            for box in read(addresses).good
        ]
        return [] if not all(names) else list(dict.fromkeys(names))
