"""Who does not work for a billing entity reaches nothing of it, whichever way they try.

Models and methods come from the registry: a new one is tried without being named here.
"""

import inspect
import os
from zlib import crc32

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw, get_public_method
from odoo.tests import tagged

from .common import CrmCase
from .entities import EntityWorld

BOTH_SIDES = bool(os.environ.get("ENTITY_SIDES"))
# Plausible values of arguments, by their name; others get a word.
ARGUMENTS = {
    "vals": {"internal_note": "touched"},
    "vals_list": [{}],
    "values": {},
    "fields": ["display_name"],
    "fields_spec": {"display_name": {}},
    "field_names": [],
    "specification": {"display_name": {}},
    "fields_to_export": ["display_name"],
    "domain": [],
    "groupby": ["id"],
    "views": [[False, "form"]],
    "amount": 1,
    "reason": "Because",
    "valid_until": "2099-12-31",
    "signed_date": "2026-01-01",
    "operation": "read",
    "subject": "words",
    "act_type_xmlids": ["mail.mail_activity_data_todo"],
    "field_name": "id",
    "aggregates": ["__count"],
    "progress_bar": {"field": "state", "colors": {}},
    "data": [["1"]],
    "limit": 10,
    "body": "<p>words</p>",
}


class EntityCase(EntityWorld, CrmCase):
    def outsiders(self, entity):
        """Who sees nothing of an entity: the other one's staff, customers, visitors."""
        (other,) = (self.thailand | self.hongkong) - entity
        return [*self.staff[other].values(), self.customer, self.visitor]


@tagged("post_install", "-at_install")
class TestEveryModelIsDecided(EntityCase):
    def test_each_model_says_whose_its_records_are_and_has_a_rule(self):
        employees = self.env.ref("base.group_user")
        for model in self.own_models():
            path = self.path_of(model)
            with self.subTest(model=model._name):
                self.assertIsNotNone(
                    path,
                    "Inherit document.entity.mixin and say the way to the billing "
                    "entity (_entity_path), or that both share these records (an "
                    "empty one); "
                    "of an addon below, say it in GENERIC of tests/entities.py.",
                )
                here = [("model_id.model", "=", model._name)]
                rules = self.env["ir.rule"].search(
                    [*here, ("groups", "in", employees.ids)]
                )
                self.assertEqual(
                    bool(rules),
                    bool(path),
                    "Give the model a rule in security/bmasia_crm_rules.xml.",
                )

    def test_there_is_something_to_be_seen_of_each_model_in_each_entity(self):
        """Else the other tests would try nothing."""
        for entity in (self.thailand, self.hongkong):
            for model in self.entity_models():
                with self.subTest(model=model._name, entity=entity.name):
                    self.assertTrue(
                        self.records_of(model, entity),
                        "Make one in tests/entities.py.",
                    )

    def test_no_rule_binds_customers(self):
        """Somebody with one account for both entities keeps what is theirs."""
        for model in self.entity_models():
            rules = self.env["ir.rule"].search([("model_id.model", "=", model._name)])
            self.assertTrue(all(rules.mapped("groups")), model._name)


@tagged("post_install", "-at_install")
class TestOrm(EntityCase):
    """Read, search, sum, export, copy, write, make and delete."""

    def test_own_staff_and_who_works_for_both_see_what_their_role_sees(self):
        for entity in (self.thailand, self.hongkong):
            people = [*self.staff[entity].values(), self.nikki, self.pom, self.norbert]
            for model in self.entity_models():
                theirs = self.records_of(model, entity)
                for user in people:
                    records = theirs.with_user(user)
                    if not records.browse().has_access("read"):
                        continue
                    with self.subTest(model=model._name, user=user.login):
                        self.assertEqual(records._filtered_access("read"), records)
                        records.read(["display_name"])

    def test_outsiders_find_and_read_nothing(self):
        for entity in (self.thailand, self.hongkong):
            for user in self.outsiders(entity):
                for model in self.entity_models():
                    with self.subTest(model=model._name, user=user.login):
                        self.assert_hidden(self.records_of(model, entity), user)

    def assert_hidden(self, records, user):
        mine = records.with_user(user)
        domain = [("id", "in", records.ids)]
        for ask in (
            lambda: mine.search(domain).ids,
            lambda: mine.search_count(domain),
            lambda: [
                row
                for row in mine.formatted_read_group(domain, [], ["__count"])
                if row["__count"]
            ],
            lambda: mine.formatted_read_group(domain, ["id"], ["__count"]),
            lambda: mine.name_search("", domain),
            lambda: mine.web_search_read(domain, {"id": {}})["records"],
            lambda: mine.search_read(domain, ["id"]),
        ):
            answer = self.answered(ask)
            if not isinstance(answer, AccessError):
                self.assertIn(answer, (0, []))
        for ask in (
            lambda: mine.read(["display_name"]),
            lambda: mine[0][mine._rec_name or "create_date"],
            lambda: mine.web_read({"display_name": {}}),
            lambda: mine.export_data(["id"]),
            lambda: mine[0].copy(),
        ):
            self.assertIsInstance(self.answered(ask), UserError)

    def test_managers_of_the_other_entity_change_nothing(self):
        for entity, other in self.pairs():
            before = self.fingerprint(entity)
            user = self.staff[other]["manager"]
            for model in self.entity_models():
                record = self.records_of(model, entity)[:1]
                mine = record.with_user(user)
                twin = self.twin_of(record)
                for act in (
                    lambda mine=mine: mine.write({"write_uid": mine.env.uid}),
                    lambda mine=mine: mine.unlink(),
                    lambda mine=mine, twin=twin: mine.create(twin),
                ):
                    with self.subTest(model=model._name):
                        # UserError: what the system writes is nobody's to write
                        self.assertIsInstance(self.answered(act), UserError)
            self.assertEqual(self.fingerprint(entity), before)

    def twin_of(self, record):
        """What somebody would type to make another one like this, in its entity."""
        return {
            name: record[name].id if field.type == "many2one" else record[name]
            for name, field in record._fields.items()
            if field.store
            and (field.required or field.name == "company_id")
            and (not field.compute or field.name == "company_id")
            and name not in ("state", "send_state")
        }


@tagged("post_install", "-at_install")
class TestCalls(EntityCase):
    def test_no_public_method_tells_or_changes_anything(self):
        """As over RPC, by a manager of the other entity."""
        before = {entity: self.fingerprint(entity) for entity, _other in self.pairs()}
        tried = 0
        for model in self.entity_models():
            for name in self.public_methods(model):
                for entity, other in self.sides(f"{model._name}.{name}"):
                    record = self.records_of(model, entity)[:1]
                    user = self.staff[other]["manager"]
                    self.before = before[entity]
                    tried += 1
                    with self.subTest(model=model._name, method=name):
                        self.assert_closed(record, name, user, entity)
        self.assertGreater(tried, 1000)

    def sides(self, method):
        """From which entity a method is tried on the other: one, another for each
        method; ``./run soak`` tries each from both."""
        if BOTH_SIDES:
            return self.pairs()
        return [self.pairs()[crc32(method.encode()) % 2]]

    def assert_closed(self, record, name, user, entity):
        model = record.with_user(user).browse()
        method = getattr(type(model), name)
        about = [] if getattr(method, "_api_model", False) else [record.ids]
        arguments = self.arguments_of(method, record, user)
        after = []
        answer = self.answered(
            lambda: call_kw(model, name, about, arguments), entity, after
        )
        self.assertLessEqual(set(after), {self.before}, "something was changed")
        self.assertNotIn(self.mark_of(entity), repr(answer))
        for secret in self.secrets_of(record):
            self.assertNotIn(secret, repr(answer))

    def secrets_of(self, record):
        names = {"name", "access_token"} & record._fields.keys()
        values = [value for name in names if isinstance(value := record[name], str)]
        if "message_partner_ids" in record._fields:
            values += record.message_partner_ids.mapped("email_normalized")
        return values

    def public_methods(self, model):
        for name in dir(type(model)):
            if name.startswith("_") or not callable(getattr(type(model), name, None)):
                continue
            try:
                get_public_method(model, name)
            except (AccessError, AttributeError):
                continue
            yield name

    def arguments_of(self, method, record, user):
        known = {
            **ARGUMENTS,
            "partner_ids": user.partner_id.ids,
            "domain": [("id", "in", record.ids)],
        }
        return {
            argument.name: known.get(argument.name, "x")
            for argument in list(inspect.signature(method).parameters.values())[1:]
            if (argument.default is argument.empty or argument.name in known)
            and argument.kind in (argument.POSITIONAL_OR_KEYWORD, argument.KEYWORD_ONLY)
        }
