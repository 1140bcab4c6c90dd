from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.tools.numbering import Codes
from odoo.addons.document_flow.tools.reminders import Rule, Step
from odoo.addons.document_flow.tools.rows import serialize, window_of
from odoo.addons.document_flow.tools.transitions import SYSTEM, Question, Transition

from ..tools.roles import MANAGER, USER
from .bmasia_asked_mixin import REOPENING, SENDING
from .bmasia_document_mixin import DOCUMENT_FIELDS
from .bmasia_document_totals import AMOUNTS

_lt = LazyTranslate(__name__)
# What a contract takes over from its quote.
CONTRACT_FIELDS = ("term_months", "billing_frequency", "lang")
CONTRACT_LINKS = ("company_id", "customer_id", "partner_id", "currency_id", "user_id")
OPEN_FOR_SENDING = ("draft", "sent", "accepted")
AND_CONTRACT = (
    "action_create_contract",
    _lt("Mark as accepted and create contract"),
)
AND_AMENDMENT = (
    "action_create_amendment",
    _lt("Mark as accepted and create amendment"),
)
AND_INVOICE = (
    "action_create_invoice",
    _lt("Mark as accepted and create invoice"),
)
ACCEPTANCE = Question(
    "action_accept",
    _lt("Mark as accepted"),
    day=_lt("Accepted on"),
    proposes="_today",
    options=True,
    then=(AND_CONTRACT, AND_AMENDMENT, AND_INVOICE),
)
REJECTION = Question(
    "action_reject",
    _lt("Mark as declined"),
    reason=_lt("Reason for declining"),
    hint=_lt("For your next offer. Not printed."),
    day=_lt("Declined on"),
    proposes="_today",
)
EXTENSION = Question(
    "action_extend",
    _lt("Extend validity"),
    day=_lt("Valid until"),
    proposes="_proposed_extension",
)
QUOTE_TRANSITIONS = {
    ("draft", "sent"): Transition(USER, ("_check_can_leave_draft",), asks=SENDING),
    ("draft", "rejected"): Transition(
        USER, ("_check_has_number",), "rejected_date", REJECTION
    ),
    ("sent", "accepted"): Transition(
        USER, ("_check_not_expired",), "accepted_date", ACCEPTANCE
    ),
    ("sent", "rejected"): Transition(USER, (), "rejected_date", REJECTION),
    ("accepted", "sent"): Transition(MANAGER, ("_check_can_reopen",), asks=REOPENING),
    ("rejected", "sent"): Transition(MANAGER, ("_check_can_reopen",), asks=REOPENING),
    ("sent", "expired"): Transition(SYSTEM, ("_check_validity_over",)),
    ("sent", "superseded"): Transition(SYSTEM, ("_check_revision_sent",)),
    ("expired", "sent"): Transition(USER, ("_check_not_expired",), asks=EXTENSION),
    ("expired", "superseded"): Transition(SYSTEM, ("_check_revision_sent",)),
    ("rejected", "superseded"): Transition(SYSTEM, ("_check_revision_sent",)),
}


class BmasiaQuote(models.Model):
    """An offer to a customer, valid until a day, that becomes a contract when accepted.

    What follows: states and guards, revision and extension, the contract made from it,
    the variables of its mails, and when its customer is reminded.
    """

    _name = "bmasia.quote"
    _description = "Quote"
    _inherit = [
        "bmasia.quote.options.mixin",
        "bmasia.quote.billing.mixin",
        "bmasia.quote.todo.mixin",
        "bmasia.reopened.mixin",
        "bmasia.term.mixin",
        "bmasia.document.mixin",
    ]
    _order = "date desc, id desc"

    _transitions = QUOTE_TRANSITIONS
    _number_codes = {"quote": Codes("Q", "QT")}
    _report = "bmasia_crm.action_report_quote"
    _plural = "quotes"
    _has_sample = True
    _mail_template = "bmasia_crm.template_quote_send"
    _receives_field = "receives_quotes"
    _terms_field = "quote_terms"
    _derived_fields = frozenset({*AMOUNTS, "term_value"})
    _document_fields = DOCUMENT_FIELDS | {
        "date",
        "valid_until",
        "term_months",
        "billing_frequency",
        "payment_schedule",
        "note",
        "amends_contract_id",
    }

    _answer_fields = ("accepted_date", "rejected_date", "reject_reason")
    _open_fields = {
        "sent": frozenset({"valid_until"}),
        "expired": frozenset({"valid_until"}),
    }
    # A waiting mail of such a quote is withdrawn.
    _ended_states = frozenset({"rejected", "superseded", "expired"})
    _reminder_rule = Rule(
        switch="quote_reminders",
        template="bmasia_crm.template_quote_reminder",
        receives="receives_quotes",
        steps=(
            Step("quote_3", 3),
            Step("quote_7", 7),
        ),
    )

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("accepted", "Accepted"),
            ("rejected", "Declined"),
            ("expired", "Expired"),
            ("superseded", "Superseded"),
        ],
        "Status",
        group_expand="_expand_states",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many("bmasia.quote.line", "quote_id", "Lines", copy=True)
    date = fields.Date(
        compute="_compute_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
        index=True,
    )
    valid_until = fields.Date(
        compute="_compute_valid_until",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        tracking=True,
        help="The last day on which the customer can accept.",
    )
    payment_schedule = fields.Char(help='In words, as "50 % on signing".')
    note = fields.Text("Note to the Customer", help="Printed.")
    contract_ids = fields.One2many("bmasia.contract", "quote_id", "Contracts")
    contract_id = fields.Many2one(
        "bmasia.contract",
        compute="_compute_followers",
        help="The one that counts: not cancelled.",
    )
    amends_contract_id = fields.Many2one(
        "bmasia.contract",
        "Adds To Contract",
        index="btree_not_null",
        ondelete="restrict",
        help="A running contract that these lines are added to.",
    )
    amendment_ids = fields.One2many("bmasia.amendment", "quote_id", "Amendments")
    amendment_id = fields.Many2one(
        "bmasia.amendment",
        compute="_compute_followers",
        help="The one that counts: not cancelled.",
    )
    revision_of_id = fields.Many2one(
        "bmasia.quote", readonly=True, copy=False, index="btree_not_null"
    )
    revision_ids = fields.One2many("bmasia.quote", "revision_of_id", "Revisions")
    accepted_date = fields.Date(readonly=True, copy=False)
    rejected_date = fields.Date(readonly=True, copy=False)
    reject_reason = fields.Text(readonly=True, copy=False)

    # Lists in order; the first screen adds up what is open without reading the rows.
    _in_order = models.Index("(date DESC, id DESC)")
    _in_order_of_entity = models.Index("(company_id, date DESC, id DESC)")
    # The oldest drafts of somebody, on My Day: in the order of all quotes they come
    # after what was ever decided.
    _drafts = models.Index(
        "(date, id) INCLUDE (user_id, company_id) WHERE state = 'draft'"
    )
    _open_quotes = models.Index(
        "(company_id, currency_id) INCLUDE (amount_untaxed, state) "
        "WHERE state IN ('draft', 'sent')"
    )
    # The dashboard asks what was decided in a period, and with My Day, which of all
    # that was ever won has no contract.
    _won = models.Index(
        "(company_id, accepted_date) INCLUDE (id, state, user_id, currency_id,"
        " amount_untaxed, amount_total) WHERE state = 'accepted'"
    )
    _declined = models.Index(
        "(company_id, rejected_date) INCLUDE (currency_id, amount_untaxed) "
        "WHERE state = 'rejected'"
    )
    _lapsed = models.Index(
        "(company_id, valid_until) INCLUDE (currency_id, amount_untaxed) "
        "WHERE state = 'expired'"
    )

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.model
    def _expand_states(self, states, _domain):
        """The columns of the board: the stages in their order, also empty ones; how a
        quote ended only where there are some."""
        order = self._fields["state"].get_values(self.env)
        return [each for each in order if each in (*OPEN_FOR_SENDING, *states)]

    @api.model
    def _unfinished_domain(self):
        return Domain("state", "in", ("draft", "sent", "accepted"))

    def _kind_label(self):
        return self.env._("quote")

    @api.model
    def _kind_plural(self):
        return self.env._("quotes")

    @api.depends("company_id")
    def _compute_date(self):
        for quote in self:
            quote.date = quote.date or quote._today()

    @api.depends("date", "company_id")
    def _compute_valid_until(self):
        for quote in self:
            days = quote.company_id.sudo().quote_validity_days
            day = quote.date or quote._today()
            quote.valid_until = day + relativedelta(days=days or 0)

    @api.depends("contract_ids.state", "amendment_ids.state")
    def _compute_followers(self):
        for quote in self:
            contracts, amendments = (
                found.filtered(lambda each: each.state != "cancelled")[:1]
                for found in (quote.contract_ids, quote.amendment_ids)
            )
            quote.contract_id, quote.amendment_id = contracts, amendments

    # ------------------------------------------------------------
    # GUARDS
    # ------------------------------------------------------------

    @api.constrains("date", "valid_until")
    def _check_validity(self):
        for quote in self:
            if quote.valid_until and quote.valid_until < quote.date:
                raise ValidationError(
                    self.env._("The quote cannot end before its own date.")
                )

    def _check_can_send(self):
        if self.state not in OPEN_FOR_SENDING:
            raise UserError(self._closed_sentence())
        if self.state in ("draft", "sent"):
            self._check_not_expired()
        if self.state == "draft" and self.revision_of_id.state == "accepted":
            raise UserError(
                self.env._(
                    "%s has been accepted, and this draft revises it. Change the "
                    "contract instead, or create a new quote.",
                    self.revision_of_id.display_name,
                )
            )
        return super()._check_can_send()

    def _closed_sentence(self):
        return self.env._(
            "%(quote)s is %(state)s. Extend it, or send a revision.",
            quote=self.display_name,
            state=self._state_word(),
        )

    def _state_word(self):
        state = self._fields["state"]._description_selection(self.env)
        return dict(state)[self.state].lower()

    def _is_over(self):
        """Whether the last day has ended where the customer is."""
        return bool(self.valid_until) and self.valid_until < self.customer_id._today()

    def _check_not_expired(self):
        if self._is_over():
            raise UserError(
                self.env._(
                    "%(quote)s was valid until %(day)s. Extend it first.",
                    quote=self.display_name,
                    day=self.valid_until,
                )
            )

    def _check_validity_over(self):
        if not self._is_over():
            raise UserError(self.env._("%s is still valid.", self.display_name))

    def _check_revision_sent(self):
        if not self.revision_ids.filtered(lambda quote: quote.state != "draft"):
            raise UserError(
                self.env._("No revision of %s has been sent.", self.display_name)
            )

    def write(self, vals):
        if vals.get("valid_until"):
            self._check_not_shortened(self._read_day(vals["valid_until"]))
        return super().write(vals)

    def _check_not_shortened(self, day):
        """The customer has a document with the last day: it never comes sooner."""
        for quote in self.filtered(lambda quote: quote.state != "draft"):
            if quote.valid_until and day < quote.valid_until:
                raise UserError(
                    self.env._(
                        "%(quote)s was offered until %(day)s. Choose that day or a "
                        "later one; to offer less, create a revision.",
                        quote=quote.display_name,
                        day=quote.valid_until,
                    )
                )

    # ------------------------------------------------------------
    # TRANSITIONS
    # ------------------------------------------------------------

    def _follow_sent(self, moment):
        """The customer has the revision: what it revises no longer counts."""
        result = super()._follow_sent(moment)
        old = self.revision_of_id
        if old and old._has_transition("superseded"):
            old._transition_to("superseded")
        return result

    def action_accept(self, accepted_date=None, option_ids=None):
        """The customer says yes.

        :param accepted_date: a date or ``YYYY-MM-DD``; default today
        :param list[int] option_ids: the optional lines that the customer chose; default
            none
        :returns: True
        :raises UserError: the quote was not sent, or has expired; the day is still to
            come, or before it was sent; a line is no optional one of it
        """
        chosen = self._read_options(option_ids)
        for quote in self:
            day = quote._read_answer_day(accepted_date)
            quote.check_access("write")
            quote._choose(chosen)
            quote._transition_to("accepted", accepted_date=day)
        return True

    def action_reject(self, reason, rejected_date=None):
        """The customer says no; or a draft that has a number already is given up.

        :param str reason: why, for those who make the next offer
        :param rejected_date: a date or ``YYYY-MM-DD``; default today
        :returns: True
        :raises UserError: no reason, or the quote was not sent; the day is still to
            come, or before it was sent
        """
        reason = self._read_reason(reason, self.env._("Say why the customer declined."))
        for quote in self:
            day = quote._read_answer_day(rejected_date)
            said = {"reject_reason": reason, "rejected_date": day}
            quote._transition_to("rejected", **said)
        return True

    def _followers(self):
        return [*super()._followers(), *self.contract_id, *self.amendment_id]

    def _may_go_on(self, method):
        adds = bool(self.amends_contract_id)
        known = {
            "action_create_contract": not adds,
            "action_create_amendment": adds,
            "action_create_invoice": not adds and self._charges_once(),
        }
        return known.get(method, super()._may_go_on(method))

    def action_extend(self, valid_until):
        """Let the quote be accepted for longer. An expired one counts again.

        :param valid_until: the new last day, a date or ``YYYY-MM-DD``
        :returns: True
        :raises UserError: the day is past, earlier than what the customer was told, or
            the quote is settled
        """
        day = self._read_day(valid_until)
        for quote in self:
            quote.check_access("write")
            if quote.state not in ("draft", "sent", "expired"):
                raise UserError(quote._closed_sentence())
            if not day or day < quote.customer_id._today():
                raise UserError(self.env._("The new last day is in the past."))
            quote._check_has_last_day()
            quote.valid_until = day
            if quote.state == "expired":
                quote._transition_to("sent")
        return True

    def _check_has_last_day(self):
        """What was offered without a last day is not given one afterwards."""
        if not self.valid_until and self.state != "draft":
            raise UserError(
                self.env._(
                    "%s has no last day: it can be accepted at any time.",
                    self.display_name,
                )
            )

    def _proposed_extension(self):
        """The last day that an extension proposes: the entity's usual days more, and
        from today where the quote ended so long ago that these are over, too.
        """
        self.ensure_one()
        more = relativedelta(days=self.company_id.sudo().quote_validity_days)
        today = self.customer_id._today()
        proposed = (self.valid_until or today) + more
        return proposed if proposed > today else today + more

    @api.model
    def _cron_expire(self):
        """End what nobody accepted in time; at the end of the customer's day."""
        tomorrow = fields.Date.today() + relativedelta(days=1)  # it is, somewhere
        sent = self.search([("state", "=", "sent"), ("valid_until", "<", tomorrow)])
        sent.filtered(lambda quote: quote._is_over())._transition_each("expired")

    # ------------------------------------------------------------
    # REVISION AND CONTRACT
    # ------------------------------------------------------------

    def action_revise(self):
        """Make a new draft from a quote that the customer has.

        Made once: while a revision is being written, this opens it.

        :returns: the action that opens the revision
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("sent", "rejected", "expired"):
            raise UserError(
                self.env._("Only a quote that the customer has can be revised.")
            )
        serialize(self)
        revision = self.revision_ids.filtered(lambda quote: quote.state == "draft")[:1]
        if not revision:
            values = {"revision_of_id": self.id}
            revision = self.sudo().copy(values).with_env(self.env)
        return window_of(revision)

    def action_create_contract(self):
        """Turn an accepted quote into a draft contract, once.

        :returns: the action that opens the contract
        :rtype: dict
        :raises UserError: the quote is not accepted
        """
        self.ensure_one()
        self.check_access("write")
        if self.state != "accepted":
            raise UserError(self.env._("Only an accepted quote becomes a contract."))
        if self.amends_contract_id:
            raise UserError(self._amends_sentence())
        serialize(self)
        contract = self.contract_id
        if not contract:
            contracts = self.env["bmasia.contract"]
            contracts.check_access("create")
            made = contracts.sudo().create(self._contract_values())
            contract = made.with_env(self.env)
            self.message_post(
                body=self.env._("Contract created: %s", contract._get_html_link())
            )
        return window_of(contract)

    def _amends_sentence(self):
        return self.env._(
            "%(quote)s adds to %(contract)s: create an amendment of it.",
            quote=self.display_name,
            contract=self.amends_contract_id.display_name,
        )

    def action_create_amendment(self):
        """Turn an accepted quote into the draft amendment of the contract that it adds
        to, once.

        :returns: the action that opens the amendment
        :rtype: dict
        :raises UserError: the quote is not accepted, or names no contract that runs
        """
        self.ensure_one()
        self.check_access("write")
        contract = self.amends_contract_id
        if self.state != "accepted" or not contract:
            raise UserError(
                self.env._(
                    "Only an accepted quote that adds to a contract becomes an "
                    "amendment."
                )
            )
        serialize(self)
        made = self.amendment_id
        if not made:
            lines = [
                Command.create({**line._copied_values(), "action": "add"})
                for line in self._counted_lines()
            ]
            values = {
                "quote_id": self.id,
                "line_ids": lines,
                "user_id": self.user_id.id,
            }
            made = contract._create_amendment(**values)
            self.message_post(
                body=self.env._("Amendment created: %s", made._get_html_link())
            )
        return window_of(made)

    @api.constrains("amends_contract_id", "customer_id", "company_id", "currency_id")
    def _check_amended_contract(self):
        for quote in self.filtered("amends_contract_id"):
            contract = quote.amends_contract_id
            names = ("customer_id", "company_id", "currency_id")
            if any(quote[name] != contract[name] for name in names):
                raise ValidationError(
                    self.env._(
                        "%s is of another customer, entity or currency: it cannot be "
                        "added to.",
                        contract.display_name,
                    )
                )

    def _contract_values(self):
        links = {name: self[name].id for name in CONTRACT_LINKS}
        plain = {name: self[name] for name in CONTRACT_FIELDS}
        lines = [Command.create(line) for line in self._lines_for_contract()]
        parties = self.env["bmasia.contract"]._proposed_parties(self)
        return {**links, **plain, **parties, "quote_id": self.id, "line_ids": lines}

    # ------------------------------------------------------------
    # MAILS AND REMINDERS
    # ------------------------------------------------------------

    @api.model
    def _mail_variable_meanings(self):
        _ = self.env._
        return {
            **super()._mail_variable_meanings(),
            "valid_until": _("Last day on which the quote can be accepted"),
            "sent_on": _("The day on which it was sent first"),
            "term_months": _("Months of the term"),
            "term_value_net": _("Value of the whole term before tax"),
        }

    def _document_variables(self):
        return {
            **super()._document_variables(),
            "valid_until": self._format_day(self.valid_until),
            "sent_on": self._format_day(self.sent_date),
            "term_months": self.term_months,
            "term_value_net": self._format_money(self.term_value),
        }

    def _is_reminder_due(self):
        still = not self.valid_until or self.valid_until >= self._today()
        return self.state == "sent" and still

    def _reminder_facts(self):
        return {
            "until": str(self.valid_until),
            "total": self._format_money(self.amount_total),
        }

    def _why_not_reminded(self):
        if self.state != "sent":
            return self._not_sent_because_it_is(self.state)
        if not self._is_reminder_due():
            return self.env._("Not sent: %s no longer holds.", self.display_name)
        return False
