"""What tests of customers' pages share: links, and forms that are sent."""

from urllib.parse import urlsplit

from lxml import html

from odoo.tests import HttpCase

from .common import CrmCase, SendingCase


class PageMixin:
    """Opens pages as somebody outside. Mixed into an ``HttpCase``."""

    def path_of(self, document):
        """The path of a new link to a document."""
        return urlsplit(document.sudo()._new_link()).path

    def link_of(self, path):
        """The link behind a path."""
        return self.env["document.link"]._find(path.split("/")[2])

    def get(self, path, **query):
        """Open an address without a session."""
        self.env.flush_all()
        answer = self.url_open(path, params=query, allow_redirects=False)
        self.env.invalidate_all()
        return answer

    def post(self, path, files=None, **form):
        """Send a form without a session."""
        self.env.flush_all()
        answer = self.url_open(
            path, data=form or {"x": "1"}, files=files, allow_redirects=False
        )
        self.env.invalidate_all()
        return answer

    def sign_in(self, user):
        """Open addresses with a login from now on; with none, as anybody.

        :param user: a ``res.users``, or None
        """
        login = user and user.login
        if user:
            user.sudo().password = login
            self.env.flush_all()
        self.authenticate(login, login)

    def send_form(self, page, path, **form):
        """Send a form of a page with that page's token."""
        found = html.fromstring(self.get(page).text)
        [token] = set(found.xpath("//input[@name='csrf_token']/@value"))
        return self.post(path, csrf_token=token, **form)

    def reach_limit(self, what):
        """Something was done too often already; nothing else was.

        :param str what: as ``document.attempt`` counts it
        """

        def allows(_self, tried, *_more):
            return tried != what

        self.patch(self.registry["document.attempt"], "_allows", allows)

    def words(self, answer):
        """What is to be read on a page, in one line."""
        main = html.fromstring(answer.text).get_element_by_id("main")
        return " ".join(main.text_content().split())


class PageCase(PageMixin, CrmCase, HttpCase):
    """A sent quote with a link, and nobody logged in."""

    def setUp(self):
        super().setUp()
        self.document = self.quote()
        self.document.action_mark_sent()
        self.path = self.path_of(self.document)
        self.link = self.link_of(self.path)
        self.authenticate(None, None)


class MailedPageCase(SendingCase, PageCase):
    """The same, and mail goes out."""

    # ``SendingCase`` enters it, once there is a mail server
    registry_test_mode = False

    def letters(self):
        """Recipients and HTML of each mail that the server took, the last one last."""
        return [
            (mail.recipients, mail.message.get_body(("html",)).get_content())
            for mail in self.server.messages
        ]
