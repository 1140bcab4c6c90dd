"""Each transition: who may make it, what forbids it, which day it writes down.

The tables of ``tools/transitions.py`` stand here once more, from the other side: not
copied from them, so that a row, a role or a guard that falls out of them is missed.
Each has a test of its own, made from the table below and named after it, as
``test_bmasia_quote_sent_to_accepted_check_not_expired``; ``./run mutate`` removes each
in turn and wants that test to fall.
"""

from dataclasses import dataclass, field

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import CrmCase

# from the least to the most; whoever is right of a role may do what it may
ROLES = ("employee", "nikki", "pom", "norbert")
EVERYBODY, USER, FINANCE, MANAGER = ROLES
LONG_AGO = "2020-03-05 05:00:00"


@dataclass
class Case:
    """One transition.

    :param who: the least role that may
    :param ready: a method of ``Situations``: a document that may be taken there
    :param forbidden: by guard, a method that makes a document that must not be, and
        words of the refusal
    :param stamp: the field in which today's date stands afterwards
    """

    who: str
    ready: str
    forbidden: dict = field(default_factory=dict)
    stamp: str = ""


NO_LINES = ("without_lines", "no lines")
NO_NUMBER = ("draft", "never got a number")
NO_REVISION = "No revision of .* has been sent"
OVER = "was valid until"
CASES = {
    "bmasia.statement": {
        ("draft", "sent"): Case(
            FINANCE,
            "statement",
            {"_check_can_leave_draft": ("statement_ahead", "ahead of its day")},
        ),
    },
    "bmasia.quote": {
        ("draft", "sent"): Case(USER, "draft", {"_check_can_leave_draft": NO_LINES}),
        ("draft", "rejected"): Case(
            USER, "numbered", {"_check_has_number": NO_NUMBER}, "rejected_date"
        ),
        ("sent", "accepted"): Case(
            USER,
            "valid_quote",
            {"_check_not_expired": ("ended_quote", OVER)},
            "accepted_date",
        ),
        ("sent", "rejected"): Case(USER, "ended_quote", stamp="rejected_date"),
        ("accepted", "sent"): Case(
            MANAGER,
            "ended_quote",
            {"_check_can_reopen": ("quote_with_contract", "Delete that draft")},
        ),
        ("rejected", "sent"): Case(
            MANAGER,
            "ended_quote",
            {"_check_can_reopen": ("quote_with_contract", "Delete that draft")},
        ),
        ("sent", "expired"): Case(
            EVERYBODY,
            "ended_quote",
            {"_check_validity_over": ("valid_quote", "is still valid")},
        ),
        ("sent", "superseded"): Case(
            EVERYBODY,
            "revised_quote",
            {"_check_revision_sent": ("quote_under_revision", NO_REVISION)},
        ),
        ("expired", "sent"): Case(
            USER, "valid_quote", {"_check_not_expired": ("ended_quote", OVER)}
        ),
        ("expired", "superseded"): Case(
            EVERYBODY,
            "revised_quote",
            {"_check_revision_sent": ("quote_under_revision", NO_REVISION)},
        ),
        ("rejected", "superseded"): Case(
            EVERYBODY,
            "revised_quote",
            {"_check_revision_sent": ("quote_under_revision", NO_REVISION)},
        ),
    },
    "bmasia.contract": {
        ("draft", "sent"): Case(USER, "draft", {"_check_can_leave_draft": NO_LINES}),
        ("draft", "cancelled"): Case(
            MANAGER, "numbered", {"_check_has_number": NO_NUMBER}, "cancelled_date"
        ),
        ("sent", "active"): Case(
            USER,
            "signed_contract",
            {"_check_can_activate": ("draft", "on which day the contract was signed")},
        ),
        ("sent", "cancelled"): Case(MANAGER, "draft", stamp="cancelled_date"),
        ("active", "sent"): Case(
            MANAGER,
            "signed_contract",
            {"_check_can_reopen": ("amended_contract", "Delete that draft")},
        ),
        ("active", "cancelled"): Case(MANAGER, "draft", stamp="cancelled_date"),
        ("active", "expired"): Case(
            EVERYBODY,
            "ended_contract",
            {"_check_term_over": ("draft", "runs until")},
        ),
        ("active", "renewed"): Case(
            EVERYBODY,
            "renewed_contract",
            {"_check_successor_started": ("contract_under_renewal", "not started")},
        ),
        ("expired", "sent"): Case(
            MANAGER,
            "ended_contract",
            {"_check_can_reopen": ("contract_under_renewal", "Delete that draft")},
        ),
        ("expired", "renewed"): Case(
            EVERYBODY,
            "renewed_contract",
            {"_check_successor_started": ("contract_under_renewal", "not started")},
        ),
        ("renewed", "active"): Case(
            EVERYBODY,
            "contract_under_renewal",
            {"_check_successor_open": ("renewed_contract", "is signed")},
        ),
        ("renewed", "expired"): Case(
            EVERYBODY,
            "contract_under_renewal",
            {"_check_successor_open": ("renewed_contract", "is signed")},
        ),
    },
    "bmasia.amendment": {
        ("draft", "sent"): Case(
            USER,
            "amendment",
            {"_check_can_leave_draft": ("empty_amendment", "changes nothing yet")},
        ),
        ("draft", "cancelled"): Case(
            MANAGER,
            "numbered_amendment",
            {"_check_has_number": ("amendment", "never got a number")},
            "cancelled_date",
        ),
        ("sent", "active"): Case(
            USER,
            "signed_amendment",
            {"_check_can_activate": ("amendment", "on which day")},
        ),
        ("sent", "cancelled"): Case(MANAGER, "amendment", stamp="cancelled_date"),
        ("active", "sent"): Case(
            MANAGER,
            "signed_amendment",
            {"_check_can_reopen": ("amendment_of_ended", "is not running")},
        ),
        ("active", "cancelled"): Case(
            MANAGER,
            "coming_amendment",
            {"_check_can_withdraw": ("amendment", "holds since")},
            "cancelled_date",
        ),
    },
    "bmasia.invoice": {
        ("draft", "issued"): Case(
            FINANCE, "draft", {"_check_can_leave_draft": NO_LINES}
        ),
        ("draft", "cancelled"): Case(
            MANAGER, "numbered", {"_check_has_number": NO_NUMBER}, "cancelled_date"
        ),
        ("issued", "paid"): Case(
            EVERYBODY,
            "paid_invoice",
            {"_check_is_paid": ("open_invoice", "not paid in full")},
            "paid_date",
        ),
        ("paid", "issued"): Case(
            EVERYBODY,
            "open_invoice",
            {"_check_is_open": ("paid_invoice", "paid in full")},
        ),
        ("issued", "cancelled"): Case(
            MANAGER,
            "open_invoice",
            {"_check_can_cancel": ("partly_paid_invoice", "part of the books")},
            "cancelled_date",
        ),
        ("issued", "credited"): Case(
            EVERYBODY,
            "credited_invoice",
            {"_check_is_credited": ("open_invoice", "not credited in full")},
        ),
        ("paid", "credited"): Case(
            EVERYBODY,
            "credited_invoice",
            {"_check_is_credited": ("open_invoice", "not credited in full")},
        ),
    },
    "bmasia.billing.note": {
        ("draft", "sent"): Case(
            FINANCE,
            "billing_note",
            {"_check_can_leave_draft": ("empty_note", "no invoices yet")},
        ),
        ("draft", "cancelled"): Case(
            FINANCE,
            "numbered_note",
            {"_check_has_number": ("billing_note", "never got a number")},
            "cancelled_date",
        ),
        ("sent", "cancelled"): Case(FINANCE, "billing_note", stamp="cancelled_date"),
    },
    "bmasia.receipt": {
        ("issued", "voided"): Case(FINANCE, "receipt", stamp="voided_date"),
    },
}


class Situations:
    """Documents in all kinds of situations; the test sets their state afterwards."""

    def draft(self, model):
        return self.make(model)

    def without_lines(self, model):
        document = self.make(model)
        document.line_ids.unlink()
        return document

    def numbered(self, model):
        document = self.make(model)
        document.sudo().name = f"OLD-{document}"
        return document

    def statement(self, model, **values):
        return self.env[model].create({"customer_id": self.hilton.id, **values})

    def statement_ahead(self, model):
        return self.statement(model, date="2099-01-01")

    def valid_quote(self, _model):
        return self.quote()

    def ended_quote(self, _model):
        with freeze_time(LONG_AGO):
            return self.quote(valid_until="2020-03-06")

    def quote_under_revision(self, _model):
        quote = self.quote()
        self.quote()._write_state({"revision_of_id": quote.id})
        return quote

    def revised_quote(self, model):
        quote = self.quote_under_revision(model)
        quote.revision_ids._write_state({"state": "sent"})
        return quote

    def quote_with_contract(self, _model):
        quote = self.quote()
        self.contract()._write_state({"quote_id": quote.id})
        return quote

    def amended_contract(self, _model):
        return self.amendment_of().contract_id

    def amendment_of_ended(self, _model):
        amendment = self.amendment_of()
        amendment.contract_id._write_state({"state": "expired"})
        return amendment

    def signed_contract(self, _model):
        contract = self.contract()
        contract._write_state({"signed_date": contract._today()})
        return contract

    def ended_contract(self, _model):
        with freeze_time(LONG_AGO):
            return self.contract(term_months=12)

    def contract_under_renewal(self, _model):
        contract, renewal = self.ended_contract(None), self.contract()
        renewal._write_state({"renewed_from_id": contract.id})
        return contract

    def renewed_contract(self, model):
        contract = self.contract_under_renewal(model)
        contract.renewal_id._write_state({"state": "active"})
        return contract

    def amendment(self, _model):
        return self.amendment_of()

    def empty_amendment(self, _model):
        return self.amendment_of(line_ids=[])

    def numbered_amendment(self, _model):
        amendment = self.amendment_of()
        amendment.sudo().name = f"OLD-{amendment}"
        return amendment

    def signed_amendment(self, _model):
        amendment = self.amendment_of()
        amendment._write_state({"signed_date": amendment._today()})
        return amendment

    def coming_amendment(self, _model):
        contract = self.active_contract()
        return self.amendment_of(contract, start_date=contract.end_date)

    def empty_note(self, _model):
        notes = self.env["bmasia.billing.note"].with_user(self.pom)
        return notes.create({"customer_id": self.hilton.id, "line_ids": []})

    def billing_note(self, model):
        self.issued_invoice()
        note = self.empty_note(model)
        note.action_fill()
        return note

    def numbered_note(self, model):
        note = self.billing_note(model)
        note.sudo().name = f"OLD-{note}"
        return note

    def open_invoice(self, _model):
        return self.issued_invoice()

    def partly_paid_invoice(self, _model):
        invoice = self.issued_invoice()
        invoice.action_register_payment(10)
        return invoice

    def paid_invoice(self, _model):
        invoice = self.issued_invoice()
        invoice.action_register_payment(invoice.amount_due)
        return invoice

    def receipt(self, _model):
        return self.partly_paid_invoice(None).receipt_ids

    def credited_invoice(self, _model):
        invoice = self.issued_invoice()
        note = invoice.browse(invoice.action_credit("Withdrawn")["res_id"])
        note.action_issue()
        return invoice


@tagged("post_install", "-at_install")
class TestTransitions(Situations, CrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee = new_test_user(cls.env, "employee@example.com")
        cls.employee.company_ids = cls.nikki.company_ids
        cls.let_employees_write()

    @classmethod
    def let_employees_write(cls):
        """Access rights and transitions are two things: here is nothing but the table
        that could stop somebody."""
        parts = {
            field.comodel_name
            for model in CASES
            for field in cls.env[model]._fields.values()
            if field.type == "one2many"
        }
        for name in parts | CASES.keys():
            cls.env["ir.model.access"].create(
                {
                    "name": name,
                    "model_id": cls.env["ir.model"]._get_id(name),
                    "group_id": cls.env.ref("base.group_user").id,
                    "perm_read": True,
                    "perm_write": True,
                }
            )

    def document(self, model, situation, state):
        document = getattr(self, situation)(model)
        document._write_state({"state": state})
        return document

    def take(self, document, state, login=MANAGER):
        document.with_user(getattr(self, login))._transition_to(state)

    def test_every_transition_has_its_tests(self):
        for model, cases in CASES.items():
            table = self.env[model]._transitions
            self.assertEqual(table.keys(), cases.keys())
            for key, transition in table.items():
                with self.subTest(model=model, key=key):
                    self.assertEqual({*transition.guards}, cases[key].forbidden.keys())
                    self.assertEqual(transition.stamp, cases[key].stamp)

    def check_transition(self, model, old, new, case):
        document = self.document(model, case.ready, old)
        self.take(document, new)
        self.assertEqual(document.state, new)

    def check_who(self, model, old, new, case):
        for role in ROLES:
            document = self.document(model, case.ready, old)
            with self.subTest(role):
                if ROLES.index(role) >= ROLES.index(case.who):
                    self.take(document, new, role)
                    self.assertEqual(document.state, new)
                else:
                    with self.assertRaisesRegex(AccessError, "Only members of"):
                        self.take(document, new, role)
                    self.assertEqual(document.state, old)

    def check_guard(self, model, old, new, situation, words):
        document = self.document(model, situation, old)
        with self.assertRaisesRegex(UserError, words):
            self.take(document, new)
        self.assertEqual(document.state, old)

    def check_stamp(self, model, old, new, case):
        document = self.document(model, case.ready, old)
        document._write_state({case.stamp: False})
        self.take(document, new)
        self.assertEqual(document[case.stamp], document._today())


def _add_test(rule, check, *about):
    def test(self):
        getattr(self, check)(*about)

    setattr(TestTransitions, f"test_{rule}", test)


for _model, _cases in CASES.items():
    for (_old, _new), _case in _cases.items():
        _rule, _about = f"{_model}_{_old}_to_{_new}".replace(".", "_"), (_old, _new)
        _add_test(_rule, "check_transition", _model, *_about, _case)
        _add_test(f"{_rule}_who", "check_who", _model, *_about, _case)
        if _case.stamp:
            _add_test(f"{_rule}_stamp", "check_stamp", _model, *_about, _case)
        for _guard, _forbidden in _case.forbidden.items():
            _add_test(_rule + _guard, "check_guard", _model, *_about, *_forbidden)
