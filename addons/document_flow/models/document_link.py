from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.mail_delivery.tools.addresses import read

from ..tools import answers, tokens

PURPOSES = [
    ("mail", "In an e-mail"),
    ("visit", "For a customer with a login"),
    ("preview", "For our own look"),
]
OF_LOGINS = ("preview", "visit")
# What may open something, now or once its mail is sent again.
CALLABLE = ("open", "not_sent")
SHORT_HOURS = 12  # of a link that is made anew at each click
KEPT_DAYS = 2  # of such a link


class DocumentLink(models.Model):
    """The key to one document's page.

    Gives: who has the address sees that document and nothing else, until the link
    expires or is called back.

    How it works: the key is in the mail; here is its digest, so that who reads the
    database, or a copy of it, opens nothing. A link names the mail that carries it,
    never a person: all recipients of a mail get the same bytes. The mail itself has the
    key as long as it is kept, so a link counts only if that mail left, or still may:
    one that was refused by all, or withdrawn, opens nothing unless it is sent again.
    """

    _name = "document.link"
    _description = "Link to a Document"
    _inherit = ["document.entity.mixin", "document.system.mixin"]
    _order = "id desc"
    _rec_name = "purpose"

    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", required=True, readonly=True
    )
    company_id = fields.Many2one("res.company", "Billing Entity", readonly=True)
    digest = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    purpose = fields.Selection(PURPOSES, required=True, readonly=True)
    message_id = fields.Many2one(
        "mail.message", "E-mail", readonly=True, ondelete="set null"
    )
    recipients = fields.Char("Sent To", readonly=True)
    fixed_end = fields.Date(
        "Fixed Last Day", readonly=True, help="Empty: as its document says."
    )
    ends = fields.Datetime(readonly=True, help="Of links that are made at each click.")
    user_id = fields.Many2one(
        "res.users", "Whose", readonly=True, ondelete="cascade", index=True
    )
    expires = fields.Date("Last Day", compute="_compute_expires")
    state = fields.Selection(
        [
            ("open", "Valid"),
            ("not_sent", "Not sent"),
            ("expired", "Expired"),
            ("called_back", "Called back"),
        ],
        "Status",
        compute="_compute_expires",
    )
    called_back = fields.Datetime("Called Back On", readonly=True)
    seen = fields.Datetime("Viewed On", readonly=True)

    may_write = fields.Boolean(compute="_compute_may_write")

    _by_digest = models.UniqueIndex("(digest)")
    _by_document = models.Index("(res_model, res_id)")

    @api.depends("fixed_end", "ends", "called_back", "res_id", "message_id")
    def _compute_expires(self):
        not_sent = self._not_sent()
        for link in self:
            document = link._record()
            end = link.fixed_end or (document and document._link_last_day(link))
            today = document._today() if document else fields.Date.today()
            is_over = not end or end < today
            if link.ends:
                end, is_over = link.ends.date(), link.ends < fields.Datetime.now()
            link.expires = end
            link.state = "not_sent" if link in not_sent else "open"
            if is_over:
                link.state = "expired"
            if link.called_back:
                link.state = "called_back"

    def _not_sent(self):
        """Those whose mail reached nobody: all were refused, or it was withdrawn.

        :rtype: document.link
        """
        messages = self.sudo().message_id
        found = (
            self.env["mail.delivery"]
            .sudo()
            ._read_group(
                [("mail_message_id", "in", messages.ids)],
                ["mail_message_id"],
                ["state:array_agg_distinct"],
            )
        )
        nowhere = {
            message
            for message, states in found
            if not set(states) & (answers.GONE | answers.WAITING)
        }
        return self.filtered(lambda link: link.sudo().message_id in nowhere)

    @api.depends_context("uid")
    def _compute_may_write(self):
        for link in self:
            document = link._record()
            link.may_write = document and document.sudo(False).has_access("write")

    # ------------------------------------------------------------
    # MAKE AND FIND
    # ------------------------------------------------------------

    @api.model
    def _make(self, document, purpose, **values):
        """A new link to a document.

        :param document: one record of a kind of document
        :param str purpose: ``mail``, ``visit`` or ``preview``
        :param values: ``message_id``, ``recipients``, ``fixed_end``
        :returns: the link, and its address with the key, which nothing tells again
        :rtype: tuple
        """
        key = tokens.new_key()
        if purpose in OF_LOGINS:
            ends = fields.Datetime.now() + timedelta(hours=SHORT_HOURS)
            values = {"ends": ends, "user_id": self.env.uid, **values}
        link = self.sudo().create(
            {
                "res_model": document._name,
                "res_id": document.id,
                "company_id": document.company_id.id,
                "digest": tokens.digest(key),
                "purpose": purpose,
                **values,
            }
        )
        return link.sudo(self.env.su), self._address(document, key)

    @api.model
    def _address(self, document, key):
        return f"{document.get_base_url()}/d/{key}"

    @api.model
    def _find(self, key):
        """The link of a key, as superuser; empty if there is none.

        :param key: as an address has it, whatever that is
        """
        found = self.sudo().browse()
        if tokens.is_key(key):
            found = found.search([("digest", "=", tokens.digest(key))], limit=1)
        return found

    # ------------------------------------------------------------
    # WHAT IT OPENS
    # ------------------------------------------------------------

    def _record(self):
        """Its document, as far as there is one."""
        self.ensure_one()
        kinds = {kind._name for kind in self.env["document.mixin"]._kinds().values()}
        if self.res_model not in kinds:
            return None
        return self.env[self.res_model].sudo().browse(self.res_id).exists()

    def _document(self):
        """The document that this link opens, in the name of the system: who comes with
        a link has no rights of their own.

        :returns: the record; empty, or None, if there is none any more
        """
        document = self._record()
        return document and document.with_user(SUPERUSER_ID)

    def _why_shut(self):
        """Why it opens nothing: ``gone``, ``not_sent``, ``called_back``, ``expired`` or
        ``shut`` for whom we no longer deal with; empty if it opens.

        :rtype: str
        """
        self.ensure_one()
        document = self._document()
        if not document:
            return "gone"
        if self.state != "open":
            return self.state
        if self.purpose in OF_LOGINS and not self._is_still_theirs(document):
            return "called_back"
        if self._has_left(document):
            return "shut"
        if not self._is_ours() and not self._is_open_of(document):
            return "shut"
        return ""

    def _is_open_of(self, document):
        """Whether its document is open to those outside who have such a link. When the
        one whom it is addressed to has left, contacts who are still there go on reading
        what was sent to them and to nobody who has left.

        :param document: that it is about, as superuser
        :rtype: bool
        """
        if document._opens_by_link():
            return True
        if not document._is_for_customer():
            return False
        if self.purpose in OF_LOGINS:
            return True
        sent_to = self._sent_to_customer(document)
        someone_left = any(document._have_left([each]) for each in sent_to)
        return not someone_left and document._reaches_contact(sent_to)

    def _sent_to_customer(self, document):
        """Of whom it was sent to, those outside.

        :param document: that it is about, as superuser
        :returns: addresses, one in each text
        :rtype: list[str]
        """
        return [box.wire for box in read(self._sent_to()).good]

    def _sent_to(self):
        """Whom it was sent to, those who got a copy as well.

        :returns: addresses, several in one text as well
        :rtype: list[str]
        """
        message = self.sudo().message_id
        copies = self.env["mail.delivery"].sudo()
        if message:
            copies = copies.search([("mail_message_id", "=", message.id)])
        return [self.recipients or "", *filter(None, copies.mapped("recipient"))]

    def _has_left(self, document):
        """Whether all whom it was sent to have left the customer.

        :param document: that it is about, as superuser
        :rtype: bool
        """
        return document._have_left(self._sent_to_customer(document))

    def _is_still_theirs(self, document):
        """Whether the login that a link was made for still opens its document."""
        user = self.user_id
        if not user.active:
            return False
        if self.purpose == "visit":
            return document._is_for(user)
        return document._is_open_to(user)

    def _is_ours(self):
        """Whether one of us looks: what they do is no sign of the customer.

        :rtype: bool
        """
        return self.purpose == "preview"

    def _words_for_ours(self):
        """Why one of us, who has this link, does not do what the customer does."""
        return self.env._(
            "You see this page as the customer does. Only the customer answers here."
        )

    def _note_seen(self):
        """Note that a person looked at it: on the link, and the first time of a
        document on that.
        """
        self.ensure_one()
        if self._is_ours():
            return
        document = self._document()
        if not self.seen:
            self.sudo().seen = fields.Datetime.now()
        document._follow_viewed(self)

    # ------------------------------------------------------------
    # OUR SIDE
    # ------------------------------------------------------------

    def action_call_back(self):
        """Let this link open nothing any more.

        :returns: True
        :raises UserError: it is over already
        """
        for link in self:
            document = link._record()
            if document:
                document.sudo(False).check_access("write")
            if link.state not in CALLABLE:
                raise UserError(self.env._("This link is over already."))
            link.sudo().called_back = fields.Datetime.now()
            document._log_for_us(
                self.env._("%s called a link back.", self.env.user.name)
            )
        return True

    @api.autovacuum
    def _gc_links(self):
        """Forget our own looks, and what was called back, some time after its end."""
        before = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("purpose", "in", OF_LOGINS), ("ends", "<", before)]).unlink()
