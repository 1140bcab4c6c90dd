from markupsafe import Markup

from odoo import models
from odoo.tools import plaintext2html

from odoo.addons.document_flow.tools import names
from odoo.addons.document_flow.tools.letter import Letter

from ..tools.letters import SignersLetter
from ..tools.signing import ASKED, SIGNED


class DocumentSigningMailsMixin(models.AbstractModel):
    """Who is told of a request for signatures, and how.

    Gives: mails to signers outside in the responsible person's name, each with a link
    of its own; to our own people from the system; lines in the chatter.

    The model is ``document.signing``.
    """

    _name = "document.signing.mails.mixin"
    _description = "Mails About Signatures"

    # ------------------------------------------------------------
    # SIGNERS
    # ------------------------------------------------------------

    def _mail_signer(self, signer, subject, body):
        """A mail with the signer's own link.

        :param str subject: in the document's language
        :param Markup body: likewise
        """
        document = self._printed()
        to = tuple(box.formatted for box in signer._boxes())
        letter = SignersLetter(to, (), subject, body, signer=signer.id)
        return document._mail_letter(letter)

    def _mail_asked(self, signer, again=False):
        """Ask somebody outside to sign.

        :param bool again: they were asked before
        """
        document = self._printed()
        _ = document.env._
        words = self._words(document)
        if again:
            subject = _("Reminder: please sign %(kind)s %(number)s", **words)
        else:
            subject = _("Please sign %(kind)s %(number)s", **words)
        # who signs next is asked in somebody's name, who does not read it before
        greeting = ""
        if names.is_plain(signer.name):
            greeting = Markup("<p>%s</p>") % _("Dear %s,", signer.name)
        body = greeting + Markup("<p>%s</p><p>%s</p>") % (
            _(
                "%(seller)s asks you to sign %(kind)s %(number)s online. You need "
                "neither an account nor a program: open the page, read the document, "
                "and confirm your signature with a code that we send to this address.",
                **words,
            ),
            _("Please sign by %s.", document._say_day(self.expires)),
        )
        return self._mail_signer(signer, subject, body)

    def _tell_our_signer(self, signer):
        """Our own signer, who signs from the document's form.

        :returns: that they are told
        :rtype: bool
        """
        document = self._document()
        lang = signer.user_id.lang or self.env.lang
        env = document.with_context(lang=lang).env
        text = env._(
            "Your signature is asked for. Open %s and press Sign.", self.document_name
        )
        document._mail_colleague(
            signer.user_id,
            lambda each: each.env._("Please sign %s", each.name),
            Markup("<p>%s</p>") % text,
        )
        if not signer.activity_id:
            quiet = document.with_context(mail_activity_quick_update=True)
            signer.activity_id = quiet.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=env._("Sign %s", self.document_name),
                user_id=signer.user_id.id,
                date_deadline=document._today(),
            )
        return True

    def _ask_for_another(self, signer, why=""):
        """A signer has left: who is responsible names another one of us, or asks anew.

        :param str why: default: that they have left
        """
        document = self._for_us()
        _ = document.env._
        if user := signer.user_id:
            document = document.with_context(mail_activity_quick_update=True)
            signer.activity_id.filtered(lambda each: each.user_id == user).unlink()
            title = _("Let another one of us sign %s", self.document_name)
            why = _("%s has left. Press Replace on the tab Signatures.", signer.name)
            if user.active:
                why = _(
                    "%(user)s may not read %(document)s, and cannot sign it.",
                    user=user.name,
                    document=self.document_name,
                )
        else:
            title = _("Ask for signatures anew")
            why = why or _(
                "%(name)s, asked at %(before)s, is no longer with the customer.",
                name=signer.name,
                before=signer.email,
            )
        signer.activity_id = signer.activity_id or document._ask_colleague(title, why)

    def _tell_of_archived_customer(self, signer):
        """Nobody writes to a signer of a customer who is archived: who is responsible
        decides.
        """
        document = self._for_us()
        title = document.env._("Signatures of %s wait", self.document_name)
        why = document.env._(
            "%(customer)s is archived, and %(name)s got no e-mail. Restore the "
            "customer and press Remind, or ask for signatures no longer.",
            customer=document._todo_customer(),
            name=signer.name,
        )
        signer.activity_id = signer.activity_id or document._ask_colleague(title, why)

    def _mail_ended(self, but=None):
        """Those outside who were asked, or have signed: nothing is signed any more."""
        document = self._printed()
        _ = document.env._
        words = self._words(document)
        subject = _("%(number)s: signatures are no longer asked for", **words)
        body = Markup("<p>%s</p>") % _(
            "%(seller)s no longer asks for signatures on %(kind)s %(number)s. If it "
            "still has to be signed, you get a new e-mail.",
            **words,
        )
        told = self.signer_ids.filtered(
            lambda s: s.state in (ASKED, SIGNED) and s.side != "seller" and s != but
        ).filtered(lambda s: s._opens_anything() and not s._has_left())
        for signer in told:
            document._mail_customer(
                tuple(box.formatted for box in signer._boxes()), subject, body
            )

    def _mail_signed(self):
        """The signed file, to all who signed it and have not left since."""
        document = self._printed()
        _ = document.env._
        words = self._words(document)
        subject = _("Signed by all: %(kind)s %(number)s", **words)
        if self.signed_file_id:
            said = _(
                "Everybody has signed %(kind)s %(number)s. The signed file is "
                "attached.",
                **words,
            )
        else:
            said = _(
                "Everybody has signed %(kind)s %(number)s. You find it on its page.",
                **words,
            )
        body = Markup("<p>%s</p>") % said
        signed = self.signer_ids.filtered(lambda s: s.state == SIGNED)
        for signer in signed.filtered(lambda s: not s._has_left()):
            to = tuple(box.formatted for box in signer._boxes())
            files = tuple(self.signed_file_id.ids)
            letter = Letter(to, (), subject, body, attachment_ids=files)
            signer.is_not_mailed = not document._mail_letter(letter)

    def _printed(self):
        """The document in the language in which its customer reads it."""
        document = self._document()
        return document.with_context(lang=document._get_print_lang())

    def _words(self, document):
        return {
            "kind": document._kind_label(),
            "number": self.document_name,
            "seller": document._seller()["name"],
        }

    # ------------------------------------------------------------
    # OUR PEOPLE
    # ------------------------------------------------------------

    def _tell_of_signature(self, signature):
        """A line in the chatter."""
        document = self._for_us()
        text = document.env._(
            "%(name)s (%(address)s) has signed on the page.",
            name=signature.name,
            address=signature.address,
        )
        document._log_for_us(text)

    def _tell_of_delegation(self, signer, delegate):
        document = self._for_us()
        document._log_for_us(
            document.env._(
                "%(name)s passed signing on to %(other)s (%(address)s).",
                name=signer.name,
                other=delegate.name,
                address=delegate.email,
            )
        )

    def _tell_of_replacement(self, signer, successor):
        document = self._for_us()
        document._log_for_us(
            document.env._(
                "%(other)s signs for us in place of %(name)s.",
                name=signer.name,
                other=successor.name,
            )
        )

    def _tell_of_end(self, problem="", signer=None):
        """How a request ended: chatter, mail, and an activity where something is to be
        done.

        :param str problem: what could not be done though all have signed
        :param signer: who declined
        """
        document = self._for_us()
        title = self._title_of_end(document)
        rows = [title, problem]
        if signer:
            rows.append(document.env._("%s does not sign.", signer.name))
        if self.reason:
            rows.append(plaintext2html(self.reason))
        body = Markup("").join(Markup("<p>%s</p>") % row for row in rows if row)
        document._message_log(body=body)
        document._mail_colleague(
            document._responsible_people().filtered("active")[:1],
            self._title_of_end,
            body,
        )
        if problem or self.state != "signed":
            quiet = document.with_context(mail_activity_quick_update=True)
            quiet._ask_colleague(title, problem or self.reason or "")

    def _title_of_end(self, document):
        words = {"number": self.document_name, "customer": document._todo_customer()}
        _ = document.env._
        return {
            "signed": _("%(number)s was signed by all: %(customer)s", **words),
            "declined": _("%(number)s is not signed: %(customer)s declined", **words),
            "void": _(
                "Signatures on %(number)s are no longer asked for: %(customer)s",
                **words,
            ),
            "expired": _("%(number)s was not signed in time: %(customer)s", **words),
        }[self.state]

    def _for_us(self):
        """The document in the language of who is responsible."""
        document = self._document()
        user = document._responsible_people().filtered("active")[:1]
        return document.with_context(lang=user.lang or self.env.lang)
