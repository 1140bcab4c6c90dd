"""Screens that show how it goes with a mail follow it without being loaded again."""

from odoo import models

from .mail_delivery import PENDING

NEWS = "mail.delivery/news"  # the notification's type; static/src/delivery_news.js


class MailDelivery(models.Model):
    _inherit = "mail.delivery"

    def _tell_screens(self):
        """Tell the senders' open browsers which documents have news, at the commit.

        Context ``mail_delivery_late``: nobody waits for the answer any more, so that it
        is said in words, too, where it is about one document.
        """
        late = self.env.context.get("mail_delivery_late")
        for user, rows in self.grouped("user_id").items():
            if not user._is_internal():
                continue
            news = {"deliveries": rows.ids, "documents": rows._documents_in_short()}
            if late and len(news["documents"]) == 1:
                news |= rows._late_answer(user)
            user._bus_send(NEWS, news)

    def _documents_in_short(self):
        found = {(row.model, row.res_id) for row in self if row.model and row.res_id}
        return [{"model": model, "id": res_id} for model, res_id in sorted(found)]

    def _late_answer(self, user):
        """What became of the mail, in words; nothing while it is on its way."""
        rows = self.with_context(lang=user.lang or self.env.lang, tz=user.tz)
        if any(row.state in PENDING for row in rows):
            return {}
        # who did not get it goes first
        row = rows.sorted(lambda row: row.state == "sent")[:1]
        document = row._document_for(user)
        if not document:
            return {}
        kinds = {"sent": "success", "cancelled": "info"}
        return {
            "type": kinds.get(row.state, "danger"),
            "message": f"{document.display_name}: {row.explanation}",
        }

    def _document_for(self, user):
        """The document of this row, if there is one that this user may read."""
        model = self.env.get(self.model) if self.model else None
        if model is None or not self.res_id:
            return None
        document = model.with_user(user).browse(self.res_id).exists()
        return document if document and document.has_access("read") else None
