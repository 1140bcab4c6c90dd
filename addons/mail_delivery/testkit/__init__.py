"""Tools for tests of mail: a mail server that does what it is told, and test cases.

Usable by any addon::

    from odoo.addons.mail_delivery.testkit import DeliveryCase, ScriptedSMTP
"""

from .cases import CommittedCase, DeliveryCase, DeliveryMixin
from .certificates import Certificates
from .scripted_smtp import Received, ScriptedSMTP
from .worker import Worker
