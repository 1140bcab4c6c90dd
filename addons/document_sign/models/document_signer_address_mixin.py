from odoo import api, fields, models

from odoo.addons.document_flow.models.document_link import CALLABLE
from odoo.addons.mail_delivery.tools.addresses import read

from ..tools import codes
from ..tools.mailboxes import mailboxes
from ..tools.signing import ASKED, WAITING


class DocumentSignerAddressMixin(models.AbstractModel):
    """Where a signer is reached, and whether they are still somebody who signs.

    The model is ``document.signer``.

    How it works: what somebody proves is the address that a code went to. One of us has
    that of their login. Of somebody outside it is the one that was typed, and follows
    their contact: an address that is no longer on file opens and proves nothing.
    """

    _name = "document.signer.address.mixin"
    _description = "Address of a Signer"

    @api.model_create_multi
    def create(self, vals_list):
        signers = super().create(vals_list)
        for signer in signers.filtered(lambda each: each.side != "seller"):
            signer.contact_id = signer._contacts_reached().filtered("active")[:1]
        return signers

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
        """Whether this person is no longer with the customer, or with us, or has
        another address that is none to sign from.
        """
        if self.user_id:
            return not self.user_id.active
        reached = self._contacts_reached()
        if reached.filtered("active"):
            return False
        return bool(reached or self.contact_id)

    # ------------------------------------------------------------
    # ANOTHER ADDRESS
    # ------------------------------------------------------------

    @api.model
    def _follow_contacts(self, contacts):
        """Contacts are reached elsewhere: those of them who have to sign, too.

        :param contacts: ``res.partner``
        """
        signers = self.search(
            [
                ("contact_id", "in", contacts.ids),
                ("state", "in", (WAITING, ASKED)),
                ("signing_id.state", "=", "open"),
            ]
        )
        for signer in signers:
            signer._follow_contact()

    def _follow_contact(self):
        """Links and codes go to where the contact is reached now. Those of before open
        nothing and count no more.
        """
        boxes, before = read(self.contact_id.email or "").good, self.email
        if {box.wire for box in boxes} & {box.wire for box in self._boxes()}:
            return
        document = self.signing_id._for_us()
        ours, _ = document._our_mailboxes(), document.env._
        new = [box.address for box in boxes if not mailboxes([box.wire]) & ours]
        words = {"name": self.name, "before": before, "address": "".join(new[:1])}
        self._call_links_back()
        if not new:
            text = _("%(name)s, asked at %(before)s, has no address to sign from.")
            self.is_not_mailed = True
            document._ask_colleague(_("Ask for signatures anew"), text % words)
            return
        by = self.env.user.name
        document._record_event(
            "signer_address", self.name, new[0], before=before, by=by
        )
        text = _("%(name)s signs at %(address)s from now on, not at %(before)s.")
        document._log_for_us(text % words)
        self.email = new[0]
        if self.state == ASKED:
            self._write_to("signer_asked")

    def _call_links_back(self):
        self.link_ids.filtered(lambda link: link.state in CALLABLE).write(
            {"called_back": fields.Datetime.now()}
        )
