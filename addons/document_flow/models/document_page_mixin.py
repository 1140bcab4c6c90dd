from lxml import etree, html
from markupsafe import Markup

from odoo import fields, models
from odoo.tools import plaintext2html

# Parts of a print that the page has otherwise: head, foot, lines to sign on.
LEFT_OUT = ("footer", "head", "facts", "acceptance", "signature")
ACTIVE = "//script | //style | //link | //iframe | //object | //embed | //form"


class DocumentPageMixin(models.AbstractModel):
    """A document that has a page for its customer.

    Gives: what the page shows: the document as text, its file and attachments, whom to
    talk to, questions and answers.

    A model adds its facts (``_page_facts``), what it asks of the customer
    (``_page_panels``), names parts of its print that these take the place of
    (``_left_out_of_page``, classes), and says which document is shown in its place
    (``_shown_instead``).

    Example::

        def _page_panels(self):
            return [*super()._page_panels(), "my_addon.page_pay"]

    How it works: controllers call these methods in the name of the system, with the
    page's language in the context. The text is what the report prints; it is shown
    only as long as the archived file says the same.
    """

    _name = "document.page.mixin"
    _description = "Document With a Page"
    _inherit = ["document.linked.mixin"]

    _left_out_of_page = LEFT_OUT

    question_ids = fields.One2many(
        "document.question",
        "res_id",
        "Questions",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
    )

    # ------------------------------------------------------------
    # WHAT THE PAGE SHOWS
    # ------------------------------------------------------------

    def _page_values(self, link):
        """All that the page's template calls.

        :param link: the ``document.link`` that it is opened with
        :rtype: dict
        """
        seller = self._seller()
        company = self.company_id.sudo()
        values = self.env["document.report.values"]
        return {
            "document": self,
            "kind": self._kind_label().capitalize(),
            "seller": seller,
            "logo": values._logo_of(company),
            "accent": values._accent(self),
            "facts": [fact for fact in self._page_facts() if fact[1]],
            "ended": self._why_not_valid(),
            "panels": self._page_panels(),
            "text": self._page_text(),
            "files": self._page_files(link),
            "questions": self.sudo().question_ids.filtered(
                lambda question: question.link_id == link or question.answer
            ),
            "person": self._page_person(),
            "moment": self._page_moment,
            "expires": self._say_day(link.expires),
            "link_note": self._words_of_key(link),
        }

    def _words_of_key(self, link):
        """What who has a link should know of it, at the foot of the page.

        :param link: the ``document.link`` that it is opened with
        """
        return self.env._(
            "Whoever has this link sees this document. Pass it on only to people who "
            "may see it."
        )

    def _page_facts(self):
        """What somebody wants to see first.

        :returns: labels and texts
        :rtype: list[tuple[str, str]]
        """
        facts = [(self.env._("Number"), self.name)]
        if "date" in self._fields:
            facts.append((self.env._("Date"), self._say_day(self.date)))
        return facts

    def _page_panels(self):
        """What is asked of the customer, from above.

        :returns: xml ids of templates, which have the page's values
        :rtype: list[str]
        """
        return []

    def _page_text(self):
        """The document to be read on the page, without buttons and styles.

        :returns: HTML, or None where the archived file says something else
        :rtype: Markup | None
        """
        if self._marked_words() or not self._archived_pdf():
            return None
        reports = self.env["ir.actions.report"].sudo()
        printed = self.with_context(lang=self._get_print_lang())
        reports = reports.with_context(lang=self._get_print_lang())
        content = reports._render_qweb_html(self._get_report().id, printed.ids)[0]
        articles = html.fromstring(content.decode()).find_class("article")
        if not articles:
            return None
        article = articles[0]
        names = self._left_out_of_page
        parts = [node for name in names for node in article.find_class(name)]
        for node in [*parts, *article.xpath(ACTIVE)]:
            if node.getparent() is not None:
                node.drop_tree()
        for node in article.iter(etree.Element):
            for name in [n for n in node.attrib if n == "style" or n.startswith("on")]:
                del node.attrib[name]
        return Markup(html.tostring(article, encoding="unicode"))

    def _page_files(self, link):
        """The files that went along with the mail of this link.

        :rtype: ir.attachment
        """
        files = link.sudo().message_id.attachment_ids
        return files.filtered(lambda file: not file.document_sha256)

    def _page_person(self):
        """Whom the customer talks to.

        :rtype: dict
        """
        user = self._responsible_people().filtered("active")[:1].sudo()
        seller = self._seller()
        return {
            "name": user.name or seller["name"],
            "title": user.partner_id.function or "" if user else "",
            "email": user.email or seller["email"],
            "phone": user.partner_id.phone or seller["phone"],
        }

    def _page_moment(self, moment):
        """Day and time at the entity's desk, as the page's reader reads them."""
        zone = self.company_id.sudo().time_zone
        there = fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)
        return f"{self._say_day(moment)} {there:%H:%M}"

    def _shown_instead(self):
        """The document that has taken this one's place, or an empty recordset."""
        return self.browse()

    def _replacing_words(self, document):
        """What the page says where it shows a document in another one's place.

        :param document: that the link was made for
        """
        return self.env._(
            "This replaces %s, for which you have the link.", document.name
        )

    # ------------------------------------------------------------
    # QUESTIONS
    # ------------------------------------------------------------

    def _follow_question(self, question):
        """A customer has asked: who is responsible reads it in the chatter, by mail
        and on My Day.
        """
        who = question.asker or self.env._("The customer")
        text = Markup("<p>%s</p>%s") % (
            self.env._("%s asks on the page:", who),
            plaintext2html(question.question),
        )
        self.sudo()._message_log(body=text)
        self._mail_colleague(
            question.user_id,
            lambda document: document.env._(
                "Question about %(number)s: %(customer)s",
                number=document.name,
                customer=document._todo_customer(),
            ),
            text,
        )

    def _mail_answer(self, question):
        """Our answer, by mail to those whom the link was sent to.

        :raises UserError: it cannot be written
        """
        document = self.with_context(lang=self._get_print_lang())
        body = Markup("<p>%s</p><blockquote>%s</blockquote>%s<div>%s</div>") % (
            document.env._("You asked about %s:", document.name),
            plaintext2html(question.question),
            plaintext2html(question.answer),
            self.env.user._letter_signature(),
        )
        subject = document.env._("Your question about %s", document.name)
        to = self.sudo()._known_recipients(question.sudo().link_id)
        if not self._mail_customer(to, subject, body):
            self._check_sender()

    def _mail_colleague(self, user, subject_of, body):
        """Tell one of us by mail, from the system, in their language.

        :param user: a ``res.users``, may be empty
        :param subject_of: gives the subject, called with this document in that language
        :param Markup body: what happened
        """
        if not (user.active and user.email):
            return
        document = self.with_context(lang=user.lang or self.env.lang)
        address = f"{self.get_base_url()}/odoo/{self._name}/{self.id}"
        button = Markup('<p><a href="%s">%s</a></p>') % (
            address,
            document.env._("Open %s", document.name),
        )
        mail = self.env["mail.mail"].sudo()
        mail = mail.create(
            {
                "subject": subject_of(document),
                "body_html": body + button,
                "email_from": user.sudo()._system_sender(),
                "email_to": user.email_formatted,
                "auto_delete": True,
            }
        )
        mail.send_after_commit()
