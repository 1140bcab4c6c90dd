import base64
from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.document_flow.models.document_todo_mixin import TEAM
from odoo.addons.document_flow.tools.days import say_day
from odoo.addons.document_flow.tools.todo import MANAGER, Todo
from odoo.addons.encrypted_field.fields import Secret

from ..tools import certificates, timestamps

_lt = LazyTranslate(__name__)

WARN_DAYS = 60  # an authority takes weeks to look into a company
# What is wrong with a certificate and what to do, from special to general.
SENTENCES = (
    (
        certificates.NotACertificateFile,
        _lt(
            "This file is no certificate with a key. Choose a PKCS#12 file: its name "
            "ends in .p12 or .pfx."
        ),
    ),
    (
        certificates.WrongPassword,
        _lt("The password does not open this file. Type the password of the file."),
    ),
    (
        certificates.NoKey,
        _lt(
            "This file has no private key for its certificate. Export it again, with "
            "its private key."
        ),
    ),
    (
        certificates.Expired,
        _lt("This certificate has expired. Ask its issuer for a new one."),
    ),
    (
        certificates.NotYetValid,
        _lt("This certificate is not valid yet. Use it from its first day on."),
    ),
    (
        certificates.CertificateError,
        _lt(
            "This certificate is not for signing documents. Ask its issuer for one "
            "that is, with an RSA key of 2048 bits or more, or one on a NIST curve."
        ),
    ),
)
FAULT_NAMES = [
    (timestamps.ADDRESS, "Its address leads to no public server"),
    (timestamps.UNREACHABLE, "It did not answer"),
    (timestamps.ANSWER, "Its answer is no time stamp"),
]


class DocumentSeal(models.Model):
    """A certificate that an entity seals with, or has sealed with.

    What is public of it stays for good, so that an old seal is recognised; its key is
    forgotten once another one takes its place. Nobody writes here: the methods of
    ``res.company`` do, after they have asked who it is.
    """

    _name = "document.seal"
    _description = "Seal of a Billing Entity"
    _inherit = ["document.entity.mixin", "document.todo.mixin"]
    _rec_name = "subject"
    _order = "id desc"

    _todos = (
        Todo(
            "seals_expiring",
            _lt("Seals that expire"),
            TEAM,
            domain="_todo_expiring",
            button=_lt("Renew the seal"),
            method="action_open_entity",
            group=MANAGER,
            person="",
            day="ends",
            when=_lt("Expires on"),
            order="ends, id",
        ),
    )

    company_id = fields.Many2one(
        "res.company", "Billing Entity", required=True, index=True, ondelete="cascade"
    )
    active = fields.Boolean(default=True, help="The entity seals with it.")
    subject = fields.Char(
        "Certificate Holder", required=True, help="Whose it is, as it says."
    )
    issuer = fields.Char(required=True)
    is_own = fields.Boolean("Our Own", help="No authority stands behind it.")
    begins = fields.Date("Valid From", required=True)
    ends = fields.Date("Expires On", required=True)
    fingerprint = fields.Char("SHA-256", required=True, index=True)
    certificate = fields.Char(
        "Public Certificate", required=True, help="In DER, as base64."
    )
    key_file = Secret("Certificate with Key", bound_to=("company_id", "fingerprint"))
    key_password = Secret("Password", bound_to=("company_id", "fingerprint"))
    timestamp_fault = fields.Selection(
        FAULT_NAMES,
        "Time-Stamp Service",
        readonly=True,
        help="Why the last seal has no time stamp.",
    )

    _one_active = models.UniqueIndex(
        "(company_id) WHERE active", "An entity seals with one certificate at a time."
    )

    # ------------------------------------------------------------
    # KEY
    # ------------------------------------------------------------

    @api.model
    def _take(self, company, content, password):
        """Seal with another certificate from now on.

        :param bytes content: a PKCS#12 file
        :raises UserError: it cannot seal; nothing is changed then
        """
        try:
            seal = certificates.read_pkcs12(content, password)
            seal.check(self._now())
        except certificates.CertificateError as error:
            raise UserError(self._sentence(error)) from error
        facts = seal.facts
        company.sudo().seal_ids.filtered("active")._retire()
        made = self.sudo().create(
            {
                "company_id": company.id,
                "subject": facts.subject,
                "issuer": facts.issuer,
                "is_own": facts.is_own,
                "begins": facts.begins.date(),
                "ends": facts.ends.date(),
                "fingerprint": facts.fingerprint,
                "certificate": _text(certificates.der(seal.certificate)),
                "key_file": _text(content),
            }
        )
        if password:
            made.key_password = password
        return made

    def _retire(self):
        """Seal with them no more, and forget their keys."""
        self.active = False
        # before the row of another one is inserted
        self.flush_recordset()
        for name in ("key_file", "key_password"):
            self._fields[name].clear(self)

    def _opened(self):
        """The key and its certificate.

        :rtype: certificates.Seal
        :raises UserError: they cannot be used any more
        """
        self.ensure_one()
        content = self._fields["key_file"].reveal__(self)
        if not content:
            raise UserError(
                self.env._("The key of this seal is not there. Choose the file again.")
            )
        password = self._fields["key_password"].reveal__(self) or ""
        try:
            return certificates.read_pkcs12(base64.b64decode(content), password)
        except certificates.CertificateError as error:
            raise UserError(self._sentence(error)) from error

    @api.model
    def _sentence(self, error):
        """What is wrong with a certificate, in words."""
        return self.env._(
            next(text for kind, text in SENTENCES if isinstance(error, kind))
        )

    @api.model
    def _now(self):
        return fields.Datetime.now().replace(tzinfo=UTC)

    @api.model
    def _said_of_fault(self, fault):
        """Why there is no time stamp, in words."""
        labels = self._fields["timestamp_fault"]._description_selection(self.env)
        return dict(labels)[fault.reason]

    def _note_fault(self, fault):
        """Keep why there is no time stamp, where it has changed: whoever seals at the
        same time would wait for this row.

        :param TimestampError fault: or None
        """
        reason = fault.reason if fault else False
        if self.timestamp_fault != reason:
            self.sudo().timestamp_fault = reason

    # ------------------------------------------------------------
    # MY DAY
    # ------------------------------------------------------------

    @api.model
    def _todo_expiring(self):
        soon = fields.Date.today() + timedelta(days=WARN_DAYS)
        return [("ends", "<=", soon), ("company_id", "in", self.env.companies.ids)]

    def _todo_customer(self):
        return ""

    def _todo_why(self, todo):
        day = say_day(self.env, self.ends)
        if self.ends < fields.Date.today():
            return self.env._("It expired on %s: nothing is sealed", day)
        return self.env._("It seals until %s", day)

    def action_open_entity(self):
        """Open the form of the entity that seals with this certificate.

        :returns: an action
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        company = self.company_id
        return {
            "type": "ir.actions.act_window",
            "name": company.name,
            "res_model": "res.company",
            "res_id": company.id,
            "views": [[self.env.ref(company._entity_form).id, "form"]],
        }


def _text(content):
    return base64.b64encode(content).decode()
