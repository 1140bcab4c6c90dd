from odoo import models
from odoo.exceptions import UserError

from odoo.addons.document_flow.tools.rows import serialize

from .bmasia_asked_mixin import REOPENING


class BmasiaReopenedMixin(models.AbstractModel):
    """An answer of the customer that was noted by mistake: the document is sent again.

    Gives: ``action_reopen``, with a reason that stays in the history, as long as
    nothing follows from the answer.

    A model has transitions to ``sent`` that name ``_check_can_reopen`` and ask
    ``REOPENING`` (``bmasia_asked_mixin.py``), names the fields that noted the answer
    (``_answer_fields``), and says what was made from it (``_followers``).
    """

    _name = "bmasia.reopened.mixin"
    _description = "Document That Is Reopened"

    _answer_fields = ()

    def action_reopen(self, reason):
        """Take back that the customer accepted, declined or signed: it is sent again.

        :param str reason: for the history
        :returns: True
        :raises UserError: no reason, the customer has not answered, or something
            follows from it: a contract, an amendment, an invoice, a payment, a renewal
        :raises AccessError: not a manager
        """
        reason = self._read_reason(reason, self.env._("Say why it is reopened."))
        for document in self:
            document.check_access("write")
            serialize(document)
            document._check_is_answered()
            document._reopen(reason)
        return True

    def _check_is_answered(self):
        """Other ways to ``sent``, as of a draft, are no reopening."""
        transition = self._transitions.get((self.state, "sent"))
        if not transition or transition.asks != REOPENING:
            raise UserError(self._forbidden_sentence("sent"))

    def _reopen(self, reason):
        self._transition_to("sent", **dict.fromkeys(self._answer_fields, False))
        self.message_post(body=self.env._("Reopened: %s", reason))

    def _check_can_reopen(self):
        """Nothing may follow from what is taken back."""
        for follower in self._followers():
            words = {
                "document": self.display_name,
                "follower": follower.display_name,
            }
            raise UserError(self._why_not_reopened(follower) % words)

    def _why_not_reopened(self, follower):
        """What to do first.

        :returns: a sentence that names the ``document`` and the ``follower``
        """
        if follower._name == "bmasia.payment":
            return self.env._(
                "%(document)s cannot be reopened: %(follower)s was paid on it. Void "
                "that payment first."
            )
        if "name" in follower and not follower.name:
            return self.env._(
                "%(document)s cannot be reopened: %(follower)s was made from it. "
                "Delete that draft first."
            )
        return self.env._(
            "%(document)s cannot be reopened: %(follower)s was made from it. Cancel "
            "that first."
        )

    def _followers(self):
        """What was made from the customer's answer, and counts.

        :rtype: list[odoo.models.BaseModel]
        """
        return []
