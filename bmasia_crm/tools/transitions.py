"""The states of quotes, contracts and invoices: who may take them where, and when."""

from odoo.addons.document_flow.tools.transitions import SYSTEM, Transition

USER = "bmasia_crm.group_user"
FINANCE = "bmasia_crm.group_finance"
MANAGER = "bmasia_crm.group_manager"

QUOTE_TRANSITIONS = {
    ("draft", "sent"): Transition(USER, ("_check_can_leave_draft",)),
    ("sent", "accepted"): Transition(USER, ("_check_not_expired",), "accepted_date"),
    ("sent", "rejected"): Transition(USER, (), "rejected_date"),
    ("sent", "expired"): Transition(SYSTEM, ("_check_validity_over",)),
    ("sent", "superseded"): Transition(SYSTEM, ("_check_revision_sent",)),
    ("expired", "sent"): Transition(USER, ("_check_not_expired",)),
    ("expired", "superseded"): Transition(SYSTEM, ("_check_revision_sent",)),
    ("rejected", "superseded"): Transition(SYSTEM, ("_check_revision_sent",)),
}

CONTRACT_TRANSITIONS = {
    ("draft", "sent"): Transition(USER, ("_check_can_leave_draft",)),
    ("draft", "cancelled"): Transition(
        MANAGER, ("_check_has_number",), "cancelled_date"
    ),
    ("sent", "active"): Transition(USER, ("_check_can_activate",)),
    ("sent", "cancelled"): Transition(MANAGER, (), "cancelled_date"),
    ("active", "cancelled"): Transition(MANAGER, (), "cancelled_date"),
    ("active", "expired"): Transition(SYSTEM, ("_check_term_over",)),
    ("active", "renewed"): Transition(SYSTEM, ("_check_successor_started",)),
    ("expired", "renewed"): Transition(SYSTEM, ("_check_successor_started",)),
}

INVOICE_TRANSITIONS = {
    ("draft", "issued"): Transition(FINANCE, ("_check_can_leave_draft",)),
    ("draft", "cancelled"): Transition(
        MANAGER, ("_check_has_number",), "cancelled_date"
    ),
    ("issued", "paid"): Transition(SYSTEM, ("_check_is_paid",), "paid_date"),
    ("issued", "cancelled"): Transition(
        MANAGER, ("_check_can_cancel",), "cancelled_date"
    ),
    ("issued", "credited"): Transition(SYSTEM, ("_check_is_credited",)),
    ("paid", "credited"): Transition(SYSTEM, ("_check_is_credited",)),
}
