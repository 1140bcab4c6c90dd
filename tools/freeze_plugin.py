"""A pytest plugin: a test that stops the clock starts faster.

Each time, freezegun asks all modules that are loaded whether they have other names than
before, and builds and hashes a set of the names of each. With Odoo there are thousands
of them, and that took a tenth of the addons' tests. How many names a module has says
nearly the same, and is known at once.
"""

import types

import freezegun.api


def names_of(module: types.ModuleType) -> str:
    """What changes when a module gets or loses a name.

    :param module: in ``sys.modules``; it may be anything
    """
    return f"{id(module)}-{len(getattr(module, '__dict__', ()))}"


def pytest_configure() -> None:
    """Have freezegun ask for that."""
    freezegun.api._get_module_attributes_hash = names_of
