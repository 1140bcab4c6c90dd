import base64
import binascii
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate

from odoo.addons.encrypted_field.fields import DEMO_MARKER

from ..tools import certificates, seal, timestamps
from ..tools.certificates import CertificateError
from ..tools.seal import CannotSeal
from ..tools.timestamps import Service, TimestampError
from .document_seal import FAULT_NAMES

_lt = LazyTranslate(__name__)

INTERNAL = "document_sign.internal_hosts"  # system parameter, commas between
MANAGERS = "document_flow.group_manager,base.group_erp_manager"
TYPED = ("seal_file", "seal_password")  # never written, not even for a moment
REFUSALS = {
    seal.UNREADABLE: _lt("This file cannot be sealed: it is no PDF, or a broken one."),
    seal.ENCRYPTED: _lt("This file cannot be sealed: it is locked by a password."),
    seal.CLOSED: _lt("This file is sealed already, and its seal permits no change."),
}


class ResCompany(models.Model):
    """What a billing entity seals with, and how a file gets its seal."""

    _inherit = "res.company"

    seal_ids = fields.One2many("document.seal", "company_id", "Seals", groups=MANAGERS)
    seal_id = fields.Many2one(
        "document.seal", "Seal", compute="_compute_seal", groups=MANAGERS
    )
    seal_subject = fields.Char("In Use", compute="_compute_seal", groups=MANAGERS)
    seal_issuer = fields.Char("Issued By", compute="_compute_seal", groups=MANAGERS)
    seal_ends = fields.Date("Expires On", compute="_compute_seal", groups=MANAGERS)
    seal_fingerprint = fields.Char(
        "Fingerprint (SHA-256)", compute="_compute_seal", groups=MANAGERS
    )
    seal_fault = fields.Selection(
        FAULT_NAMES,
        "Answer of the Time-Stamp Service",
        compute="_compute_seal",
        groups=MANAGERS,
    )
    seal_file = fields.Binary(
        "Certificate with Key",
        store=False,
        exportable=False,
        attachment=False,
        groups=MANAGERS,
        help="A PKCS#12 file (.p12 or .pfx). Nobody can read it again.",
    )
    seal_password = fields.Char(
        "Password of the File",
        store=False,
        exportable=False,
        groups=MANAGERS,
        help="Stored encrypted. Nobody can read it again, you can only replace it.",
    )
    timestamp_url = fields.Char(
        "Time-Stamp Service",
        groups=MANAGERS,
        help="The address of a service (RFC 3161) that confirms when a file was "
        "sealed. Empty: nobody is asked, and the seal names the time of this server.",
    )

    @api.depends("seal_ids.active", "seal_ids.timestamp_fault")
    @api.depends_context("lang")
    def _compute_seal(self):
        for company in self:
            used = company.sudo().seal_ids.filtered("active")[:1]
            company.seal_id = used
            company.seal_subject = used.subject
            ourselves = self.env._("Ourselves: no authority stands behind it")
            company.seal_issuer = ourselves if used.is_own else used.issuer
            company.seal_ends = used.ends
            company.seal_fingerprint = used.fingerprint
            company.seal_fault = used.timestamp_fault

    @api.constrains("timestamp_url")
    def _check_timestamp_url(self):
        for company in self.sudo().filtered("timestamp_url"):
            try:
                timestamps.split_url(company.timestamp_url)
            except TimestampError:
                raise ValidationError(
                    self.env._(
                        "The address of a time-stamp service begins with http:// or "
                        "https:// and has no password in it."
                    )
                ) from None

    @api.model_create_multi
    def create(self, vals_list):
        typed = [_without_typed(vals) for vals in vals_list]
        companies = super().create([vals for vals, _file, _password in typed])
        for company, (_vals, file, password) in zip(companies, typed, strict=True):
            company._take_typed_seal(file, password)
        return companies

    def write(self, vals):
        vals, file, password = _without_typed(vals)
        if file or password:
            self._check_may_configure()
            self.check_access("write")
        result = super().write(vals)
        for company in self:
            company._take_typed_seal(file, password)
        return result

    def _take_typed_seal(self, file, password):
        """
        :raises UserError: a password without its file, or a file that cannot seal
        """
        if password and not file:
            raise UserError(
                self.env._("Choose the file, too, that this password is for.")
            )
        if not file:
            return
        try:
            content = base64.b64decode(file, validate=True)
        except (ValueError, TypeError, binascii.Error):
            content = b""
        self.env["document.seal"]._take(self, content, str(password or ""))

    # ------------------------------------------------------------
    # BUTTONS
    # ------------------------------------------------------------

    def action_make_own_seal(self):
        """Make a certificate of this entity's own, valid for ten years, and seal with
        it from now on. No authority stands behind it: it shows that a file was not
        changed, and our own page tells that it is ours.

        :returns: a notification
        :rtype: dict
        :raises AccessError: not a manager of this entity
        """
        self.ensure_one()
        self._check_may_configure()
        self.check_access("write")
        password = secrets.token_urlsafe()
        name = self.sudo().legal_name or self.name
        content = certificates.own_certificate(name, password, self._kind_of_own())
        made = self.env["document.seal"]._take(self, content, password)
        return self._told(
            self.env._(
                "This entity seals with “%(subject)s” from now on.",
                subject=made.subject,
            )
        )

    @api.model
    def _kind_of_own(self):
        """A demo says that it is one, wherever its files may get to."""
        parameters = self.env["ir.config_parameter"].sudo()
        is_demo = parameters.get_param(DEMO_MARKER)
        return certificates.DEMO if is_demo else certificates.OWN

    def action_drop_seal(self):
        """Seal no more, and forget the key. Files that are sealed stay so, and are
        recognised.

        :returns: True
        :rtype: bool
        :raises AccessError: not a manager of this entity
        """
        self.ensure_one()
        self._check_may_configure()
        self.check_access("write")
        self.sudo().seal_id._retire()
        return True

    def action_try_seal(self):
        """Seal a blank page, and say which level it reached. Nothing is kept.

        :returns: a notification
        :rtype: dict
        :raises AccessError: not a manager of this entity
        :raises UserError: there is no seal, or it cannot be used
        """
        self.ensure_one()
        self._check_may_configure()
        self.check_access("write")
        sealed = self._sealed(seal.BLANK_PAGE, self.env._("To try the seal"))
        if sealed.fault:
            return self._told(
                self.env._(
                    "The seal works, without a time stamp (level %(level)s). What "
                    "the service did: %(fault)s.",
                    level=sealed.level,
                    fault=self.env["document.seal"]._said_of_fault(sealed.fault),
                ),
                "warning",
            )
        return self._told(
            self.env._("The seal works (level %(level)s).", level=sealed.level)
        )

    def _told(self, message, kind="success"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    # ------------------------------------------------------------
    # SEALING
    # ------------------------------------------------------------

    def _seal_pdf(self, content, reason):
        """Seal a finished PDF of this entity. Whoever calls this has asked for rights,
        and archives the answer as it is: nothing may write to it afterwards.

        :param bytes content: the PDF
        :param str reason: why, in words; stands in the file for everybody
        :returns: the sealed PDF, and the level that it reached: ``B-T`` with a time
            stamp, ``B-B`` without
        :rtype: tuple[bytes, str]
        :raises UserError: there is no seal, or neither it nor the file can be used
        """
        sealed = self._sealed(content, reason)
        return sealed.content, sealed.level

    def _sealed(self, content, reason):
        """As above, with why there is no time stamp though a service is set.

        :rtype: seal.Sealed
        """
        self.ensure_one()
        stored = self.sudo().seal_id
        if not stored:
            raise UserError(
                self.env._(
                    "%s has no seal. A manager makes one on the form of the billing "
                    "entity, under Seal.",
                    self.name,
                )
            )
        try:
            sealed = seal.seal_pdf(
                content,
                stored._opened(),
                reason,
                self._timestamp_service(),
                stored._now(),
            )
        except CertificateError as error:
            raise UserError(stored._sentence(error)) from error
        except CannotSeal as error:
            raise UserError(self.env._(REFUSALS[error.reason])) from error
        stored._note_fault(sealed.fault)
        return sealed

    def _timestamp_service(self):
        """Whom to ask for time stamps, or None.

        :rtype: Service
        """
        url = self.sudo().timestamp_url
        if not url:
            return None
        allowed = self.env["ir.config_parameter"].sudo().get_param(INTERNAL) or ""
        hosts = (host.strip().lower() for host in allowed.split(","))
        return Service(url, frozenset(filter(None, hosts)))


def _without_typed(vals):
    """Values without what must not be stored as it is, and that."""
    file, password = (vals.get(name) for name in TYPED)
    return {k: v for k, v in vals.items() if k not in TYPED}, file, password
