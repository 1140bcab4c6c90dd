"""Two signatures at once, in real transactions."""

from datetime import timedelta

from odoo import SUPERUSER_ID
from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.test_at_once import AtOnceCase
from odoo.addons.document_sign.exceptions import AnswerRefused
from odoo.addons.document_sign.tools.signing import SIGNED, read_wish
from odoo.addons.document_sign.tools.wishes import Origin

# What a request leaves, the last first.
TABLES = (
    *("document_signature", "document_event", "document_code", "document_link"),
    *("mail_activity", "document_signing"),
)
PEOPLE = {"Somchai": "somchai@example.com", "Anong": "anong@example.com"}


@tagged("post_install", "-at_install")
class TestSigningAtOnce(AtOnceCase):
    def setUp(self):
        super().setUp()
        self.contract_id = self.make("bmasia.contract")
        self.addCleanup(self.forget)
        with self.worker() as env:
            contract = env["bmasia.contract"].browse(self.contract_id)
            contract.without_clauses = True
            contract.action_mark_sent()
            signers = [
                {"sequence": 1, "side": "customer", "name": name, "email": address}
                for name, address in PEOPLE.items()
            ]
            day = contract._today() + timedelta(days=9)
            request = env["document.signing"]._make(
                contract, contract._kept_pdf(), signers, False, day
            )
            for signer in request.signer_ids:
                signer.write({"state": "asked", "asked_date": env.cr.now()})

    def forget(self):
        """Past the triggers that keep them."""
        here = (self.contract_id,)
        with self.worker() as env:
            env.cr.execute(
                "ALTER TABLE ir_attachment DISABLE TRIGGER USER;"
                "DELETE FROM bmasia_contract_ir_attachment_rel"
                " WHERE bmasia_contract_id = %s",
                here,
            )
            for table in TABLES:
                env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                env.cr.execute(f"DELETE FROM {table} WHERE res_id = %s", here)
                env.cr.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            env["mail.mail"].search([("email_to", "ilike", "@example.com")]).unlink()

    def asked(self, name):
        """A code that one of them has; its id."""
        with self.worker() as env:
            signer = self.signer(env, name)
            link, _key = env["document.link"]._make(
                signer._document(), "sign", signer_id=signer.id, fixed_end=False
            )
            wish = read_wish(
                SIGNED, {"sha256": signer.signing_id.sha256, "full_name": name}
            )
            return signer._ask_for_code(link, wish, Origin()).id

    def signer(self, env, name):
        signers = env["document.signer"].with_user(SUPERUSER_ID)
        here = [("signing_id.res_id", "=", self.contract_id), ("name", "=", name)]
        return signers.search(here)

    def signing(self, name, code_id):
        def job(env):
            signer = self.signer(env, name)
            signer._take(env["document.code"].browse(code_id), Origin())
            return signer.state

        return job

    def test_both_count_and_the_contract_is_active_once(self):
        codes = {name: self.asked(name) for name in PEOPLE}
        answers = self.at_once(*[self.signing(*each) for each in codes.items()])
        self.assertEqual(answers, ["signed", "signed"])
        with self.worker() as env:
            contract = env["bmasia.contract"].browse(self.contract_id)
            self.assertEqual(contract.state, "active")
            self.assertEqual(len(contract.signing_ids.signature_ids), 2)
            kinds = contract.event_ids.mapped("kind")
            self.assertEqual(kinds.count("signing_done"), 1)
            self.assertFalse(env["document.event"]._broken(contract))

    def test_one_code_signs_once(self):
        code = self.asked("Somchai")
        answers = self.at_once(self.signing("Somchai", code))
        told = [each for each in answers if isinstance(each, AnswerRefused)]
        self.assertEqual(len(told), 1, answers)
        with self.worker() as env:
            request = self.signer(env, "Somchai").signing_id
            self.assertEqual(len(request.signature_ids), 1)
