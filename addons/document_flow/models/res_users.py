import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import LazyTranslate

from ..tools.columns import set_column_defaults
from ..tools.todo import MANAGER, Todo
from .document_todo_mixin import TEAM

_logger = logging.getLogger(__name__)
_lt = LazyTranslate(__name__)

STAMPS = frozenset({"automatic_reminders_by_id", "automatic_reminders_on"})
STAMPS |= {"digest_date"}
MAY_CONSENT = ("document_flow.group_manager", "base.group_system")


class ResUsers(models.Model):
    """Who lets mails leave in whose name, and who takes over from whom."""

    _inherit = [
        "document.leaver.mixin",
        "document.signature.mixin",
        "document.digest.mixin",
        "document.todo.mixin",
        "res.users",
    ]
    _name = "res.users"

    _todos = (
        Todo(
            "mailboxes",
            _lt("Colleagues whose mailbox does not work"),
            TEAM,
            domain="_todo_mailboxes",
            button=_lt("Remind"),
            method="action_ask_for_mailbox",
            group=MANAGER,
            person="",
            order="name, id",
        ),
    )

    document_manager_id = fields.Many2one(
        "res.users",
        "Manager",
        domain=lambda self: [
            ("all_group_ids", "in", self.env.ref("document_flow.group_manager").ids)
        ],
        copy=False,
        help="Takes over the work of this user when they leave. Empty: the first "
        "manager of the billing entity.",
    )
    automatic_reminders = fields.Boolean(
        "Send Reminders Automatically",
        copy=False,
        help="Reminders of documents that this person is responsible for are sent "
        "from their mailbox without review, where the billing entity has "
        "switched that kind on. Off: each one is an activity.",
    )
    automatic_reminders_by_id = fields.Many2one(
        "res.users", "Switched By", readonly=True, copy=False
    )
    automatic_reminders_on = fields.Datetime("Switched On", readonly=True, copy=False)

    def init(self):
        """Let others make users by SQL."""
        set_column_defaults(self, "document_flow")
        return super().init()

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + [
            *("automatic_reminders", "automatic_reminders_by_id"),
            *("automatic_reminders_on", "daily_digest", "digest_hour", "function"),
        ]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        own = ["automatic_reminders", "daily_digest", "digest_hour", "function"]
        return super().SELF_WRITEABLE_FIELDS + own

    # ------------------------------------------------------------
    # WHO LETS MAILS LEAVE IN WHOSE NAME
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        consenting = users.filtered("automatic_reminders")
        consenting._check_may_consent()
        consenting._note_consent()
        return users

    def write(self, vals):
        if STAMPS & vals.keys() and not self.env.su:
            raise AccessError(self.env._("This is written by the system only."))
        if "automatic_reminders" not in vals:
            return super().write(vals)
        if vals["automatic_reminders"]:
            self._check_may_consent()
        switched = self.filtered(
            lambda user: user.automatic_reminders != bool(vals["automatic_reminders"])
        )
        result = super().write(vals)
        switched._note_consent()
        return result

    def _check_may_consent(self):
        """That mails leave in somebody's name is theirs to say, or a manager's.

        :raises AccessError: neither
        """
        acting = self.env.user
        if self.env.su or not self - acting:
            return
        if not any(map(acting.has_group, MAY_CONSENT)):
            raise AccessError(
                self.env._(
                    "Only the person or a manager can switch on automatic sending "
                    "in that person's name."
                )
            )

    def _note_consent(self):
        """Who switched it, and when."""
        for user in self.sudo():
            _logger.info(
                "reminders of %s are sent automatically: %s, switched by %s",
                user.login,
                user.automatic_reminders,
                self.env.user.login,
            )
            user.write(
                {
                    "automatic_reminders_by_id": self.env.uid,
                    "automatic_reminders_on": fields.Datetime.now(),
                }
            )

    def _check_automatic_reminders(self):
        """Whether mails that nobody reviewed may be sent in this person's name.

        :raises UserError: neither they nor a manager has switched that on
        """
        if not self.sudo().automatic_reminders:
            raise UserError(
                self.env._(
                    "%s does not have reminders sent automatically: see their "
                    "preferences. Review and send it.",
                    self.sudo().name,
                )
            )

    # ------------------------------------------------------------
    # THE TEAM ON MY DAY
    # ------------------------------------------------------------

    @api.model
    def _todo_mailboxes(self):
        """Who sends documents of the ticked entities, and has no working mailbox."""
        group = self.env.ref("document_flow.group_user").sudo()
        team = group.all_user_ids.filtered(
            lambda user: user._is_human_sender()
            and user.company_ids & self.env.companies
            and user._state_of(user._smtp_server()) != "ok"
        )
        return [("id", "in", (team - self.env.user).ids)]

    def _todo_customer(self):
        return ""

    def _todo_why(self, todo):
        state = self._state_of(self._smtp_server())
        labels = dict(self._fields["smtp_state"]._description_selection(self.env))
        return labels.get(state, "")

    def action_ask_for_mailbox(self):
        """Ask colleagues by a notification in Odoo to make their mailbox work.

        :returns: a notification that names them
        :rtype: dict
        :raises AccessError: not a manager
        """
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only managers remind others."))
        asked = self.filtered_domain(self._todo_mailboxes())
        for user in asked:
            user.with_context(lang=user.lang)._remind_of_mailbox()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Reminded in Odoo: %s", ", ".join(asked.mapped("name"))
                ),
            },
        }

    @api.model
    def kinds_of_documents(self):
        """The models of all kinds of documents. For record rules, which list none.

        :rtype: list[str]
        """
        return [kind._name for kind in self.env["document.mixin"]._kinds().values()]

    @api.model
    def readable_kinds_of_documents(self):
        """The models of those kinds that the acting user may read. For record rules.

        :rtype: list[str]
        """
        kinds = self.env["document.mixin"].with_user(self.env.uid)._kinds().values()
        return [kind._name for kind in kinds if kind.has_access("read")]
