"""Somebody leaves: their work goes to the responsible manager, who is named."""

from collections import defaultdict

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from odoo.addons.mail_user_smtp.models.res_users_sender import MAILBOX_ACTIVITY

NAMES_SHOWN = 10  # of each kind, in the activity


class DocumentLeaverMixin(models.AbstractModel):
    """What happens to the documents of somebody who leaves.

    Gives: whoever is archived hands their documents, reminders, waiting mails and
    activities to a manager, who is told; so is the administrator.

    A model is ``res.users``; addons add what else people look after
    (``_looked_after``).

    Example: ``{"my.customer": Domain.TRUE, **super()._looked_after()}``.

    How it works: the manager is the one named on the user, else the first one of the
    billing entity, so that nobody gets what they may not see.
    """

    _name = "document.leaver.mixin"
    _description = "Handing Over Documents"

    @api.model
    def _looked_after(self):
        """What somebody may look after, and which of it is not over yet.

        :returns: domains by model
        :rtype: dict
        """
        kinds = self.env["document.mixin"]._kinds().values()
        domains = {kind._name: kind._unfinished_domain() for kind in kinds}
        return {
            **{name: each for name, each in domains.items() if not each.is_false()},
            "document.question": Domain("answered_date", "=", False),
            "document.reminder": Domain("state", "in", ("open", "queued")),
        }

    def _successor(self, company):
        """The manager named on the user, else the first one of the billing entity; an
        administrator only where there is no other.
        """
        group = self.env.ref("document_flow.group_manager").sudo()
        able = group.all_user_ids.filtered(
            lambda user: user.active
            and user.id != SUPERUSER_ID
            and user != self
            and (not company or company in user.company_ids)
        )
        named = self.sudo().document_manager_id & able
        rest = able.sorted(lambda user: (user._is_system(), user.id))
        return (named or rest)[:1] or super()._successor(company)

    def _hand_over_mails(self):
        """Also what they look after, and tell who got it."""
        handed = defaultdict(dict)
        mails = super()._hand_over_mails()
        for manager, held in mails.grouped("held_for_id").items():
            handed[manager]["mail.mail"] = held
        for model, unfinished in self._looked_after().items():
            domain = Domain("user_id", "=", self.id) & unfinished
            records = self.env[model].sudo().search(domain)
            for manager, own in self._by_successor(records).items():
                own.with_context(mail_auto_subscribe_no_notify=True).write(
                    {"user_id": manager.id}
                )
                handed[manager][model] = own
        for manager, activities in self._hand_over_activities().items():
            handed[manager]["mail.activity"] = activities
        for manager, work in handed.items():
            self._tell_successor(manager, work)
        self._tell_administrator(handed)
        return mails

    def _by_successor(self, records):
        """
        :returns: ``{manager: records}``
        """
        found = defaultdict(records.browse)
        for record in records:
            company = "company_id" in record._fields and record.company_id
            found[self._successor(company or self.sudo().company_id)] |= record
        return found

    def _hand_over_activities(self):
        """What they were reminded of here; other than of their own mailbox. Activities
        of other applications are not for our managers to read.

        :returns: ``{manager: activities}``
        """
        activities = self.env["mail.activity"].sudo()
        activities = activities.with_context(mail_activity_quick_update=True)
        ours = [name for name in self.env if hasattr(self.env[name], "_entity_path")]
        mine = activities.search(
            [("user_id", "=", self.id), ("res_model", "in", [*ours, "res.partner"])]
        )
        mailbox = self.env.ref(MAILBOX_ACTIVITY, raise_if_not_found=False)
        about_mailbox = mine.filtered(lambda row: row.activity_type_id == mailbox)
        rest = mine - about_mailbox
        about_mailbox.unlink()
        found = defaultdict(activities.browse)
        for activity in rest:
            model, res_id = activity.res_model, activity.res_id
            record = model in self.env and self.env[model].sudo().browse(res_id)
            company = record and "company_id" in record._fields and record.company_id
            manager = self._successor(company or self.sudo().company_id)
            found[manager] |= activity
        for manager, own in found.items():
            own.write({"user_id": manager.id})
        return found

    def _tell_successor(self, manager, work):
        """One activity that lists what they got.

        :param dict work: records by model
        """
        self = self.with_context(lang=manager.lang or self.env.lang, tz=manager.tz)
        lines = [
            Markup("<li>%s: %s</li>") % (label, ", ".join(self._some_names(records)))
            for label, records in self._labelled(work)
        ]
        todo = ""
        if "mail.mail" in work:
            todo = Markup('<p><a href="/odoo/action-%s">%s</a></p>') % (
                "document_flow.mail_delivery_action_held",
                self.env._("Withdraw the waiting mails, or send them from yours"),
            )
        partner = self.sudo().partner_id
        partner.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("Take over from %s", self.name),
            note=Markup("<ul>%s</ul>%s") % (Markup().join(lines), todo),
            user_id=manager.id,
            date_deadline=fields.Date.context_today(self),
        )

    def _labelled(self, work):
        """
        :param dict work: records by model
        """
        names = self.env["ir.model"].sudo()
        labels = {
            "mail.mail": self.env._("Waiting mails"),
            "mail.activity": self.env._("Activities"),
        }
        return [
            (labels.get(model) or names._get(model).name, records)
            for model, records in work.items()
        ]

    def _some_names(self, records):
        names = [record.display_name or "" for record in records[:NAMES_SHOWN]]
        if more := len(records) - NAMES_SHOWN:
            if more > 0:
                names.append(self.env._("and %s more", more))
        return names

    def _tell_administrator(self, handed):
        """Whoever archives somebody reads at once who goes on with the work.

        :param dict handed: records by model by manager
        """
        sentences = []
        for manager, work in handed.items():
            counts = (f"{label} {len(rows)}" for label, rows in self._labelled(work))
            sentences.append(
                self.env._(
                    "%(manager)s takes over: %(work)s.",
                    manager=manager.name,
                    work=", ".join(counts),
                )
            )
        if not sentences:
            manager = self._successor(self.sudo().company_id)
            sentences = [
                self.env._("Nothing is open. %s is responsible from now.", manager.name)
            ]
        self.env.user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "sticky": True,
                "title": self.env._("%s has left", self.name),
                "message": "\n".join(sentences),
            },
        )
