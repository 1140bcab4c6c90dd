from dataclasses import dataclass

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.translate import LazyTranslate

from ..tools.roles import MANAGER, USER
from .product_template import DEFAULT_PRICE

_lt = LazyTranslate(__name__)

HIDDEN = "bmasia_crm.checklist_hidden"  # the parameter that a manager sets
ADMINISTRATOR = "base.group_erp_manager"  # who makes users
SYSTEM = "base.group_system"  # who sets up mail servers


@dataclass(frozen=True)
class Step:
    """One step of the first hour.

    ``_is_KEY_done`` of the checklist says whether it is done, ``_open_KEY`` returns the
    action of the one form that does it. ``is_own``: for each person, as long as it is
    not done; the others are done once, by whom ``group`` names.
    """

    key: str
    sequence: int
    label: str
    hint: str
    group: str = MANAGER
    is_own: bool = False
    is_optional: bool = False


STEPS = (
    Step(
        "entity",
        10,
        _lt("Your company"),
        _lt("Legal name, address and tax ID, as they are printed on documents."),
    ),
    Step("logo", 20, _lt("Logo and colour"), _lt("The head of every document.")),
    Step("bank", 30, _lt("Bank account"), _lt("Where customers pay to.")),
    Step("tax", 40, _lt("Tax"), _lt("The rate of VAT on quotes and invoices.")),
    Step(
        "numbers",
        50,
        _lt("Document numbers"),
        _lt("Their form stays after the first one."),
    ),
    Step(
        "server",
        55,
        _lt("Mail server of the company"),
        _lt("Invitations and forgotten passwords leave through it."),
        group=SYSTEM,
        is_optional=True,
    ),
    Step(
        "users",
        60,
        _lt("Colleagues"),
        _lt("Each one is invited by e-mail. Leave it out if you work alone."),
        group=ADMINISTRATOR,
        is_optional=True,
    ),
    Step(
        "mailbox",
        70,
        _lt("My mailbox"),
        _lt("What you send leaves from your own address."),
        group=USER,
        is_own=True,
    ),
    Step("prices", 80, _lt("Prices"), _lt("What your products cost.")),
    Step("company", 90, _lt("First customer"), _lt("A company and who reads mails.")),
    Step(
        "quote",
        100,
        _lt("First quote"),
        _lt("Add a line, press Send: the customer gets it as a PDF."),
    ),
)


class BmasiaChecklist(models.AbstractModel):
    """What a new company sets up first, each step with the form that does it.

    Another addon adds a step so::

        class Checklist(models.AbstractModel):
            _inherit = "bmasia.checklist"

            def _steps(self):
                hint = _lt("Scan the code with your phone.")
                return [*super()._steps(), Step("phone", 75, _lt("My phone"), hint)]

            def _is_phone_done(self):
                return bool(self.env.user.phone)

            def _open_phone(self):
                return self._dialog(_lt("My phone"), self.env.user, "base.view_…")

    Nothing is ticked by hand: whether a step is done follows from the data each time.
    """

    _name = "bmasia.checklist"
    _description = "First Steps"

    @api.model
    def get_steps(self):
        """What the current user has to do, for the top of the first screen.

        :returns: ``{"steps", "done", "can_hide"}``; a step has ``key``, ``label``,
            ``hint``, ``is_done`` and ``is_optional``. No steps: nothing to show
        :rtype: dict
        """
        states = [
            (step, getattr(self, f"_is_{step.key}_done")()) for step in self._mine()
        ]
        shared = [done or step.is_optional for step, done in states if not step.is_own]
        if not shared:  # one's own, until it is done
            states = [(step, done) for step, done in states if not done]
        return {
            "steps": [
                {
                    "key": step.key,
                    "label": self.env._(step.label),
                    "hint": self._hint(step),
                    "is_done": done,
                    "is_optional": step.is_optional,
                }
                for step, done in states
            ],
            "done": sum(done for _step, done in states),
            "can_hide": bool(shared) and all(shared),
        }

    @api.model
    def open_step(self, key):
        """The form of a step.

        :param str key: of the step
        :returns: an action
        :rtype: dict
        :raises UserError: there is no such step for this user
        """
        self.env["document.input.mixin"]._check_argument("key", key, "text")
        if key not in {step.key for step in self._mine()}:
            raise UserError(self.env._("This step is not on your checklist."))
        return getattr(self, f"_open_{key}")()

    @api.model
    def hide(self):
        """Take the shared steps off everybody's first screen.

        :returns: True
        :raises AccessError: for managers only
        :raises UserError: something is not done yet
        """
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers hide the checklist."))
        if not self._is_hidden() and not self.get_steps()["can_hide"]:
            raise UserError(self.env._("Some steps are not done yet."))
        self.env["ir.config_parameter"].sudo().set_param(HIDDEN, "True")
        return True

    # ------------------------------------------------------------
    # WHICH STEPS
    # ------------------------------------------------------------

    def _steps(self):
        """All steps; other addons add theirs.

        :rtype: list[Step]
        """
        return list(STEPS)

    def _mine(self):
        hidden = self._is_hidden()
        steps = [
            step
            for step in self._steps()
            if self.env.user.has_group(step.group) and (step.is_own or not hidden)
        ]
        if not self.env.user.has_group(MANAGER):
            steps = [step for step in steps if step.is_own]
        return sorted(steps, key=lambda step: step.sequence)

    def _is_hidden(self):
        return bool(self.env["ir.config_parameter"].sudo().get_param(HIDDEN))

    def _hint(self, step):
        if step.key == "users" and not self._is_server_done():
            return self.env._(
                "Invitations wait until the mail server of the company is set up."
            )
        return self.env._(step.hint)

    # ------------------------------------------------------------
    # WHAT IS DONE
    # ------------------------------------------------------------

    def _is_entity_done(self):
        company = self.env.company
        return not company._missing_on_documents(company._has_tax_id())

    def _is_logo_done(self):
        return not self.env.company.uses_default_logo

    def _is_bank_done(self):
        return bool(self.env.company.sudo().partner_id.bank_ids)

    def _is_tax_done(self):
        """Outside Thailand no rate is as good as one."""
        company = self.env.company.sudo()
        is_abroad = company.country_id and not company._declares_in_baht()
        return bool(company.tax_rate_ids or is_abroad)

    def _is_numbers_done(self):
        return bool(self.env.company.entity_code or self.env.company.numbers_given)

    def _is_server_done(self):
        """One in Odoo that is nobody's own, or one in the server's settings."""
        shared = [("owner_user_id", "=", False)]
        servers = self.env["ir.mail_server"].sudo().search_count(shared, limit=1)
        return bool(servers or self.env["res.users"]._environment_relay_host())

    def _is_users_done(self):
        people = self.env.ref(USER).sudo().all_user_ids
        return len(people.filtered("active") - self.env.ref("base.user_root")) > 1

    def _is_mailbox_done(self):
        return self.env.user._get_mail_sender().policy != "block"

    def _is_prices_done(self):
        """On a product, or in the company's price list."""
        if self.env.company.sudo().document_pricelist_id.item_ids:
            return True
        unpriced = (0.0, DEFAULT_PRICE)
        priced = [("list_price", "not in", unpriced), ("sale_ok", "=", True)]
        return bool(self.env["product.template"].search_count(priced, limit=1))

    def _is_company_done(self):
        return bool(self.env["bmasia.company"].search_count([], limit=1))

    def _is_quote_done(self):
        sent = [("state", "!=", "draft")]
        return bool(self.env["bmasia.quote"].search_count(sent, limit=1))

    # ------------------------------------------------------------
    # WHICH FORM DOES IT
    # ------------------------------------------------------------

    def _dialog(self, title, record, view, **context):
        """A form of one record, in a dialog.

        :param str title: translatable
        :param record: a recordset, empty for a new record
        :param str view: xml id of the form
        :rtype: dict
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(title),
            "res_model": record._name,
            "res_id": record.id,
            "views": [(self.env.ref(view).id, "form")],
            "target": "new",
            "context": {"dialog_size": "medium", **context},
        }

    def _entity_dialog(self, title, view):
        return self._dialog(title, self.env.company, f"bmasia_crm.{view}")

    def _open_entity(self):
        return self._entity_dialog(_lt("Your company"), "checklist_view_form_entity")

    def _open_logo(self):
        return self._entity_dialog(_lt("Logo and colour"), "checklist_view_form_logo")

    def _open_bank(self):
        partner = self.env.company.partner_id
        account = partner.bank_ids[:1]
        return self._dialog(
            _lt("Bank account"),
            account,
            "bmasia_crm.checklist_view_form_bank",
            default_partner_id=partner.id,
        )

    def _open_tax(self):
        return self._entity_dialog(_lt("Tax"), "checklist_view_form_tax")

    def _open_numbers(self):
        return self._entity_dialog(
            _lt("Document numbers"), "checklist_view_form_numbers"
        )

    def _open_server(self):
        servers = self.env["ir.mail_server"].search([("owner_user_id", "=", False)])
        return self._dialog(
            _lt("Mail server of the company"),
            servers[:1],
            "bmasia_crm.checklist_view_form_server",
            default_name=self.env.company.name,
            default_smtp_encryption="starttls_strict",
        )

    def _open_users(self):
        users = self.env["res.users"]
        return self._dialog(
            _lt("New colleague"),
            users,
            "bmasia_crm.checklist_view_form_user",
            default_crm_role="user",
        )

    def _open_mailbox(self):
        return self.env.user.action_open_mail_account()

    def _open_prices(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "bmasia_crm.checklist_action_prices"
        )

    def _open_company(self):
        return self._dialog(
            _lt("First customer"),
            self.env["bmasia.company"],
            "bmasia_crm.checklist_view_form_company",
            default_country_id=self.env.company.country_id.id,
        )

    def _open_quote(self):
        """A draft, if there is one; else a new one for the latest company."""
        draft = self.env["bmasia.quote"].search([("state", "=", "draft")], limit=1)
        latest = self.env["bmasia.company"].search([], order="id desc", limit=1)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "bmasia_crm.bmasia_quote_action_new"
        )
        context = {} if draft else {"default_customer_id": latest.id}
        return {**action, "res_id": draft.id, "context": context}
