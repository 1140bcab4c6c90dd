"""Changes, payers, rates and advances of contracts that share an invoice."""

from odoo.tests import tagged

from .rates import RateCase
from .together import TogetherCase

VENUES = ("Anantara", "Avani", "Oaks")


@tagged("post_install", "-at_install")
class TestSharedAndChanged(TogetherCase):
    def setUp(self):
        super().setUp()
        self.first, self.second, self.third = self.venues

    def cancel(self, contract, day=None):
        contract.with_user(self.norbert).action_cancel("Closed", day)

    def test_each_contract_adds_up_whatever_became_of_the_others(self):
        self.bill_together()
        self.assertAddsUp()
        self.amend(self.first, "2026-03-16", self.line(1200, name="More"))
        self.second.action_pause("2026-03-20", "2026-04-05", "Works")
        self.cancel(self.third, "2026-03-25")
        self.assertAddsUp()
        self.go_to("2026-04-02")
        self.env["bmasia.contract"]._cron_follow_dates()
        self.run_cron()
        self.issue_all()
        self.assertAddsUp()
        self.assertNotIn("Invoiced", " ".join(self.all.schedule_ids.mapped("note")))

    def test_two_periods_of_a_contract_on_one_invoice_are_told_apart(self):
        self.payer.invoicing = "contract"
        self.go_to("2026-03-18")
        self.amend(self.first, "2026-03-16", self.line(1200, name="More"))
        rows = self.due(self.first)
        rows.action_bill_together()
        self.assertEqual(rows[0].note, "")
        self.issue_all()
        self.assertAddsUp()

    def test_a_credit_by_hand_is_told_of_its_own_contract_alone(self):
        note = self.credit_by_hand(self.bill_together(), self.first, 100)
        (told,) = self.first._differences()
        self.assertEqual((told["record"], told["found"]), (note, -100))
        self.assertEqual((self.second | self.third)[0]._differences(), [])

    def test_an_end_gives_back_what_nobody_gave_back_by_hand(self):
        bill = self.bill_together()
        note = self.credit_by_hand(bill, self.first, 100)
        self.cancel(self.first)
        made = bill.credit_note_ids - note
        self.assertEqual(made.amount_untaxed, 416.13)  # 16 of 31 days, less 100

    def test_a_cancelled_invoice_leaves_no_credit_of_it(self):
        bill = self.bill_together()
        self.second.action_pause("2026-03-20", "2026-03-25", "Works")
        note = bill.credit_note_ids
        bill.with_user(self.norbert).action_cancel("Wrong")
        self.assertFalse(note.exists())
        anew = self.bill_together()
        self.assertEqual(anew.amount_untaxed, 2806.45)  # 6 of 31 days of 1,000
        self.assertAddsUp()

    def test_a_draft_credit_goes_over_to_the_invoice_issued_anew(self):
        bill = self.bill_together()
        self.second.action_pause("2026-03-20", "2026-03-25", "Works")
        note = bill.credit_note_ids
        made = bill.browse(bill.action_replace("The name was wrong")["res_id"])
        self.assertEqual(note.reversed_id, made)
        self.assertEqual(note.line_ids.reversed_line_id.invoice_id, made)
        self.assertEqual(note.schedule_ids.credits_id, made)
        self.issue_all()
        self.assertEqual(made.amount_credited, note.amount_total)
        self.assertAddsUp()

    def test_what_was_billed_to_who_paid_before_is_credited_to_them(self):
        bill = self.bill_together()
        self.first.with_user(self.norbert).payer_id = self.make_company("New")
        self.cancel(self.first, "2026-03-21")
        note = bill.credit_note_ids
        self.assertEqual(note.customer_id, self.payer)
        self.assertEqual(note.amount_untaxed, 322.58)

    def test_what_was_billed_to_who_paid_before_is_issued_anew_to_them(self):
        self.payer.invoicing = "contract"
        bill = self.run_cron().filtered(lambda each: each.contract_id == self.first)
        bill = bill.with_user(self.pom)
        bill.action_issue()
        self.first.with_user(self.norbert).payer_id = self.make_company("New")
        made = bill.browse(bill.action_replace("The name was wrong")["res_id"])
        self.assertEqual(made.customer_id, self.payer)
        self.assertEqual(made.schedule_ids.contract_id, self.first)

    def test_a_draft_follows_who_pays(self):
        draft = self.run_cron()
        other = self.make_company("New", country="base.th", invoicing="day")
        self.first.with_user(self.norbert).payer_id = other
        self.assertFalse(draft.exists())
        self.run_cron()
        billed = {
            (invoice.customer_id, invoice.amount_untaxed)
            for invoice in self.all.invoice_ids
        }
        self.assertEqual(billed, {(self.payer, 2000), (other, 1000)})


@tagged("post_install", "-at_install")
class TestSharedAndPaidInAdvance(TogetherCase):
    def advance(self, contract, amount, **values):
        use = {"contract_id": contract.id, "amount": amount, **values}
        self.env["bmasia.payment"].with_user(self.pom).register(
            contract.billed_id.id, self.thailand.id, amount, allocations=[use]
        )

    def test_an_advance_pays_its_own_contract_alone(self):
        self.advance(self.venues[0], 1605)
        bill = self.bill_together()
        self.assertEqual(bill._deductions().mapped("settled"), [1070])
        self.assertEqual(bill.amount_due, 2140)
        self.go_to("2026-04-01")
        self.assertEqual(self.bill_together()._deductions().mapped("settled"), [535])

    def test_two_advances_of_a_contract_do_not_pay_for_others_either(self):
        for amount in (700, 701):
            self.advance(self.venues[0], amount)
        bill = self.bill_together()
        self.assertEqual(bill._deductions().mapped("settled"), [700, 370])

    def test_a_deposit_is_deducted_though_the_last_period_is_skipped(self):
        short = self.venue("Short", term_months=2)
        self.advance(short, 107, is_deposit=True)
        short.action_skip("2026-04-01", "Closed")
        self.venues = [short]
        self.assertEqual(self.bill_together()._deductions().mapped("settled"), [107])


class SharedRateCase(RateCase, TogetherCase):
    """Three venues from 1 September 2026 on; a new rate comes if it is decreed."""

    names = ()

    def setUp(self):
        super().setUp()
        self.venues = [self.venue(name, start_date="2026-09-01") for name in VENUES]
        self.first, self.second, self.third = self.venues


@tagged("post_install", "-at_install")
class TestSharedOverANewRate(SharedRateCase):
    def test_a_credit_of_two_rates_is_one_credit_of_the_schedule(self):
        self.decree()
        bill = self.bill_together()
        self.paid(bill, 1070)
        self.come()
        self.assertEqual(bill.amount_due, 2200)
        self.third.action_pause("2026-09-21", "2026-09-25", "Closed")
        self.issue_all()
        notes = bill.credit_note_ids.sorted("kind")
        self.assertEqual(notes.mapped("kind"), ["adjustment", "credit_note"])
        self.assertAlmostEqual(sum(notes.mapped("amount_untaxed")), 166.67, 2)
        self.assertEqual(notes.line_ids.schedule_id, notes.schedule_ids)
        self.assertAddsUp()
        self.third.action_pause("2026-09-26", "2026-09-27", "Closed")
        self.issue_all()
        given = self.third.invoice_ids.credit_note_ids.mapped("amount_untaxed")
        self.assertAlmostEqual(sum(given), 1000 * 7 / 30, 2)
        self.assertAddsUp()

    def test_the_contracts_say_whether_a_transition_is_theirs(self):
        self.decree(transition="agreed", transition_until="2026-12-31")
        bill = self.bill_together()
        self.come()
        self.assertEqual(bill.amount_rate_change, 0)

    def test_changes_over_the_day_of_the_rate_add_up(self):
        self.decree()
        self.bill_together()
        self.amend(self.first, "2026-09-20", self.line(1200, name="More"))
        self.run_cron()
        self.come("2026-10-02")
        self.env["bmasia.contract"]._cron_follow_dates()
        self.run_cron()
        self.issue_all()
        lines = self.lines_of(self.first.invoice_ids.sorted("id")[1:], self.first)
        self.assertEqual(set(lines.mapped("tax_rate")), {10})
        self.assertAddsUp()
        renewal = self.first.browse(self.first.action_renew()["res_id"])
        self.assertEqual(renewal.line_ids.mapped("unit_price"), [12000, 1200])
        self.assertEqual(renewal.line_ids.mapped("tax_rate"), [10, 10])
