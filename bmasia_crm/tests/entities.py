"""Two entities with separate staff, and one record of each kind in both."""

from base64 import b64encode
from contextlib import suppress
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from odoo.addons.document_flow.models.document_archived_mixin import (
    DocumentArchivedMixin,
)

from .common import PDF

GROUPS = {
    "user": "bmasia_crm.group_user",
    "finance": "bmasia_crm.group_finance",
    "manager": "bmasia_crm.group_manager",
}
# The way to the entity in models of addons that know none; empty: tells no document.
GENERIC = {"mail.delivery": "company_id"}
# What hangs on documents without being ours.
TRACES = {"mail_message", "mail_activity", "mail_followers", "ir_attachment"}


def own_addons(env):
    """Names of the addons of this project that are installed, whichever there are."""
    addons = env["ir.module.module"].sudo().search([("state", "=", "installed")])
    author = addons.filtered(lambda addon: addon.name == "bmasia_crm").author
    return set(addons.filtered(lambda addon: addon.author == author).mapped("name"))


class Undone(Exception):
    """What was tried is taken back."""


class EntityWorld:
    """Mixed into a case of ``common``: who works for one entity only, what there is to
    be seen, and how something is tried without leaving a trace.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(
            patch.object(DocumentArchivedMixin, "_render_pdf", lambda *_a, **_k: PDF)
        )
        cls.make_staff()
        cls.documents = {
            entity: cls.make_documents(entity) for entity in cls.thailand | cls.hongkong
        }
        cls.env.flush_all()

    @classmethod
    def make_staff(cls):
        """``self.staff[entity][role]``: each works for that entity alone."""
        cls.staff = {}
        for entity in cls.thailand | cls.hongkong:
            cls.staff[entity] = {
                role: new_test_user(
                    cls.env,
                    login=f"{role}.{entity.entity_code}@example.com".lower(),
                    groups=group,
                    company_id=entity.id,
                    company_ids=[Command.set(entity.ids)],
                )
                for role, group in GROUPS.items()
            }

    @classmethod
    def make_documents(cls, entity):
        """Everything that hangs on a sale of an entity, marked so that it is recognised
        wherever it turns up.

        :returns: the quote, contract, invoice and payment
        """
        mark = cls.mark_of(entity)
        line = Command.create({"name": mark, "quantity": 1, "unit_price": 7654321})
        template = cls.env["bmasia.contract.template"].create(
            {
                "name": f"{mark} template",
                "company_id": entity.id,
                "section_ids": [Command.create({"name": mark, "body": mark})],
            }
        )
        maker = cls.norbert
        quote = cls.quote(
            line, user=maker, company_id=entity.id, internal_note=mark, lang="en_US"
        )
        quote.action_mark_sent()
        quote.action_accept()
        contract = cls.opened(quote.action_create_contract())
        contract.write({"internal_note": mark, "template_id": template.id})
        contract.write(
            {
                "location_ids": [Command.clear(), Command.create({"name": mark})],
                "signatory_ids": [Command.create({"name": mark, "side": "customer"})],
            }
        )
        contract.action_mark_sent()
        contract.action_activate(contract._today())
        amendment = cls.amendment_of(contract, maker, note=mark, line_ids=[line])
        amendment.signatory_ids = [Command.create({"name": mark})]
        amendment.action_mark_sent()
        amendment.action_activate(amendment._today())
        contract.action_pause(contract.end_date, contract.end_date, mark)
        invoice = cls.opened(contract.action_create_invoices())
        invoice.internal_note = mark
        invoice.action_issue()
        if "bmasia.payment.claim" in cls.env:  # of an addon that can be missing
            values = {"company_id": entity.id, "invoice_id": invoice.id, "note": mark}
            cls.env["bmasia.payment.claim"].create(values)
        note = (
            cls.env["bmasia.billing.note"]
            .with_user(cls.pom)
            .create(
                {"customer_id": cls.hilton.id, "company_id": entity.id, "note": mark}
            )
        )
        note.action_mark_sent()
        cls.make_bank_statement(invoice, mark)
        paid = invoice.action_register_payment(
            100, reference=mark, withholding_amount=3, idempotency_key=mark
        )
        payment = cls.env["bmasia.receipt"].browse(paid["receipt_id"])
        invoice.with_user(cls.norbert).action_write_off(mark, 1)
        for document in (quote, contract, amendment, invoice, payment, note):
            cls.make_traces(document, mark)
        cls.make_hand_ins(entity, mark)
        cls.env["document.reminder.step"].create(
            {"kind": "overdue_7", "company_id": entity.id, "days": 8}
        )
        cls.env["document.send.batch"].with_user(maker)._open_for(quote | quote.copy())
        cls.make_other_kinds(entity, mark)
        if "document.seal" in cls.env:
            entity.action_make_own_seal()
            entity.seal_id.subject = mark
        cls.env["bmasia.tax.rate"].create(
            {
                "company_id": entity.id,
                "date_from": "2100-01-01",
                "rate": 12,
                "source": mark,
            }
        )
        closed = {"company_id": entity.id, "reason": mark}
        cls.env["bmasia.lock.log"].create(closed)
        return quote, contract, invoice, payment

    @classmethod
    def make_other_kinds(cls, entity, mark):
        """One document of each kind that another addon brings, with its lines."""
        for kind in cls.env["document.mixin"]._kinds().values():
            if kind._original_module != "bmasia_crm":
                values = cls.some_values(kind, mark)
                document = kind.create({**values, "company_id": entity.id})
                for parts in cls.parts_of(kind):
                    values = cls.some_values(parts, mark)
                    parts.create({**values, parts._document_field: document.id})
                cls.make_traces(document, mark)

    @classmethod
    def parts_of(cls, kind):
        """The models of what a kind of document lists."""
        fields_ = (f for f in kind._fields.values() if f.type == "one2many")
        models = {cls.env[field.comodel_name] for field in fields_}
        return [model for model in models if hasattr(model, "_listed_as")]

    @classmethod
    def some_values(cls, model, mark):
        """What a record needs to be made."""
        return {
            name: cls.some_value(field, mark)
            for name, field in model._fields.items()
            if field.required and field.store and not field.default
            if not field.compute
        }

    @classmethod
    def some_value(cls, field, mark):
        """What a field may hold, of a kind of document that nobody named here."""
        if field.type == "many2one":
            return cls.env[field.comodel_name].search([], limit=1).id
        if field.type == "selection":
            return field.get_values(cls.env)[0]
        if field.type in ("date", "datetime"):
            return "2026-01-01"
        return 1 if field.type in ("integer", "float", "monetary") else mark

    @classmethod
    def make_hand_ins(cls, entity, mark):
        """A statement, a filed VAT report and an exported entry."""
        cls.env["bmasia.statement"].with_user(cls.norbert).create(
            {"customer_id": cls.hilton.id, "company_id": entity.id}
        )
        here = {"company_id": entity.id, "user_id": cls.norbert.id}
        cls.env["bmasia.vat.return"].create(
            {**here, "month": "2020-01-01", "filed_date": "2020-02-01", "rows": [mark]}
        )
        export = cls.env["bmasia.journal.export"].create(
            {**here, "date_to": "2020-01-31"}
        )
        cls.env["bmasia.journal.exported"].create(
            {"export_id": export.id, "company_id": entity.id, "key": mark}
        )

    @classmethod
    def make_bank_statement(cls, invoice, mark):
        """A statement with one line, which may pay a part of an invoice."""
        account = cls.env["res.partner.bank"].create(
            {
                "acc_number": mark,
                "partner_id": invoice.company_id.partner_id.id,
                "currency_id": invoice.currency_id.id,
            }
        )
        rows = f"Date,Withdrawal,Deposit,Details\n1/1/26,,5,{mark} {invoice.name}\n"
        statement = (
            cls.env["bmasia.bank.statement"]
            .with_user(cls.norbert)
            .create(
                {
                    "name": mark,
                    "file": b64encode(rows.encode()),
                    "company_id": invoice.company_id.id,
                    "bank_account_id": account.id,
                    "mapping_id": cls.env.ref("bmasia_crm.bank_mapping_kbank").id,
                }
            )
        )
        statement.action_read()

    @classmethod
    def mark_of(cls, entity):
        """What stands in everything of an entity."""
        return f"SECRET-{entity.entity_code}"

    @classmethod
    def opened(cls, action):
        """What a button opened."""
        return (
            cls.env[action["res_model"]]
            .with_user(cls.norbert)
            .browse(action.get("res_id") or action["domain"][0][2])
        )

    @classmethod
    def make_traces(cls, document, mark):
        """A mail, a message, a request and a reminder about a document."""
        here = {"res_model": document._name, "res_id": document.id}
        company = {"company_id": document.company_id.id}
        key = f"{mark} {document._name}"
        document.message_post(body=mark, subject=mark)
        cls.env["mail.delivery"].create(
            {
                "model": document._name,
                "res_id": document.id,
                "recipient": f"{mark}@example.com",
                "subject": mark,
                "user_id": cls.norbert.id,
            }
        )
        cls.env["document.send.request"].create(
            {**here, **company, "user_id": cls.norbert.id, "key": key, "number": mark}
        )
        cls.env["document.reminder"].create(
            {
                **(here | company),
                "kind": "quote_3",
                "cycle": "2026-01-01",
                "document_name": mark,
            }
        )
        link, _key = cls.env["document.link"]._make(document, "mail", recipients=mark)
        if "document.event" in cls.env:
            cls.make_answer(document, link, mark)
        cls.env["document.question"].create(
            {
                **(here | company),
                "question": mark,
                "asked_date": "2026-01-01 00:00:00",
                "document_name": mark,
                "user_id": cls.norbert.id,
            }
        )

    @classmethod
    def make_answer(cls, document, link, mark):
        """What the customer did on a document's page, where an addon keeps it."""
        document._record_event("viewed", mark, f"{mark}@example.com", link=link)
        said = {
            **{"res_model": document._name, "res_id": document.id, "name": mark},
            **{"company_id": document.company_id.id, "link_id": link.id},
            **{"address": f"{mark}@example.com", "sentence": mark, "sha256": mark},
            **{"answer": "accepted", "reason": mark},
        }
        cls.env["document.code"].create(
            {
                **said,
                "ticket": f"{mark} {document}",
                "digest": mark,
                "expires": "2026-01-01 00:00:00",
            }
        )
        file = cls.env["ir.attachment"].create({"name": mark, "raw": PDF})
        moment = {"moment": "2026-01-01 00:00:00", "document_name": mark}
        cls.env["document.acceptance"].create({**said, **moment, "file_id": file.id})
        cls.make_signature({**said, **moment, "file_id": file.id})

    @classmethod
    def make_signature(cls, said):
        """A request for signatures that ended, with one that somebody gave."""
        moment = said["moment"]
        kinds = ("res_model", "res_id", "company_id", "document_name", "file_id")
        here = {name: said[name] for name in (*kinds, "sha256")}
        request = cls.env["document.signing"].create(
            {**here, "expires": "2026-01-01", "asked_date": moment, "state": "void"}
        )
        signer = {"name": said["name"], "email": said["address"], "side": "customer"}
        signer = cls.env["document.signer"].create({**signer, "signing_id": request.id})
        own = {name: said[name] for name in ("name", "address", "sentence", "moment")}
        cls.env["document.signature"].create(
            {
                **here,
                **own,
                "signing_id": request.id,
                "signer_id": signer.id,
                "way": "typed",
            }
        )

    def pairs(self):
        """Each entity with the one that its people have nothing to do with."""
        return (self.thailand, self.hongkong), (self.hongkong, self.thailand)

    # ------------------------------------------------------------
    # WHAT THERE IS
    # ------------------------------------------------------------

    def entity_models(self):
        """Every stored model that belongs to a billing entity."""
        return [model for model in self.own_models() if self.path_of(model)]

    def own_models(self):
        """Every stored model that our addons bring."""
        ours = own_addons(self.env)
        return [
            model
            for model in self.env.values()
            if model._original_module in ours
            and model._auto
            and not model._abstract
            and not model._transient
        ]

    def path_of(self, model):
        """The way from a record to its entity; None where nobody has said it."""
        return GENERIC.get(model._name, getattr(model, "_entity_path", None))

    def records_of(self, model, entity):
        """All records of an entity, as superuser."""
        every = self.env[model._name].sudo().with_context(active_test=False)
        return every.search([(self.path_of(model), "=", entity.id)])

    # ------------------------------------------------------------
    # TRYING
    # ------------------------------------------------------------

    def answered(self, act, entity=None, changes=None):
        """Do something, with nothing remembered, and take it back.

        :param entity: whose documents' fingerprint is added to ``changes`` afterwards
        :returns: the answer, or the error
        """
        self.env.flush_all()
        self.env.invalidate_all()
        answer = None
        with suppress(Undone), self.env.cr.savepoint(flush=False):
            try:
                with self.env.cr.savepoint(flush=False):
                    answer = act()
                    self.env.flush_all()
                if changes is not None:
                    changes.append(self.fingerprint(entity))
            except Exception as error:
                answer = error
            raise Undone
        self.env.cr.clear()
        return answer

    def fingerprint(self, entity):
        """Differs when a row of an entity, or about its documents, was added, changed
        or deleted.
        """
        mine = SQL("company_id = %s", entity.id)
        tables = {
            model._table: mine if _is_stored(model, "company_id") else SQL("true")
            for model in self.entity_models()
        }
        tables.update(dict.fromkeys(TRACES, SQL("true")))
        rows = SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s || ctid::text AS row FROM %s WHERE %s",
                table,
                SQL.identifier(table),
                where,
            )
            for table, where in tables.items()
        )
        self.env.cr.execute(
            SQL("SELECT md5(string_agg(row, ',' ORDER BY row)) FROM (%s) AS rows", rows)
        )
        return self.env.cr.fetchone()[0]


def _is_stored(model, name):
    return name in model._fields and model._fields[name].store
