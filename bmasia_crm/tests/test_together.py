"""One invoice for several contracts of one buyer."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .together import TAX_ID, TogetherCase


@tagged("post_install", "-at_install")
class TestTogether(TogetherCase):
    def test_what_is_due_on_a_day_is_one_invoice_of_the_payer(self):
        invoice = self.run_cron()
        self.assertEqual(len(invoice), 1)
        self.assertEqual(invoice.customer_id, self.payer)
        self.assertEqual(invoice.amount_untaxed, 3000)
        self.assertEqual(invoice.contract_ids, self.all)
        self.assertFalse(invoice.contract_id)
        self.assertEqual(invoice.schedule_ids, self.due_rows(invoice))
        self.assertFalse(self.due())

    def due_rows(self, invoice):
        return self.all.schedule_ids.filtered(lambda row: row.invoice_id == invoice)

    def test_each_day_has_its_own(self):
        self.go_to("2026-05-02")
        invoices = self.run_cron()
        days = [str(day) for day in invoices.mapped("period_start")]
        self.assertEqual(days, ["2026-03-01", "2026-04-01", "2026-05-01"])

    def test_it_is_grouped_by_venue_with_its_period_and_sum(self):
        invoice = self.run_cron()
        groups = [
            (group["name"], group["lines"].mapped("name")[1:], group["subtotal"])
            for group in invoice._line_groups()
        ]
        period = "Contract %s: 1 March 2026 – 31 March 2026"
        self.assertEqual(
            groups,
            [
                (
                    contract.customer_id.name,
                    [period % contract.name, f"Music {contract.customer_id.name}"],
                    1000,
                )
                for contract in self.venues
            ],
        )

    def test_it_is_in_one_language_where_the_contracts_are_in_two(self):
        self.env["res.lang"]._activate_lang("th_TH")
        self.payer.partner_id.lang = "th_TH"
        self.venues[1].lang = "th_TH"
        words = self.run_cron().line_ids.mapped("name")
        self.assertEqual(len([name for name in words if "มีนาคม 2569" in name]), 3)
        self.assertFalse([name for name in words if "2026" in name.split(":")[-1]])

    def test_two_contracts_of_a_venue_stand_under_its_name_once(self):
        self.venues.append(self.venue("More", customer=self.venues[0].customer_id))
        groups = self.run_cron()._line_groups()
        found = [(group["name"], group["subtotal"]) for group in groups]
        self.assertEqual(found, [("Anantara", 2000), ("Avani", 1000), ("Oaks", 1000)])

    def test_one_invoice_per_contract_unless_the_payer_wants_one(self):
        self.payer.invoicing = "contract"
        invoices = self.run_cron()
        self.assertEqual(len(invoices), 3)
        self.assertEqual(invoices.contract_id, self.all)
        self.assertEqual(invoices.customer_id, self.payer)
        self.assertEqual(
            invoices.mapped("property_name"), ["Anantara", "Avani", "Oaks"]
        )
        self.assertEqual(len(invoices[0]._line_groups()), 1)
        self.assertNotIn("subtotal", invoices[0]._line_groups()[0])

    def test_the_button_of_one_contract_bills_its_companions_too(self):
        opened = self.venues[1].with_user(self.pom).action_create_invoices()
        self.assertEqual(len(self.all.invoice_ids), 1)
        self.assertEqual(opened["res_id"], self.all.invoice_ids.id)

    def test_the_end_of_a_term_bills_its_companions_too(self):
        self.venues[0].with_user(self.norbert).action_cancel("Closed")
        self.assertEqual(len(self.all.invoice_ids), 1)
        self.assertEqual(self.all.invoice_ids.contract_ids, self.all)

    def test_another_entity_currency_or_buyer_is_another_invoice(self):
        self.venues[0] = self.venue("HK", company_id=self.hongkong.id)
        self.venues.append(
            self.venue(
                "USD", currency_id=self.currency("USD").id, start_date="2026-03-01"
            )
        )
        other = self.make_company("Other", vat=TAX_ID, branch="1", invoicing="day")
        self.venues.append(self.venue("Branch", payer_id=other.id))
        for contract in self.venues:
            contract.with_user(self.pom).action_create_invoices()
        sizes = sorted(len(invoice.schedule_ids) for invoice in self.all.invoice_ids)
        self.assertEqual(sizes, [1, 1, 1, 3])

    def test_the_same_tax_id_and_branch_is_the_same_buyer(self):
        twin = self.make_company(
            "Minor (again)", vat="0-1055-51234-56-7", branch="head office"
        )
        twin.invoicing = "day"
        self.venues.append(self.venue("Twin", payer_id=twin.id))
        self.assertEqual(len(self.run_cron()), 1)

    def test_one_that_cannot_be_billed_leaves_the_others_together(self):
        bad = self.venues[1]
        self.env.cr.execute(
            "UPDATE bmasia_contract_line SET name = ' ' WHERE contract_id = %s",
            (bad.id,),
        )
        bad.line_ids.invalidate_recordset()
        with self.assertLogs("odoo.addons.bmasia_crm", "WARNING"):
            invoice = self.run_cron()
        self.assertEqual(len(invoice), 1)
        self.assertEqual(invoice.contract_ids, self.all - bad)
        self.assertEqual(bad.activity_ids.summary, "Not invoiced")

    def test_customers_and_payers_are_checked(self):
        stranger = self.make_company("Stranger")
        invoice = self.run_cron()
        with self.assertRaises(ValidationError):
            invoice.write(
                {"customer_id": stranger.id, "partner_id": stranger.partner_id.id}
            )


@tagged("post_install", "-at_install")
class TestTogetherByHand(TogetherCase):
    def test_rows_that_were_chosen_are_one_invoice(self):
        self.payer.invoicing = "contract"
        self.go_to("2026-04-02")
        rows = self.due()
        opened = rows.action_bill_together()
        invoice = self.env["bmasia.invoice"].browse(opened["res_id"])
        self.assertEqual(invoice.schedule_ids, rows)
        self.assertEqual(invoice.amount_untaxed, 6000)
        days = (str(invoice.period_start), str(invoice.period_end))
        self.assertEqual(days, ("2026-03-01", "2026-04-30"))
        self.assertEqual([g["subtotal"] for g in invoice._line_groups()], [2000] * 3)

    def test_or_as_the_payer_wants_them(self):
        self.due().action_bill()
        self.assertEqual(len(self.all.invoice_ids), 1)

    def test_two_periods_of_one_contract_keep_its_number(self):
        self.go_to("2026-04-02")
        rows = self.due(self.venues[0])
        opened = rows.action_bill_together()
        invoice = self.env["bmasia.invoice"].browse(opened["res_id"])
        self.assertEqual(invoice.contract_id, self.venues[0])
        self.assertEqual(invoice.property_name, "Anantara")

    def test_each_period_of_a_contract_is_credited_of_its_own_lines(self):
        self.go_to("2026-04-11")
        amendment = self.amendment_of(
            self.venues[0],
            start_date="2026-04-06",
            line_ids=[self.line(1200, name="More")],
        )
        amendment.action_mark_sent()
        amendment.action_activate(amendment._today())
        rows = self.due(self.venues[0])
        self.assertEqual(rows.mapped("amount_untaxed"), [1000, 1000, 83.33])
        opened = rows.action_bill_together()
        invoice = self.env["bmasia.invoice"].browse(opened["res_id"])
        invoice.action_issue()
        self.venues[0].action_pause("2026-03-30", "2026-04-15", "Closed")
        notes = invoice.credit_note_ids.sorted("id")
        for note in notes:
            note.with_user(self.pom).action_issue()
        net = [sorted(note.line_ids.mapped("amount_untaxed")) for note in notes]
        # 2 of 31 days of March; 15 of 30 of April, 10 of them of both
        self.assertEqual(net, [[64.52], [33.33, 500]])
        self.assertEqual(notes[0].line_ids.reversed_line_id.schedule_id, rows[0])

    def test_what_does_not_go_together_is_refused_in_words(self):
        other = self.venue("Other", payer_id=False)
        foreign = self.venue("USD", currency_id=self.currency("USD").id)
        billed, credit = self.due()[0], self.due()[1]
        billed.action_bill()
        ahead = self.venues[2].schedule_ids[5].with_user(self.pom)
        credit.sudo().amount_untaxed = -5
        for rows, words in (
            (self.due(self.venues[2] | other), "several buyers: .*Minor.*Other"),
            (self.due(self.venues[2] | foreign), "one currency"),
            (billed, "bills this period already"),
            (ahead, "billed from 1 August 2026 on"),
            (credit, "nothing is to be billed"),
            (self.env["bmasia.contract.schedule"].with_user(self.pom), "Choose"),
        ):
            with self.subTest(words), self.assertRaisesRegex(UserError, words):
                rows.action_bill_together()

    def test_only_finance_bills(self):
        rows = self.due().with_user(self.nikki)
        for act in (rows.action_bill, rows.action_bill_together):
            with self.assertRaises(AccessError):
                act()
        self.assertFalse(self.all.invoice_ids)

    def test_a_period_keeps_the_invoice_that_it_has(self):
        invoice = self.run_cron()
        other = self.invoice().sudo()
        row = invoice.schedule_ids[0].sudo()
        with self.assertRaisesRegex(UserError, "has an invoice already"):
            row.invoice_id = other
        with self.assertRaisesRegex(UserError, "written by the system"):
            invoice.with_user(self.pom).write({"schedule_ids": [(5,)]})


@tagged("post_install", "-at_install")
class TestTogetherUndone(TogetherCase):
    def setUp(self):
        super().setUp()
        self.bill = self.run_cron().with_user(self.pom)
        self.first, self.second, self.third = self.venues

    def issued(self):
        self.bill.action_issue()
        return self.bill

    def test_a_cancelled_one_frees_all_its_periods(self):
        rows = self.bill.schedule_ids
        self.issued().with_user(self.norbert).action_cancel("Wrong")
        self.assertFalse(rows.invoice_id)
        self.assertEqual(self.bill.contract_ids, self.all, "it stays theirs")
        self.assertEqual(len(self.run_cron()), 2)

    def test_a_draft_that_is_deleted_frees_all_its_periods(self):
        self.bill.unlink()
        self.assertEqual(len(self.due()), 3)
        self.assertEqual(len(self.run_cron()), 1)

    def test_one_issued_anew_keeps_all_its_periods(self):
        rows = self.issued().schedule_ids
        made = self.bill.browse(
            self.bill.action_replace("Name", {"property_name": "All"})["res_id"]
        )
        self.assertEqual(made.schedule_ids, rows)
        self.assertEqual(made.contract_ids, self.all)
        subtotals = [group["subtotal"] for group in made._line_groups()]
        self.assertEqual(subtotals, [1000] * 3)
        self.second.with_user(self.norbert).action_cancel("Closed")
        self.assertEqual(made.credit_note_ids.amount_untaxed, 516.13)

    def test_the_end_of_one_contract_credits_its_own_part_only(self):
        self.issued()
        self.second.with_user(self.norbert).action_cancel("Closed", "2026-03-21")
        note = self.bill.credit_note_ids
        self.assertEqual(note.amount_untaxed, 322.58)  # 10 of 31 days of 1,000
        self.assertEqual(note.contract_id, self.second)
        self.assertEqual(note.property_name, "Avani")
        self.assertEqual(
            note.line_ids.reversed_line_id.contract_line_id, self.second.line_ids
        )
        note.with_user(self.pom).action_issue()
        self.assertEqual(self.bill.state, "issued")
        self.assertEqual(
            self.bill.amount_due, self.bill.amount_total - note.amount_total
        )

    def test_each_contract_is_credited_by_itself(self):
        self.issued()
        for contract in (self.first, self.third):
            contract.with_user(self.norbert).action_cancel("Closed")
        notes = self.bill.credit_note_ids
        self.assertEqual(notes.contract_id, self.first | self.third)
        for note in notes.sorted("id"):
            note.with_user(self.pom).action_issue()
        self.assertEqual(sum(notes.mapped("amount_untaxed")), 1032.26)

    def test_a_credit_by_hand_does_not_forbid_a_pause_of_another(self):
        self.issued()
        line = self.bill.line_ids.filtered(
            lambda line: line.contract_line_id.contract_id == self.first
        )
        opened = self.bill.action_credit("Broken", line.ids, "short")
        note = self.bill.browse(opened["res_id"])
        self.assertEqual(note.contract_ids, self.first)
        note.action_issue()
        days = ("2026-03-20", "2026-03-21", "Closed")
        with self.assertRaisesRegex(UserError, "has credited"):
            self.first.action_pause(*days)
        self.second.action_pause(*days)
        self.assertEqual(len(self.bill.credit_note_ids), 2)

    def test_credited_whole_it_is_grouped_as_the_invoice(self):
        opened = self.issued().action_credit("All wrong", ground="overcharged")
        note = self.bill.browse(opened["res_id"])
        self.assertEqual([g["subtotal"] for g in note._line_groups()], [1000] * 3)
        self.assertEqual(note.contract_ids, self.all)

    def test_a_change_of_one_contract_bills_the_rest_of_a_draft_anew(self):
        draft = self.bill
        self.second.with_user(self.norbert).action_cancel("Closed", "2026-03-21")
        self.assertFalse(draft.exists())
        bills = self.all.invoice_ids
        self.assertEqual(bills.contract_ids, self.first | self.third)
        self.assertEqual(bills.amount_untaxed, 2000)
        self.run_cron()
        self.assertEqual(sum(self.all.invoice_ids.mapped("amount_untaxed")), 2677.42)
        rows = self.all.schedule_ids.filtered("invoice_id")
        self.assertEqual(len(rows), 3)
