"""The set-up of the reports' tests: what a report says, by the names of its columns."""

import csv
import io

from freezegun import freeze_time

from .common import CrmCase


class ReportCase(CrmCase):
    def table(self, key, user=None, **chosen):
        """A report as a table.

        :param str key: of the report
        :param chosen: what it is asked for
        """
        reports = self.env["bmasia.report"].with_user(user or self.pom)
        report = reports._report_called(key)
        chosen.setdefault("company_id", self.thailand.id)
        return report._build(report._read_chosen(chosen))

    def rows(self, key, **chosen):
        """The rows of a report."""
        return self.table(key, **chosen).rows

    def total(self, key, name, currency="THB", **chosen):
        """The sum of a column, 0 where there is none."""
        sums = self.table(key, **chosen).totals()
        return sum(row[name] for row in sums if row["currency"] == currency)

    def csv(self, key, **chosen):
        """The lines of a report's CSV file."""
        chosen.setdefault("company_id", self.thailand.id)
        reports = self.env["bmasia.report"].with_user(self.pom)
        content = reports._file(key, "csv", chosen)[0]
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))

    def on(self, day):
        """Do something at noon of a day in Bangkok."""
        return freeze_time(f"{day} 05:00:00")

    def bill(self, day, price=1000.0, **values):
        """An invoice that was issued on a day."""
        with self.on(day):
            return self.issued_invoice(self.line(price), **values)

    def pay(self, invoice, day, amount=None, **values):
        """A payment that arrived on a day, entered that day."""
        with self.on(day):
            invoice = invoice.with_user(self.pom)
            return invoice.action_register_payment(
                amount or invoice.amount_due, day, **values
            )

    def credit(self, invoice, day, price=None):
        """A credit note that was issued on a day, of the whole or of a net amount."""
        with self.on(day):
            invoice = invoice.with_user(self.pom)
            action = invoice.action_credit("Agreed")
            note = invoice.browse(action["res_id"])
            if price:
                note.line_ids.unit_price = price
            note.credit_ground = "not_as_agreed"
            note.action_issue()
        return note
