"""The key ring and the envelope of a sealed value. No ORM, no database.

Format
    ``v2:<key id>:<Fernet token>``. The key id is the first 8 hex digits of the
    SHA-256 of the key, so that a search for text finds what is still to be rotated. The
    token holds the JSON list ``[model, field, record id, binding, value]``. The
    binding is a list of pairs ``[field, normal form of its value]``: what the field
    declares that the value must not be used without, as the server of a password.
    A value that is moved, or whose binding changed, is refused.
    ``v1``, of releases before 19.0.1.2.0, has no binding; fields that declare one
    refuse it.

Keys
    ``ODOO_SECRET_KEYS`` (comma-separated Fernet keys) or ``ODOO_SECRET_KEYS_FILE`` (a
    file with the same text, or one key a line, that only its owner may read). The
    first key seals, every key opens. A key that begins with ``demo-only-`` is a
    demo's: databases that are not marked as that demo refuse it.

Threat model
    Protects copies without the ring: dumps, backups, replicas, a stolen disk of the
    database, SQL injection, an administrator of Odoo who looks or exports; and values
    that somebody moves: to another row, or by naming another server in their row, be it
    through the ORM (which forgets the value) or in SQL (which makes it unreadable).
    Does not protect from whoever runs code in the Odoo process (an addon, a shell; the
    expressions of server actions and templates do not reach the clear text) or reads
    its environment; from whoever makes the bound server's own name lead elsewhere and
    has a certificate for it; nor from somebody with SQL who puts an older envelope
    back into the row that it came from together with the settings of that time.
    A value may be *used* where it is bound to: whoever acts as the owner (session,
    API key, code) sends through their account, without reading the password.
    Clear texts that a database held before stay in its older backups: change those
    passwords. Fields that no addon declares as ``Secret`` are not sealed, as the client
    secrets in the system parameters and the private key of a certificate log-in.
"""

import hashlib
import json
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

KEYS = "ODOO_SECRET_KEYS"
KEYS_FILE = "ODOO_SECRET_KEYS_FILE"
UNBOUND_VERSION, VERSION = "v1", "v2"
KEY_ID_LENGTH = 8  # hex digits; names a key, does not protect it
DEMO_PREFIX = "demo-only-"  # takes 60 of a key's 256 bits, and cannot be overlooked
Binding = tuple[tuple[str, str], ...]  # pairs (name, normal form)
OTHERS = stat.S_IRWXG | stat.S_IRWXO


class SecretError(Exception):
    """A value that cannot be sealed or opened. Never carries the value."""


class KeyRingError(SecretError):
    """The ring itself is missing or unusable."""


class MissingKeys(KeyRingError):
    """Neither variable names a key."""


class MalformedKeys(KeyRingError):
    """What is named is no Fernet key."""


class ExposedKeys(KeyRingError):
    """The file of the ring can be read by others than its owner."""


class DemoKey(KeyRingError):
    """The demo's key in a database that is not the demo."""


class UnknownKey(SecretError):
    """The value was sealed with a key that the ring does not hold."""


class BrokenEnvelope(SecretError):
    """The text in the column is no envelope, or was tampered with."""


class Misplaced(SecretError):
    """The value was sealed for another record or field."""


class Rebound(SecretError):
    """The value was sealed with another binding: for another server, say."""


class Unbound(SecretError):
    """The value was sealed before its field declared a binding."""


@dataclass(frozen=True)
class Place:
    """Where a value lives and with what it may be used; part of what is sealed."""

    model: str
    field: str
    res_id: int
    binding: Binding = ()

    def as_list(self) -> list[Any]:
        return [self.model, self.field, self.res_id]

    def binding_as_list(self) -> list[list[str]]:
        return [list(pair) for pair in self.binding]


def normal_form(value: object) -> str:
    """How the value of a bound field is compared: what people write in two ways is the
    same.

    >>> normal_form(" SMTP.Example.com. "), normal_form(587), normal_form(False)
    ('smtp.example.com', '587', '')
    """
    return str(value).strip().lower().removesuffix(".") if value else ""


def key_id(key: str) -> str:
    """The public name of a key.

    >>> key_id("x" * 44)
    '4105d609'
    """
    return hashlib.sha256(key.encode()).hexdigest()[:KEY_ID_LENGTH]


def sealed_with(envelope: str | None) -> str | None:
    """The id of the key that sealed a column's text, or None if it is no envelope.

    >>> sealed_with("v1:4105d609:gAAAAA"), sealed_with("v2:4105d609:gAAAAA")
    ('4105d609', '4105d609')
    >>> sealed_with("hunter2") is None
    True
    """
    version, _, rest = (envelope or "").partition(":")
    name, separator, token = rest.partition(":")
    known = version in (UNBOUND_VERSION, VERSION)
    is_envelope = known and len(name) == KEY_ID_LENGTH and token
    return name if separator and is_envelope else None


def is_unbound(envelope: str) -> bool:
    """Whether a column's text is an envelope of the version without a binding."""
    return envelope.startswith(f"{UNBOUND_VERSION}:")


class KeyRing:
    """Fernet keys, the first of which seals.

    >>> key, place = Fernet.generate_key().decode(), Place("res.users", "pin", 7)
    >>> ring = KeyRing([key])
    >>> envelope = ring.seal("1234", place)
    >>> ring.open(envelope, place)
    '1234'
    >>> ring.open(envelope, Place("res.users", "pin", 8))
    Traceback (most recent call last):
    ...
    odoo.addons.encrypted_field.tools.keyring.Misplaced: res.users.pin of record 8
    >>> ring.open(envelope, Place("res.users", "pin", 7, (("door", "2"),)))
    Traceback (most recent call last):
    ...
    odoo.addons.encrypted_field.tools.keyring.Rebound: res.users.pin of record 7
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise MissingKeys()
        try:
            self._keys = {key_id(key): Fernet(key.encode()) for key in keys}
        except ValueError:
            # without the cause: it may quote the key
            raise MalformedKeys() from None
        self.current = key_id(keys[0])
        #: ids of those that belong to a demo
        self.demo_key_ids = {key_id(k) for k in keys if k.startswith(DEMO_PREFIX)}

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> "KeyRing":
        """The ring that the environment names.

        :param environ: a mapping
        :raises KeyRingError: missing, malformed or readable by others
        """
        return _ring(_keys_text(environ))

    @property
    def key_ids(self) -> list[str]:
        """Ids of all keys, the one that seals first."""
        return list(self._keys)

    def seal(self, value: str, place: Place) -> str:
        """Encrypt a text for one place.

        :param str value: the clear text
        :param Place place: the only place where it can be opened
        :rtype: str
        """
        return self.lock(VERSION, [*place.as_list(), place.binding_as_list(), value])

    def open(self, envelope: str, place: Place) -> str:
        """Decrypt what :meth:`seal` returned for the same place.

        :param str envelope: the column's text
        :param Place place: where it was found
        :rtype: str
        :raises SecretError: why it cannot be opened
        """
        value: str
        *bound_to, value = self.unlock(envelope)
        where = f"{place.model}.{place.field} of record {place.res_id}"
        if bound_to[:3] != place.as_list():
            raise Misplaced(where)
        if is_unbound(envelope):
            if place.binding:
                raise Unbound(where)
            bound_to.append([])
        if bound_to[3:] != [place.binding_as_list()]:
            raise Rebound(where)
        return value

    def lock(self, version: str, items: list[Any]) -> str:
        """Encrypt a list with the key that seals.

        :param str version: of the list's format
        :param list items: JSON-able
        :returns: an envelope
        """
        token = self._keys[self.current].encrypt(json.dumps(items).encode()).decode()
        return f"{version}:{self.current}:{token}"

    def unlock(self, envelope: str) -> list[Any]:
        """The list inside an envelope, wherever it was found.

        :raises SecretError: it is none, its key is not in the ring, or it was changed
        """
        name = sealed_with(envelope)
        if not name:
            raise BrokenEnvelope()
        if name not in self._keys:
            raise UnknownKey(name)
        token = envelope.split(":", 2)[2]
        try:
            items: list[Any] = json.loads(self._keys[name].decrypt(token.encode()))
        except InvalidToken:
            raise BrokenEnvelope() from None
        return items

    def reseal(self, envelope: str, place: Place) -> str:
        """The same value under the key that seals now.

        :raises SecretError: it cannot be opened
        """
        return self.seal(self.open(envelope, place), place)


def split_keys(text: str) -> list[str]:
    """The keys in a text, separated by commas or white space.

    >>> split_keys(" a,b\\n\\nc ")
    ['a', 'b', 'c']
    """
    return text.replace(",", " ").split()


def new_key(demo: bool = False) -> str:
    """A fresh key.

    :param bool demo: one that no other database than the demo's accepts

    >>> KeyRing([new_key()]).demo_key_ids
    set()
    >>> key = new_key(demo=True)
    >>> key[:10], KeyRing([key]).demo_key_ids == {key_id(key)}
    ('demo-only-', True)
    """
    key: str = Fernet.generate_key().decode()
    return f"{DEMO_PREFIX}{key[len(DEMO_PREFIX) :]}" if demo else key


def _keys_text(environ: Mapping[str, str]) -> str:
    if environ.get(KEYS):
        return environ[KEYS]
    path = environ.get(KEYS_FILE)
    if not path:
        raise MissingKeys()
    try:
        if os.stat(path).st_mode & OTHERS:
            raise ExposedKeys(path)
        with open(path, encoding="ascii") as file:
            return file.read()
    except OSError as error:
        raise MissingKeys(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise MalformedKeys() from None


@lru_cache(maxsize=2)
def _ring(text: str) -> KeyRing:
    # Fernet derives its keys on construction; the text of the ring rarely changes
    return KeyRing(split_keys(text))
