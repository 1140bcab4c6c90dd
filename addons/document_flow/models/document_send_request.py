from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import answers

KEEP_DAYS = 30  # a program that asks again does so within hours


class DocumentSendRequest(models.Model):
    """One call of ``send_email``, so that calling again sends nothing again.

    The answer is not stored: the outcomes are written elsewhere, by the sending
    cursor, and the answer is read from them each time.
    """

    _name = "document.send.request"
    _description = "Request to Send"
    _inherit = ["document.entity.mixin"]
    _rec_name = "key"

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    key = fields.Char(required=True)
    digest = fields.Char(help="Of what was asked: another mail needs another key.")
    letter_digest = fields.Char(help="Of words and recipients: tells a repeated mail.")
    res_model = fields.Char("Model", required=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", required=True
    )
    company_id = fields.Many2one("res.company", "Billing Entity")
    message_id = fields.Many2one("mail.message", ondelete="set null")
    message_id_header = fields.Char()
    number = fields.Char()
    sender = fields.Char()
    is_notice = fields.Boolean(
        help="An e-mail about the document, without the document."
    )

    reminder_id = fields.Many2one("document.reminder", ondelete="set null")

    _unique_key = models.Constraint(
        "unique(user_id, key)", "This request was made already."
    )

    @api.model
    def _of_headers(self, document, headers):
        """The requests behind mails of a document."""
        return self.search(
            [
                ("res_model", "=", document._name),
                ("res_id", "=", document.id),
                ("message_id_header", "in", [*filter(None, headers)]),
            ]
        )

    @api.model
    def _claim(self, document, key, digest, reminder=None, is_notice=False):
        """Make the request of this key, or find the one that was made; the user of the
        document's environment makes it.

        Two at once: the second waits for the first one's commit and is then run again
        by Odoo (a serialization failure), so that it finds the first.

        :param reminder: the ``document.reminder`` that this is the mail of
        :param bool is_notice: a mail about the document, not the document itself
        :returns: ``(request, is_new)``
        """
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO document_send_request
                   (user_id, key, digest, res_model, res_id, company_id, is_notice,
                    reminder_id, create_uid, write_uid, create_date, write_date)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s,
                    now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')
            ON CONFLICT (user_id, key) DO NOTHING
            RETURNING id
            """,
            (
                *(self.env.uid, key, digest, document._name, document.id),
                *(document.company_id.id, is_notice, reminder.id if reminder else None),
                *(self.env.uid, self.env.uid),
            ),
        )
        if row := self.env.cr.fetchone():
            return self.sudo().browse(row[0]), True
        return self._find(document, key, digest), False

    @api.model
    def _find(self, document, key, digest):
        """The request that was made with this key.

        :raises UserError: the key belongs to another document, or to another mail
        """
        found = self.sudo().search([("user_id", "=", self.env.uid), ("key", "=", key)])
        if found and (found.res_model, found.res_id) != (document._name, document.id):
            raise UserError(
                self.env._("This idempotency key was used for another document.")
            )
        if found.digest and found.digest != digest:
            raise UserError(
                self.env._(
                    "This idempotency key was used for a mail with other words or "
                    "recipients. Use a new key for a new mail."
                )
            )
        return found

    def _deliveries(self):
        """The ``mail.delivery`` rows of this request; they outlive the mail."""
        self.ensure_one()
        return self.env["mail.delivery"].search(
            [
                ("model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                ("message_id_header", "=", self.message_id_header),
            ],
            order="id",
        )

    def _waiting_mails(self):
        """The mails of this request that are still to be delivered."""
        rows = self._deliveries().sudo()
        return rows.filtered(lambda row: row.state in ("queued", "sending")).mail_id

    @api.autovacuum
    def _gc_old_requests(self):
        """Forget old requests, but not those whose mail still waits for its time."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        waiting = (
            self.env["mail.delivery"]
            .sudo()
            ._search([("state", "in", [*answers.WAITING])])
        )
        old = [
            ("create_date", "<", limit),
            ("message_id_header", "not in", waiting.subselect("message_id_header")),
        ]
        self.sudo().search(old, limit=10000).unlink()
