"""Somebody leaves: their work goes to the responsible manager, who is named."""

from collections import defaultdict

from markupsafe import Markup

from odoo import SUPERUSER_ID, fields, models

from odoo.addons.mail_user_smtp.models.res_users_sender import MAILBOX_ACTIVITY

# What somebody looks after, and which of it is not over yet.
LOOKED_AFTER = {
    "bmasia.company": [],
    "bmasia.quote": [("state", "in", ("draft", "sent", "accepted"))],
    "bmasia.contract": [("state", "in", ("draft", "sent", "active", "expired"))],
    "bmasia.invoice": [("state", "in", ("draft", "issued"))],
    "bmasia.reminder": [("state", "in", ("open", "queued"))],
}
NAMES_SHOWN = 10  # of each kind, in the activity


class ResUsers(models.Model):
    _inherit = "res.users"

    def _successor(self, company):
        """The manager named on the user, else the first one of the billing entity; an
        administrator only where there is no other.
        """
        group = self.env.ref("bmasia_crm.group_manager").sudo()
        able = group.all_user_ids.filtered(
            lambda user: user.active
            and user.id != SUPERUSER_ID
            and user != self
            and (not company or company in user.company_ids)
        )
        named = self.sudo().crm_manager_id & able
        rest = able.sorted(lambda user: (user._is_system(), user.id))
        return (named or rest)[:1] or super()._successor(company)

    def _hand_over_mails(self):
        """Also what they look after, and tell who got it."""
        handed = defaultdict(dict)
        mails = super()._hand_over_mails()
        for manager, held in mails.grouped("held_for_id").items():
            handed[manager]["mail.mail"] = held
        for model, open_ones in LOOKED_AFTER.items():
            domain = [("user_id", "=", self.id), *open_ones]
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
        ours = [name for name in self.env if name.startswith("bmasia.")]
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
                "bmasia_crm.mail_delivery_action_held",
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
        labels = {
            "mail.mail": self.env._("Waiting mails"),
            "mail.activity": self.env._("Activities"),
            "bmasia.company": self.env._("Customers"),
            "bmasia.quote": self.env._("Quotes"),
            "bmasia.contract": self.env._("Contracts"),
            "bmasia.invoice": self.env._("Invoices"),
            "bmasia.reminder": self.env._("Reminders"),
        }
        return [(labels[model], records) for model, records in work.items()]

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
