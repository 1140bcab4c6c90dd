from odoo import SUPERUSER_ID, api, fields, models

from odoo.addons.document_flow.models.document_link import CALLABLE
from odoo.addons.mail_delivery.tools.addresses import read

from ..tools import codes
from ..tools.mailboxes import mailboxes
from ..tools.signing import ASKED, DELEGATED, SIGNED, WAITING


class DocumentSignerAddressMixin(models.AbstractModel):
    """Where a signer is reached, and whether they are still somebody who signs.

    The model is ``document.signer``.

    How it works: what somebody proves is the address that a code went to. One of us has
    that of their login. Of somebody outside it is the one that was typed, and follows
    their contact: an address that is no longer on file opens and proves nothing.
    Whether somebody has left is found anew (``_has_left``) at each mail, each opening
    and each step, whatever has changed since.
    """

    _name = "document.signer.address.mixin"
    _description = "Address of a Signer"

    @api.model_create_multi
    def create(self, vals_list):
        signers = super().create(vals_list)
        for signer in signers.filtered(lambda each: each.side != "seller"):
            signer._bind_contact()
        return signers

    def _bind_contact(self):
        self.contact_id = self._contacts_reached().filtered("active")[:1]

    @api.model
    def _bind_late(self):
        """Of signers who were no contacts when they were named, some are by now."""
        nobody = [("contact_id", "=", False), ("side", "!=", "seller")]
        for signer in self.search([*nobody, ("signing_id.state", "=", "open")]):
            signer._bind_contact()

    def _contacts_reached(self):
        """The customer's contacts who have this person's address.

        :rtype: res.partner
        """
        wires = {box.wire for box in self._boxes()}
        contacts = self._document()._known_contacts()
        return contacts.filtered(
            lambda each: wires & {box.wire for box in read(each.email or "").good}
        )

    def _boxes(self):
        """The one mailbox that is this person's. Of one of us it is the login, for that
        is what they have shown.
        """
        texts = [self.email]
        if self.user_id:
            texts = [self.user_id.login, self.user_id.email, self.email]
        for text in texts:
            if boxes := read(text or "").good:
                return boxes[:1]
        return ()

    def _masked_address(self):
        return codes.masked(self._boxes()[0].address)

    def _has_left(self):
        """Whether this person is no longer with the customer, or with us, may not read
        the document any more, or has another address that is none to sign from.
        """
        if user := self.user_id:
            return not (user.active and self._document()._is_open_to(user))
        reached = self._contacts_reached()
        if self.state == SIGNED:  # at the address that was theirs then
            reached |= self.contact_id & self._document()._known_contacts()
        if reached.filtered("active"):
            return False
        return bool(reached or self.contact_id or self.is_contact_gone)

    def _leave(self, why=""):
        """What this person has opens nothing, and they get nothing; a colleague is told
        once.

        :param str why: for our people; default: that they have left
        """
        self.is_not_mailed = True
        self._call_links_back()
        self.signing_id._ask_for_another(self, why)

    def _call_links_back(self):
        self.link_ids.filtered(lambda link: link.state in CALLABLE).write(
            {"called_back": fields.Datetime.now()}
        )

    # ------------------------------------------------------------
    # ANOTHER ADDRESS
    # ------------------------------------------------------------

    @api.model
    def _of_contacts(self, contacts):
        """
        :param contacts: ``res.partner``
        :returns: those of them whose signatures are asked for just now
        """
        return self.search(
            [("contact_id", "in", contacts.ids), ("signing_id.state", "=", "open")]
        )

    def _due(self):
        return self.filtered(lambda each: each.state in (WAITING, ASKED))

    @api.model
    def _follow_contacts(self, contacts):
        """Contacts are reached elsewhere, or have left: those of them who have to sign,
        too.

        :param contacts: ``res.partner``
        """
        for signer in self._of_contacts(contacts)._due():
            signer._follow_contact()

    def _follow_contact(self):
        """Links and codes go to where the contact is reached now, if who has changed
        that may write the document: whoever signs is no matter of all who keep the
        address book. Those of before open nothing and count no more.
        """
        boxes, before = read(self.contact_id.email or "").good, self.email
        if {box.wire for box in boxes} & {box.wire for box in self._boxes()}:
            if self._has_left():
                self._leave()
            return
        document = self.signing_id._for_us()
        new, _ = self._addresses_to_sign_from(boxes), document.env._
        by = self.env.user.name
        words = {"name": self.name, "before": before, "address": "".join(new[:1])}
        if not new:
            text = _("%(name)s, asked at %(before)s, has no address to sign from.")
            self._leave(text % words)
            return
        if not document._is_open_to(self.env.user, "write"):
            text = _(
                "%(by)s, who may not change this document, gave %(name)s, asked at "
                "%(before)s, the address %(address)s. Find out whether it is right."
            )
            self._leave(text % {**words, "by": by})
            return
        document._record_event(
            "signer_address", self.name, new[0], before=before, by=by
        )
        text = _("%(name)s signs at %(address)s from now on, not at %(before)s.")
        document._log_for_us(text % words)
        self._move_to(new[0])

    def _addresses_to_sign_from(self, boxes):
        """What of a contact's mailboxes is neither ours nor another signer's, as long
        as the contact is the customer's.
        """
        document, contact = self._document(), self.contact_id
        others = (self.signing_id.signer_ids - self).filtered(
            lambda each: each.state != DELEGATED
        )
        taken = mailboxes(box.wire for each in others for box in each._boxes())
        taken |= document._our_mailboxes()
        if not contact.active or contact not in document._known_contacts():
            return []
        return [box.address for box in boxes if not mailboxes([box.wire]) & taken]

    def _move_to(self, address):
        """Ask at another address, in the responsible person's name: who keeps the
        address book need not know the document.
        """
        self._call_links_back()
        self.activity_id.unlink()
        self.write({"email": address, "is_not_mailed": False})
        if self.state == ASKED:
            self.with_user(SUPERUSER_ID)._write_to("signer_asked")

    def _follow_deletion(self):
        """Contacts were deleted: who had to sign as one of them has left, unless
        another contact has their address.
        """
        for signer in self:
            signer._bind_contact()
            signer.is_contact_gone = not signer.contact_id
        for signer in self._due().filtered("is_contact_gone"):
            signer._leave()
