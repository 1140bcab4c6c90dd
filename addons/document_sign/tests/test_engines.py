"""The examples in the docstrings of the engines: their specification."""

import doctest
import pkgutil
from importlib import import_module

from odoo.tests import BaseCase, tagged

from .. import tools


@tagged("post_install", "-at_install")
class TestExamples(BaseCase):
    def test_the_examples_of_every_engine_hold(self):
        attempted = 0
        for found in pkgutil.walk_packages(tools.__path__, f"{tools.__name__}."):
            with self.subTest(found.name):
                result = doctest.testmod(import_module(found.name))
                self.assertFalse(result.failed)
                attempted += result.attempted
        self.assertTrue(attempted)
