from odoo.tests import tagged

from odoo.addons.bmasia_crm.tools import shares

from .rates import FIRST, RateCase


@tagged("post_install", "-at_install")
class TestUnpaidInvoices(RateCase):
    def test_what_is_not_paid_is_due_at_the_new_rate(self):
        bill = self.bill(1000)
        self.decree()
        self.assertEqual(bill.amount_due, 1070, "not before its day")
        self.come()
        self.assertEqual((bill.amount_due, bill.amount_rate_change), (1100, 30))
        printed = (bill.amount_total, bill.amount_tax, bill.line_ids.tax_rate)
        self.assertEqual(printed, (1070, 70, 7), "as printed")
        self.assertIn("10 % from 1 October 2026", bill.rate_note)
        self.assertIn("30.00", bill.rate_note)

    def test_its_receipt_has_the_rate_of_the_day_of_payment(self):
        bill = self.bill(1000)
        self.decree()
        self.come()
        receipt = self.paid(bill, 1100)
        self.assertEqual(self.taxes(receipt), [(10, 1000, 100)])
        self.assertEqual((bill.amount_due, bill.payment_state), (0, "paid"))
        self.assertFalse(bill.rate_note)

    def test_whoever_pays_before_the_cron_ran_pays_the_rate_of_the_day(self):
        bill = self.bill(1000)
        self.decree()
        self.clock.move_to(f"{FIRST} 05:00:00")
        self.assertEqual(self.taxes(self.paid(bill, 1100)), [(10, 1000, 100)])
        self.assertEqual(bill.amount_due, 0)

    def test_what_was_paid_before_keeps_its_rate(self):
        bill = self.bill(1000)
        first = self.paid(bill, 535)
        self.decree()
        self.come()
        self.assertEqual(bill.amount_due, 550)
        second = self.paid(bill, 550)
        self.assertEqual(self.taxes(first), [(7, 500, 35)])
        self.assertEqual(self.taxes(second), [(10, 500, 50)])
        self.assertEqual((bill.amount_due, bill.state), (0, "paid"))

    def test_money_that_came_before_is_booked_at_its_own_day(self):
        bill = self.bill(1000)
        self.decree()
        self.come()
        later = self.paid(bill, 550)
        self.assertEqual(bill.amount_due, 550)
        with self.refused("has only THB 535.00 left"):
            self.payments.register(
                self.hilton.id,
                self.thailand.id,
                550,
                date="2026-09-30",
                details={"backdate_reason": "The slip came late"},
                allocations=[{"invoice_id": bill.id, "amount": 550}],
            )
        late = {"backdate_reason": "The slip came late"}
        earlier = self.paid(bill, 550, "2026-09-30", details=late)
        self.assertEqual(self.taxes(later), [(10, 500, 50)])
        self.assertEqual(self.taxes(earlier), [(7, 500, 35)])
        self.assertEqual(bill.amount_due, 0)
        self.assertEqual(earlier.payment_id.amount_unallocated, 15, "on account")

    def test_a_lower_rate_asks_for_less(self):
        bill = self.bill(1000)
        self.decree(5)
        self.come()
        self.assertEqual(bill.amount_due, 1050)
        self.assertEqual(self.taxes(self.paid(bill, 1050)), [(5, 1000, 50)])

    def test_two_changes_one_after_another(self):
        bill = self.bill(1000)
        self.paid(bill, 107)
        self.decree()
        self.decree(8, "2026-11-01")
        self.come()
        self.paid(bill, 220)
        self.come("2026-11-02")
        self.assertEqual(bill.amount_due, 756)
        changes = [(row["date"], row["amount"]) for row in bill.rate_changes]
        self.assertEqual(changes, [("2026-10-01", 27), ("2026-11-01", -14)])
        self.assertEqual(self.taxes(self.paid(bill, 756)), [(8, 700, 56)])
        self.assertEqual(bill.amount_due, 0)

    def test_other_lines_keep_their_tax(self):
        bill = self.issued_invoice(
            self.line(1000), self.line(500, tax_rate=0), self.line(200, tax_rate=5)
        )
        self.assertEqual(bill.amount_due, 1780)
        self.decree()
        self.come()
        self.assertEqual(bill.amount_due, 1810)
        receipt = self.paid(bill, 1810)
        self.assertEqual(
            self.taxes(receipt), [(10, 1000, 100), (5, 200, 10), (0, 500, 0)]
        )

    def test_a_tax_invoice_keeps_its_rate_for_good(self):
        bill = self.invoice(self.line(1000, kind="one_time"), tax_invoice_asked=True)
        bill.action_issue()
        self.decree()
        self.come()
        self.assertEqual((bill.amount_due, bill.rate_note), (1070, False))
        self.assertEqual(bill._due_on(bill._today()), 1070)
        receipt = self.paid(bill, 1070)
        self.assertFalse(receipt.is_tax_invoice)
        self.assertEqual(self.taxes(bill.allocation_ids), [(7, 1000, 70)])
        self.assertEqual((bill.state, bill.amount_due), ("paid", 0))

    def test_an_entity_that_charges_no_tax_is_not_concerned(self):
        bill = self.usd_bill(1000)
        self.decree()
        self.come()
        self.assertEqual(bill.amount_due, 1000)

    def test_a_payment_that_is_voided_opens_its_part_at_the_rate_of_today(self):
        bill = self.bill(1000)
        payment = self.paid(bill, 535).payment_id
        self.decree()
        self.come("2026-10-02")
        self.come()
        payment.with_user(self.pom).action_void("Bounced")
        self.assertEqual(bill.amount_due, 1100)
        changes = [(row["date"], row["amount"]) for row in bill.rate_changes]
        self.assertEqual(changes, [("2026-10-01", 15), ("2026-10-05", 15)])

    def test_what_is_withheld_is_of_the_net(self):
        self.thailand.withholding_rate = 3
        bill = self.bill(1000)
        self.paid(bill, 535)
        self.decree()
        self.come()
        self.assertEqual(bill._withholding_left(), 15)
        self.paid(bill, 535, withholding_amount=15)
        self.assertEqual(bill.amount_due, 0)

    def test_set_off_is_taxed_on_its_day(self):
        old = self.bill(1000)
        self.paid(old, 1070)
        bill = self.bill(2000)
        self.decree()
        self.come()
        note = self.credited(old, 1000)
        self.assertEqual(note.amount_total, 1070, "at the rate of its tax invoice")
        note.with_user(self.pom).action_set_off(bill.id)
        self.assertEqual(bill.amount_due, 2200 - 1070)
        use = bill.allocation_ids
        self.assertEqual(self.taxes(use), [(10, 972.73, 97.27)])


@tagged("post_install", "-at_install")
class TestTransition(RateCase):
    def setUp(self):
        super().setUp()
        self.before = self.bill(
            1000, period_start="2026-08-01", period_end="2026-08-31"
        )
        self.across = self.bill(
            1000, period_start="2026-09-16", period_end="2026-10-15"
        )
        self.decree(transition="supplied", transition_until="2026-12-31")

    def test_what_was_supplied_before_keeps_the_rate_until_the_last_day(self):
        self.come()
        self.assertEqual((self.before.amount_due, self.across.amount_due), (1070, 1100))
        self.assertEqual(self.taxes(self.paid(self.before, 107)), [(7, 100, 7)])
        self.come("2026-12-31")
        self.assertEqual(self.taxes(self.paid(self.before, 107)), [(7, 100, 7)])
        self.come("2027-01-01")
        self.assertEqual(self.before.amount_due, 880)
        self.assertIn("from 1 January 2027", self.before.rate_note)
        self.assertEqual(self.taxes(self.paid(self.before, 880)), [(10, 800, 80)])
        self.assertEqual(self.before.amount_due, 0)

    def test_an_invoice_after_the_day_for_a_service_before_has_the_old_rate(self):
        self.come()
        old = self.bill(1000, period_start="2026-09-01", period_end="2026-09-30")
        new = self.bill(1000, period_start="2026-10-01", period_end="2026-10-31")
        self.assertEqual(old.line_ids.tax_rate, 7)
        self.assertEqual(new.line_ids.tax_rate, 10)

    def test_a_decree_may_prolong_it(self):
        self.come()
        rate = self.thailand.tax_rate_ids.filtered("date_from")
        rate.with_user(self.norbert).transition_until = "2027-03-31"
        self.come("2027-01-02")
        self.assertEqual(self.before.amount_due, 1070)

    def test_contracts_that_were_signed_before(self):
        rate = self.thailand.tax_rate_ids.filtered("date_from")
        rate.transition = "agreed"
        contract = self.active_contract(self.line(12000), start_date="2026-09-01")
        self.come()
        bill = self.bill(1000, contract_id=contract.id)
        self.assertEqual(bill.line_ids.tax_rate, 7)
        self.assertEqual(self.bill(1000).line_ids.tax_rate, 10)
        self.come("2027-01-01")
        self.assertEqual(bill.amount_due, 1100)


@tagged("post_install", "-at_install")
class TestCredits(RateCase):
    def credit(self, bill):
        """A draft over all that is left."""
        opened = bill.with_user(self.pom).action_credit("Ended", ground="short")
        return bill.browse(opened["res_id"])

    def lines_of(self, note):
        rows = note.line_ids.sorted(lambda line: -line.tax_rate)
        return [(row.tax_rate, row.amount_untaxed, row.amount_tax) for row in rows]

    def test_what_is_open_is_taken_back_at_the_new_rate(self):
        bill = self.bill(1000)
        self.decree()
        self.come()
        note = self.credit(bill)
        note.action_issue()
        self.assertEqual((note.kind, note.amount_total), ("adjustment", 1100))
        self.assertEqual((bill.amount_due, bill.state), (0, "credited"))

    def test_what_was_paid_is_taken_back_at_the_rate_of_its_tax_invoice(self):
        old, new = self.bill(1000), self.bill(1000)
        self.paid(old, 1070)
        self.decree()
        self.come()
        self.paid(new, 1100)
        for bill, rate, total in ((old, 7, 1070), (new, 10, 1100)):
            note = self.credit(bill)
            note.action_issue()
            self.assertEqual(note.kind, "credit_note")
            self.assertEqual((note.line_ids.tax_rate, note.amount_total), (rate, total))
            self.assertEqual(bill.amount_refund, total)

    def test_what_was_paid_at_two_rates_is_taken_back_at_both(self):
        bill = self.bill(1000)
        self.paid(bill, 321)
        self.decree()
        self.come()
        self.paid(bill, 770)
        note = self.credit(bill)
        self.assertEqual(self.lines_of(note), [(10, 700, 70), (7, 300, 21)])
        note.action_issue()
        self.assertEqual((note.kind, note.amount_total), ("credit_note", 1091))
        self.assertEqual(bill.amount_refund, 1091)
        self.assertEqual(len(note._printed_references()), 2)

    def test_paid_before_and_open_since_becomes_one_of_each(self):
        bill = self.bill(1000)
        self.paid(bill, 321)
        self.decree()
        self.come()
        note = self.credit(bill)
        note.action_issue()
        self.assertEqual(self.lines_of(note), [(7, 300, 21)])
        other = bill.credit_note_ids - note
        self.assertEqual((other.kind, other.amount_total), ("adjustment", 770))
        self.assertEqual((bill.amount_due, bill.amount_refund), (0, 321))

    def test_a_draft_of_before_is_issued_at_the_rate_of_its_day(self):
        bill = self.bill(1000)
        note = self.credit(bill)
        note.line_ids.unit_price = 400
        self.decree()
        self.come()
        note.action_issue()
        self.assertEqual((note.line_ids.tax_rate, note.amount_total), (10, 440))
        self.assertEqual(bill.amount_due, 660)

    def test_what_was_credited_before_keeps_its_rate(self):
        bill = self.bill(1000)
        self.credited(bill, 400)
        self.assertEqual(bill.amount_due, 642)
        self.decree()
        self.come()
        self.assertEqual(bill.amount_due, 660)
        self.assertEqual(self.taxes(self.paid(bill, 660)), [(10, 600, 60)])
        self.assertEqual(bill.amount_due, 0)


@tagged("post_install", "-at_install")
class TestWriteOffs(RateCase):
    def test_what_is_given_up_is_what_is_due(self):
        bill = self.bill(1000)
        self.decree()
        self.come()
        bill.with_user(self.norbert).action_write_off("Gone")
        self.assertEqual(bill.write_off_ids.amount, 1100)
        self.assertEqual((bill.amount_due, bill.payment_state), (0, "written_off"))

    def test_what_was_given_up_before_stays_given_up(self):
        bill = self.bill(1000)
        bill.with_user(self.norbert).action_write_off("Gone")
        self.decree()
        self.come()
        self.assertEqual((bill.amount_due, bill.amount_written_off), (0, 1070))

    def test_money_that_comes_after_all_has_the_rate_of_its_day(self):
        bill = self.bill(1000)
        bill.with_user(self.norbert).action_write_off("Gone")
        self.decree()
        self.come()
        self.assertEqual(self.taxes(self.paid(bill, 550)), [(10, 500, 50)])
        self.assertEqual((bill.amount_due, bill.amount_written_off), (0, 535))


@tagged("post_install", "-at_install")
class TestAdvances(RateCase):
    def test_an_advance_has_the_rate_of_its_day(self):
        contract = self.active_contract(self.line(12000), start_date="2026-09-01")
        whole = contract._payable_total()
        self.decree()
        self.come()
        self.assertEqual((whole, contract._payable_total()), (12840, 13200))
        answer = self.register(1100, [{"contract_id": contract.id}])
        self.assertEqual(self.taxes(self.receipts_of(answer)), [(10, 1000, 100)])

    def test_what_can_be_paid_in_advance_is_what_is_left_of_the_net(self):
        contract = self.active_contract(self.line(12000), start_date="2026-09-01")
        self.register(1070, [{"contract_id": contract.id}])
        self.decree()
        self.come()
        self.assertEqual(contract._left_to_pay(), 12100)

    def test_it_is_deducted_with_the_tax_that_it_had(self):
        contract = self.active_contract(self.line(12000), start_date="2026-09-01")
        self.register(535, [{"contract_id": contract.id}])
        self.decree()
        self.come()
        bill = self.bill(2000, contract_id=contract.id)
        self.assertEqual((bill.amount_total, bill.amount_due), (2200, 1650))
        rows = [(row["kind"], row["amount"]) for row in bill._totals_rows()]
        self.assertEqual(
            rows[-4:],
            [("sum", 2200), ("withheld", -535), ("withheld", -15), ("total", 1650)],
        )
        self.assertEqual(bill._worded_amount(), 1650)
        self.assertEqual(self.taxes(self.paid(bill, 1650)), [(10, 1500, 150)])
        self.assertEqual(bill.amount_due, 0)

    def test_it_pays_no_more_than_its_net(self):
        contract = self.active_contract(self.line(12000), start_date="2026-09-01")
        self.register(5350, [{"contract_id": contract.id}])
        self.decree()
        self.come()
        bill = self.bill(2000, contract_id=contract.id)
        self.assertEqual((bill.amount_due, bill.state), (0, "paid"))
        self.assertEqual(bill.allocation_ids.settled, 2140)

    def test_goods_declare_what_the_advance_left(self):
        contract = self.active_contract(self.line(12000), start_date="2026-09-01")
        self.register(535, [{"contract_id": contract.id}])
        self.decree()
        self.come()
        bill = self.invoice(
            self.line(2000, kind="one_time"),
            contract_id=contract.id,
            tax_invoice_asked=True,
        )
        bill.action_issue()
        (row,) = (row for row in shares.read(bill.tax_declared) if row.base)
        self.assertEqual((row.rate, row.base, row.tax), (10, 1500, 150))
        self.assertEqual(bill.amount_due, 1650)


@tagged("post_install", "-at_install")
class TestNewDocuments(RateCase):
    def test_contracts_and_their_periods_have_the_rate_of_their_days(self):
        running = self.active_contract(
            self.line(12000), start_date="2026-07-01", billing_frequency="quarterly"
        )
        self.decree()
        rates = running.schedule_ids.mapped("tax_rate")
        self.assertEqual(rates, [7, 10, 10, 10])
        to_come = self.contract(self.line(1000), start_date="2026-10-01")
        self.assertEqual(to_come.line_ids.tax_rate, 10)
        to_come.start_date = "2026-09-20"
        self.assertEqual(to_come.line_ids.tax_rate, 7)

    def test_a_renewal_that_begins_later_has_the_new_rate(self):
        running = self.active_contract(self.line(12000), start_date="2025-10-15")
        self.decree()
        running.action_renew()
        self.assertEqual(running.renewal_id.line_ids.tax_rate, 10)
        self.assertEqual(running.line_ids.tax_rate, 7, "as signed")

    def test_drafts_follow_their_day(self):
        draft = self.invoice(self.line(1000), self.line(100, tax_rate=3))
        self.decree()
        draft.issue_date = "2026-10-02"
        self.assertEqual(draft.line_ids.mapped("tax_rate"), [10, 3])
        draft.issue_date = "2026-09-30"
        self.assertEqual(draft.line_ids.mapped("tax_rate"), [7, 3])
        draft.issue_date = False
        self.come()
        self.assertEqual(draft.line_ids.mapped("tax_rate"), [10, 3])

    def test_a_quote_of_the_day_has_the_rate_of_the_day(self):
        old = self.quote(self.line(1000))
        self.decree()
        self.come()
        self.assertEqual(self.quote(self.line(1000)).line_ids.tax_rate, 10)
        self.assertEqual(old.line_ids.tax_rate, 7, "as written")


@tagged("post_install", "-at_install")
class TestWordsAndPages(RateCase):
    def test_reminders_and_open_items_say_why(self):
        bill = self.bill(1000)
        self.decree()
        self.come()
        self.assertEqual(bill._open_item_row()["amount"], 1100)
        self.assertIn("10 %", bill._open_item_row()["note"])
        self.assertIn("10 % from", bill._open_items_table())
        self.assertEqual(bill._amount_to_transfer(), 1100)

    def test_what_is_not_concerned_says_nothing(self):
        bill = self.bill(1000)
        self.come()
        self.assertFalse(bill.rate_note)
        self.assertEqual(bill._open_items_table().count("<p>"), 0)
        self.assertEqual(bill.amount_due, 1070)
        self.assertFalse(bill._marked_words())

    def test_whoever_opens_the_file_reads_what_is_due_now(self):
        bill = self.bill(1000)
        self.decree()
        self.come()
        self.assertEqual(bill._marked_words(), ["Tax 10 %", "To pay: THB 1,100.00"])
        self.paid(bill, 1100)
        self.assertFalse(bill._marked_words())

    def test_the_customer_reads_it_in_their_language(self):
        self.env["res.lang"]._activate_lang("th_TH")
        bill = self.bill(1000, lang="th_TH")
        self.decree()
        self.come()
        self.assertIn("ตั้งแต่", bill._open_item_row()["note"])
        self.assertIn("is 10 % from", bill.rate_note)
