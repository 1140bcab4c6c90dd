"""From a contract to its invoices and to the next term."""

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CrmCase

NOON = "2026-03-05 05:00:00"


@tagged("post_install", "-at_install")
class TestBilling(CrmCase):
    def test_the_term_ends_the_day_before_its_anniversary(self):
        contract = self.contract(start_date="2026-02-01", term_months=12)
        self.assertEqual(str(contract.end_date), "2027-01-31")

    @freeze_time(NOON)
    def test_the_schedule_adds_up_to_the_value_of_the_term(self):
        for frequency, count in (
            ("annual", 2),
            ("upfront", 1),
            ("half_yearly", 4),
            ("quarterly", 8),
            ("monthly", 24),
            ("one_time", 1),
        ):
            contract = self.contract(
                self.line(price=1000 / 7, quantity=3, discount=12.5),
                self.line(price=99.99, kind="one_time"),
                term_months=24,
                billing_frequency=frequency,
            )
            periods = contract.schedule_ids
            with self.subTest(frequency=frequency):
                self.assertEqual(len(periods), count)
                total = sum(periods.mapped("amount_untaxed"))
                self.assertAlmostEqual(total, contract.term_value, 2)
                self.assertEqual(periods[-1].period_end, contract.end_date)

    @freeze_time(NOON)
    def test_each_due_period_becomes_one_invoice(self):
        contract = self.active_contract(
            start_date="2026-01-01", billing_frequency="monthly"
        )
        self.env["bmasia.contract"]._cron_create_invoices()
        self.assertEqual(len(contract.invoice_ids), 3)
        contract.with_user(self.pom).action_create_invoices()
        self.env["bmasia.contract"]._cron_create_invoices()
        self.assertEqual(len(contract.invoice_ids), 3)
        for invoice in contract.invoice_ids:
            self.assertEqual(invoice.amount_untaxed, invoice.schedule_id.amount_untaxed)

    @freeze_time(NOON)
    def test_the_net_of_all_invoices_is_the_value_of_the_term(self):
        contract = self.active_contract(
            self.line(price=10000 / 3, quantity=7, discount=7.5),
            start_date="2024-03-01",
            term_months=24,
            billing_frequency="quarterly",
        )
        contract.with_user(self.pom).action_create_invoices()
        total = sum(contract.invoice_ids.mapped("amount_untaxed"))
        self.assertEqual(len(contract.invoice_ids), 8)
        self.assertAlmostEqual(total, contract.term_value, 2)

    @freeze_time(NOON)
    def test_a_period_without_a_price_per_unit_names_the_yearly_one(self):
        contract = self.active_contract(
            self.line(14000, 24),
            lang="en_US",
            start_date="2026-03-01",
            billing_frequency="monthly",
        )
        contract.with_user(self.pom).action_create_invoices()
        name = contract.invoice_ids.line_ids.name
        self.assertIn("24 × 14,000.00 per year × 1/12", name)

    def test_quantity_times_price_is_the_amount_without_decimals_too(self):
        contract = self.active_contract(
            self.line(1000, 3),
            currency_id=self.currency("JPY").id,
            billing_frequency="monthly",
        )
        contract.with_user(self.pom).action_create_invoices()
        for line in contract.invoice_ids.line_ids:
            self.assertEqual(line.quantity * line.unit_price, line.amount_untaxed)

    def test_a_cancelled_invoice_frees_its_period(self):
        contract = self.active_contract(start_date="2026-03-01")
        contract.with_user(self.pom).action_create_invoices()
        invoice = contract.invoice_ids
        invoice.with_user(self.pom).action_issue()
        invoice.with_user(self.norbert).action_cancel("Wrong address")
        contract.with_user(self.pom).action_create_invoices()
        self.assertEqual(len(contract.invoice_ids), 2)
        self.assertTrue(invoice.name)

    @freeze_time(NOON)
    def test_after_a_cancelled_invoice_the_contract_is_planned_anew(self):
        contract = self.active_contract(start_date="2026-03-01")
        contract.with_user(self.pom).action_create_invoices()
        invoice = contract.invoice_ids
        invoice.with_user(self.pom).action_issue()
        invoice.with_user(self.norbert).action_cancel("Billed monthly after all")
        contract.with_user(self.norbert).billing_frequency = "monthly"
        self.assertEqual(len(contract.schedule_ids), 12)
        self.assertEqual(str(invoice.period_end), "2027-02-28")
        contract.with_user(self.pom).action_create_invoices()
        self.assertEqual(contract.invoice_ids.mapped("state"), ["draft", "cancelled"])

    @freeze_time(NOON)
    def test_a_draft_that_is_deleted_frees_its_period(self):
        contract = self.active_contract(start_date="2026-03-01")
        contract.with_user(self.pom).action_create_invoices()
        contract.invoice_ids.with_user(self.pom).unlink()
        self.env["bmasia.contract"]._cron_create_invoices()
        self.assertEqual(len(contract.invoice_ids), 1)

    def test_the_day_of_billing_is_the_one_at_the_entity_desk(self):
        with freeze_time("2026-03-04 16:00:00"):
            contract = self.active_contract(start_date="2026-03-05")
            self.env["bmasia.contract"]._cron_create_invoices()
            self.assertFalse(contract.invoice_ids)
        with freeze_time("2026-03-04 17:30:00"):  # the 5th in Bangkok
            self.env["bmasia.contract"]._cron_create_invoices()
            self.assertEqual(len(contract.invoice_ids), 1)

    @freeze_time(NOON)
    def test_one_that_cannot_be_invoiced_holds_up_nobody(self):
        good, bad, other = (
            self.active_contract(start_date="2026-03-01") for _n in range(3)
        )
        # as an import could leave it behind
        self.env.cr.execute(
            "UPDATE bmasia_contract_line SET name = ' ' WHERE contract_id = %s",
            (bad.id,),
        )
        bad.line_ids.invalidate_recordset()
        cron = self.env["bmasia.contract"]
        with self.assertLogs("odoo.addons.bmasia_crm", "WARNING"):
            cron._cron_create_invoices()
        counts = [len(c.invoice_ids) for c in (good, bad, other)]
        self.assertEqual(counts, [1, 0, 1])
        self.assertEqual(bad.activity_ids.summary, "Not invoiced")
        self.assertEqual(bad.activity_ids.user_id, bad.user_id)
        with self.assertLogs("odoo.addons.bmasia_crm", "WARNING"):
            cron._cron_create_invoices()
        self.assertEqual(len(bad.activity_ids), 1)

    @freeze_time(NOON)
    def test_a_period_that_costs_nothing_has_no_invoice(self):
        contract = self.active_contract(
            self.line(500, kind="one_time"),
            self.line(900, discount=100, name="First year free"),
            start_date="2026-01-01",
            billing_frequency="monthly",
        )
        self.env["bmasia.contract"]._cron_create_invoices()
        self.assertEqual(contract.invoice_ids.mapped("amount_untaxed"), [500])
        self.assertFalse(self.env["bmasia.contract"]._contracts_due() & contract)

    @freeze_time(NOON)
    def test_making_invoices_mails_nobody(self):
        self.active_contract(start_date="2026-03-01")
        mails = self.env["mail.mail"].search_count([])
        self.env["bmasia.contract"]._cron_create_invoices()
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    @freeze_time(NOON)
    def test_only_active_contracts_are_invoiced(self):
        sent = self.contract(start_date="2026-03-01")
        sent.action_mark_sent()
        self.env["bmasia.contract"]._cron_create_invoices()
        self.assertFalse(sent.invoice_ids)
        with self.assertRaisesRegex(UserError, "not active"):
            sent.with_user(self.pom).action_create_invoices()

    @freeze_time(NOON)
    def test_what_is_due_is_invoiced_before_a_contract_ends(self):
        values = {"start_date": "2025-03-01", "billing_frequency": "quarterly"}
        expiring = self.active_contract(**values)
        renewed = self.active_contract(**values)
        successor = self.env["bmasia.contract"].browse(renewed.action_renew()["res_id"])
        successor.action_mark_sent()
        successor.with_user(self.nikki).action_activate("2026-03-05")
        self.env["bmasia.contract"]._cron_follow_dates()
        ended = expiring | renewed
        self.assertEqual(ended.mapped("state"), ["expired", "renewed"])
        self.assertEqual([len(contract.invoice_ids) for contract in ended], [4, 4])
        expiring.invoice_ids[0].with_user(self.pom).unlink()
        expiring.with_user(self.pom).action_create_invoices()
        self.assertEqual(len(expiring.invoice_ids), 4)

    @freeze_time(NOON)
    def test_invoiced_contracts_keep_their_schedule(self):
        contract = self.active_contract(start_date="2026-03-01")
        contract.with_user(self.pom).action_create_invoices()
        contract.invoice_ids.with_user(self.pom).action_issue()
        with self.assertRaisesRegex(UserError, "has been invoiced"):
            contract.with_user(self.norbert).billing_frequency = "monthly"


@tagged("post_install", "-at_install")
class TestRenewal(CrmCase):
    def test_the_old_contract_is_renewed_when_the_new_one_starts(self):
        with freeze_time(NOON):
            old = self.active_contract(start_date="2025-04-01")
            action = old.action_renew(price_change=10)
            self.assertEqual(old.action_renew()["res_id"], action["res_id"])
            new = old.browse(action["res_id"])
            self.assertEqual(str(new.start_date), "2026-04-01")
            self.assertEqual(new.annual_value, round(old.annual_value * 1.1, 2))
            new.action_mark_sent()
            new.action_activate("2026-03-05")
            self.env["bmasia.contract"]._cron_follow_dates()
            self.assertEqual((old.state, new.state), ("active", "active"))
        with freeze_time("2026-04-01 05:00:00"):
            self.env["bmasia.contract"]._cron_follow_dates()
            self.assertEqual((old.state, new.state), ("renewed", "active"))

    def test_a_contract_that_nobody_renews_expires_after_its_last_day(self):
        with freeze_time(NOON):
            contract = self.active_contract(start_date="2025-04-01")
        for moment, state in (
            ("2026-03-31 10:00:00", "active"),
            ("2026-04-01 05:00:00", "expired"),
        ):
            with freeze_time(moment):
                self.env["bmasia.contract"]._cron_follow_dates()
                self.assertEqual(contract.state, state)

    def test_prices_change_by_percent_or_line_by_line(self):
        old = self.active_contract(
            self.line(333.33, 3, discount=10), self.line(100, name="Bar")
        )
        first, second = old.line_ids
        stranger = self.contract().line_ids
        with self.assertRaisesRegex(UserError, "no recurring line of this"):
            old.action_renew(prices={str(stranger.id): 1})
        for percent in (-100, 1001):
            with self.assertRaisesRegex(UserError, "cannot be right"):
                old.action_renew(price_change=percent)
        action = old.action_renew(price_change=7.5, prices={str(second.id): 90})
        new = old.browse(action["res_id"])
        self.assertEqual(new.line_ids.mapped("unit_price"), [358.33, 90])
        self.assertEqual(new.line_ids.mapped("discount"), [10, 0])
        self.assertEqual(first.unit_price, 333.33)

    def test_the_wizard_shows_what_the_next_term_comes_to(self):
        old = self.active_contract(self.line(1000, 2), self.line(100, name="Bar"))
        action = old.action_ask_renewal()
        wizard = self.env[action["res_model"]].with_user(self.nikki)
        with Form(wizard.with_context(**action["context"])) as form:
            form.price_change = 10
            with form.line_ids.edit(1) as line:
                line.new_price = 95
            self.assertEqual((form.old_value, form.new_value), (2100, 2295))
        new = old.browse(form.record.action_confirm()["res_id"])
        self.assertEqual(new.line_ids.mapped("unit_price"), [1100, 95])
        self.assertEqual(old.action_ask_renewal()["res_id"], new.id)

    def test_a_renewal_has_all_that_the_contract_had_but_no_signature(self):
        zone = self.env["bmasia.zone"].create(
            {"name": "Lobby", "customer_id": self.hilton.id}
        )
        old = self.active_contract(
            zone_ids=[Command.set(zone.ids)],
            location_ids=[Command.create({"name": "Lobby"})],
            signatory_ids=[Command.create({"name": n}) for n in ("Lek", "Noi")],
            property_name="Hilton Pattaya Tower",
        )
        new = old.browse(old.action_renew()["res_id"])
        self.assertEqual(new.zone_ids, zone)
        self.assertEqual(new.location_ids.name, "Lobby")
        self.assertEqual(new.signatory_ids.mapped("name"), ["Lek", "Noi"])
        self.assertEqual(new.property_name, "Hilton Pattaya Tower")
        self.assertFalse(new.signed_date or new.name or new.sent_date)
        self.assertEqual((new.state, old.state), ("draft", "active"))
        self.assertEqual(new.amount_total, old.amount_total)

    def test_a_renewal_that_is_declined_leaves_the_contract_and_makes_room(self):
        with freeze_time(NOON):
            old = self.active_contract(start_date="2025-04-01")
            declined = old.browse(old.action_renew()["res_id"])
            declined.action_mark_sent()
            declined.with_user(self.norbert).action_cancel("Declined")
            self.assertEqual(old.state, "active")
            again = old.browse(old.action_renew()["res_id"])
            self.assertNotEqual(again, declined)

    def test_one_time_lines_are_not_renewed(self):
        contract = self.active_contract(
            self.line(), self.line(name="Player", kind="one_time")
        )
        new = contract.browse(contract.action_renew()["res_id"])
        self.assertEqual(new.line_ids.mapped("kind"), ["recurring"])

    def test_a_copy_chooses_anew_what_no_longer_holds(self):
        """Contacts change jobs, accounts are closed; the documents go on."""
        bank = self.env["res.partner.bank"].create(
            {"acc_number": "OLD-1", "partner_id": self.thailand.partner_id.id}
        )
        contract = self.active_contract(partner_id=self.somchai.id)
        invoice = self.issued_invoice(partner_id=self.somchai.id)
        self.assertEqual(contract.bank_account_id, bank)
        other = self.make_company("Another Hotel")
        self.somchai.sudo().parent_id = other.partner_id
        bank.active = False
        new = bank.create({"acc_number": "NEW-1", "partner_id": bank.partner_id.id})
        contract.action_renew()
        renewal = contract.renewal_id
        self.assertTrue(renewal.partner_id._belongs_to(self.hilton.partner_id))
        self.assertEqual(renewal.bank_account_id, new)
        invoice.action_credit("Not delivered")
        self.assertTrue(invoice.credit_note_ids)
