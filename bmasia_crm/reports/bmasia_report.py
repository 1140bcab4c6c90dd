from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, date_utils
from odoo.tools.misc import format_date
from odoo.tools.translate import LazyTranslate

from odoo.addons.document_flow.models.document_input_mixin import LARGEST_INTEGER
from odoo.addons.document_flow.tools.days import say_day

from ..tools import sheets
from ..tools.report_table import Chosen, Table
from ..tools.roles import FINANCE, USER

_lt = LazyTranslate(__name__)

PAGE = 200  # rows on a screen; the files have all of them
MAX_PRINTED = 2000  # rows; more are for a spreadsheet
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = {"csv": "text/csv;charset=utf-8", "xlsx": XLSX, "pdf": "application/pdf"}
# Sums over many rows: sorted in memory, and not compiled, which takes longer.
FOR_REPORTS = SQL("SET LOCAL work_mem = '64MB'; SET LOCAL jit = off")
# What may be chosen above a report, by the name that a report asks for.
LABELS = {
    "date": _lt("As of"),
    "date_from": _lt("From"),
    "date_to": _lt("Until"),
    "month": _lt("Month"),
    "customer_id": _lt("Company"),
    "user_id": _lt("Responsible"),
}
REFUSALS = {
    FINANCE: _lt("Reports are for Finance and managers."),
    USER: _lt("Reports are for people who work with contracts."),
}


class BmasiaReport(models.AbstractModel):
    """A report: columns, and a method that yields its rows.

    Screen, XLSX, CSV and PDF are made of that, so that a new report is one small model
    in one file that inherits this, and a menu item. It says what it is called
    (``_title``), what may be chosen (``_asks``: ``date``, or ``date_from`` and
    ``date_to``, or ``month``; ``customer_id``, ``user_id``), whom it is for
    (``_group``), its columns (``_report_columns``) and its rows (``_report_rows``),
    dicts by the columns' names. Rows with money have ``currency``, its code. A row may
    have ``_open``, what a click shows: a dict with ``model`` and ``id`` or ``domain``;
    and ``_bold``.

    Example::

        class Refunds(models.AbstractModel):
            _name = "bmasia.report.refunds"
            _description = "Refunds Due"
            _inherit = ["bmasia.report"]
            _title = _lt("Refunds due")
            _asks = ("date",)

    How it works: reports are found in the registry, by the last part of their name.
    Rows are read by SQL, all at once, for one billing entity that the user works for;
    an amount of any day is computed from what happened until then, never from what is
    stored for today.
    """

    _name = "bmasia.report"
    _description = "Report"

    _title = ""
    _help = ""
    # What an empty one says: what that means, and what to do.
    _nothing = _lt("Nothing to show")
    _nothing_hint = _lt("Choose other days above.")
    _asks = ("date",)
    _group = FINANCE  # who may see it
    _prints_landscape = False
    # Buttons above it, by name: label, and what is asked first. ``_may`` says whether
    # one is there; ``_do_<name>`` does it and may return an action.
    _buttons = {}

    # ------------------------------------------------------------
    # WHAT A REPORT SAYS
    # ------------------------------------------------------------

    def _report_columns(self, chosen):
        """The columns.

        :param Chosen chosen: what the report is asked for
        :rtype: list[bmasia_crm.tools.report_table.Column]
        """
        raise NotImplementedError

    def _report_rows(self, chosen):
        """The rows, in order.

        :param Chosen chosen: what the report is asked for
        :rtype: list[dict]
        """
        raise NotImplementedError

    def _one_currency(self, company):
        """The code of the currency that all money is in; None if there are several.

        :param company: ``res.company``
        """
        return None

    def _facts(self, chosen):
        """What is said above the rows besides entity and days.

        :rtype: list[tuple[str, str]]
        """
        return []

    def _default_days(self, today):
        """The first and the last day, unless others are chosen."""
        return today.replace(day=1), date_utils.end_of(today, "month")

    def _may(self, button, chosen):
        """Whether a button is there.

        :rtype: bool
        """
        return True

    # ------------------------------------------------------------
    # WHICH REPORTS THERE ARE
    # ------------------------------------------------------------

    @api.model
    def _reports(self):
        """Every report by its key, the last part of its model's name.

        :rtype: dict
        """
        names = self.env.registry.descendants(["bmasia.report"], "_inherit")
        found = (self.env[name] for name in sorted(set(names) - {"bmasia.report"}))
        return {report._key(): report for report in found}

    @api.model
    def _key(self):
        return self._name.removeprefix("bmasia.report.")

    @api.model
    def _report_called(self, key):
        report = self._reports().get(key) if isinstance(key, str) else None
        self._check_group(FINANCE if report is None else report._group)
        if report is None:
            raise UserError(self.env._("There is no report “%s”.", key))
        return report

    @api.model
    def _check_group(self, group=FINANCE):
        if not self.env.su and not self.env.user.has_group(group):
            raise AccessError(self.env._(REFUSALS[group]))

    # ------------------------------------------------------------
    # WHAT PEOPLE CALL
    # ------------------------------------------------------------

    @api.model
    def show(self, key, chosen=None, offset=0):
        """What the screen shows of a report.

        :param str key: the report, as ``receivables``
        :param dict chosen: ``company_id``, ``date``, ``date_from``, ``date_to``,
            ``month`` (any day of it), ``customer_id``, ``user_id``; days as
            ``YYYY-MM-DD``
        :param int offset: the first row that is shown
        :returns: ``{"key", "title", "help", "nothing", "nothing_hint", "asks",
            "chosen", "files", "entities", "columns", "rows", "totals", "count",
            "offset"}``; a row has ``cells``, as texts, and ``open``
        :rtype: dict
        :raises AccessError: not for this user, or another entity
        :raises UserError: no such report, or a day that is none
        """
        report = self._report_called(key)
        asked = report._read_chosen(chosen)
        table = report._build(asked)
        return {
            "key": key,
            "title": table.title,
            "help": self.env._(report._help) if report._help else "",
            "nothing": self.env._(report._nothing),
            "nothing_hint": self.env._(report._nothing_hint),
            "asks": [
                {"name": name, "label": self.env._(LABELS[name])}
                for name in report._asks
            ],
            "chosen": report._written(asked),
            "files": report._kinds_of_files(),
            "buttons": [
                {
                    "name": name,
                    "label": self.env._(label),
                    "confirm": self.env._(confirm) if confirm else "",
                }
                for name, (label, confirm) in report._buttons.items()
                if report._may(name, asked)
            ],
            "entities": [
                {"id": company.id, "name": company.name}
                for company in self.env.companies
            ],
            **report._shown_page(table, offset),
        }

    @api.model
    def press(self, key, button, chosen=None):
        """What a button above a report does.

        :param str key: the report
        :param str button: its name
        :param dict chosen: of :meth:`show`
        :returns: an action, or False
        :raises UserError: there is no such button now
        """
        report = self._report_called(key)
        asked = report._read_chosen(chosen)
        known = isinstance(button, str) and button in report._buttons
        if not known or not report._may(button, asked):
            raise UserError(self.env._("There is no button “%s” now.", button))
        return getattr(report, f"_do_{button}")(asked) or False

    @api.model
    def _file(self, key, kind, chosen=None):
        """A report as a file.

        :param str kind: csv, xlsx or pdf
        :returns: content, name and content type of the file
        :rtype: tuple[bytes, str, str]
        """
        report = self._report_called(key)
        if kind not in report._kinds_of_files():
            raise AccessError(
                self.env._("You may not export. Print it, or ask a manager.")
            )
        asked = report._read_chosen(chosen)
        report = report.with_context(prints_report=kind == "pdf")
        table = report._build(asked)
        if kind == "pdf":
            content = report._pdf(table, asked)
        else:
            writer = {"csv": sheets.to_csv, "xlsx": sheets.to_xlsx}[kind]
            content = writer(table)
        return content, f"{report._file_stem(table, asked)}.{kind}", FORMATS[kind]

    def _kinds_of_files(self):
        """Which files this user gets: who may not export, prints."""
        if self.env.su or self.env.user.has_group("base.group_allow_export"):
            return ["xlsx", "csv", "pdf"]
        return ["pdf"]

    # ------------------------------------------------------------
    # WHAT IS CHOSEN
    # ------------------------------------------------------------

    def _read_chosen(self, chosen):
        """The choice of a caller, checked.

        :param dict chosen: of :meth:`show`
        :rtype: Chosen
        """
        chosen = chosen or {}
        if not isinstance(chosen, dict):
            raise UserError(self.env._("Say by name what the report is asked for."))
        company = self._read_company(chosen.get("company_id"))
        today = company._today()
        first, last = self._read_days(chosen, today)
        if first and first > last:
            raise UserError(self.env._("The first day is after the last one."))
        customer, user = self._read_customer(chosen), self._read_user(chosen)
        return Chosen(company, first, last, customer, user)

    def _read_company(self, value):
        company = self.env["res.company"].browse(self._read_id(value))
        company = company or self.env.company
        if company not in self.env.companies and not self.env.su:
            raise AccessError(
                self.env._("This is a report of an entity that you do not work for.")
            )
        return company.sudo()

    def _read_customer(self, chosen):
        value = chosen.get("customer_id") if "customer_id" in self._asks else None
        customer = self.env["bmasia.company"].browse(self._read_id(value)).exists()
        if customer:
            customer.check_access("read")
        return customer

    def _read_user(self, chosen):
        value = chosen.get("user_id") if "user_id" in self._asks else None
        user = self.env["res.users"].browse(self._read_id(value)).exists()
        if user:
            user.check_access("read")
        return user

    def _read_id(self, value):
        try:
            found = int(value or 0)
        except (TypeError, ValueError, OverflowError):
            found = -1
        if not 0 <= found <= LARGEST_INTEGER:
            raise UserError(self.env._("“%s” is not an ID.", str(value)[:40]))
        return found or False

    def _read_days(self, chosen, today):
        if "month" in self._asks:
            day = self._read_day(chosen.get("month")) or self._default_month(today)
            return day.replace(day=1), date_utils.end_of(day, "month")
        if "date" in self._asks:
            return None, self._read_day(chosen.get("date")) or today
        first, last = self._default_days(today)
        return (
            self._read_day(chosen.get("date_from")) or first,
            self._read_day(chosen.get("date_to")) or last,
        )

    def _default_month(self, today):
        """The last whole month: that is what is handed in."""
        return today.replace(day=1) - timedelta(days=1)

    def _read_day(self, value):
        return self.env["document.input.mixin"]._read_day(value)

    def _written(self, asked):
        """The choice as the screen keeps it."""
        days = {"date": asked.last, "date_from": asked.first, "date_to": asked.last}
        days["month"] = asked.first
        written = {
            name: fields.Date.to_string(days[name])
            for name in self._asks
            if days.get(name)
        }
        if "customer_id" in self._asks:
            written["customer_id"] = asked.customer.id or False
        if "user_id" in self._asks:
            written["user_id"] = asked.user.id or False
        return {**written, "company_id": asked.entity}

    # ------------------------------------------------------------
    # THE TABLE
    # ------------------------------------------------------------

    def _build(self, asked):
        """The whole report.

        :param Chosen asked: what it is asked for
        :rtype: Table
        """
        currency = self._one_currency(asked.company)
        return Table(
            self.env._(self._title),
            self._report_columns(asked),
            self._report_rows(asked),
            [*self._heading(asked), *self._facts(asked)],
            self._digits(),
            self.env._("Total"),
            "" if currency else self.env._("Currency"),
        )

    def _heading(self, asked):
        is_one = not self.env.user.has_group("base.group_multi_company")
        label = self.env._("Company") if is_one else self.env._("Billing entity")
        facts = [(label, asked.company.name)]
        if "date" in self._asks:
            facts.append((self.env._(LABELS["date"]), self._day(asked.last)))
        else:
            days = f"{self._day(asked.first)} – {self._day(asked.last)}"
            facts.append((self.env._("Period"), days))
        if asked.customer:
            facts.append((self.env._("Company"), asked.customer.display_name))
        if asked.user:
            facts.append((self.env._(LABELS["user_id"]), asked.user.name))
        if currency := self._one_currency(asked.company):
            facts.append((self.env._("Currency"), currency))
        return facts

    def _digits(self):
        currencies = self.env["res.currency"].sudo().search([])
        return {each.name: each.decimal_places for each in currencies}

    def _day(self, day):
        """A day for people; printed in Thai, of the Buddhist era as documents are."""
        context = self.env.context
        if context.get("prints_report") and (self.env.lang or "").startswith("th"):
            return say_day(self.env, day)
        return format_date(self.env, day, date_format="d MMM yyyy")

    def _shown_page(self, table, offset):
        """Some rows as the screen shows them, and the sums of all."""
        offset = max(offset, 0) if isinstance(offset, int) else 0
        rows = table.rows[offset : offset + PAGE]
        return {
            "columns": [
                {"label": column.label, "kind": column.kind}
                for column in table.shown_columns()
            ],
            "rows": [self._shown(table, row) for row in rows],
            "totals": [self._shown(table, row) for row in table.total_rows()],
            "count": len(table.rows),
            "offset": offset,
            "page": PAGE,
        }

    def _shown(self, table, row):
        columns = table.shown_columns()
        return {
            "cells": [table.text(column, row, self._day) for column in columns],
            "open": row.get("_open", False),
            "bold": bool(row.get("_bold")),
        }

    def _month(self, day):
        return format_date(self.env, day, date_format="MMM yyyy")

    def _file_stem(self, table, asked):
        day = asked.last if asked.first is None else asked.first
        parts = [table.title, asked.company.entity_code or asked.company.name]
        name = " ".join([*parts, fields.Date.to_string(day)])
        return "".join(" " if sign in '\\/:*?"<>|' else sign for sign in name)

    def _fetched(self, query):
        """Rows of a query as dicts.

        :param odoo.tools.SQL query: to run
        :rtype: list[dict]
        """
        self.env.flush_all()
        self.env.cr.execute(FOR_REPORTS)
        self.env.cr.execute(query)
        names = [column.name for column in self.env.cr.description]
        return [dict(zip(names, row, strict=True)) for row in self.env.cr.fetchall()]

    def _months(self, first, last):
        """The last days of the months of a period."""
        months, day = [], date_utils.end_of(first, "month")
        while day <= date_utils.end_of(last, "month"):
            months.append(day)
            day = date_utils.end_of(day + relativedelta(days=1), "month")
        return months

    # ------------------------------------------------------------
    # PRINT
    # ------------------------------------------------------------

    def _pdf(self, table, asked):
        if len(table.rows) > MAX_PRINTED:
            raise UserError(
                self.env._(
                    "%(count)s rows are too many to print (at most %(most)s). Take "
                    "XLSX or CSV, or choose a shorter period.",
                    count=len(table.rows),
                    most=MAX_PRINTED,
                )
            )
        return self.env["bmasia.report.print"]._render(self, table, asked)
