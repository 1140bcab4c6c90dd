"""A customer reports a payment on the page of an invoice."""

import io

from PIL import Image

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.common import PDF
from odoo.addons.bmasia_crm.tests.pages import PageCase

from ..tools import slips


def picture():
    """A PNG of one dot."""
    written = io.BytesIO()
    Image.new("RGB", (1, 1)).save(written, "PNG")
    return written.getvalue()


PNG = picture()


@tagged("post_install", "-at_install")
class TestPaymentClaims(PageCase):
    def setUp(self):
        super().setUp()
        self.invoice_ = self.issued_invoice()
        self.path = self.path_of(self.invoice_)

    def report(self, files=None, **form):
        today = str(self.invoice_._today())
        form = {"amount": "14,980.00", "date": today, **form}
        return self.post(f"{self.path}/paid", files=files, **form)

    def claim(self):
        self.report()
        return self.invoice_.claim_ids

    def test_it_is_a_proposal_never_a_booking(self):
        answer = self.report(claim_name="Anong", note="From SCB")
        self.assertEqual(answer.status_code, 303)
        [claim] = self.invoice_.claim_ids
        self.assertEqual((claim.amount, claim.name), (14980.0, "Anong"))
        self.assertEqual(claim.note, "From SCB")
        self.assertEqual(claim.company_id, self.thailand)
        self.assertEqual(self.invoice_.amount_due, 14980.0)
        self.assertFalse(self.invoice_.payment_ids)
        self.assertIn(
            "Nothing is booked", "".join(self.invoice_.message_ids.mapped("body"))
        )
        self.assertIn("You reported a payment", self.words(self.get(self.path)))

    def test_its_slip_is_kept(self):
        for name, content, kind in (
            ("slip.png", PNG, "image/png"),
            ("evil.html", PDF, "application/pdf"),
        ):
            self.report(files={"slip": (name, content)})
            slip = self.invoice_.claim_ids[0].slip_id
            self.assertEqual(slip.raw, content)
            self.assertEqual(slip.mimetype, kind)
            self.assertFalse(slip.name.endswith("html"))
            self.assertFalse(slip.public)

    def test_what_is_no_slip_is_refused_and_nothing_is_lost(self):
        large = PNG + b"\0" * slips.LARGEST
        larger = PNG + b"\0" * (2 * slips.LARGEST)
        for content in (b"<script>alert(1)</script>", b"MZ\x90\0", large, larger):
            answer = self.report(files={"slip": ("slip.png", content)}, note="By SCB")
            self.assertEqual(answer.status_code, 422)
            self.assertIn("By SCB", answer.text)
        self.assertFalse(self.invoice_.claim_ids)

    def test_amounts_and_days_make_sense(self):
        for form in (
            *(
                {"amount": amount}
                for amount in ("", "x", "0", "-5", "nan", "1e99", "๑")
            ),
            *({"date": day} for day in ("2999-01-01", "x", "0001-01-01")),
        ):
            with self.subTest(form):
                answer = self.report(note="Kept", **form)
                self.assertEqual(answer.status_code, 422)
                self.assertIn("Kept", answer.text)
        self.assertFalse(self.invoice_.claim_ids)

    def test_a_get_reports_nothing(self):
        self.assertEqual(self.get(f"{self.path}/paid", amount="5").status_code, 405)
        self.assertFalse(self.invoice_.claim_ids)

    def test_it_is_reported_a_few_times_a_day(self):
        self.reach_limit("claim")
        self.assertEqual(self.report().status_code, 422)
        self.assertFalse(self.invoice_.claim_ids)

    def test_only_where_something_is_asked_for(self):
        quote = self.path_of(self.document)
        self.post(f"{quote}/paid", amount="5", date="2026-01-01")
        self.invoice_.with_user(self.norbert).action_cancel("a slip")
        self.report()
        self.assertFalse(self.env["bmasia.payment.claim"].search([]))

    def test_finance_finds_it_on_my_day_until_it_is_paid(self):
        self.claim()

        def todos(user):
            day = self.env["document.day"].with_user(user).get_day()
            found = [todo for area in day["areas"] for todo in area["todos"]]
            return [todo for todo in found if todo["key"] == "payment_claims"]

        [todo] = todos(self.pom)
        self.assertEqual(todo["amounts"], [[self.currency("THB").id, 14980.0]])
        self.assertFalse(todos(self.nikki))
        self.invoice_.with_user(self.pom).action_register_payment(14980.0)
        self.assertFalse(todos(self.pom))

    def test_register_payment_opens_with_what_was_said(self):
        claim = self.claim().with_user(self.pom)
        action = claim.action_register()
        dialog = self.env[action["res_model"]].with_user(self.pom)
        dialog = dialog.with_context(**action["context"]).create({})
        self.assertEqual((dialog.amount, dialog.date), (14980.0, claim.date))
        self.assertEqual(dialog.line_ids.document, self.invoice_)

    def test_finance_closes_it(self):
        claim = self.claim()
        with self.assertRaises(AccessError):
            claim.with_user(self.nikki).action_close()
        claim.with_user(self.pom).action_close()
        self.assertEqual((claim.state, claim.closed_by_id), ("closed", self.pom))
        self.assertNotIn("You reported", self.words(self.get(self.path)))

    def test_a_slip_is_opened_by_who_sees_the_claim(self):
        claim = self.claim().with_user(self.pom)
        with self.assertRaisesRegex(UserError, "no slip"):
            claim.action_open_slip()
        self.report(files={"slip": ("slip.png", PNG)})
        claim = self.invoice_.claim_ids[0]
        slip = claim.slip_id
        self.assertIn(str(slip.id), claim.with_user(self.pom).action_open_slip()["url"])
        self.pom.write(
            {"company_ids": [(6, 0, self.hongkong.ids)], "company_id": self.hongkong.id}
        )
        for user in (self.pom, self.customer, self.visitor):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    claim.with_user(user).read(["amount"])
                with self.assertRaises(AccessError):
                    claim.with_user(user).action_open_slip()
                with self.assertRaises(AccessError):
                    slip.with_user(user).read(["raw"])

    def test_nobody_writes_or_deletes_one(self):
        claim = self.claim().with_user(self.norbert)
        for act in (
            lambda: claim.write({"amount": 1}),
            claim.unlink,
            lambda: claim.create({"invoice_id": self.invoice_.id}),
        ):
            with self.assertRaises(UserError):
                act()
        self.assertEqual(claim.amount, 14980.0)
