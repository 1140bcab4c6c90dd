"""Tools for tests of mail: a mail server that does what it is told, and test cases.

Usable by any addon::

    from odoo.addons.mail_delivery.testkit import DeliveryCase, ScriptedSMTP

``docs/delivery.md`` shows how.
"""

from .cases import CommittedCase, DeliveryCase, DeliveryMixin, TrappedMails
from .certificates import Certificates
from .plans import reading, rows_read
from .scripted_smtp import Received, ScriptedSMTP
from .worker import Worker, Workers
