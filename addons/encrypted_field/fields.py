"""``Secret``: a field whose column holds an envelope instead of the value.

::

    from odoo.addons.encrypted_field.fields import Secret

    class MailServer(models.Model):
        _inherit = "ir.mail_server"

        smtp_pass = Secret(
            "Password", groups="base.group_system", bound_to=("smtp_host", "smtp_user")
        )

``bound_to`` names the fields of the same model that the value must not be used without:
what tells where it is sent, and as whom. They are sealed with it. A write that changes
one of them without bringing a new value forgets the value, whoever writes; changed in
another way (SQL), it cannot be opened any more. Names that differ in case, blanks
around or a last dot are the same.

Reading gives False to everybody, superuser included; writing seals; writing something
falsy changes nothing, because a form sends it for a field that nobody touched. Python
code gets at the value through the field object::

    field = server._fields["smtp_pass"]
    field.is_set(server)      # True
    field.reveal__(server)    # the clear text
    field.clear(server)       # forget it

The field is stored, but not by the ORM: it has no column type, so nothing that reads,
searches, sorts, groups, exports, copies or tracks ever sees the column. Format and
threat model: :mod:`odoo.addons.encrypted_field.tools.keyring`.
"""

from collections.abc import Iterable
from typing import Any

from odoo.exceptions import UserError
from odoo.fields import Char
from odoo.models import BaseModel
from odoo.tools import SQL, LazyTranslate, sql

from .tools import keyring

_lt = LazyTranslate(__name__)

DEMO_MARKER = "encrypted_field.demo_key_ids"  # system parameter of a demo database
SEALED = f"v_:{'_' * keyring.KEY_ID_LENGTH}:%"  # for LIKE, of every version
SEAL_BATCH = 500  # rows read at once
UNSUPPORTED = ("compute", "related", "default", "company_dependent", "translate")

# What went wrong and what to do, from special to general.
SENTENCES = (
    (
        keyring.MissingKeys,
        _lt(
            "There is no encryption key on this server, so no password can be stored "
            "or used. Your administrator has to set ODOO_SECRET_KEYS or "
            "ODOO_SECRET_KEYS_FILE and restart Odoo."
        ),
    ),
    (
        keyring.MalformedKeys,
        _lt(
            "The encryption key of this server is malformed, so no password can be "
            "stored or used. Your administrator has to put a Fernet key into "
            "ODOO_SECRET_KEYS or ODOO_SECRET_KEYS_FILE and restart Odoo."
        ),
    ),
    (
        keyring.ExposedKeys,
        _lt(
            "The file of encryption keys on this server can be read by other users of "
            "the machine, so it is not used. Your administrator has to make it "
            "readable by its owner only (chmod 400)."
        ),
    ),
    (
        keyring.DemoKey,
        _lt(
            "This server runs with the key of the demo, but this database is not the "
            "demo, so no password can be stored or used. Your administrator has to "
            "make a key of its own for it."
        ),
    ),
    (
        keyring.UnknownKey,
        _lt(
            "This password was stored with an encryption key that the server does not "
            "have any more. Type the password again, or ask your administrator to add "
            "the former key to ODOO_SECRET_KEYS."
        ),
    ),
    (
        keyring.Rebound,
        _lt(
            "This password was stored for another server, port, security or log-in "
            "than the present one. Type the password again."
        ),
    ),
    (
        keyring.Unbound,
        _lt(
            "This password was stored by an earlier version, which did not tie it to "
            "its server. Type the password again."
        ),
    ),
    (
        keyring.SecretError,
        _lt(
            "The stored password cannot be read: it was changed or moved outside of "
            "Odoo. Type the password again."
        ),
    ),
)


class SecretUserError(UserError):
    """A secret that cannot be stored or used, as a sentence for people.

    ``cause`` is the :class:`~.tools.keyring.SecretError` behind it.
    """

    def __init__(self, env: Any, cause: keyring.SecretError) -> None:
        self.cause = cause
        sentence = next(text for kind, text in SENTENCES if isinstance(cause, kind))
        super().__init__(env._(sentence))


class Secret(Char):
    """A text that only Python code can read; see the module's docstring.

    Takes the parameters of ``Char`` except those in ``UNSUPPORTED``, and may redefine
    a field that is a ``Char`` so far. A column that exists already keeps its type, and
    the clear texts in it are sealed when the addon is installed or upgraded.
    """

    column_type = None
    copy = False
    prefetch = False
    exportable = False
    bound_to: tuple[str, ...] = ()
    # after the fields that it is bound to
    write_sequence = 30

    _description_searchable = False
    _description_sortable = False
    _description_groupable = False

    # -- what python code calls

    def reveal__(self, record: Any) -> str | bool:
        """The clear text. The name ends in underscores as that of ``_connect__`` does:
        no expression in a template, server action or domain can call it.

        :param record: a single record
        :returns: the text, or False when there is none
        :raises SecretUserError: it cannot be opened
        """
        record.ensure_one()
        envelope = self.envelope(record)
        if not envelope:
            return False
        try:
            return key_ring(record.env).open(envelope, self._place(record))
        except keyring.SecretError as error:
            raise SecretUserError(record.env, error) from None

    def envelope(self, record: Any) -> str:
        """The column's text as it is: tells whether the value has changed since.

        :param record: a single record
        """
        return self._envelopes(record).get(record.id, "")

    def is_set(self, record: Any) -> bool:
        """Whether the record has a value, readable or not.

        :param record: a single record. In a form, which is not saved yet: whether
            saving it as it stands keeps the value
        """
        stored = record._origin
        if not self._envelopes(stored):
            return False
        return record == stored or self._binding(record) == self._binding(stored)

    def is_kept(self, record: Any, values: dict[str, Any]) -> bool:
        """Whether the record has a value, and would after a write.

        :param record: a single record, or none
        :param dict values: of the write, without a new one for this field
        """
        return self.is_set(record) and all(
            keyring.normal_form(values[name]) == was
            for name, was in self._binding(record)
            if name in values
        )

    def with_value(self, records: Any) -> Any:
        """Those of the records that have a value."""
        return records.browse(self._envelopes(records))

    def clear(self, records: Any) -> None:
        """Forget the values."""
        self._store(records, {record_id: None for record_id in records.ids})

    def seal_existing(self, model: Any) -> int:
        """Seal the clear texts that are in the column already.

        :param model: an environment's model, as ``env["ir.mail_server"]``
        :returns: how many were sealed
        :raises SecretUserError: there are some, and no key to seal them with
        """
        sealed = 0
        while clear_texts := self._clear_texts(model):
            self._store(model, self._seal(model, clear_texts))
            sealed += len(clear_texts)
        return sealed

    # -- the protocol of stored fields without a column
    # pylint: disable=method-required-super  # a field's methods, not a model's

    def read(self, records: Any) -> None:
        self._insert_cache(records, [None] * len(records))

    def create(self, record_values: Iterable[tuple[Any, Any]]) -> None:
        for record, value in record_values:
            self.write(record, value)

    def write(self, records: Any, value: Any) -> None:
        if value and not isinstance(value, str):
            # its text would be stored as the secret, and nobody could see that it is
            raise UserError(
                records.env._(
                    "“%s” takes a text only.", self._description_string(records.env)
                )
            )
        if value and any(records._ids):
            values = dict.fromkeys(records.ids, value)
            self._store(records, self._seal(records, values))
        self._update_cache(records, None)

    def convert_to_cache(self, value: Any, record: Any, validate: bool = True) -> None:
        return None

    def convert_to_record(self, value: Any, record: Any) -> bool:
        return False

    def convert_to_read(
        self, value: Any, record: Any, use_display_name: bool = True
    ) -> bool:
        return False

    def convert_to_export(self, value: Any, record: Any) -> str:
        return ""

    def convert_to_display_name(self, value: Any, record: Any) -> bool:
        return False

    def convert_to_write(self, value: Any, record: Any) -> Any:
        # assignment goes through this method on its way to write()
        return value

    # -- database

    def update_db(self, model: Any, columns: dict[str, Any]) -> bool:
        if self.name in columns:
            model.pool.post_init(self.seal_existing, model)
        else:
            sql.create_column(
                model.env.cr, model._table, self.name, "text", self.string
            )
        return False

    def to_sql(self, model: Any, alias: Any) -> Any:
        # ValueError is what core expects from a field that cannot be sorted or grouped
        raise ValueError(f"{self} is encrypted")

    def condition_to_sql(
        self,
        field_expr: str,
        operator: str,
        value: Any,
        model: Any,
        alias: Any,
        query: Any,
    ) -> Any:
        raise UserError(model.env._("%s is encrypted: nobody can search it.", self))

    # -- set-up

    def _get_attrs(self, model_class: Any, name: str) -> dict[str, Any]:
        attrs: dict[str, Any] = super()._get_attrs(model_class, name)
        if wrong := [key for key in UNSUPPORTED if attrs.get(key)]:
            raise TypeError(f"{model_class._name}.{name}: a Secret cannot be {wrong}")
        return attrs

    def setup(self, model: Any) -> bool:
        done: bool = super().setup(model)
        if unknown := set(self.bound_to) - set(model._fields):
            raise TypeError(f"{self}: bound to unknown fields {sorted(unknown)}")
        if self.bound_to:
            names = model._bound_secret_names | {self.name}
            type(model)._bound_secret_names = names
        return done

    # -- helpers

    def _place(self, record: Any) -> keyring.Place:
        return keyring.Place(
            self.model_name, self.name, record.id, self._binding(record)
        )

    def _binding(self, record: Any) -> keyring.Binding:
        """The present values, read as superuser. One that is computed from elsewhere,
        as from a setting, is not taken from the cache.
        """
        values = record.sudo()
        computed = [name for name in self.bound_to if not record._fields[name].store]
        if computed:
            values.invalidate_recordset(computed, flush=False)
        return tuple(
            (name, keyring.normal_form(self._plain(values[name])))
            for name in self.bound_to
        )

    @staticmethod
    def _plain(value: Any) -> Any:
        return value._origin.id if isinstance(value, BaseModel) else value

    def _seal(self, records: Any, values: dict[int, str]) -> dict[int, str]:
        try:
            ring = key_ring(records.env)
        except keyring.SecretError as error:
            raise SecretUserError(records.env, error) from None
        return {
            record.id: ring.seal(values[record.id], self._place(record))
            for record in records.browse(values)
        }

    def _store(self, records: Any, envelopes: dict[int, Any]) -> None:
        for res_id, envelope in envelopes.items():
            records.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s",
                    SQL.identifier(records._table),
                    SQL.identifier(self.name),
                    envelope,
                    res_id,
                )
            )

    def _envelopes(self, records: Any) -> dict[int, str]:
        ids = [res_id for res_id in records._ids if res_id]
        if not ids:
            return {}
        rows = records.env.execute_query(
            SQL(
                "SELECT id, %(column)s FROM %(table)s"
                " WHERE id IN %(ids)s AND %(column)s <> ''",
                column=SQL.identifier(self.name),
                table=SQL.identifier(records._table),
                ids=tuple(ids),
            )
        )
        return dict(rows)

    def _clear_texts(self, model: Any) -> dict[int, str]:
        rows = model.env.execute_query(
            SQL(
                "SELECT id, %(column)s FROM %(table)s"
                " WHERE %(column)s <> '' AND %(column)s NOT LIKE %(sealed)s"
                " ORDER BY id LIMIT %(batch)s",
                column=SQL.identifier(self.name),
                table=SQL.identifier(model._table),
                sealed=SEALED,
                batch=SEAL_BATCH,
            )
        )
        return dict(rows)


def key_ring(env: Any) -> keyring.KeyRing:
    """The ring of this process, unless it is the demo's and this database is not.

    :raises keyring.KeyRingError: there is none that may be used
    """
    ring = keyring.KeyRing.from_environ()
    if ring.demo_key_ids:
        marker = env["ir.config_parameter"].sudo().get_param(DEMO_MARKER)
        if foreign := ring.demo_key_ids - set(keyring.split_keys(marker or "")):
            raise keyring.DemoKey(*sorted(foreign))
    return ring


def secret_fields(env: Any) -> list[Secret]:
    """All secrets that live in a table of their own model.

    :returns: a list of :class:`Secret`
    """
    return [
        field
        for model in env.values()
        if model._auto and not model._abstract
        for field in model._fields.values()
        if isinstance(field, Secret) and not field.inherited
    ]
