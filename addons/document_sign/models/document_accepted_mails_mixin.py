from markupsafe import Markup

from odoo import models
from odoo.tools import plaintext2html

from odoo.addons.mail_delivery.tools.addresses import read

from ..tools.wishes import ACCEPTED


class DocumentAcceptedMailsMixin(models.AbstractModel):
    """Who is told that a customer has accepted or declined, and how.

    Gives: a line in the chatter, a mail and an activity for who is responsible, and a
    mail to the address that answered.

    The model is of ``document.accepted.mixin``.
    """

    _name = "document.accepted.mails.mixin"
    _description = "Mails About a Customer's Answer"

    def _tell_of_answer(self, acceptance):
        """Our people in the chatter, by mail and as an activity; the customer by mail,
        at the address that answered.

        :returns: whether the customer's mail was written
        :rtype: bool
        """
        user = self._responsible_people().filtered("active")[:1]
        document = self.with_context(lang=user.lang or self.env.lang)
        text = document._answer_for_us(acceptance)
        document._message_log(body=text)
        document._mail_colleague(
            user, lambda each: each._answer_title(acceptance), text
        )
        # the mail says it already: none of Odoo's own about the activity
        document = document.with_context(mail_activity_quick_update=True)
        document._ask_colleague(document._answer_title(acceptance), acceptance.name)
        return self._mail_answer_back(acceptance)

    def _answer_title(self, acceptance):
        words = {"number": self.name, "customer": self._todo_customer()}
        if acceptance.answer == ACCEPTED:
            return self.env._("%(number)s was accepted: %(customer)s", **words)
        return self.env._("%(number)s was declined: %(customer)s", **words)

    def _answer_for_us(self, acceptance):
        """What our people read; every text of somebody outside is escaped."""
        _ = self.env._
        words = {"name": acceptance.name, "address": acceptance.address}
        said = (
            _("%(name)s (%(address)s) accepted on the page.", **words)
            if acceptance.answer == ACCEPTED
            else _("%(name)s (%(address)s) declined on the page.", **words)
        )
        reason = plaintext2html(acceptance.reason) if acceptance.reason else ""
        return Markup("<p>%s</p>%s<p>“%s”</p>") % (said, reason, acceptance.sentence)

    def _mail_answer_back(self, acceptance):
        """The customer has in writing what was confirmed.

        :returns: whether a mail was written
        :rtype: bool
        """
        document = self.with_context(lang=self._get_print_lang())
        _ = document.env._
        words = {"kind": document._kind_label(), "number": document.name}
        if acceptance.answer == ACCEPTED:
            subject = _("You accepted %(kind)s %(number)s", **words)
        else:
            subject = _("You declined %(kind)s %(number)s", **words)
        facts = (
            (_("Document"), f"{words['kind'].capitalize()} {words['number']}"),
            (_("Confirmed by"), f"{acceptance.name}, {acceptance.address}"),
            (_("Confirmed on"), acceptance.local_moment),
            (_("SHA-256 of the file"), acceptance.sha256),
        )
        rows = [Markup("%s: %s") % fact for fact in facts]
        body = Markup("<p>%s</p><p>%s</p><p>%s</p>") % (
            _("Thank you. This is what you confirmed:"),
            Markup("“%s”") % acceptance.sentence,
            Markup("<br/>").join(rows),
        )
        boxes = read(acceptance.address).good
        to = tuple(box.formatted for box in boxes)
        return document._mail_customer(to, subject, body)
