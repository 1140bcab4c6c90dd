"""A model with a secret, for tests: Odoo's industries get a ``pin``."""

import os
from unittest.mock import patch

from odoo import models
from odoo.orm.model_classes import add_to_registry
from odoo.tests import TransactionCase

from ..fields import Secret
from ..tools import keyring
from ..tools.keyring import new_key

MODEL = "res.partner.industry"
PIN = "correct horse 1234"


def use_keys(*keys, **variables):
    """Patch the environment of this process.

    :param keys: of the ring, the first one seals; none: no ring
    :param variables: more of the environment
    """
    names = (keyring.KEYS, keyring.KEYS_FILE)
    environ = {name: text for name, text in os.environ.items() if name not in names}
    if keys:
        environ[keyring.KEYS] = ",".join(keys)
    return patch.dict(os.environ, environ | variables, clear=True)


class SecretCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = new_key()
        cls.enterClassContext(use_keys(cls.key))
        cls._add_pin()
        cls.record = cls.env[MODEL].create({"name": "Hotels", "pin": PIN})

    @classmethod
    def _add_pin(cls):
        class Industry(models.Model):
            _module = None
            _name = MODEL
            _inherit = [MODEL]

            pin = Secret("PIN")

        cls.extend(Industry)

    @classmethod
    def extend(cls, definition):
        """Add to a model until the end of this class of tests."""
        name = definition._name
        cls.addClassCleanup(cls._reset, name, cls.registry[name]._base_classes__)
        add_to_registry(cls.registry, definition)
        cls.registry._setup_models__(cls.env.cr, [name])
        cls.registry.init_models(cls.env.cr, [name], {"models_to_check": True})

    @classmethod
    def _reset(cls, name, base_classes):
        cls.registry[name]._base_classes__ = base_classes
        cls.registry._setup_models__(cls.env.cr, [name])

    @property
    def pin(self):
        # no attribute: a field is a descriptor and would take the test for a record
        return self.env[MODEL]._fields["pin"]

    def column(self, record=None):
        """What a dump of the database shows."""
        record = record or self.record
        self.env.cr.execute(
            f"SELECT pin FROM {record._table} WHERE id = %s", record.ids
        )
        return self.env.cr.fetchone()[0]

    def set_column(self, text, record=None):
        record = record or self.record
        self.env.cr.execute(
            f"UPDATE {record._table} SET pin = %s WHERE id = %s", (text, record.id)
        )
