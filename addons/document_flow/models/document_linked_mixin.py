import secrets

from odoo import api, fields, models

# How a portal's chatter lets people without an account in.
CHATTER_KEYS = ("hash", "pid", "token")


class DocumentLinkedMixin(models.AbstractModel):
    """What the link of a mail opens: one document's file, and nothing else.

    Gives: the address of each document, and who may open it (``_opens_by_link``).

    A model has its name in addresses (``_plural``), and another one for its links where
    that is taken (``_link_name``).

    How it works: core takes a document's token for a key to its chatter, too: who has a
    mail would read what was written to others, and write in the name of the addressee.
    Here the token opens the file. The chatter's own token is one that nobody can know.
    """

    _name = "document.linked.mixin"
    _description = "Document Behind a Link"
    _inherit = ["document.outcome.mixin", "portal.mixin"]
    _mail_post_token_field = "chatter_token"
    _kept_fields = frozenset({"access_token"})

    # Set by the model: the kind's name in addresses, as "quotes"; in links, if another.
    _plural = ""
    _link_name = ""

    chatter_token = fields.Char(
        compute="_compute_chatter_token", groups=fields.NO_ACCESS
    )

    @api.model
    def _name_in_links(self):
        """The kind's name in the addresses of links."""
        return self._link_name or self._plural

    def _compute_access_url(self):
        for document in self:
            document.access_url = f"/my/{self._name_in_links()}/{document.id}"

    def _compute_chatter_token(self):
        for document in self:
            document.chatter_token = secrets.token_urlsafe()

    def _sign_token(self, pid):
        """No signature of a contact opens the chatter, either."""
        return secrets.token_hex()

    @api.model
    def _get_thread_with_access(self, thread_id, **access):
        rights = {key: access[key] for key in access if key not in CHATTER_KEYS}
        return super()._get_thread_with_access(thread_id, **rights)

    def _opens_by_link(self):
        """Whether a mail's link opens this document: as long as whom it was written to
        is somebody we know.

        :rtype: bool
        """
        self.ensure_one()
        people = self.partner_id | self.partner_id.commercial_partner_id
        return all(people.mapped("active"))

    def _why_not_valid(self):
        """What the reader of a document should know before its file, or False."""
        self.ensure_one()
        ended = self._ended_states | self._void_states
        if "state" not in self._fields or self.state not in ended:
            return False
        document = self.with_context(lang=self._get_print_lang())
        states = dict(document._fields["state"]._description_selection(document.env))
        return document.env._(
            "%(kind)s %(number)s is %(state)s. What its file says no longer holds.",
            kind=document._kind_label().capitalize(),
            number=document.name,
            state=states[document.state].lower(),
        )
