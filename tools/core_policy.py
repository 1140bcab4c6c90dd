"""A pytest plugin for Odoo's own tests: our policy of names and replies is off.

``mail_user_smtp`` lets nobody write in another's name and sends replies to the sender.
Core's tests check the opposite on purpose, hundreds of times. Everything else of our
addons stays as it is.
"""

from collections.abc import Iterator
from unittest.mock import patch

import pytest


@pytest.fixture(scope="session", autouse=True)
def no_policy(load_registry: object) -> Iterator[None]:
    """Nobody counts as a colleague at work whose name has to be kept."""
    from odoo.modules.registry import Registry
    from odoo.tests.common import get_db_name

    users = Registry(get_db_name())["res.users"]
    with patch.object(users, "_is_human_sender", lambda self: False):
        yield
