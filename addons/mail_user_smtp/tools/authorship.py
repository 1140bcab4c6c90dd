"""Who wrote a mail, as a mark in the context.

The values are objects: a program that calls from outside can put any text into the
context, but none of these.
"""

from enum import Enum

AUTHORSHIP = "mail_user_smtp_authorship"


class Authorship(Enum):
    """
    >>> "own" == Authorship.OWN
    False
    """

    OWN = object()  # what somebody wrote: it is sent in their name
    TEMPLATE = object()  # a template of the administrator, sent as it stands
    ACCOUNT = object()  # the same about somebody's account: invitation, password
    COLLEAGUE = object()  # the same, for the accounts of colleagues only
    TRACKING = object()  # what Odoo notes about a change
    ABSENCE = object()  # the answer of somebody who is away
