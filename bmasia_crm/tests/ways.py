"""Every way in which somebody who may call programs gets a mail out of Odoo."""

from contextlib import closing, suppress
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from .common import SendingCase

OFFICE = "office@example.com"
# What a caller gets when a way is shut: said by us or by core.
REFUSALS = (UserError, AssertionError, KeyError, TypeError, ValueError)
QUIET = {"mail_post_autofollow_author_skip": True}


class WaysCase(SendingCase):
    """Nikki has a mailbox, Norbert, a manager, has none; the company has a relay that
    takes everything, and the policy is that nobody borrows it.
    """

    def setUp(self):
        super().setUp()
        self.norbert.email = "norbert@example.com"
        companies = self.thailand | self.hongkong
        companies.smtp_policy = "block"
        self.thailand.email = OFFICE
        self.relay = self.start_server()
        servers = self.env["ir.mail_server"]
        servers.search([("owner_user_id", "=", False)]).active = False
        self.relay_row = servers.create(
            {
                "name": "Relay",
                "smtp_host": self.relay.host,
                "smtp_port": self.relay.port,
                "smtp_encryption": "none",
                "smtp_authentication": "login",
                "sequence": 1,
            }
        )
        # who may write templates has one way more
        self.nikki.group_ids |= self.env.ref("mail.group_mail_template_editor")
        self.template = self.env.ref("bmasia_crm.template_quote_send")
        self.colleagues = {
            user.email_normalized
            for user in self.env["res.users"].search([("share", "=", False)])
            if user.email_normalized
        }

    # ------------------------------------------------------------
    # WHAT LEAVES
    # ------------------------------------------------------------

    def leaving(self, act):
        """What reaches people outside when this is done, right away or by a cron.

        :param act: a call; a refusal counts as nothing
        :returns: what the servers received
        """
        for server in (self.server, self.relay):
            server.messages.clear()
        with closing(self.env.cr.savepoint()):
            with suppress(*REFUSALS), self.env.cr.savepoint():
                act()
                self.env.flush_all()
            self._let_time_pass()
        received = [*self.server.messages, *self.relay.messages]
        return [m for m in received if set(m.recipients) - self.colleagues]

    def _let_time_pass(self):
        """What was made for later is due now."""
        self.env.flush_all()
        later = self.env["mail.message.schedule"].search([])
        later.with_context(**QUIET).force_send()
        for scheduled in self.env["mail.scheduled.message"].search([]):
            with suppress(*REFUSALS), self.env.cr.savepoint():
                scheduled._post_message()
        waiting = self.env["mail.mail"].search([("state", "=", "outgoing")])
        waiting.scheduled_date = False
        self.env.flush_all()
        waiting._deliver()

    def assertOwn(self, received, user):
        """From, Reply-To, envelope and mailbox are this user's, and so is the name."""
        for mail in received:
            own = user.email_normalized
            self.assertEqual((mail.login, mail.sender), (user.login, own))
            for header in ("From", "Reply-To"):
                values = mail.message.get_all(header)
                self.assertEqual(len(values), 1, values)
                self.assertEqual(email_normalize(values[0]), own)
                self.assertIn(user.name, str(values[0]))
            self.assertFalse(mail.message["Sender"])
            self.assertFalse(mail.message["Bcc"])

    # ------------------------------------------------------------
    # THE WAYS
    # ------------------------------------------------------------

    def forgeries(self, user):
        """``(name, values)``: what a caller adds to be somebody else, or to take
        another way.
        """
        pom, own = self.pom.email, user.email
        headers = {"From": pom, "Reply-To": pom, "Sender": pom, "Return-Path": pom}
        yield "plain", {}
        yield (
            "as a colleague",
            {"author_id": self.pom.partner_id.id, "email_from": pom, "reply_to": pom},
        )
        yield (
            "in a colleague's name",
            {"email_from": f"Pom <{own}>", "reply_to": f'"Pom {pom}" <{own}>'},
        )
        yield (
            "as the company",
            {
                "author_id": self.somchai.id,
                "email_from": OFFICE,
                "reply_to": OFFICE,
            },
        )
        yield (
            "through the relay",
            {
                "mail_server_id": self.relay_row.id,
                "record_company_id": self.hongkong.id,
            },
        )
        yield "by headers", {"mail_headers": headers, "headers": repr(headers)}
        yield "for later", {"scheduled_date": self.tomorrow()}

    def tomorrow(self):
        return fields.Datetime.to_string(fields.Datetime.now() + timedelta(days=1))

    def ways(self, user, record):
        """``(name, call)``; each call takes the values of a forgery."""
        yield from self._ways_to_post(user, record)
        yield from self._ways_of_templates(user, record)
        yield from self._ways_of_composers(user, record)
        yield from self._ways_of_models(user, record)

    def message_types(self):
        return self.env["mail.message"]._fields["message_type"].get_values(self.env)

    def _words(self, values, without=("headers",), **more):
        values = {name: values[name] for name in values.keys() - set(without)}
        return {
            "body": "Our bank account is another one now",
            "subject": "Payment",
            "partner_ids": self.somchai.ids,
            **more,
            **values,
        }

    def _ways_to_post(self, user, record):
        own = record.with_user(user).with_context(**QUIET)
        comment = {"subtype_xmlid": "mail.mt_comment"}
        for kind in self.message_types():

            def post(values, kind=kind, target=own):
                target.message_post(**self._words(values, message_type=kind, **comment))

            yield f"message_post {kind}", post
        # as the route of the chatter does
        yield (
            "message_post in the web client",
            lambda values: own.sudo().message_post(
                **self._words({}, message_type="comment", **comment)
            ),
        )
        yield (
            "message_post to an address",
            lambda values: own.message_post(
                **self._words(
                    {"outgoing_email_to": "someone@example.org", **values},
                    partner_ids=[],
                    message_type="comment",
                )
            ),
        )
        for target in (own, self.env["mail.thread"].with_user(user)):

            def notify(values, target=target):
                target.message_notify(**self._words(values))

            yield f"message_notify on {target._name}", notify
        forged = {
            f"default_{name}": value
            for name, value in (
                ("author_id", self.pom.partner_id.id),
                ("email_from", self.pom.email),
                ("reply_to", self.pom.email),
            )
        }
        yield (
            "message_post by context",
            lambda values: own.with_context(**forged).message_post(
                **self._words(values, message_type="comment")
            ),
        )
        raw = (
            f"From: {self.pom.email}\nTo: {OFFICE}\nSubject: x\n"
            "Message-ID: <q1@example.com>\n\nOur bank account"
        )
        yield (
            "message_process",
            lambda values: own.message_process(own._name, raw, thread_id=record.id),
        )

    def _ways_of_templates(self, user, record):
        template = self.template.with_user(user)
        own = record.with_user(user).with_context(**QUIET)
        to_outside = {"email_to": "someone@example.org", "body_html": "<p>x</p>"}
        sets = ({}, to_outside, {"email_to": "someone@example.org"})
        for number, extra in enumerate(sets):

            def send(values, extra=extra):
                values = {k: v for k, v in values.items() if k != "mail_headers"}
                template.send_mail(record.id, email_values={**extra, **values})

            def send_batch(values, extra=extra):
                values = {k: v for k, v in values.items() if k != "mail_headers"}
                template.send_mail_batch(record.ids, email_values={**extra, **values})

            yield f"send_mail {number}", send
            yield f"send_mail_batch {number}", send_batch
        xmlid = "bmasia_crm.template_quote_send"
        yield (
            "message_mail_with_source",
            lambda values: own.message_mail_with_source(
                xmlid, partner_ids=self.somchai.ids, **values
            ),
        )
        yield (
            "message_post_with_source",
            lambda values: own.message_post_with_source(
                xmlid, partner_ids=self.somchai.ids, **values
            ),
        )

        def by_own_template(values):
            chosen = {k: values[k] for k in ("email_from", "reply_to") if k in values}
            made = self.env["mail.template"].with_user(user)
            made = made.create(
                {
                    "name": "x",
                    "model_id": self.env["ir.model"]._get_id(record._name),
                    "subject": "x",
                    "body_html": "<p>x</p>",
                    "email_to": "someone@example.org",
                    "use_default_to": False,
                    **chosen,
                }
            )
            made.send_mail(record.id)

        yield "a template of one's own", by_own_template

    def _ways_of_composers(self, user, record):
        for mode in ("comment", "mass_mail"):

            def compose(values, mode=mode):
                composers = self.env["mail.compose.message"].with_user(user)
                known = {k: v for k, v in values.items() if k in composers._fields}
                composer = composers.with_context(**QUIET).create(
                    {
                        "composition_mode": mode,
                        "model": record._name,
                        "res_ids": str(record.ids),
                        **self._words(known),
                    }
                )
                if values.get("scheduled_date") and mode == "comment":
                    composer.action_schedule_message()
                else:
                    composer.action_send_mail()

            yield f"composer {mode}", compose

    def _ways_of_models(self, user, record):
        place = {"model": record._name, "res_id": record.id}

        def make(model):
            def create(values):
                records = self.env[model].with_user(user)
                known = {k: v for k, v in values.items() if k in records._fields}
                made = records.create({**self._words(known), **place})
                if model == "mail.mail":
                    made.send()

            return create

        def schedule(values):
            scheduled = self.env["mail.scheduled.message"].with_user(user)
            author = values.get("author_id", user.partner_id.id)
            scheduled = scheduled.create(
                {
                    **self._words({}),
                    **place,
                    "author_id": author,
                    "scheduled_date": self.tomorrow(),
                    "notification_parameters": '{"email_from": "pom@example.com"}',
                }
            )
            scheduled.post_message()

        def schedule_for_later(values):
            scheduled = self.env["mail.scheduled.message"].with_user(user)
            scheduled.create(
                {
                    **self._words({}),
                    **place,
                    "author_id": values.get("author_id", user.partner_id.id),
                    "scheduled_date": self.tomorrow(),
                }
            )

        yield "mail.message", make("mail.message")
        yield "mail.mail", make("mail.mail")
        yield "mail.scheduled.message", schedule
        yield "mail.scheduled.message, later", schedule_for_later
