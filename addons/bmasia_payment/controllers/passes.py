"""What leads from a document's page to Odoo's page of payment.

The key of a link stays out of that page's address: scripts of the provider run there.
A pass names the link only, is signed, and ends soon; the link itself is asked again at
each step, so that a link that was called back pays nothing.

Another pass leads back from there, and shows what has come of one payment. It is none
of Odoo's access tokens: one of partner, amount and currency opens
``/payment/transaction`` as well, where saved cards pay, nothing is limited, and nothing
is booked.
"""

from odoo.http import request
from odoo.tools.misc import hash_sign, verify_hash_signed

SCOPE = "bmasia_payment"
HOURS = 1  # for a card that somebody has to fetch
OUTCOME = "bmasia_payment/outcome"
OUTCOME_HOURS = 7 * 24  # as long as one is expected
# Where the page of payment leads back to: in the customer's browser only, and sent to
# one address only, for the database keeps no keys.
COOKIE = "bmasia_payment_page"
# No page of the website: those have a language in their address, as /th/payment/…
BACK = "/payment/document/back"


def make(visit):
    """A new pass.

    :param visit: who wants to pay, a ``Visit``
    :rtype: str
    """
    values = [visit.link.id, request.env.context.get("lang")]
    return hash_sign(request.env(su=True), SCOPE, values, expiration_hours=HOURS)


def document_of(token):
    """The document that a pass opens, in its visitor's language.

    :param token: the pass, whatever somebody made of it
    :returns: link and document; the link is empty where the pass, or the link that it
        was made with, opens nothing
    :rtype: tuple
    """
    link = request.env["document.link"].sudo()
    values = _read(SCOPE, token)
    if not values:
        return link, None
    link_id, lang = values
    link = link.browse(link_id).exists().with_context(lang=lang)
    if not link or link._why_shut() or link.purpose == "preview":
        return link.browse(), None
    return link, shown_by(link)


def make_outcome(transaction):
    """A pass to what has come of a payment.

    :param transaction: the ``payment.transaction``
    :rtype: str
    """
    values, hours = [transaction.id], OUTCOME_HOURS
    return hash_sign(request.env(su=True), OUTCOME, values, expiration_hours=hours)


def outcome_of(token):
    """The payment whose outcome a pass shows.

    :param token: the pass, whatever somebody made of it
    :returns: the transaction, or empty
    :rtype: payment.transaction
    """
    ids = _read(OUTCOME, token)
    return request.env["payment.transaction"].sudo().browse(ids).exists()


def _read(scope, token):
    """What a pass says; nothing where it is forged or over."""
    try:
        return verify_hash_signed(request.env(su=True), scope, str(token)) or []
    except ValueError:
        return []


def shown_by(link):
    """The document that the page of a link shows, and that can be paid."""
    document = link._document().with_context(lang=link.env.context.get("lang"))
    document = document._shown_instead() or document
    return document if hasattr(document, "_online_dues") else None
