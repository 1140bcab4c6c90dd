from markupsafe import Markup

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.bmasia_crm.models.res_partner import RECEIVES
from odoo.addons.bmasia_crm.tools import money
from odoo.addons.document_flow.exceptions import FormRefused
from odoo.addons.document_flow.models.mail_mail import AUTOMATIC_HEADERS
from odoo.addons.document_flow.tools import names, typed
from odoo.addons.mail_delivery.tools.addresses import read

SHOWN = 100  # documents of each kind and entity, the latest ones
LONGEST_NAME = 80


class BmasiaCompany(models.Model):
    """What a customer's people see and change with their login: the documents of their
    company, its contacts, what each of them receives, and who else may log in.

    All of it is asked in the name of the system, for the company of who is logged in
    and no other; each change is a line in the company's chatter.
    """

    _inherit = "bmasia.company"

    @api.model
    def _of_login(self, user):
        """The company whose documents a login shows.

        :param user: a ``res.users``
        :returns: the company as superuser; empty for our own people, for somebody of no
            company, and for those of one that we no longer deal with
        """
        companies = self.sudo()
        person = user.sudo().partner_id
        if not user._is_portal() or not (user.active and person.active):
            return companies
        owner = person.commercial_partner_id
        return companies.search([("partner_id", "=", owner.id)], limit=1)

    def _account_documents(self):
        """The documents that went out to this company, by billing entity.

        :returns: list of dicts ``entity`` (``res.company``), ``logo``, a ``data:``
            address or False, and ``kinds``, a list of dicts ``label``, ``documents``,
            the latest first, and ``has_older``
        """
        self.ensure_one()
        found = {}
        own = Domain("customer_id", "=", self.id) & Domain("sent_date", "!=", False)
        for kind in self.env["document.mixin"]._kinds().values():
            if "customer_id" not in kind._fields:
                continue
            for (entity,) in kind.sudo()._read_group(own, ["company_id"]):
                if shown := self._account_kind(kind, own, entity):
                    found.setdefault(entity, []).append(shown)
        entities = sorted(found, key=lambda entity: entity.id)
        values = self.env["document.report.values"]
        return [
            {"entity": entity, "logo": values._logo_of(entity), "kinds": found[entity]}
            for entity in entities
        ]

    def _account_kind(self, kind, own, entity):
        """The documents of one kind and entity, as the page lists them; None: none."""
        latest = kind.sudo().search(
            own & Domain("company_id", "=", entity.id),
            order="sent_date desc, id desc",
            limit=SHOWN + 1,
        )
        shown = latest[:SHOWN].filtered(lambda document: document._is_there())
        return shown and {
            "label": kind._kind_plural().capitalize(),
            "documents": shown,
            "has_older": len(latest) > SHOWN,
        }

    def _account_dues(self, entity):
        """What is due to an entity now, per currency, in words: what the pages of the
        invoices ask for.

        :param entity: a ``res.company``
        :rtype: list[str]
        """
        due = (
            self.env["bmasia.invoice"]
            .sudo()
            .search(
                [
                    ("customer_id", "=", self.id),
                    ("company_id", "=", entity.id),
                    ("kind", "=", "invoice"),
                    ("state", "=", "issued"),
                    ("amount_due", ">", 0),
                ]
            )
        )
        return [
            invoices[0]._format_money(money.add(each._page_due() for each in invoices))
            for invoices in due.grouped("currency_id").values()
        ]

    def _statement_pdf(self, entity):
        """A statement of account as of today.

        :param entity: a ``res.company``
        :rtype: bytes
        """
        statements = self.env["bmasia.statement"].sudo()
        statement = statements.new({"customer_id": self.id, "company_id": entity.id})
        reports = self.env["ir.actions.report"].sudo()
        return reports._pdf_of_unsaved(statement._get_report(), statement)

    # ------------------------------------------------------------
    # PEOPLE
    # ------------------------------------------------------------

    def _account_people(self):
        """The contacts of this company, with what each receives.

        :rtype: res.partner
        """
        return self.sudo().contact_ids.filtered("active").sorted("name")

    def _account_receive(self, user, contact_id, chosen):
        """Change what a contact receives.

        :param user: who is logged in
        :param int contact_id: of a contact of this company
        :param chosen: names of the fields that are to be true
        :raises UserError: no contact of this company has this id
        """
        contact = self._account_people().filtered(lambda p: p.id == contact_id)
        if not contact:
            raise UserError(self.env._("This contact is gone. Load the page again."))
        values = {name: name in chosen for name in RECEIVES}
        if all(contact[name] == value for name, value in values.items()):
            return
        contact.write(values)
        self._note_account(self._receive_words(user, contact))
        self._tell_of_receive(user, contact)

    def _receive_words(self, user, contact):
        words = self.env["res.partner"]._receives_words()
        kinds = [word for name, word in words.items() if contact[name]]
        return self.env._(
            "%(who)s chose what %(contact)s receives: %(kinds)s.",
            who=user.name,
            contact=contact.name,
            kinds=", ".join(kinds) or self.env._("nothing"),
        )

    def _tell_of_receive(self, user, contact):
        """A document that does not come is missed too late.

        :param user: who changed it
        :param contact: whose e-mails it is about
        """
        self._tell_others(
            user,
            lambda company: (
                company.env._("Who receives what at %s", company.sudo().name),
                company._receive_words(user, contact),
            ),
        )

    def _tell_of_invitation(self, user, contact):
        """Somebody new reads all documents: nobody does so unnoticed.

        :param user: who invited them
        :param contact: who is invited
        """
        self._tell_others(
            user | contact.user_ids,
            lambda company: (
                company.env._("A new login for %s", company.sudo().name),
                company.env._(
                    "%(who)s invited %(other)s (%(address)s), who can log in and see "
                    "all documents of %(company)s.",
                    who=user.name,
                    other=contact.name,
                    address=contact.email,
                    company=company.sudo().name,
                ),
            ),
        )

    def _tell_others(self, but, words_of):
        """Who else has a login, and who is responsible at ours, read of a change by
        mail, from the system.

        :param but: logins that know it already
        :param words_of: gives subject and text, called with this company in the
            reader's language
        """
        colleagues = self.sudo().contact_ids.user_ids.filtered(
            lambda each: each.active and each._is_portal() and each not in but
        )
        mails = self.env["mail.mail"].sudo()
        for each in colleagues | self.sudo().user_id.filtered("active"):
            company = self.with_context(lang=each.lang or self.env.lang)
            path = "/my/documents"
            if each._is_internal():
                path = f"/odoo/{self._name}/{self.id}"
            subject, words = words_of(company)
            body = Markup('<p>%s</p><p><a href="%s">%s</a></p>') % (
                words,
                f"{self.get_base_url()}{path}",
                company.env._("Look at it"),
            )
            mails |= mails.create(
                {
                    "subject": subject,
                    "body_html": body,
                    "email_from": self._account_sender(),
                    "email_to": each.email_formatted,
                    "headers": repr(AUTOMATIC_HEADERS),
                    "auto_delete": True,
                }
            )
        mails.send_after_commit()

    def _account_sender(self):
        """The entity that bills this company, never a person."""
        system = self.env.ref("base.user_root").sudo()
        entity = self.sudo().billing_entity_id
        return entity.email_formatted or system._system_sender()

    def _account_invite(self, user, name, address):
        """Invite a colleague: a contact of this company, who may log in.

        Whoever has a login of another company, or is one of us, is not touched; nobody
        learns that here.

        :param user: who is logged in
        :param str name: the colleague's
        :param str address: their e-mail address
        :raises FormRefused: names what is missing or is no address
        """
        name = typed.line(name)[:LONGEST_NAME]
        boxes = read(typed.line(address)).good
        # the invitation repeats it, and nobody of us reads that before
        faults = []
        if not (typed.is_name(name) and names.is_plain(name)):
            faults.append(("name", self.env._("Type the name of your colleague.")))
        if len(boxes) != 1:
            sentence = self.env._("Type one e-mail address.")
            faults.append(("email", sentence))
        FormRefused.check(faults)
        wire = boxes[0].wire
        people = self.sudo().with_context(active_test=False).contact_ids
        known = people.filtered(lambda person: person.email_normalized == wire)
        if self._is_elsewhere(wire, known) or any(not p.active for p in known):
            self._leave_invitation_to_us(user, name, wire)
            return
        contact = known[:1] or self.env["res.partner"].sudo().create(
            {"name": name, "email": boxes[0].address, "parent_id": self.partner_id.id}
        )
        if not self._give_login(contact):
            self._leave_invitation_to_us(user, name, wire)
            return
        self._note_account(
            self.env._("%(who)s invited %(other)s.", who=user.name, other=contact.name)
        )
        self._tell_of_invitation(user, contact)

    def _is_elsewhere(self, wire, known):
        """Whether an address is that of somebody else: one of us, an entity, a contact
        or a login of another customer, archived ones too.

        :param str wire: the address
        :param known: the contacts of this company who have it
        :rtype: bool
        """
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        others = partners.search([("email_normalized", "=", wire)]) - known
        logins = self.env["res.users"].sudo().with_context(active_test=False)
        login = logins.search([("login", "=", wire)]).partner_id
        return bool(others or login - known)

    def _leave_invitation_to_us(self, user, name, wire):
        """We decide; the page says the same either way."""
        words = {"who": user.name, "other": name, "address": wire}
        text = self.env._("%(who)s wants to invite %(other)s (%(address)s).", **words)
        self._note_account(text)
        responsible = self.sudo().user_id
        if responsible.active:
            self.sudo().with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Invite a customer's colleague"),
                note=Markup("<p>%s</p>") % text,
                user_id=responsible.id,
            )

    def _give_login(self, contact):
        """A login of the portal for a contact, by Odoo's own invitation; once more,
        where they have not come yet. One that was taken away stays away.

        :returns: whether they can come
        :rtype: bool
        """
        entity = self.sudo().billing_entity_id or self.env["res.company"].sudo()
        wizard = self.env["portal.wizard"].with_user(SUPERUSER_ID)
        if entity:
            wizard = wizard.with_company(entity)
        wizard = wizard.with_context(active_ids=contact.ids).create({})
        row = wizard.user_ids.filtered(lambda row: row.partner_id == contact)
        if row.user_id and not row.user_id.active:
            return False
        if row.is_internal:
            return False
        if not row.is_portal:
            row.action_grant_access()
        elif not row.user_id.login_date:
            row.action_invite_again()
        return True

    def _note_account(self, text):
        self.sudo()._message_log(body=Markup("<p>%s</p>") % text)
