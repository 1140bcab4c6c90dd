"""What somebody types into a dialog is theirs, and stays with what it is about."""

from contextlib import suppress

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw, get_public_method
from odoo.tests import new_test_user, tagged

from .common import CrmCase
from .entities import Undone, own_addons

OPERATIONS = ("read", "write", "unlink")


@tagged("post_install", "-at_install")
class TestWizardsAreTheirMakers(CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # both may do everything, and are no exception
        cls.maker, cls.other = (
            new_test_user(
                cls.env,
                login=f"{name}@example.com",
                groups="bmasia_crm.group_manager,base.group_system",
            )
            for name in ("maker", "other")
        )
        cls.ours = own_addons(cls.env)
        cls.subject = cls.active_contract(company_id=cls.maker.company_id.id)
        cls.master = cls.active_contract(
            company_id=cls.maker.company_id.id, category="master"
        )
        cls.draft = cls.quote(company_id=cls.maker.company_id.id)
        cls.owed = cls.issued_invoice(company_id=cls.maker.company_id.id)
        advance = {"contract_id": cls.subject.id, "amount": 10}
        cls.paid = cls.env["bmasia.payment"].register(
            cls.subject.customer_id.id,
            cls.maker.company_id.id,
            10,
            allocations=[advance],
        )["payment"]
        offered = cls.quote(company_id=cls.maker.company_id.id)
        link, _address = cls.env["document.link"]._make(offered, "mail")
        questions = cls.env["document.question"]
        cls.asked = questions._ask(offered, link, "Somchai", "May we start in May?")
        if "bmasia.payment.claim" in cls.env:  # of an addon that can be missing
            values = {"invoice_id": cls.owed.id, "company_id": cls.maker.company_id.id}
            cls.reported = cls.env["bmasia.payment.claim"].create(values)
        if "document.signing" in cls.env:
            cls.signer = cls.asked_signer()

    @classmethod
    def asked_signer(cls):
        """Norbert, who is to sign a contract for us."""
        contract = cls.contract(company_id=cls.maker.company_id.id)
        contract.action_mark_sent()
        norbert = {"name": "Norbert", "email": cls.norbert.email}
        norbert.update(side="seller", user_id=cls.norbert.id)
        made = cls.env["document.signing"]._make(
            contract, contract._kept_pdf(), [norbert], False, contract._today()
        )
        return made.signer_ids

    def wizards(self):
        """Every model of dialogs that somebody may write, whichever addon brings it."""
        for model in self.env.values():
            if model._transient and not model._abstract:
                mine = model.with_user(self.maker)
                if any(mine.has_access(operation) for operation in OPERATIONS):
                    yield mine

    def opened(self, model):
        """One as its maker opens it; None where it takes more than we know here."""
        values = {
            "document.send.wizard": {"document": f"bmasia.quote,{self.draft.id}"},
            "bmasia.transition.wizard": {
                "document": f"bmasia.contract,{self.subject.id}",
                "transition": "cancel",
            },
            "bmasia.renew.wizard": {"contract_id": self.subject.id},
            "bmasia.change.wizard": {"contract_id": self.subject.id},
            "bmasia.chain.wizard": {"master_id": self.master.id},
            "bmasia.day.wizard": {"contract_id": self.subject.id},
            "bmasia.quote.invoice.wizard": {"quote_id": self.draft.id},
            "bmasia.credit.line.wizard": {"line_id": self.owed.line_ids[0].id},
            "bmasia.payment.wizard": {"customer_id": self.hilton.id},
            "bmasia.write.off.wizard": {"invoice_id": self.owed.id},
            "document.answer.wizard": {
                "question_id": self.asked.id,
                "answer": "Yes",
            },
            "document.copies.wizard": {
                "document": f"bmasia.invoice,{self.owed.id}",
                "which": "copy",
            },
            "bmasia.advance.return.wizard": {"payment_id": self.paid},
            "document.signing.wizard": {
                "document": f"bmasia.contract,{self.subject.id}",
                "expires": "2100-01-01",
            },
            "bmasia.merge.wizard": {"company_ids": self.hilton.ids},
        }.get(model._name, {})
        if model._name == "bmasia.payment.claim.wizard":
            values.update(claim_id=self.reported.id)
        if model._name == "document.signer.wizard":
            values.update(signer_id=self.signer.id, user_id=self.pom.id)
        if model._name == "document.send.wizard":
            values.update(subject="Mine", body="<p>Mine</p>")
        if model._name == "bmasia.renew.wizard.line":
            renewal = self.opened(self.env["bmasia.renew.wizard"].with_user(self.maker))
            return renewal.line_ids
        if model._name == "bmasia.change.effect":
            dialog = self.opened(self.env["bmasia.change.wizard"].with_user(self.maker))
            values = {"wizard_id": dialog.id}
        if model._name in ("bmasia.chain.wizard.line", "bmasia.chain.wizard.effect"):
            dialog = self.opened(self.env["bmasia.chain.wizard"].with_user(self.maker))
            values = {"wizard_id": dialog.id, "contract_id": self.master.id}
        if model._name == "bmasia.quote.invoice.wizard.line":
            dialog = self.opened(
                self.env["bmasia.quote.invoice.wizard"].with_user(self.maker)
            )
            values = {"wizard_id": dialog.id, "line_id": self.draft.line_ids.id}
        if model._name == "bmasia.payment.wizard.line":
            dialog = self.opened(
                self.env["bmasia.payment.wizard"].with_user(self.maker)
            )
            values = {
                "wizard_id": dialog.id,
                "document": f"bmasia.contract,{self.subject.id}",
            }
        if model._name == "document.signing.wizard.signer":
            dialog = self.opened(
                self.env["document.signing.wizard"].with_user(self.maker)
            )
            values = {"wizard_id": dialog.id, "name": "Somchai"}
        with suppress(Exception), self.env.cr.savepoint():
            wizard = model.create(values)
            # what it fills in itself is made by its maker, not by who comes next
            wizard.read()
            return wizard
        return None

    def test_nobody_else_reads_writes_or_deletes_one(self):
        tried = set()
        for model in self.wizards():
            with self.subTest(model=model._name):
                self.assert_ruled(model)
                if wizard := self.opened(model):
                    tried.add(model._name)
                    self.assert_closed(wizard)
        own = (model for model in self.wizards() if model._original_module in self.ours)
        mine = {model._name for model in own}
        self.assertEqual(mine - tried, set(), "Say in opened() how it is opened.")
        self.assertGreater(len(tried), 10)

    def assert_ruled(self, model):
        """Also those that cannot be opened here."""
        rules = self.env["ir.rule"].with_user(self.other)
        theirs = model.sudo().new({"create_uid": self.maker.id})
        mine = model.sudo().new({"create_uid": self.other.id})
        for operation in OPERATIONS:
            domain = rules._compute_domain(model._name, operation)
            self.assertFalse(theirs.filtered_domain(domain))
            own = mine.filtered_domain(domain)
            self.assertTrue(own or model._original_module not in self.ours)

    def assert_closed(self, wizard):
        self.env.flush_all()
        self.env.invalidate_all()
        stolen = wizard.with_user(self.other)
        for operation in OPERATIONS:
            self.assertFalse(stolen.has_access(operation), operation)
            self.assertTrue(wizard.has_access(operation) or wizard._original_module)
        self.assertFalse(stolen.search([("id", "in", wizard.ids)]))
        for act in (
            lambda: stolen.read(["id"]),
            lambda: stolen.write({"create_date": False}),
            lambda: stolen.unlink(),
        ):
            with self.assertRaises(AccessError):
                act()

    def test_nobody_else_presses_a_button_of_ours(self):
        for model in self.wizards():
            if model._original_module not in self.ours:
                continue
            wizard = self.opened(model)
            for name in dir(type(model)):
                if name.startswith("action_") and self.is_our_button(model, name):
                    with self.subTest(model=model._name, button=name):
                        self.assert_refused(wizard, name)

    def is_our_button(self, model, name):
        try:
            method = get_public_method(model, name)
        except (AccessError, AttributeError):
            return False
        return method.__module__.split(".")[2] in self.ours

    def assert_refused(self, wizard, name):
        self.env.flush_all()
        self.env.invalidate_all()
        others = self.env[wizard._name].with_user(self.other)
        before = self.subject.state, self.subject.renewal_id, self.draft.send_state
        harmless = ("action_set_up_mailbox",)  # opens one's own preferences
        with suppress(Undone), self.env.cr.savepoint():
            if name in harmless:
                raise Undone
            with self.assertRaises(AccessError):
                call_kw(others, name, [wizard.ids], {})
        after = self.subject.state, self.subject.renewal_id, self.draft.send_state
        self.assertEqual(after, before)

    # ------------------------------------------------------------
    # WHAT IT IS ABOUT
    # ------------------------------------------------------------

    def test_it_stays_with_what_it_was_opened_for(self):
        another = self.active_contract(company_id=self.maker.company_id.id)
        wizards = {
            model._name: self.opened(model)
            for model in self.wizards()
            if model._original_module in self.ours
        }
        for name, change in (
            ("document.send.wizard", {"document": f"bmasia.contract,{another.id}"}),
            ("document.send.wizard", {"mail_template": "mail.message_origin_link"}),
            ("bmasia.transition.wizard", {"document": f"bmasia.contract,{another.id}"}),
            ("bmasia.transition.wizard", {"transition": "activate"}),
            ("bmasia.renew.wizard", {"contract_id": another.id}),
            ("bmasia.renew.wizard.line", {"line_id": another.line_ids[0].id}),
        ):
            with self.subTest(model=name, **change):
                with self.assertRaisesRegex(UserError, "opened for something else"):
                    wizards[name].write(change)
        wizards["document.send.wizard"].write({"subject": "Corrected"})
        wizards["bmasia.transition.wizard"].write({"reason": "They closed"})
        wizards["bmasia.transition.wizard"].action_confirm()
        self.assertEqual(self.subject.state, "cancelled")
        self.assertEqual(another.state, "active")

    def test_it_asks_again_whether_its_maker_may(self):
        contract = self.active_contract(company_id=self.maker.company_id.id)
        wizard = self.env["bmasia.renew.wizard"].with_user(self.maker)
        wizard = wizard.create({"contract_id": contract.id})
        self.maker.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        with self.assertRaises(AccessError):
            wizard.action_confirm()
        self.assertFalse(contract.renewal_id)

    def test_it_is_not_opened_for_what_its_maker_may_not_write(self):
        bill = self.issued_invoice()
        for model, values in (
            ("bmasia.transition.wizard", {"transition": "cancel"}),
            ("document.send.wizard", {"subject": "x", "body": "x"}),
        ):
            about = {"document": f"bmasia.invoice,{bill.id}", **values}
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.nikki).create(about)

    def test_a_mail_settles_a_reminder_of_its_own_document_only(self):
        reminder = self.env["document.reminder"].create(
            {
                "kind": "quote_3",
                "cycle": "2026-01-01",
                "res_model": "bmasia.quote",
                "res_id": self.quote().id,
                "company_id": self.maker.company_id.id,
            }
        )
        wizard = {
            "document": f"bmasia.quote,{self.draft.id}",
            "subject": "x",
            "body": "x",
        }
        with self.assertRaisesRegex(UserError, "another document"):
            self.env["document.send.wizard"].with_user(self.maker).create(
                {**wizard, "notice_id": reminder.id}
            )

    def test_only_a_reminder_leaves_without_the_document(self):
        about = {
            "document": f"bmasia.quote,{self.draft.id}",
            "subject": "x",
            "body": "x",
        }
        wizards = self.env["document.send.wizard"].with_user(self.maker)
        for template in ("base.user_admin", "none", "bmasia_crm.template_quote_send"):
            with self.subTest(template):
                with self.assertRaisesRegex(UserError, "No reminder is sent"):
                    wizards.create({**about, "mail_template": template})
        own = self.draft._reminder_rule.template
        self.assertTrue(wizards.create({**about, "mail_template": own}))
