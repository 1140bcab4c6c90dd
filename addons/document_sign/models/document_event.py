from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.document_flow.tools import typed
from odoo.addons.document_flow.tools.rows import serialize

from ..tools import chain
from ..tools.kept_rows import keep_rows
from ..tools.wishes import LONGEST_NAME, Origin

KINDS = [
    ("viewed", "Viewed"),
    ("asked", "Question asked"),
    ("code_sent", "Code sent"),
    ("code_wrong", "Wrong code"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("extension", "Extension asked for"),
    ("evidence", "Evidence pack made"),
    ("signing_asked", "Signatures asked for"),
    ("signer_asked", "Asked to sign"),
    ("signer_reminded", "Reminded to sign"),
    ("signed", "Signed"),
    ("not_signed", "Declined to sign"),
    ("delegated", "Passed on to somebody else"),
    ("signer_address", "Signer's address corrected"),
    ("signer_replaced", "Another signer of ours named"),
    ("signing_done", "Signed by all"),
    ("signing_void", "Request for signatures void"),
    ("signing_expired", "Request for signatures expired"),
    ("signed_file", "Signed file made"),
]


class DocumentEvent(models.Model):
    """What happened around a document, in its order, for good.

    Gives: a row per event that nobody changes or deletes, and a chain of digests that
    tells whether somebody did all the same (``tools/chain.py``).

    How it works: ``_append`` lets one transaction at a time work on the document, so
    that the chain never forks; an index refuses a fork all the same. Triggers of
    PostgreSQL refuse every change, that of the superuser, too.
    """

    _name = "document.event"
    _description = "Event of a Document"
    _inherit = ["document.entity.mixin", "document.system.mixin"]
    _order = "id desc"
    _rec_name = "kind"
    # who wrote a row would be emptied with that user: a change
    _log_access = False

    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", required=True, readonly=True
    )
    company_id = fields.Many2one(
        "res.company", "Billing Entity", readonly=True, ondelete="restrict"
    )
    document_name = fields.Char("Document Number", readonly=True)
    kind = fields.Selection(KINDS, "What", required=True, readonly=True)
    moment = fields.Datetime("When", required=True, readonly=True)
    who = fields.Char(readonly=True, help="As they typed it, or whom a mail went to.")
    address = fields.Char("E-mail Address", readonly=True)
    remote_address = fields.Char("Internet Address", readonly=True)
    agent = fields.Char("Browser", readonly=True)
    link_number = fields.Integer(
        "Link", readonly=True, help="The link that was used; it may be gone since."
    )
    facts = fields.Json(readonly=True)
    previous = fields.Char(required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True)

    _chain = models.UniqueIndex("(res_model, res_id, previous)")

    def init(self):
        """The database itself keeps the rows."""
        keep_rows(self.env.cr, self._table)
        return super().init()

    @api.model
    def _append(
        self, document, kind, who="", address="", origin=None, link=None, **facts
    ):
        """Note an event of a document.

        :param document: one record of a kind of document
        :param str kind: of ``KINDS``
        :param str who: a name
        :param str address: an e-mail address
        :param Origin origin: where the request came from, where that is evidence
        :param link: the ``document.link`` that was used
        :param facts: what else there is to say, of values that JSON knows
        :returns: the event
        """
        document.ensure_one()
        serialize(document)
        here = [("res_model", "=", document._name), ("res_id", "=", document.id)]
        events = self.sudo()
        last = events.search(here, order="id desc", limit=1)
        origin = origin or Origin()
        values = {
            "res_model": document._name,
            "res_id": document.id,
            "document_name": document.name or "",
            "kind": kind,
            "moment": fields.Datetime.now(),
            "who": typed.line(who)[:LONGEST_NAME],
            "address": address or "",
            "remote_address": origin.remote,
            "agent": origin.agent,
            "link_number": link.id if link else 0,
            "facts": facts,
            "previous": last.digest or chain.START,
        }
        values["digest"] = chain.link(values["previous"], _content(values))
        return events.create({**values, "company_id": document.company_id.id})

    @api.model
    def _broken(self, document):
        """The first event of a document that is not as it was written.

        :returns: the event, or an empty recordset if all of them are
        """
        here = [("res_model", "=", document._name), ("res_id", "=", document.id)]
        return self.sudo().search(here)._first_broken()

    def _first_broken(self):
        """The first of all events of one document that is not as it was written.

        :returns: the event, or an empty recordset if all of them are
        """
        events = self.sorted("id")
        place = chain.verify(event._link() for event in events)
        return self.browse() if place is None else events[place]

    def _link(self):
        """This event as its chain has it.

        :rtype: dict
        """
        [values] = self.read(load=None)
        return {
            "content": _content(values),
            "previous": self.previous,
            "digest": self.digest,
        }

    # ------------------------------------------------------------
    # FOR GOOD
    # ------------------------------------------------------------

    def write(self, vals):
        if self:
            raise UserError(self.env._("What has happened is not changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _refuse_to_delete(self):
        raise UserError(self.env._("What has happened is not deleted."))


CONTENT = (
    *("res_model", "res_id", "document_name", "kind", "who", "address"),
    *("remote_address", "agent", "link_number"),
)


def _content(values):
    """What the digest of an event is reckoned over."""
    return {
        **{name: values[name] or "" for name in CONTENT},
        "moment": fields.Datetime.to_string(values["moment"]),
        "facts": values["facts"] or {},
    }
