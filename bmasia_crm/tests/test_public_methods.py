"""Whatever programs may call is described, so that ``/doc`` tells how."""

import inspect
import re

from odoo.service.model import get_public_method
from odoo.tests import TransactionCase, tagged

from odoo.addons.api_doc.controllers import api_doc

from .entities import own_addons


@tagged("post_install", "-at_install")
class TestPublicMethods(TransactionCase):
    def setUp(self):
        super().setUp()
        self.ours = own_addons(self.env)

    def test_each_public_method_of_ours_is_described(self):
        found, missing = 0, []
        for name, method in self.own_methods():
            found += 1
            signature = api_doc.parse_signature(method)
            text = inspect.getdoc(method) or ""
            told = set(re.findall(r":param (?:[\w\[\]]+ )?(\w+):", text))
            unknown = set(signature.parameters) - told
            if not text or unknown:
                missing.append(f"{name}: {sorted(unknown) or 'no docstring'}")
        self.assertGreater(found, 30)
        self.assertEqual(missing, [])

    def test_no_description_breaks_the_page(self):
        with self.assertNoLogs("odoo.addons.api_doc", "WARNING"):
            for _name, method in self.own_methods():
                api_doc.parse_signature(method)

    def own_methods(self):
        """``(name, method)`` of what our addons introduce, once each."""
        seen = set()
        for model in self.env.values():
            for name in dir(type(model)):
                method = self.introduced(model, name)
                if method and method not in seen:
                    seen.add(method)
                    yield f"{method.__module__}.{method.__qualname__}", method

    def introduced(self, model, name):
        """The method as its first class has it, if that is one of ours."""
        if name.startswith("_") or not callable(getattr(type(model), name, None)):
            return None
        try:
            get_public_method(model, name)
        except Exception:
            return None
        first = next(c for c in reversed(type(model).mro()) if hasattr(c, name))
        module = getattr(first, "__module__", "").split(".")
        is_ours = module[:2] == ["odoo", "addons"] and module[2] in self.ours
        return getattr(first, name) if is_ours and "tests" not in module else None
