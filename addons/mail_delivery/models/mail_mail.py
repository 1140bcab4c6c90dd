import ast
import logging
import time

from odoo import api, fields, models, modules, tools
from odoo.modules.registry import Registry

from odoo.addons.base.models.ir_cron import MIN_TIME_PER_JOB

from ..tools.addresses import Mailbox, read, recipients, wire_form
from ..tools.backoff import HOLD_SECONDS
from ..tools.deadline import Deadline
from ..tools.file_names import cut_file_name
from ..tools.mail_html import mail_html
from ..tools.plain_text import plain_text
from ..tools.replies import PENDING, WAITING
from ..tools.rollback import kept_mails
from .delivery_request import RequestRun
from .delivery_run import DeliveryRun

_logger = logging.getLogger(__name__)

QUEUE_BUDGET = 60  # seconds of a queue run; then other jobs have their turn
UNLIMITED_BUDGET = 600  # seconds of a run that somebody asked for and nobody limits
LAST_ANSWER = 90  # seconds that a run can go on after its time: the last hand-over
AFTER_COMMIT = "mail_delivery.after_commit"
SENDER_FIELDS = {"author_id", "email_from"}
RECIPIENT_FIELDS = {"email_to", "email_cc", "recipient_ids", "headers", "state"}


class MailMail(models.Model):
    """A mail with a row of ``mail.delivery`` per recipient, sent by the engine.

    In this file: its rows, sending (at once, after the commit, by the queue), building
    the message, and waiting. Another addon makes a mail wait by :meth:`_delivery_hold`
    and by leaving it out of ``_split_by_mail_configuration``; such a mail is never lost
    and uses up no attempt.
    """

    _name = "mail.mail"
    _inherit = ["mail_delivery.outcome.mixin", "mail.mail"]

    # Core's tests replace the SMTP session by a double and look for the effects in the
    # calling transaction; the engine works outside of it. Tests of the engine opt in,
    # with the test kit.
    _delivers_in_tests = False
    # Another thread sees nothing of a test's transaction.
    _delivers_in_background = None

    same_message = fields.Boolean(
        help="One message for all: every recipient gets the same To and Cc headers, "
        "the same Message-ID and body, each in an SMTP transaction of its own."
    )
    delivery_ids = fields.One2many("mail.delivery", "mail_id", "Deliveries")

    # ------------------------------------------------------------
    # THE ROWS
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        mails.sudo().filtered(lambda mail: mail.state == "outgoing")._add_deliveries({})
        return mails

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "cancel":
            self._delivery_rows()._cancel("cancelled")
        elif RECIPIENT_FIELDS & vals.keys():
            self._sync_deliveries()
        if SENDER_FIELDS & vals.keys():
            self._sync_sender()
        return result

    def unlink(self):
        self._delivery_rows()._cancel("deleted")
        return super().unlink()

    def mark_outgoing(self):
        """Try again what was refused. An unknown result stays for a person to settle:
        a mail that has nothing else to send keeps its state.
        """
        rows = self._delivery_rows()
        again = rows.filtered(lambda row: row.state in ("refused", "cancelled"))
        again.write(again._fresh_values())
        waiting = rows.filtered(lambda row: row.state in PENDING).mail_id
        stuck = rows.mail_id - waiting
        return super(MailMail, self - stuck.sudo(self.env.su)).mark_outgoing()

    def _delivery_rows(self):
        return self.env["mail.delivery"].sudo().search([("mail_id", "in", self.ids)])

    def _sync_deliveries(self):
        """Give each recipient of these outgoing mails a row.

        Who is no longer a recipient before the first attempt loses it; a partner whose
        address was corrected keeps it, and gets no second one.
        """
        mails = self.sudo().filtered(lambda mail: mail.state == "outgoing")
        rows_by_mail = mails._delivery_rows().grouped("mail_id")
        return mails._add_deliveries(rows_by_mail)

    def _sync_sender(self):
        """A waiting row shows who will send it."""
        for mail, rows in self._delivery_rows().grouped("mail_id").items():
            waiting = rows.filtered(lambda row: row.state in WAITING)
            waiting.write(
                {"author_id": mail.author_id.id, "email_from": mail.email_from}
            )

    def _add_deliveries(self, rows_by_mail):
        values, obsolete = [], self.env["mail.delivery"].sudo()
        for mail in self:
            rows = rows_by_mail.get(mail, obsolete.browse())
            wanted = mail._delivery_recipients()
            if rows:
                rows._readdress(wanted)
            known = set(map(wire_form, rows.mapped("recipient")))
            partners, still = rows.partner_id, set(map(wire_form, wanted))
            values += [
                mail._delivery_values(address, kind, partner)
                for address, (kind, partner) in wanted.items()
                if wire_form(address) not in known and not partner & partners
            ]
            obsolete |= rows.filtered(
                lambda row, still=still: wire_form(row.recipient) not in still
                and row.state == "queued"
                and not row.claimed_at
            )
        obsolete.unlink()
        rows = self.env["mail.delivery"].sudo().create(values)
        rows._add_notifications()
        return rows

    def _delivery_recipients(self):
        """Who gets this mail: ``{address: (kind, partner)}``, each mailbox once.

        What is no address stays as it was typed, so that it can be refused by name.
        """
        self.ensure_one()
        nobody = self.env["res.partner"]
        found, spellings = {}, {}
        for kind, text in (
            ("to", self.email_to),
            ("cc", self.email_cc),
            ("bcc", self._delivery_headers().get("Bcc")),
        ):
            for address in recipients(text):
                address = spellings.setdefault(wire_form(address), address)
                found.setdefault(address, (kind, nobody))
        for partner in self.recipient_ids:
            typed = (partner.email or "").strip() or f"({partner.display_name})"
            for box in read(partner.email or "").good or [Mailbox("", typed)]:
                address = spellings.setdefault(box.wire, box.address)
                kind, known = found.get(address, ("to", nobody))
                found[address] = (kind, known or partner)
        return found or {"": ("to", nobody)}

    def _delivery_headers(self):
        """The mail's extra headers as a dictionary, empty if they are malformed."""
        try:
            headers = ast.literal_eval(self.headers or "{}")
        except (SyntaxError, ValueError):
            return {}
        return headers if isinstance(headers, dict) else {}

    def _delivery_values(self, address, kind, partner):
        message = self.mail_message_id
        return {
            "mail_id": self.id,
            "mail_message_id": message.id,
            "message_id_header": self.message_id,
            "subject": self.subject,
            "author_id": message.author_id.id,
            "user_id": (message.create_uid or self.env.user).id,
            "email_from": self.email_from,
            "model": message.model,
            "res_id": message.res_id,
            "recipient": address,
            "partner_id": partner.id,
            "kind": kind,
        }

    # ------------------------------------------------------------
    # SENDING
    # ------------------------------------------------------------

    @api.model
    def _delivers_itself(self):
        """Whether mails go through the engine; else through core's own methods."""
        if self.env["ir.mail_server"]._disable_send():
            return False
        return self._delivers_in_tests or not modules.module.current_test

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Send what is committed now, and the rest right after the commit.

        The engine works in transactions of its own and sees only what is committed: a
        mail made in the calling transaction is sent after that one's commit, and its
        ``mail.delivery`` rows have the result. ``raise_exception`` therefore counts
        only for mails that were committed before.
        """
        if not self._delivers_itself():
            return super().send(
                auto_commit=auto_commit,
                raise_exception=raise_exception,
                post_send_callback=post_send_callback,
            )
        if (kept := kept_mails()) is not None:
            kept += self.sudo().copy_data()
            return True
        self.env.flush_all()
        if auto_commit:
            # The caller asked for it; what it wrote so far is what gets sent.
            self.env.cr.commit()  # pylint: disable=invalid-commit
        rows = self._deliver()
        done = rows.sudo().filtered(lambda row: row.state not in PENDING).mail_id
        self.browse(set(self.ids) - set(done.ids))._deliver_after_commit()
        if post_send_callback:
            post_send_callback(self.ids)
        if raise_exception:
            rows._raise_failure()
        return True

    def send_after_commit(self):
        """One hook, hence one SMTP session per account, for a whole transaction."""
        if modules.module.current_test or not self._delivers_itself():
            return super().send_after_commit()
        return self._deliver_after_commit()

    def _deliver_after_commit(self):
        """Deliver these mails as soon as the current transaction is committed."""
        if not self or not self._delivers_itself():
            return
        hooks = self.env.cr.postcommit
        if AFTER_COMMIT in hooks.data:
            hooks.data[AFTER_COMMIT] |= set(self.ids)
            return
        hooks.data[AFTER_COMMIT] = set(self.ids)
        dbname, context = self.env.cr.dbname, dict(self.env.context)
        in_background = self._is_delivered_in_background()

        @hooks.add
        def deliver():
            mail_ids = hooks.data.pop(AFTER_COMMIT, ())
            try:
                RequestRun(Registry(dbname), context).deliver(
                    sorted(mail_ids), in_background=in_background
                )
            except Exception:
                # The business is committed and the mails are in the queue.
                _logger.exception("mail delivery: left to the queue")

    def _is_delivered_in_background(self):
        if self._delivers_in_background is None:
            return not modules.module.current_test
        return self._delivers_in_background

    def _deliver(self, budget=None):
        """Claim, send and record these mails now, in transactions of their own.

        Call it right after a commit, before anything else is read: the answer is read
        in this transaction, whose snapshot must not be older than the outcome.

        :param float budget: seconds; default: as long as a request may wait for SMTP.
            The rest then goes to the queue, at once; what a server has received is
            ``sending`` until it answers.
        :returns: the ``mail.delivery`` rows of these mails, freshly read. A mail that
            is not committed yet has none among them.
        """
        if not self._delivers_itself():
            rows = self._delivery_rows().sudo(self.env.su)
            self.send()
            return rows
        context = dict(self.env.context)
        run = RequestRun(self.env.registry, context)
        row_ids = run.deliver(self.ids, budget, self._is_delivered_in_background())
        self.env.invalidate_all()
        return self.env["mail.delivery"].browse(row_ids).exists()

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        """Core's queue, through the engine."""
        if not self._delivers_itself():
            return super().process_email_queue(email_ids, batch_size)
        if not email_ids and not self.env.context.get("filters"):
            return self._deliver_queue(batch_size)
        domain = [("state", "=", "outgoing"), *self.env.context.get("filters", ())]
        if email_ids:
            domain.append(("id", "in", list(email_ids)))
        return bool(self.search(domain)._deliver(UNLIMITED_BUDGET))

    @api.model
    def _deliver_queue(self, batch_size=1000):
        """Send what is due, look after dead workers, tell documents. Run by the cron.

        :returns: True
        """
        if not self._delivers_itself():
            return True
        progress = None
        if self.env.context.get("ir_cron_progress_id"):
            progress = self.env["ir.cron"]._commit_progress
        run = DeliveryRun(self.env.registry, {}, Deadline(self._queue_seconds()))
        run.deliver_queue(batch_size, progress)
        return True

    @api.model
    def _queue_seconds(self):
        """How long the queue may run.

        Not what ``ir.cron`` proposes: 10 seconds are what it wants to give each job at
        least, and one silent server uses them up. Odoo calls a job that has more to do
        up to ten times, so the time counts from the first call; then it kills a worker
        after ``limit_time_real_cron``, in which the last answer has to come, too.
        """
        end = self.env.context.get("cron_end_time")
        if not end:
            return UNLIMITED_BUDGET
        limit = tools.config["limit_time_real_cron"]
        if limit < 0:
            limit = tools.config["limit_time_real"]
        seconds = QUEUE_BUDGET
        if limit:
            seconds = min(seconds, max(limit - LAST_ANSWER, limit / 4))
        return seconds - (time.monotonic() - (end - MIN_TIME_PER_JOB))

    def _read_for_delivery(self):
        """Read in one go what building each of these mails needs."""
        messages = self.mail_message_id
        for records in (self, messages, self.recipient_ids, self._delivery_rows()):
            records.fetch()
        self.attachment_ids.sudo().mapped("file_size")
        messages.create_uid.mapped("share")

    # ------------------------------------------------------------
    # BUILDING
    # ------------------------------------------------------------

    def _personalize_outgoing_body(self, body, partner=False, doc_to_followers=None):
        """One message for all holds no link that is meant for one."""
        if self.same_message:
            partner = False
        return super()._personalize_outgoing_body(
            body, partner=partner, doc_to_followers=doc_to_followers
        )

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """One message for all has everybody in its To and Cc."""
        mails = self
        if self._carries_its_files():
            mails = self.with_context(mail_delivery_whole=True)
            mail_server = mail_server and mail_server.with_env(mails.env)
        emails = super(MailMail, mails)._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        if self._delivers_itself():
            for email in emails:
                email.update(self._read_again(email))
        if not self.same_message or len(emails) < 2:
            return emails
        first = emails[0]
        for key in ("email_to", "email_cc", "email_to_normalized"):
            first[key] = list(
                tools.misc.unique(part for email in emails for part in email[key])
            )
        first["partner_id"] = False
        return [first]

    def _carries_its_files(self):
        """Whether files that are too large are refused with the mail, and never left
        out of it for core's links, which anybody opens for ever.

        :rtype: bool
        """
        return self.same_message

    def _read_again(self, email):
        """Addresses, text and file names of a prepared email as we write them.

        :param dict email: of ``_prepare_outgoing_list``
        """
        values = {
            "body": mail_html(email["body"], email["subject"] or ""),
            "body_alternative": plain_text(email["body"]),
            "attachments": [
                (cut_file_name(name), *rest) for name, *rest in email["attachments"]
            ],
        }
        partner = email["partner_id"]
        if partner:
            boxes = [
                Mailbox(partner.name or "", box.address)
                for box in read(partner.email or "").good
            ]
            copies = []
        elif email["email_to_raw"] in (self.email_to, "", False):
            boxes = read(self.email_to or "").good
            copies = read(self.email_cc or "").good
        else:
            return values
        if boxes or copies:
            values["email_to"] = [box.formatted for box in boxes]
            values["email_cc"] = [box.formatted for box in copies]
            values["email_to_normalized"] = [box.address for box in [*boxes, *copies]]
        return values

    def _delivery_zone(self):
        """The time zone that stands in the mail's Date: the author's."""
        return self.author_id.tz or self.create_uid.tz or self.env.company.partner_id.tz

    # ------------------------------------------------------------
    # WAITING FOR SOMETHING OTHER THAN A MAIL SERVER
    # ------------------------------------------------------------

    def _delivery_hold(self):
        """The reason why this mail has to wait now. Asked before its account is chosen,
        and again right before it is offered to the mail server.

        :returns: a sentence for the sender, or False to let it go
        """
        above = getattr(super(), "_delivery_hold", None)
        return (above() if above else False) or self.env["mail.hold"]._sentence()

    def _split_by_mail_configuration(self):
        """Nothing of a restored database that nobody has released takes a server."""
        if self.env["mail.hold"]._since():
            return iter(())
        return super()._split_by_mail_configuration()

    def _delivery_note_hold(self, sentence):
        """Tell the rows of this mail that it waits, before they are due.

        :param str sentence: for the sender
        """
        above = getattr(super(), "_delivery_note_hold", None)
        result = above(sentence) if above else None
        waiting = self._delivery_rows().filtered(lambda row: row.state in WAITING)
        again = fields.Datetime.add(fields.Datetime.now(), seconds=HOLD_SECONDS)
        waiting.write({"reason": "held", "error": sentence, "next_attempt": again})
        return result

    def _delivery_resume(self):
        """What these mails waited for has come: the queue sends them at once."""
        rows = self._delivery_rows().filtered(
            lambda row: row.reason == "held" and row.state in WAITING
        )
        rows.write({"reason": False, "error": False, "next_attempt": False})
        self.env.ref("mail_delivery.ir_cron_deliver").sudo()._trigger()

    @api.model
    def _delivery_resume_all(self):
        """Whatever is held is looked at again now."""
        held = [("reason", "=", "held"), ("state", "in", WAITING)]
        self.env["mail.delivery"].sudo().search(held).mail_id._delivery_resume()
        self.env.ref("mail_delivery.ir_cron_deliver").sudo()._trigger()
