"""*Help* opens the guide of one's role, an empty list the place that explains it."""

from lxml import html

from odoo.tests import HttpCase, new_test_user, tagged

from ..tools import guides
from .common import CrmCase
from .test_menu_actions import ROOTS, MenuMixin

HELP = "/bmasia/guide"


@tagged("post_install", "-at_install")
class TestGuides(MenuMixin, CrmCase, HttpCase):
    def open(self, address, user):
        self.env.flush_all()
        self.authenticate(user.login, user.login)
        return self.url_open(address)

    def test_help_opens_the_guide_of_the_role(self):
        admin = new_test_user(self.env, "sysadmin", groups="base.group_system")
        for user, name in (
            (self.nikki, "sales"),
            (self.pom, "finance"),
            (self.norbert, "manager"),
            (admin, "administrator"),
        ):
            with self.subTest(name):
                answer = self.open(HELP, user)
                self.assertTrue(answer.url.endswith(f"{HELP}/{name}"), answer.url)
                page = html.fromstring(answer.text)
                self.assertIn("The day's jobs", page.xpath("//h2//text()"))
                here = page.xpath("//nav/a[@aria-current='page']/@href")
                self.assertEqual(here, [f"{HELP}/{name}"])

    def test_the_users_menu_leads_there(self):
        answer = self.open("/odoo", self.nikki)
        self.assertIn(f'"support_url": "{HELP}"', answer.text)

    def test_every_guide_opens_with_its_pictures(self):
        for name in guides.PAGES:
            with self.subTest(name):
                answer = self.open(f"{HELP}/{name}", self.nikki)
                self.assertEqual(answer.status_code, 200)
        picture = self.url_open(f"{HELP}/pictures/my-day.png")
        self.assertEqual(picture.headers["Content-Type"], "image/png")
        self.assertTrue(picture.content.startswith(b"\x89PNG"))

    def test_nothing_else_of_the_server_is_opened(self):
        for address in (
            *("engineer", "..%2Fpyproject", "pictures/nothing.png"),
            *("..%2F..%2Fetc/passwd.png", "decisions/0001-own-models.png"),
        ):
            with self.subTest(address):
                answer = self.open(f"{HELP}/{address}", self.nikki)
                self.assertEqual(answer.status_code, 404)

    def test_the_addon_alone_has_no_help_of_its_own(self):
        """Copied without ``docs/``, it says what Odoo says."""
        guides.read.cache_clear()
        self.addCleanup(guides.read.cache_clear)
        self.patch(guides, "are_here", lambda: False)
        window = self.env.ref("bmasia_crm.bmasia_quote_action")
        self.assertNotIn(HELP, window.with_user(self.nikki)._get_action_dict()["help"])
        self.assertEqual(self.open(f"{HELP}/sales", self.nikki).status_code, 404)
        self.assertNotIn(f'"{HELP}"', self.open("/odoo", self.nikki).text)

    def test_guides_are_for_colleagues(self):
        portal = new_test_user(self.env, "customer", groups="base.group_portal")
        self.assertEqual(self.open(f"{HELP}/sales", portal).status_code, 404)
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open(f"{HELP}/sales").url)

    def test_every_empty_list_of_the_menus_leads_to_its_place(self):
        windows = [
            menu.action
            for menu in self.leaves(*ROOTS)
            if menu.action._name == "ir.actions.act_window" and menu.action.help
        ]
        self.assertGreater(len(windows), 30)
        for window in windows:
            with self.subTest(window.name):
                shown = window.with_user(self.norbert)._get_action_dict()["help"]
                target = html.fromstring(str(shown)).xpath("//a/@href")[-1]
                name, _sign, anchor = target.removeprefix(f"{HELP}/").partition("#")
                self.assertIn(anchor, guides.anchors(guides.read(name)))

    def test_who_does_not_use_the_crm_reads_odoos_words_only(self):
        other = new_test_user(self.env, "other", groups="base.group_user")
        window = self.env.ref("bmasia_crm.bmasia_contact_action")
        self.assertIn(HELP, window.with_user(self.nikki)._get_action_dict()["help"])
        self.assertNotIn(HELP, window.with_user(other)._get_action_dict()["help"])
