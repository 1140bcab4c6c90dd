"""Contracts that change over REST: paused, skipped, ended, amended, once per key."""

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.bmasia_crm.models import bmasia_term_mixin

from ..controllers import schemas
from .rest import RestCase


@tagged("post_install", "-at_install")
class TestRestChanges(RestCase):
    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time("2026-03-10 05:00:00"))
        self.signed = self.active_contract(
            self.line(12000), start_date="2026-01-01", billing_frequency="monthly"
        )

    def post(self, step, body=None, user=None, contract=None, **headers):
        address = f"contracts/{(contract or self.signed).name}/{step}"
        body = {} if body is None else body
        return self.call(address, user or self.norbert, "POST", body=body, **headers)

    def told(self, answer, model=schemas.ContractDetail):
        self.assertEqual(answer.status_code, 200, answer.text)
        model.model_validate(answer.json(), extra="forbid")
        return answer.json()

    def test_a_pause_a_skipped_period_and_an_end(self):
        days = {"date_from": "2026-04-01", "date_to": "2026-04-10"}
        told = self.told(
            self.post("pause", {**days, "reason": "Works", "said_by": "GM"}, self.nikki)
        )
        (pause,) = told["pause_ids"]
        self.assertEqual((pause["reason"], pause["said_by"]), ("Works", "GM"))
        self.assertIn("Works", told["schedule_ids"][3]["note"])
        told = self.told(
            self.post(
                "skip", {"period_start": "2026-05-01", "reason": "x", "extend": True}
            )
        )
        may = [
            row for row in told["schedule_ids"] if row["period_start"] == "2026-05-01"
        ]
        self.assertEqual(may[0]["amount_untaxed"], 0)
        self.assertEqual(told["end_date"], "2027-01-31")
        told = self.told(
            self.post("cancel", {"reason": "Sold", "last_day": "2026-06-30"})
        )
        self.assertEqual((told["state"], told["last_day"]), ("active", "2026-06-30"))
        told = self.told(self.post("take_back_end"))
        self.assertEqual((told["last_day"], told["end_date"]), (None, "2027-01-31"))
        told = self.told(self.post("cancel", {"reason": "Sold"}))
        self.assertEqual((told["state"], told["cancel_reason"]), ("cancelled", "Sold"))

    def test_once_per_key(self):
        body = {"date_from": "2026-04-01", "date_to": "2026-04-10", "reason": "Works"}
        first = self.told(self.post("pause", body, Idempotency_Key="p-1"))
        again = self.told(self.post("pause", body, Idempotency_Key="p-1"))
        self.assertEqual(again, first)
        self.assertEqual(len(self.signed.pause_ids), 1)
        other = self.post("pause", {**body, "reason": "y"}, Idempotency_Key="p-1")
        self.assertEqual(other.status_code, 422, other.text)
        self.assertEqual(self.post("pause", body).status_code, 422)
        elsewhere = self.active_contract(start_date="2026-01-01")
        other = self.post("pause", body, contract=elsewhere, Idempotency_Key="p-1")
        self.assertEqual(other.status_code, 422)
        self.assertFalse(elsewhere.pause_ids)

    def test_an_amendment_from_its_draft_to_its_end(self):
        line = self.signed.line_ids
        body = {
            "contract_id": self.signed.name,
            "start_date": "2026-04-01",
            "lines": [
                {"name": "More music", "quantity": 2, "unit_price": 12000},
                {"action": "change", "contract_line_id": line.id, "unit_price": 15000},
            ],
            "note": "Pool and lobby",
        }
        answer = self.call(
            "amendments", self.nikki, "POST", body=body, Idempotency_Key="a-1"
        )
        told = self.told(answer, schemas.AmendmentDetail)
        again = self.call(
            "amendments", self.nikki, "POST", body=body, Idempotency_Key="a-1"
        )
        self.assertEqual(again.json(), told)
        self.assertEqual(len(self.signed.amendment_ids), 1)
        self.assertEqual([each["quantity"] for each in told["line_ids"]], [2, 1])
        self.assertEqual(told["effect_total"], 20250)  # 27,000 × 9/12
        amendment = self.signed.amendment_ids
        address = f"amendments/{amendment.id}"
        signed = {"signed_date": "2026-03-10"}
        early = self.call(f"{address}/activate", self.nikki, "POST", body=signed)
        self.assertEqual(early.status_code, 422, early.text)
        amendment.action_mark_sent()
        done = self.call(f"{address}/activate", self.nikki, "POST", body=signed)
        self.assertEqual(self.told(done, schemas.AmendmentDetail)["state"], "active")
        told = self.told(self.call(f"contracts/{self.signed.id}"))
        served = [each["service_from"] for each in told["service_line_ids"]]
        self.assertEqual(sorted(map(str, served)), ["2026-04-01", "2026-04-01", "None"])
        self.assertEqual(len(told["line_ids"]), 1, "as signed")
        why = {"reason": "Changed their mind"}
        refused = self.call(f"{address}/withdraw", self.nikki, "POST", body=why)
        self.assertEqual(refused.status_code, 403, refused.text)
        gone = self.call(f"{address}/withdraw", self.norbert, "POST", body=why)
        told = self.told(gone, schemas.AmendmentDetail)
        self.assertEqual(
            (told["state"], told["cancel_reason"]), ("cancelled", why["reason"])
        )

    def test_what_cannot_be_is_said_and_nothing_done(self):
        days = {"date_from": "2026-04-01", "date_to": "2026-04-10"}
        amend = {"contract_id": self.signed.id, "start_date": "2026-04-01"}
        for status, address, body, user in (
            (422, f"contracts/{self.signed.id}/pause", days, self.norbert),
            (422, f"contracts/{self.signed.id}/pause", {**days, "reason": ""}, None),
            (422, f"contracts/{self.signed.id}/skip", {"reason": "x"}, None),
            (
                *(422, f"contracts/{self.signed.id}/pause"),
                *({**days, "reason": "x", "extend": "no"}, None),
            ),
            (403, f"contracts/{self.signed.id}/cancel", {"reason": "x"}, self.nikki),
            (
                *(422, f"contracts/{self.signed.id}/cancel"),
                *({"reason": "x", "last_day": "2026-01-01"}, self.norbert),
            ),
            (422, f"contracts/{self.signed.id}/take_back_end", {}, self.norbert),
            (404, "contracts/0/pause", {**days, "reason": "x"}, None),
            (404, f"contracts/{self.signed.id}/withdraw", {}, None),
            (404, f"companies/{self.hilton.id}/pause", {}, None),
            (422, "amendments", {**amend, "contract_id": "C-none"}, None),
            (422, "amendments", {**amend, "lines": [{"quantity": 2}]}, None),
            (
                422,
                "amendments",
                {**amend, "lines": [{"name": "x", "quantity": -1}]},
                None,
            ),
            (422, "amendments", {**amend, "start_date": "2020-01-01"}, None),
            (422, "amendments", {**amend, "effect_total": 3}, None),
        ):
            with self.subTest(address, **body):
                answer = self.call(address, user, "POST", body=body)
                self.assertEqual(answer.status_code, status, answer.text)
                self.assertTrue(answer.json()["message"])
        for address in ("contracts/1/pause", "amendments/1/activate"):
            answer = self.call(address)
            self.assertEqual(answer.status_code, 405)
            self.assertEqual(answer.headers["Allow"], "POST")
        self.assertEqual(self.call("contracts/1/withdraw").status_code, 404)
        self.assertFalse(self.signed.pause_ids or self.signed.amendment_ids)
        self.assertEqual((self.signed.state, self.signed.last_day), ("active", False))

    def test_a_term_is_as_long_as_models_take(self):
        self.assertEqual(schemas.MAX_TERM, bmasia_term_mixin.MAX_TERM)
