from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import LazyTranslate, format_list

from odoo.addons.document_flow.tools.reminders import WINDOW, Rule, Step, step_of
from odoo.addons.document_flow.tools.transitions import Question

from ..tools import money

_lt = LazyTranslate(__name__)
PROMISED_AHEAD = 366  # days; a later promise is a slip of the keyboard
FILES = 20  # invoices attached to one reminder; the list in the mail has all of them

# A mail has no stylesheet, and phones break figures.
NARROW = "padding:4px 8px 4px 0;border-bottom:1px solid #767676;vertical-align:top"
CELL = Markup(f"<td style='{NARROW}'>%s</td>")
FIGURE = Markup(f"<td style='{NARROW};text-align:right;white-space:nowrap'>%s</td>")
HEAD = Markup(f"<th style='{NARROW};text-align:left'>%s</th>")
FIGURE_HEAD = Markup(f"<th style='{NARROW};text-align:right'>%s</th>")
OPEN_ITEM_VARIABLES = ("open_items", "open_amount", "overdue_amount", "ways_to_pay")


class BmasiaInvoiceChasingMixin(models.AbstractModel):
    """Asking for what is overdue: one reminder per customer and entity at a time.

    Gives what stops reminders (a dispute, until it is resolved; a promise to pay, until
    its day), the reminder with all open items of the customer, and the day on which the
    customer was reminded last.

    The model provides ``kind``, ``state``, ``due_date``, ``amount_due``, ``is_overdue``
    and ``customer_id``.

    How it works: among the overdue invoices of a customer, the oldest one that has
    reached a new step stands for all of them. Its reminder lists every open item, and
    its facts are those of every item: what changes on one of them is noticed in the
    transaction that sends the mail. Once it has left, the others count as reminded of
    the steps that they have reached.
    """

    _name = "bmasia.invoice.chasing.mixin"
    _description = "Chasing of an Invoice"

    _reminder_rule = Rule(
        switch="overdue_reminders",
        template="bmasia_crm.template_overdue_1",
        receives="receives_invoices",
        steps=(
            Step("overdue_7", 7),
            Step("overdue_14", 14, "bmasia_crm.template_overdue_2"),
            Step("overdue_21", 21, "bmasia_crm.template_overdue_3"),
        ),
    )

    _further_questions = (
        Question(
            "action_dispute",
            _lt("Mark as disputed"),
            reason=_lt("What the customer contests"),
            hint=_lt("Reminders stop. Not printed."),
        ),
        Question("action_promise", _lt("Note promise to pay"), day=_lt("Promised for")),
    )

    dispute_reason = fields.Text(
        readonly=True,
        copy=False,
        tracking=True,
        help="Nobody is reminded of it until the dispute is resolved.",
    )
    resolved_date = fields.Date("Dispute Resolved On", readonly=True, copy=False)
    promise_date = fields.Date(
        "Promised For",
        readonly=True,
        copy=False,
        tracking=True,
        help="Nobody is reminded of it until this day is over.",
    )
    billing_line_ids = fields.One2many(
        "bmasia.billing.note.line", "invoice_id", "On Billing Notes"
    )
    billing_note_ids = fields.Many2many(
        "bmasia.billing.note",
        string="Billing Notes",
        compute="_compute_billing_note_ids",
    )
    reminded_date = fields.Date("Last Reminded", readonly=True, copy=False)

    @api.depends("billing_line_ids.note_id")
    def _compute_billing_note_ids(self):
        for invoice in self:
            invoice.billing_note_ids = invoice.billing_line_ids.note_id

    # ------------------------------------------------------------
    # WHAT STOPS REMINDERS
    # ------------------------------------------------------------

    def action_dispute(self, reason):
        """Note that the customer contests this invoice: reminders stop.

        :param str reason: what the customer says
        :returns: True
        :raises UserError: no reason, or nothing of it is due
        """
        reason = self._read_reason(
            reason, self.env._("Say what the customer contests.")
        )
        for invoice in self:
            invoice._check_is_chased()
            invoice.sudo().write({"dispute_reason": reason, "resolved_date": False})
            invoice._message_log(body=self.env._("Disputed: %s", reason))
            invoice._settle_reminders()
        return True

    def action_resolve(self):
        """Note that the dispute is over: reminders go on.

        :returns: True
        :raises UserError: there is none
        """
        for invoice in self:
            invoice.check_access("write")
            if not invoice.dispute_reason:
                raise UserError(self.env._("%s is not disputed.", invoice.display_name))
            invoice.sudo().write(
                {"dispute_reason": False, "resolved_date": invoice._today()}
            )
            invoice._message_log(body=self.env._("The dispute is resolved."))
        return True

    def action_promise(self, date):
        """Note the day for which the customer promised to pay: reminders wait for it.

        :param date: a date or ``YYYY-MM-DD``; False takes the promise back
        :returns: True
        :raises UserError: a day that is over or far ahead, or nothing of it is due
        """
        day = self._read_day(date)
        for invoice in self:
            invoice._check_is_chased()
            last = invoice._today() + timedelta(days=PROMISED_AHEAD)
            if day and not invoice._today() <= day <= last:
                raise UserError(
                    self.env._(
                        "Choose the day on which the money is to come, from today on."
                    )
                )
            invoice.sudo().promise_date = day
            if day:
                said = self.env._("Promised for %s.", invoice._say_day(day))
                invoice._message_log(body=said)
                invoice._settle_reminders()
        return True

    def _check_is_chased(self):
        """
        :raises UserError: nobody is asked to pay it
        """
        self.ensure_one()
        self.check_access("write")
        if self.kind != "invoice" or self.state != "issued" or not self.amount_due:
            raise UserError(self.env._("Nothing of %s is due.", self.display_name))

    def _settle_reminders(self):
        """Take back the reminders of this invoice that wait."""
        reminders = self.env["document.reminder"].sudo()
        why = self._why_not_reminded()
        for reminder in reminders._of(self):
            if reminder.state == "open":
                reminder._close("settled")
            elif reminder.state == "queued":
                reminder._withdraw("settled", why)

    def _why_paused(self):
        """Why nobody is reminded of this invoice for now, or False."""
        if self.dispute_reason:
            return self.env._("Not sent: %s is disputed.", self.display_name)
        if self.promise_date and self.promise_date >= self._today():
            return self.env._(
                "Not sent: payment of %(invoice)s is promised for %(day)s.",
                invoice=self.display_name,
                day=self._say_day(self.promise_date),
            )
        expected = self._billed_until()
        if expected and expected >= self._today():
            return self.env._(
                "Not sent: %(invoice)s is billed, payment is expected on %(day)s.",
                invoice=self.display_name,
                day=self._say_day(expected),
            )
        return False

    def _billed_until(self):
        """The day for which a billing note expects the money, if there is one."""
        lines = self.sudo().billing_line_ids
        notes = lines.note_id.filtered(lambda note: note.state == "sent")
        return max(filter(None, notes.mapped("payment_date")), default=None)

    # ------------------------------------------------------------
    # WHO IS REMINDED, AND OF WHAT
    # ------------------------------------------------------------

    @api.model
    def _reminder_candidates(self, company):
        """One invoice for each customer: the one that stands for its open items."""
        steps = self._reminder_steps(company)
        if not steps:
            return self.browse()
        overdue = self.search(
            self._reminder_domain(company, steps), order="due_date, id"
        )
        chosen = self.browse()
        for of_customer in overdue.grouped("customer_id").values():
            of_customer = of_customer.filtered(lambda item: not item._why_paused())
            if company._today() not in of_customer._days_of_rest():
                chosen |= of_customer._standing_for_all(steps)
        return chosen

    def _reminder_domain(self, company, steps):
        today = company._today()
        first = today - timedelta(days=steps[0].days)
        oldest = today - timedelta(days=steps[-1].days + WINDOW)
        news = Domain.OR(
            Domain(name, ">=", oldest)
            for name in ("due_date", "promise_date", "resolved_date")
        )
        billed = Domain("state", "=", "sent") & Domain("payment_date", ">=", oldest)
        news |= Domain("billing_line_ids.note_id", "any", billed)
        return (
            Domain("company_id", "=", company.id)
            & Domain("kind", "=", "invoice")
            & Domain("state", "=", "issued")
            & Domain("amount_due", ">", 0)
            & Domain("due_date", "<=", first)
            & Domain("dispute_reason", "=", False)
            & (Domain("promise_date", "=", False) | Domain("promise_date", "<", today))
            & news
        )

    def _days_of_rest(self):
        """The days after a reminder on which a customer gets no other one."""
        rest = self.company_id.sudo().reminder_rest_days
        return {
            day + timedelta(days=after)
            for day in filter(None, self.mapped("reminded_date"))
            for after in range(rest)
        }

    def _standing_for_all(self, steps):
        """The invoice whose reminder waits already; else the oldest with a new step."""
        reminders, mine = (
            self.env["document.reminder"],
            [("res_model", "=", self._name)],
        )
        waiting = reminders.search(
            [
                *mine,
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", self.customer_id.partner_id.id),
                ("state", "in", ("open", "queued", "trial")),
            ]
        )
        if waiting:  # also one about an invoice that is no news any more
            about = waiting.mapped("res_id")
            return self.filtered(lambda invoice: invoice.id in about)[:1]
        rows = reminders.search([*mine, ("res_id", "in", self.ids)])
        known = {(row.res_id, row.kind, row.cycle) for row in rows}
        for invoice in self:
            kind, _passed = step_of(steps, invoice._reminder_age())
            if kind and (invoice.id, kind, invoice._reminder_day()) not in known:
                return invoice
        return self.browse()

    def _reminder_day(self):
        """The due date; after a broken promise, a resolved dispute or a day of payment
        that passed, the steps that are reached count anew.
        """
        days = (self.due_date, self.promise_date, self.resolved_date)
        days = (*days, self._billed_until())
        return max(day for day in days if day)

    def _reminder_age(self):
        return (self._today() - self.due_date).days

    def _is_reminder_due(self):
        due = self.state == "issued" and self.is_overdue
        return bool(due and not self._why_paused())

    def _why_not_reminded(self):
        if self.state != "issued":
            return self._not_sent_because_it_is(self.state)
        if not self.amount_due:
            return self.env._("Not sent: nothing of %s is due.", self.display_name)
        return self._why_paused()

    def _open_items(self):
        """What the customer is to pay this entity, the oldest first: neither disputed
        nor promised.

        :rtype: bmasia.invoice
        """
        self.ensure_one()
        found = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("customer_id", "=", self.customer_id.id),
                ("kind", "=", "invoice"),
                ("state", "=", "issued"),
                ("amount_due", ">", 0),
            ],
            order="due_date, id",
        )
        return found.filtered(lambda item: not item._why_paused())

    def _reminder_facts(self):
        """What is due of each open item: after any payment, the mail would name too
        much.
        """
        return {
            item.name or str(item.id): [
                item._format_money(item.amount_due),
                str(item.due_date),
            ]
            for item in self._open_items() | self
        }

    def _reminder_name(self):
        others = len(self._open_items() - self)
        if not others:
            return self.display_name
        return self.env._(
            "%(invoice)s and %(count)s more", invoice=self.display_name, count=others
        )

    def _reminder_files(self):
        """The open items as they were sent, and one page with all of them and the way
        to pay.
        """
        items = self._open_items()
        files = self.env["ir.attachment"]
        for item in items[:FILES]:
            files |= item._kept_pdf()
        return self._open_items_file() | files

    def _open_items_file(self):
        """The page with all open items, which whoever sends the mail may take out."""
        document = self.with_context(lang=self._get_print_lang())
        reports = (
            self.env["ir.actions.report"]
            .sudo()
            .with_context(
                lang=self._get_print_lang(),
                force_report_rendering=True,
                document_goes_out=True,
            )
        )
        report = "bmasia_crm.report_open_items"
        title = document.env._("Open items")
        # Of a composer: what is not sent in the end is cleared away by core.
        return self.env["ir.attachment"].create(
            {
                "name": f"{title} {document._format_day(self._today(), 'd MMM')}.pdf",
                "raw": reports._render_qweb_pdf(report, self.ids)[0],
                "mimetype": "application/pdf",
                "res_model": "mail.compose.message",
                "res_id": 0,
            }
        )

    def _follow_notice(self, moment):
        """The customer was reminded of all open items."""
        day = self.company_id._local_day(moment)
        items = self._open_items() | self
        items.sudo().reminded_date = day
        reminders = self.env["document.reminder"].sudo()
        steps = self._reminder_steps(self.company_id)
        for item in (items - self).filtered("is_overdue"):
            item._message_log(
                body=self.env._("Reminded of with %s.", self._get_html_link())
            )
            kind, passed = step_of(steps, item._reminder_age())
            cycle, rows = item._reminder_day(), reminders._of(item)
            rows.filtered(lambda row: row.state == "open")._close("skipped")
            known = rows.filtered(lambda row, day=cycle: row.cycle == day)
            for step in {*passed, kind} - {None, *known.mapped("kind")}:
                reminders.create(reminders._values(item, step, cycle, "skipped"))
        return super()._follow_notice(moment)

    # ------------------------------------------------------------
    # WHAT THE MAIL SAYS
    # ------------------------------------------------------------

    def _open_totals(self):
        """What the open items come to, in each currency.

        :returns: list of (currency, items, amount due, of it overdue)
        """
        found = []
        for currency, items in self._open_items().grouped("currency_id").items():
            due = money.add(items.mapped("amount_due"))
            late = money.add(items.filtered("is_overdue").mapped("amount_due"))
            found.append((currency, items, due, late))
        return found

    def _open_item_row(self):
        """What a table of invoices prints of this one."""
        return {
            "number": self.name,
            "issued": self.issue_date,
            "due": self.due_date,
            "subject": self.property_name or self._contract_numbers(),
            "total": self.amount_total,
            "amount": self.amount_due,
            "note": self._rate_change_words(),
        }

    def _open_item_rows(self):
        return [item._open_item_row() for item in self]

    def _amounts_in_words(self, position):
        """A column of :meth:`_open_totals`, as ``THB 10,700.00 and USD 500.00``."""
        amounts = [
            row[1][:1]._format_money(row[position]) for row in self._open_totals()
        ]
        lang = self._get_print_lang()
        return format_list(self.with_context(lang=lang).env, amounts)

    def _open_items_table(self):
        """The open items as a table for mails."""
        document = self.with_context(lang=self._get_print_lang())
        _ = document.env._
        heads = [HEAD % label for label in (_("Invoice"), _("Due"))]
        heads += [FIGURE_HEAD % label for label in (_("Amount"), _("Days late"))]
        rows = [Markup("").join(heads)]
        for item in document._open_items():
            late = str(item.days_overdue or "")
            rows.append(
                CELL % item.name
                + CELL % document._format_day(item.due_date, "d MMM")
                + FIGURE % item._format_money(item.amount_due)
                + FIGURE % late
            )
        body = Markup("").join(Markup("<tr>%s</tr>") % row for row in rows)
        notes = Markup("").join(
            Markup("<p>%s: %s</p>") % (item.name, words)
            for item in document._open_items()
            if (words := item._rate_change_words())
        )
        return Markup("<table>%s</table>%s") % (body, notes)

    def _ways_to_pay(self):
        """The accounts that the open items name, as lines of a mail."""
        document = self.with_context(lang=self._get_print_lang())
        lines = []
        for item in document._open_items():
            bank = item._seller()["bank"]
            if bank:
                parts = (bank["beneficiary"], bank["name"], bank["account"])
                swift = bank["swift"] and f"SWIFT {bank['swift']}"
                words = ", ".join(filter(None, [*parts, swift]))
                lines.append(f"{bank['currency']}: {words}")
        return Markup("<br/>").join(dict.fromkeys(lines))

    @api.model
    def _mail_variable_meanings(self):
        _ = self.env._
        return {
            **super()._mail_variable_meanings(),
            "open_items": _("Table of all that the customer is to pay this entity"),
            "open_amount": _("What these come to, with tax"),
            "overdue_amount": _("What is overdue of it"),
            "ways_to_pay": _("The bank accounts that the invoices name"),
        }

    def _document_variables(self):
        values = super()._document_variables()
        if self.kind != "invoice" or self.state != "issued":
            return {**values, **dict.fromkeys(OPEN_ITEM_VARIABLES, "")}
        return {
            **values,
            "open_items": self._open_items_table(),
            "open_amount": self._amounts_in_words(2),
            "overdue_amount": self._amounts_in_words(3),
            "ways_to_pay": self._ways_to_pay(),
        }
