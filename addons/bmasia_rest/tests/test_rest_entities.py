"""Over REST, too, each entity's documents are its own people's only."""

from odoo.tests import tagged

from odoo.addons.bmasia_crm.tests.entities import EntityWorld

from .rest import RestCase


@tagged("post_install", "-at_install")
class TestRestEntities(EntityWorld, RestCase):
    def setUp(self):
        super().setUp()
        self.keys.update(
            {
                user: self.make_key(user)
                for entity in self.staff.values()
                for user in entity.values()
            }
        )

    def test_each_role_gets_its_own_entity_s_documents_only(self):
        for entity, other in self.pairs():
            for resource in self.document_resources():
                theirs = self.records_of(self.env[resource.model], entity)
                foreign = self.records_of(self.env[resource.model], other)
                for user in self.staff[entity].values():
                    with self.subTest(resource=resource.name, user=user.login):
                        self.assert_listed(resource, user, theirs)
                        for record in foreign:
                            self.assert_unknown(resource, user, record)

    def assert_listed(self, resource, user, records):
        answer = self.call(f"{resource.name}?limit=200", user).json()
        self.assertEqual({row["id"] for row in answer["results"]}, set(records.ids))
        self.assertEqual(answer["count"], len(records))

    def assert_unknown(self, resource, user, record):
        for key in filter(None, (str(record.id), record.name)):
            address = f"{resource.name}/{key}"
            self.assertError(self.call(address, user), 404, "not_found")
            self.assertError(self.call(f"{address}/pdf", user), 404, "not_found")
            sent = self.call(f"{address}/send", user, "POST", body={})
            self.assertError(sent, 404, "not_found")
            listed = self.call(f"{resource.name}?name={key}", user).json()
            self.assertEqual(listed["count"], 0)
