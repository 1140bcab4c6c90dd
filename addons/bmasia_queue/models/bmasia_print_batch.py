import base64
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools.pdf import merge_pdf

from odoo.addons.document_flow.tools.rows import window_of
from odoo.addons.queue_job.exception import RetryableJobError

from .ir_cron import TRIES

_logger = logging.getLogger(__name__)

CHUNK = 20  # documents that one job prints, some seconds' work
MOST = 2000  # documents of one file, which is put together in memory
JOIN_AGAIN = 5  # seconds until it is looked whether all parts are there
KEEP_DAYS = 7  # the file is a copy of what can be printed anew
EXPECTED = (UserError, AccessError, ValidationError)


class BmasiaPrintBatch(models.Model):
    """Many documents printed into one file, by jobs, while its user goes on working.

    Each job prints some of the documents with the rights of who asked, and keeps its
    part as an attachment; the last one joins the parts in the order of the list. What
    was sent is the file that was sent, as wherever it is printed.
    """

    _name = "bmasia.print.batch"
    _description = "Batch of PDFs"
    _inherit = ["document.entity.mixin"]
    _order = "id desc"

    _entity_path = "company_ids"

    name = fields.Char(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", "Printed By", required=True, readonly=True, ondelete="cascade"
    )
    company_ids = fields.Many2many("res.company", readonly=True)
    res_model = fields.Char("Model", required=True, readonly=True)
    document_ids = fields.Json(readonly=True, help="In the order of the file.")
    total = fields.Integer("Documents", readonly=True)
    file = fields.Binary("PDF", readonly=True, attachment=True)
    file_name = fields.Char(compute="_compute_file_name")
    error = fields.Char("Reason", readonly=True)
    state = fields.Selection(
        [("running", "Printing"), ("done", "Done"), ("failed", "Failed")],
        "Status",
        default="running",
        required=True,
        readonly=True,
    )
    progress = fields.Float("Printed", compute="_compute_progress")
    is_moving = fields.Boolean(compute="_compute_progress")

    @api.depends("name")
    def _compute_file_name(self):
        for batch in self:
            batch.file_name = f"{batch.name}.pdf"

    @api.depends("state")
    def _compute_progress(self):
        for batch in self:
            parts = len(batch._parts()) if batch.state == "running" else 0
            printed = min(CHUNK * parts, batch.total)
            batch.progress = (
                100 if batch.state == "done" else 100 * printed / (batch.total or 1)
            )
            batch.is_moving = batch.state == "running"

    # ------------------------------------------------------------
    # WHAT PEOPLE DO
    # ------------------------------------------------------------

    @api.model
    def _open_for(self, documents):
        """Have these documents printed, and show how far that is.

        :param documents: records of one kind, in the order of the file
        :returns: an action
        :raises UserError: they are more than one file holds
        """
        documents.check_access("read")
        if len(documents) > MOST:
            raise UserError(
                self.env._("At most %s documents are printed in one go.", MOST)
            )
        is_one = len(documents) == 1
        kind = documents._kind_label() if is_one else documents._kind_plural()
        words = {"count": len(documents), "kind": kind}
        batch = self.sudo().create(
            {
                "name": self.env._("%(count)s %(kind)s", **words),
                "user_id": self.env.uid,
                "company_ids": [Command.set(documents.company_id.ids)],
                "res_model": documents._name,
                "document_ids": documents.ids,
                "total": len(documents),
            }
        )
        batch = batch.sudo(self.env.su)
        batch._print_later()
        return {**window_of(batch), "name": batch.name}

    def _print_later(self):
        """A job for each part, and one that joins them when all are there."""
        for start in self._starts():
            self.with_delay(max_retries=TRIES)._print_part(start)
        self.with_delay(max_retries=TRIES)._join()

    def _starts(self):
        """The place of each part's first document in the list."""
        return range(0, self.total, CHUNK)

    # ------------------------------------------------------------
    # THE JOBS
    # ------------------------------------------------------------

    def _print_part(self, start):
        """Print some of the documents, unless that was done.

        :param int start: the first one's place in the list
        """
        name = f"{start:06}"
        if self.state != "running" or name in self._parts().mapped("name"):
            return
        documents = self.env[self.res_model].browse(
            self.document_ids[start : start + CHUNK]
        )
        if not (content := self._printed(documents)):
            return
        self.env["ir.attachment"].sudo().create(
            {
                "name": name,
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _printed(self, documents):
        """The PDF of these documents, or nothing: then the batch has failed, and says
        why.
        """
        try:
            with self.env.cr.savepoint():
                documents.check_access("read")
                report = documents._get_report()
                printer = self.env["ir.actions.report"]
                return printer._render_qweb_pdf(report.id, documents.ids)[0]
        except EXPECTED as error:
            reason = str(error)
        except Exception as error:
            if getattr(error, "pgcode", None) in ("40001", "40P01", "55P03"):
                raise
            _logger.exception("%s cannot be printed", self.name)
            reason = self.env._("Something went wrong: ask the administrator.")
        self.sudo().write({"state": "failed", "error": reason})
        return None

    def _join(self):
        """One file of all parts, which are needed no longer.

        :raises RetryableJobError: some are not printed yet
        """
        if self.state != "running":
            return
        parts = self._parts()
        if len(parts) < len(self._starts()):
            raise RetryableJobError(
                self.env._("Some documents are not printed yet."),
                JOIN_AGAIN,
                ignore_retry=True,
            )
        content = merge_pdf([part.raw for part in parts.with_context(bin_size=False)])
        self.sudo().write({"state": "done", "file": base64.b64encode(content)})
        parts.unlink()

    def _parts(self):
        """What is printed by now; of a batch that its user may read."""
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("res_field", "=", False),
                ],
                order="name",
            )
        )

    @api.autovacuum
    def _gc_old_files(self):
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        self.sudo().search([("create_date", "<", limit)], limit=1000).unlink()
