import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

KEY_LENGTH = 200


class BmasiaBookingRequest(models.Model):
    """One call that books something, so that the same call again books nothing.

    Unlike a mail, what was booked is booked together with this row: the answer is
    stored, and given again.
    """

    _name = "bmasia.booking.request"
    _description = "Request to Book"
    _inherit = ["document.entity.mixin"]
    _rec_name = "key"

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    key = fields.Char(required=True)
    digest = fields.Char(required=True, help="Of the request.")
    company_id = fields.Many2one("res.company", "Billing Entity", required=True)
    answer = fields.Json()

    _unique_key = models.Constraint(
        "unique(user_id, key)", "This request was made already."
    )

    @api.model
    def _once(self, key, company, asked, book):
        """Book, or give the answer of the call that had this key.

        Two at once: the second waits for the first one's commit, is run again by Odoo
        (a serialization failure), and finds the first.

        :param str key: an idempotency key, or nothing: then this books
        :param company: the billing entity
        :param dict asked: what the call asks for
        :param book: what books and returns the answer
        :returns: the answer, JSON-able
        :raises UserError: the key was used for something else, or is no key
        """
        if not key:
            return book()
        if not isinstance(key, str) or len(key) > KEY_LENGTH or "\0" in key:
            raise UserError(
                self.env._(
                    "An idempotency key is a text of 1 to %s letters.", KEY_LENGTH
                )
            )
        words = json.dumps(asked, sort_keys=True, default=str)
        digest = hashlib.sha256(words.encode()).hexdigest()
        own = self.sudo()
        found = own.search([("user_id", "=", self.env.uid), ("key", "=", key)])
        if not found:
            made = own._claim(key, digest, company)
            answer = book()
            made.answer = answer
            return answer
        if found.digest != digest:
            raise UserError(
                self.env._(
                    "This idempotency key was used for something else. Use a new key "
                    "for a new booking."
                )
            )
        return found.answer

    @api.model
    def _claim(self, key, digest, company):
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO bmasia_booking_request
                   (user_id, key, digest, company_id, create_uid, write_uid,
                    create_date, write_date)
            VALUES (%s, %s, %s, %s, %s, %s,
                    now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')
            ON CONFLICT (user_id, key) DO NOTHING
            RETURNING id
            """,
            (self.env.uid, key, digest, company.id, self.env.uid, self.env.uid),
        )
        return self.browse(self.env.cr.fetchone()[0])
