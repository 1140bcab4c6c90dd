"""What Odoo itself mails arrives, and its links work: invitations, password resets,
portal access, sharing, two-factor codes, digests, channels."""

import re
from html import unescape

import pytest
from playwright.sync_api import expect

from tests.kit import PAGE_LIMIT, wait_for
from tools.errors import SetupError

PASSWORD = "a-new-pass-for-a-demo"
OPTIONAL = ("auth_totp_mail", "digest")  # Odoo's own, which a bare --init leaves out


@pytest.fixture(scope="module")
def admin(json2):
    """The administrator, with Odoo's optional addons that mail installed."""
    client = json2.user("admin")
    domain = [("name", "in", OPTIONAL), ("state", "=", "uninstalled")]
    missing = client.call("ir.module.module", "search", domain=domain)
    change_modules(client, "button_immediate_install", missing)
    yield client
    change_modules(client, "button_immediate_uninstall", missing)


def change_modules(client, method, modules):
    """Odoo refuses while one of its crons runs, whose time nobody knows."""

    def changed():
        try:
            client.call("ir.module.module", method, modules)
        except SetupError as refused:
            if "scheduled action" not in refused.what:
                raise
            return False
        return True

    wait_for(changed, limit=120)


@pytest.fixture
def stranger(browser, settings):
    """Pages of somebody who is not logged in, each in a browser of its own."""
    contexts = []

    def open_page():
        contexts.append(browser.new_context(base_url=settings.odoo_url))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(stranger):
    return stranger()


def invite(admin, inbox, name, **values):
    """A user by whom nothing else is tested: id, login, and the invitation mailed."""
    login = f"{name}@bmasiamusic.com"
    (user_id,) = admin.call(
        "res.users",
        "create",
        vals_list=[{"name": name.title(), "login": login, "email": login, **values}],
    )
    message = inbox.wait_for("invites you to connect")
    assert [who["Address"] for who in message["To"]] == [login]
    inbox.clear()
    return user_id, login, message


def link(message, path):
    """The first link of a mail that leads to a path."""
    html = unescape(message["HTML"])
    return re.search(rf'href="([^"]*{path}[^"]*)"', html)[1]


def choose_password(stranger, url, login):
    """Follow a link to choose a password, then log in with it: the page."""
    page = stranger()
    page.goto(url, timeout=PAGE_LIMIT)
    page.fill("input[name=password]", PASSWORD)
    page.fill("input[name=confirm_password]", PASSWORD)
    page.click("form button[type=submit]")
    gone = page.locator("input[name=confirm_password]")
    expect(gone).to_have_count(0, timeout=PAGE_LIMIT)
    return log_in(stranger(), login)


def log_in(page, login):
    page.goto("/web/login", timeout=PAGE_LIMIT)
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.click("form button[type=submit]")
    return page


def test_a_new_user_is_invited_and_chooses_a_password(admin, inbox, stranger):
    _user, login, message = invite(admin, inbox, "malee")
    page = choose_password(stranger, link(message, "/web/signup"), login)
    expect(page.locator(".o_main_navbar")).to_be_visible(timeout=PAGE_LIMIT)


def test_an_invitation_can_be_sent_again(admin, inbox, stranger):
    user_id, login, _first = invite(admin, inbox, "somsri")
    context = {"create_user": 1}
    admin.call("res.users", "action_reset_password", [user_id], context=context)
    message = inbox.wait_for("invites you to connect")
    page = choose_password(stranger, link(message, "/web/signup"), login)
    expect(page.locator(".o_main_navbar")).to_be_visible(timeout=PAGE_LIMIT)


def test_a_forgotten_password_is_reset_from_the_login_page(
    admin, inbox, page, stranger
):
    _user, login, _message = invite(admin, inbox, "kamon")
    page.goto("/web/reset_password", timeout=PAGE_LIMIT)
    page.fill("input[name=login]", login)
    page.click("form button[type=submit]")
    message = inbox.wait_for("Password reset")
    assert [who["Address"] for who in message["To"]] == [login]
    page = choose_password(stranger, link(message, "/web/reset_password"), login)
    expect(page.locator(".o_main_navbar")).to_be_visible(timeout=PAGE_LIMIT)


def test_nothing_is_mailed_when_the_invitation_is_rolled_back(admin, inbox):
    """Two users of one login: the second one refuses the whole call."""
    values = {"name": "Twice", "login": "twice@bmasiamusic.com"}
    values["email"] = values["login"]
    with pytest.raises(Exception, match="login"):
        admin.call("res.users", "create", vals_list=[values, values])
    admin.call("res.users", "create", vals_list=[{**values, "name": "Once"}])
    inbox.wait_for("invites you to connect")
    assert len(inbox.messages()) == 1


def test_a_customer_gets_portal_access(admin, inbox, stranger):
    login = "layla@customer.example.com"
    partner_ids = admin.call(
        "res.partner", "create", vals_list=[{"name": "Layla Haddad", "email": login}]
    )
    values = {"partner_ids": [(6, 0, partner_ids)]}
    wizard_ids = admin.call("portal.wizard", "create", vals_list=[values])
    line_ids = admin.call(
        "portal.wizard.user", "search", domain=[("wizard_id", "in", wizard_ids)]
    )
    admin.call("portal.wizard.user", "action_grant_access", line_ids)
    message = next(
        inbox.wait_for(found["Subject"])
        for found in [inbox.wait_for("")]
        if found["To"][0]["Address"] == login
    )
    page = choose_password(stranger, link(message, "/web/signup"), login)
    page.wait_for_url("**/my**", timeout=PAGE_LIMIT)


@pytest.fixture
def open_sign_up(admin):
    """An administrator may still let everybody make an account."""
    parameter = {"key": "auth_signup.invitation_scope"}
    admin.call("ir.config_parameter", "set_param", **parameter, value="b2c")
    yield
    admin.call("ir.config_parameter", "set_param", **parameter, value="b2b")


@pytest.mark.usefixtures("open_sign_up")
def test_who_signs_up_is_welcomed(inbox, page):
    page.goto("/web/signup", timeout=PAGE_LIMIT)
    page.fill("input[name=login]", "walkin@customer.example.com")
    page.fill("input[name=name]", "Walk In")
    page.fill("input[name=password]", PASSWORD)
    page.fill("input[name=confirm_password]", PASSWORD)
    page.click("form button[type=submit]")
    message = inbox.wait_for("Welcome")
    assert message["To"][0]["Address"] == "walkin@customer.example.com"
    assert link(message, "/web/login")


def test_a_two_factor_code_comes_by_mail(admin, inbox, page):
    _user, login, _message = invite(admin, inbox, "ratana", password=PASSWORD)
    parameter = {"key": "auth_totp.policy", "value": "all_required"}
    admin.call("ir.config_parameter", "set_param", **parameter)
    try:
        log_in(page, login)
        message = inbox.wait_for("two-factor authentication code")
        code = re.search(r">\s*(\d{6})\s*<", message["HTML"])[1]
        page.fill("input[name=totp_token]", code)
        page.click("form button[type=submit]")
        expect(page.locator(".o_main_navbar")).to_be_visible(timeout=PAGE_LIMIT)
    finally:
        admin.call("ir.config_parameter", "set_param", **{**parameter, "value": False})


def test_users_are_invited_to_two_factor_authentication(admin, inbox):
    user_id, login, _message = invite(admin, inbox, "preecha")
    admin.call("res.users", "action_totp_invite", [user_id])
    message = inbox.wait_for("two-factor authentication")
    assert message["To"][0]["Address"] == login


def test_a_digest_arrives(admin, inbox):
    user_id, login, _message = invite(admin, inbox, "digby")
    values = {"name": "Our week", "user_ids": [(6, 0, [user_id])]}
    digest_ids = admin.call("digest.digest", "create", vals_list=[values])
    admin.call("digest.digest", "action_send_manual", digest_ids)
    admin.call("mail.mail", "process_email_queue")
    message = inbox.wait_for("Our week")
    assert message["To"][0]["Address"] == login


def test_somebody_is_invited_to_a_channel(json2, inbox):
    """In the name, and from the mailbox, of who invites."""
    norbert = json2.user("norbert")
    values = {"name": "Music of the lobby", "channel_type": "group"}
    channel_ids = norbert.call("discuss.channel", "create", vals_list=[values])
    address = "guest@customer.example.com"
    norbert.call("discuss.channel", "invite_by_email", channel_ids, emails=[address])
    message = inbox.wait_for("has invited you to a channel")
    assert message["To"][0]["Address"] == address
    assert message["Username"] == "norbert@bmasiamusic.com"
