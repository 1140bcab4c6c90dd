import io
import logging
from xmlrpc.client import Fault

from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.encrypted_field.fields import Secret, secret_fields

from .common import PASSWORD, AccountMixin

RELAY_PASSWORD, INBOX_PASSWORD = "r3l4y-pa55", "1nb0x-pa55"
SECRETS = (PASSWORD, RELAY_PASSWORD, INBOX_PASSWORD)
# the windows to each password, by model
FIELDS = {
    "res.users": "smtp_password",
    "ir.mail_server": "smtp_pass",
    "fetchmail.server": "password",
}
REFUSED = "refused"


class Everything(AccountMixin):
    """Alice has an account, the company a relay and an inbox, all with passwords."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.make_user("ada", "base.group_system")
        cls.portal = cls.make_user("portia", "base.group_portal")
        cls.admin.group_ids |= cls.env.ref("base.group_allow_export")
        cls.roles = {
            "owner": cls.alice,
            "other": cls.bob,
            "administrator": cls.admin,
            "portal": cls.portal,
        }

    def setUp(self):
        super().setUp()
        self.give_account(self.alice, self.start_server())
        relay = self.env["ir.mail_server"].create(
            {"name": "Relay", "smtp_host": "x.example", "smtp_pass": RELAY_PASSWORD}
        )
        inbox = self.env["fetchmail.server"].create(
            {"name": "Inbox", "password": INBOX_PASSWORD}
        )
        self.records = {
            "res.users": self.alice,
            "ir.mail_server": relay + self.alice.smtp_server_ids,
            "fetchmail.server": inbox,
        }
        self.env.flush_all()

    def assertNoSecret(self, seen):
        for secret in (*SECRETS, "v2:"):
            self.assertNotIn(secret, str(seen))


# way to a field -> (records, name) -> what is seen
WAYS = {
    "read": lambda records, name: records.read([name]),
    "web_read": lambda records, name: records.web_read({name: {}}),
    "search_read": lambda records, name: records.search_read([], [name]),
    "attribute": lambda records, name: [record[name] for record in records],
    "mapped": lambda records, name: records.mapped(name),
    "everything": lambda records, name: records.read(),
    "search": lambda records, name: records.search([(name, "ilike", "a")]),
    "equals": lambda records, name: records.search([(name, "=", PASSWORD)]),
    "sort": lambda records, name: records.search([], order=name),
    "group": lambda records, name: records.formatted_read_group(
        [], [name], ["__count"]
    ),
    "aggregate": lambda records, name: records.formatted_read_group(
        [], [], [f"{name}:max"]
    ),
    "export": lambda records, name: records.export_data([name]),
    "copy": lambda records, name: records.copy_data(),
    "default": lambda records, name: records.default_get([name]),
    "onchange": lambda records, name: [
        record.onchange({}, [], {name: {}, "name": {}}) for record in records
    ],
    "format": lambda records, name: records._read_format([name]),
}


@tagged("post_install", "-at_install")
class TestNobodyReads(Everything, TransactionCase):
    def look(self, way, records, name):
        try:
            with self.env.cr.savepoint(flush=False):
                return WAYS[way](records, name)
        except Exception as error:
            return f"{REFUSED} {error!r}"

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model", "odoo.sql_db")
    def test_no_way_leads_to_a_password(self):
        tried = 0
        for role, user in self.roles.items():
            for model, records in self.records.items():
                for way in WAYS:
                    with self.subTest(role=role, model=model, way=way):
                        self.env.invalidate_all()
                        seen = self.look(way, records.with_user(user), FIELDS[model])
                        self.assertNoSecret(seen)
                        tried += 1
        self.assertEqual(tried, 4 * 3 * len(WAYS))

    def test_the_superuser_sees_no_more(self):
        for model, records in self.records.items():
            for way in ("read", "web_read", "attribute", "mapped", "copy", "format"):
                with self.subTest(model=model, way=way):
                    self.assertNoSecret(WAYS[way](records, FIELDS[model]))

    def test_a_search_tells_nothing_by_what_it_finds(self):
        """Guessing letter by letter, or looking who is found."""
        for model, records in self.records.items():
            for operator, value in (("=like", "T%"), ("!=", False), ("=", PASSWORD)):
                with self.subTest(model=model, operator=operator):
                    with self.assertRaises(Exception):  # noqa: B017
                        records.search([(FIELDS[model], operator, value)])

    def test_nothing_is_tracked_or_written_into_the_chatter(self):
        own = self.alice.with_user(self.alice)
        own.write({"smtp_password": PASSWORD})
        own.action_test_smtp()
        for model, table in (
            ("mail.message", "body"),
            ("mail.tracking.value", "old_value_char"),
            ("mail.mail", "body_html"),
        ):
            rows = self.env[model].sudo().search([])
            self.assertNoSecret([row[table] for row in rows])

    def test_a_form_does_not_hand_back_what_was_typed(self):
        own = self.alice.with_user(self.alice)
        typed = {"smtp_password": PASSWORD, "smtp_preset": "gmail"}
        specification = {name: {} for name in ("smtp_preset", "smtp_password")}
        answer = own.onchange(typed, ["smtp_preset"], specification)
        self.assertNoSecret(answer)

    def test_every_password_of_mail_is_sealed(self):
        sealed = {(field.model_name, field.name) for field in secret_fields(self.env)}
        self.assertLessEqual(
            {("ir.mail_server", "smtp_pass"), ("fetchmail.server", "password")}, sealed
        )
        for model in ("ir.mail_server", "fetchmail.server"):
            self.assertIsInstance(self.env[model]._fields[FIELDS[model]], Secret)


@tagged("post_install", "-at_install")
class TestNobodyReadsFromOutside(Everything, HttpCase):
    """The same over JSON-2 and XML-RPC, with the log at its loudest."""

    METHODS = {
        "read": lambda name: {"fields": [name]},
        "web_read": lambda name: {"specification": {name: {}}},
        "search_read": lambda name: {"domain": [], "fields": [name]},
        "search": lambda name: {"domain": [(name, "ilike", "a")]},
        "formatted_read_group": lambda name: {"domain": [], "groupby": [name]},
        "export_data": lambda name: {"fields_to_export": [name]},
        "copy_data": lambda name: {},
        "default_get": lambda name: {"fields": [name]},
        "fields_get": lambda name: {"allfields": [name]},
        "write": lambda name: {"vals": {name: INBOX_PASSWORD, "no_such_field": 1}},
        "create": lambda name: {"vals_list": [{name: RELAY_PASSWORD}]},
    }
    ON_THE_MODEL = ("search_read", "search", "formatted_read_group", "default_get")

    def setUp(self):
        super().setUp()
        apikeys = self.env["res.users.apikeys"]
        self.keys = {
            role: apikeys.with_user(user).sudo()._generate("rpc", "test", None)
            for role, user in self.roles.items()
        }
        self.log = io.StringIO()
        handler, root = logging.StreamHandler(self.log), logging.getLogger()
        root.addHandler(handler)
        self.addCleanup(root.removeHandler, handler)
        for name in ("odoo.service.model", "odoo.http", "odoo.addons.rpc"):
            logger = logging.getLogger(name)
            self.addCleanup(logger.setLevel, logger.level)
            logger.setLevel(logging.DEBUG)

    def calls(self):
        for role in self.roles:
            for model, records in self.records.items():
                for method, arguments in self.METHODS.items():
                    on_model = method in (*self.ON_THE_MODEL, "fields_get", "create")
                    ids = [] if on_model else records.ids
                    yield role, model, method, ids, arguments(FIELDS[model])

    def json2(self, role, model, method, ids, arguments):
        body = {**({"ids": ids} if ids else {}), **arguments}
        headers = {
            "Authorization": f"Bearer {self.keys[role]}",
            "X-Odoo-Database": self.env.cr.dbname,
        }
        return self.url_open(f"/json/2/{model}/{method}", json=body, headers=headers)

    def xmlrpc(self, role, model, method, ids, arguments):
        user = self.roles[role]
        who = (self.env.cr.dbname, user.id, self.keys[role])
        try:
            return self.xmlrpc_object.execute_kw(
                *who, model, method, [ids] if ids else [], arguments
            )
        except Fault as fault:
            return f"{fault.faultCode} {fault.faultString}"

    def test_no_call_answers_with_a_password(self):
        statuses = set()
        for call in self.calls():
            with self.subTest(call=call[:3], over="JSON-2"):
                answer = self.json2(*call)
                statuses.add(answer.status_code)
                self.assertNoSecret(answer.text)
        self.assertLessEqual({200, 403}, statuses)
        self.assertNoSecret(self.log.getvalue())

    def test_nor_over_xml_rpc(self):
        for call in self.calls():
            with self.subTest(call=call[:3], over="XML-RPC"):
                self.assertNoSecret(self.xmlrpc(*call))
        self.assertNoSecret(self.log.getvalue())
        self.assertIn("call res.users", self.log.getvalue())
