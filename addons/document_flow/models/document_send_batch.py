import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools.mail import email_split as addresses

from ..tools import answers
from ..tools.rows import window_of

_logger = logging.getLogger(__name__)

MAX_DOCUMENTS = 500  # of one batch; a provider's day is not much longer
MAX_BATCHES = 5  # that one request makes: each document is looked at for the review
EXPECTED = (UserError, AccessError, ValidationError)
STATES = [
    ("waiting", "Waiting"),
    ("blocked", "Cannot Be Sent"),
    ("queued", "Queued"),
    ("sent", "Sent"),
    ("partial", "Sent to Some"),
    ("refused", "Refused"),
]


class DocumentSendBatch(models.Model):
    """Many documents sent in one go, each as its own mail to its own contacts.

    Reviewed first, then prepared one by one by a cron, so that it goes on when the
    browser is closed; the mails leave through the queue of ``mail_delivery``. More
    documents than a provider takes in a day are several batches, each sent for itself.
    """

    _name = "document.send.batch"
    _description = "Batch of E-mails"
    _inherit = ["document.entity.mixin"]
    _order = "id desc"

    _entity_path = "company_ids"

    name = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one("res.users", "Sender", required=True, readonly=True)
    state = fields.Selection(
        [
            ("draft", "To Review"),
            ("running", "Sending"),
            ("done", "Done"),
            ("stopped", "Stopped"),
        ],
        "Status",
        default="draft",
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many("document.send.batch.line", "batch_id", readonly=True)
    # of the lines; a record rule that asked the lines would leave them all in the cache
    company_ids = fields.Many2many("res.company", readonly=True)
    sender_line = fields.Char("From", compute="_compute_sender_line")
    limits_note = fields.Char("Sending Limits", compute="_compute_limits_note")
    total = fields.Integer("Documents", compute="_compute_progress")
    progress = fields.Float("Prepared and Sent", compute="_compute_progress")
    summary = fields.Char(compute="_compute_progress")
    is_moving = fields.Boolean(compute="_compute_progress")

    @api.depends("user_id")
    def _compute_sender_line(self):
        for batch in self:
            batch.sender_line = batch.user_id._get_mail_sender().line

    @api.depends("user_id", "line_ids.recipients", "line_ids.error", "state")
    @api.depends_context("uid", "lang", "tz")
    def _compute_limits_note(self):
        """How long it takes, where the sender's mailbox has sending limits."""
        for batch in self:
            lines = batch.line_ids.filtered(lambda line: line.state == "waiting")
            people = sum(len(addresses(line.recipients)) for line in lines)
            batch.limits_note = batch.user_id._smtp_server()._limit_forecast(people)

    @api.depends("state", "line_ids.request_id", "line_ids.error")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_progress(self):
        labels = dict(
            self.env["document.send.batch.line"]
            ._fields["state"]
            ._description_selection(self.env)
        )
        for batch in self:
            states = batch.line_ids.mapped("state")
            counts = {state: states.count(state) for state, _label in STATES}
            over = len(states) - counts["waiting"] - counts["queued"]
            batch.total = len(states)
            batch.progress = 100 * over / len(states) if states else 0
            batch.is_moving = batch.state == "running" and over < len(states)
            batch.summary = " · ".join(
                f"{labels[state]} {count}" for state, count in counts.items() if count
            )

    # ------------------------------------------------------------
    # WHAT PEOPLE DO
    # ------------------------------------------------------------

    @api.model
    def _open_for(self, documents):
        """A list of what would be sent to whom, for review.

        :param documents: records of one kind that can be sent
        :returns: an action
        """
        documents.check_access("write")
        if len(documents) > MAX_DOCUMENTS * MAX_BATCHES:
            most = MAX_DOCUMENTS * MAX_BATCHES
            raise UserError(
                self.env._("At most %s documents are sent in one go.", most)
            )
        starts = range(0, len(documents), MAX_DOCUMENTS)
        parts = [documents[start : start + MAX_DOCUMENTS] for start in starts]
        batches = self.sudo().create(
            [
                {**self._values_of(part), "name": self._title(part, number, len(parts))}
                for number, part in enumerate(parts, 1)
            ]
        )
        return batches.sudo(self.env.su)._reopen()

    def _values_of(self, documents):
        return {
            "user_id": self.env.uid,
            "company_ids": [fields.Command.set(documents.company_id.ids)],
            "line_ids": [
                fields.Command.create(
                    {
                        "res_model": document._name,
                        "res_id": document.id,
                        "partner_id": document._customer_partner().id,
                        "company_id": document.company_id.id,
                        "recipients": ", ".join(
                            document._default_recipients()._delivery_addresses()
                        ),
                        "error": document._why_not_sendable(),
                    }
                )
                for document in documents
            ],
        }

    def _title(self, documents, number, total):
        """As "3 quotes"; of several batches "500 quotes (1 of 3)"."""
        is_one = len(documents) == 1
        kind = documents._kind_label() if is_one else documents._kind_plural()
        words = {"count": len(documents), "kind": kind}
        if total == 1:
            return self.env._("%(count)s %(kind)s", **words)
        words.update(number=number, total=total)
        return self.env._("%(count)s %(kind)s (%(number)s of %(total)s)", **words)

    def _reopen(self):
        return {**window_of(self), "name": ", ".join(self.mapped("name"))}

    def action_send(self):
        """Send what can be sent. It goes on when the browser is closed.

        :returns: an action
        :rtype: dict
        :raises UserError: it is somebody else's, no account, or nothing to send
        """
        self.ensure_one()
        self._check_own()
        self.env.user._check_mail_sender()
        if not self.line_ids.filtered(lambda line: not line.error):
            raise UserError(self.env._("None of these documents can be sent."))
        if self.state == "draft":
            self.sudo().state = "running"
            self.env.ref("document_flow.ir_cron_send_batches").sudo()._trigger()
        return self._reopen()

    def action_stop(self):
        """Prepare no further documents, and take back what waits in the queue.

        :returns: True
        """
        for batch in self:
            batch._check_own()
            batch.sudo().state = "stopped"
            for line in batch.line_ids.filtered(lambda row: row.state == "queued"):
                try:
                    line._document().action_cancel_mail()
                except UserError:
                    _logger.info("%s is on its way already", line.document_name)
        return True

    def _check_own(self):
        if self.user_id != self.env.user:
            raise AccessError(
                self.env._("Only %s sends or stops this.", self.user_id.name)
            )

    # ------------------------------------------------------------
    # THE CRON
    # ------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """Have what waits prepared document by document, and each committed."""
        lines = self.env["document.send.batch.line"].search(
            [
                ("batch_id.state", "=", "running"),
                ("request_id", "=", False),
                ("error", "=", False),
            ],
            order="id",
        )
        self.env["ir.cron"]._run_later("_prepare", list(lines))
        if lines:
            self.env.ref("mail_delivery.ir_cron_deliver")._trigger()
        self.search([("state", "=", "running")])._finish()

    @api.model
    def _finish_of(self, requests):
        """End the batches that wait for nothing once these requests have their outcome.

        :param requests: ``document.send.request`` records
        """
        lines = self.env["document.send.batch.line"].search(
            [("request_id", "in", requests.ids), ("batch_id.state", "=", "running")]
        )
        for batch in lines.batch_id:
            if not batch._has_waiting():
                batch._finish()

    def _has_waiting(self):
        """By one query: a batch may have hundreds of documents."""
        if self.line_ids.filtered(lambda line: not (line.request_id or line.error)):
            return True
        headers = self.line_ids.request_id.mapped("message_id_header")
        waiting = [("message_id_header", "in", headers)]
        waiting.append(("state", "in", [*answers.WAITING]))
        return bool(self.env["mail.delivery"].search_count(waiting, limit=1))

    def _finish(self):
        """Say that it is done, and keep what became of each document: requests are
        forgotten after a while, and none may be sent anew then.
        """
        for batch in self:
            if batch.state == "running" and not batch.is_moving:
                for line in batch.line_ids:
                    line.outcome = line.state
                batch.state = "done"


class DocumentSendBatchLine(models.Model):
    """One document of a batch, with its recipients and the result."""

    _name = "document.send.batch.line"
    _description = "Document of a Batch"
    _inherit = ["document.entity.mixin"]
    _order = "id"

    batch_id = fields.Many2one(
        "document.send.batch",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", required=True, readonly=True
    )
    document_name = fields.Char("Number", compute="_compute_document_name")
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", "Billing Entity", readonly=True, index=True
    )
    recipients = fields.Char("To", readonly=True)
    request_id = fields.Many2one(
        "document.send.request",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    error = fields.Char("Reason", readonly=True)
    outcome = fields.Selection(
        STATES,
        readonly=True,
        help="Of a batch that is done, for its requests are not kept.",
    )
    state = fields.Selection(STATES, "Status", compute="_compute_state")
    words = fields.Char("Result", compute="_compute_state")

    @api.depends("res_model", "res_id")
    def _compute_document_name(self):
        for line in self:
            line.document_name = line._document().display_name

    @api.depends("request_id", "error", "outcome")
    def _compute_state(self):
        for line in self:
            rows = line.sudo().request_id and line.sudo().request_id._deliveries()
            trouble = rows and rows._most_severe()
            line.words = line.error or (trouble and trouble.explanation) or ""
            if rows:
                line.state = answers.status(rows.mapped("state"))
            elif line.sudo().batch_id.state == "done":
                line.state = line.outcome
            else:
                line.state = "blocked" if line.error else "waiting"

    def action_remove(self):
        """Leave this document out, as long as nothing was sent.

        :returns: the batch again
        :rtype: dict
        """
        batch = self.batch_id
        batch._check_own()
        if batch.state != "draft":
            raise UserError(self.env._("The documents are being sent already."))
        self.sudo().unlink()
        return batch._reopen()

    def action_open_document(self):
        """Open the document.

        :returns: an action
        :rtype: dict
        """
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [[False, "form"]],
        }

    def _document(self):
        return self.env[self.res_model].browse(self.res_id)

    def _prepare(self):
        """Number, print and queue this document, unless that was done or stopped."""
        if self.batch_id.state == "running" and not (self.request_id or self.error):
            self._send()

    def _send(self):
        """In its sender's name; what fails is said on the line."""
        try:
            with self.env.cr.savepoint():
                document = self._document().with_user(self.batch_id.user_id)
                document, request = document._intend_mail({}, f"batch-line-{self.id}")
                document._leave_to_queue()
                self.request_id = request.id
        except EXPECTED as error:
            self.error = str(error)
        except Exception as error:
            if getattr(error, "pgcode", None) in ("40001", "40P01", "55P03"):
                raise
            _logger.exception("%s cannot be sent", self.document_name)
            self.error = self.env._("Something went wrong: ask the administrator.")
