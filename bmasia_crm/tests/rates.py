"""The set-up of tests about a new tax rate: 7 %, and 10 % from 1 October 2026."""

from freezegun import freeze_time

from .money import MoneyCase

BEFORE, FIRST, AFTER = "2026-09-15", "2026-10-01", "2026-10-05"


class RateCase(MoneyCase):
    """It is 15 September; the decree is known if a test says so."""

    def setUp(self):
        super().setUp()
        self.clock = self.enterContext(freeze_time(f"{BEFORE} 05:00:00"))

    def come(self, day=AFTER):
        """Another day, on which the cron ran."""
        self.clock.move_to(f"{day} 05:00:00")
        self.env["res.company"]._cron_follow_tax_rates()

    def decree(self, rate=10, day=FIRST, **values):
        values = {"date_from": day, "rate": rate, "source": "Decree 1", **values}
        rates = self.env["bmasia.tax.rate"].with_user(self.norbert)
        return rates.create({"company_id": self.thailand.id, **values})

    def paid(self, invoice, amount, day=None, **values):
        """The receipt of a payment."""
        answer = invoice.with_user(self.pom).action_register_payment(
            amount, date=day, **values
        )
        return self.env["bmasia.receipt"].browse(answer["receipt_id"])

    def taxes(self, document):
        """Net and VAT by rate, as a receipt or its uses store it."""
        rows = document.tax_base or []
        return [(row["rate"], row["base"], row["tax"]) for row in rows]
