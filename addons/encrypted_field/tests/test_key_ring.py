from pathlib import Path
from tempfile import TemporaryDirectory

from odoo.tests import BaseCase, tagged

from ..tools import keyring
from ..tools.keyring import KeyRing, Place
from .common import new_key

HERE = Place("res.users", "pin", 7)


@tagged("post_install", "-at_install")
class TestKeyRing(BaseCase):
    def test_the_ring_is_a_text_or_a_file_that_nobody_else_reads(self):
        key = new_key()
        by_text = KeyRing.from_environ({keyring.KEYS: key})
        self.assertEqual(by_text.key_ids, [keyring.key_id(key)])
        folder = self.enterContext(TemporaryDirectory())
        path = Path(folder, "keys")
        environ = {keyring.KEYS_FILE: str(path)}
        with self.assertRaises(keyring.MissingKeys):
            KeyRing.from_environ(environ)
        path.write_text(f"{key}\n")
        for mode in (0o400, 0o600):
            path.chmod(mode)
            self.assertEqual(KeyRing.from_environ(environ).key_ids, by_text.key_ids)
        for mode in (0o440, 0o404, 0o420, 0o401):
            path.chmod(mode)
            with self.subTest(mode=oct(mode)):
                with self.assertRaises(keyring.ExposedKeys):
                    KeyRing.from_environ(environ)
        path.chmod(0o600)
        path.write_bytes(b"\xff")
        with self.assertRaises(keyring.MalformedKeys):
            KeyRing.from_environ(environ)
        with self.assertRaises(keyring.MissingKeys):
            KeyRing.from_environ({})

    def test_every_key_opens_and_the_first_one_seals(self):
        old, new = new_key(), new_key()
        envelope = KeyRing([old]).seal("secret", HERE)
        ring = KeyRing([new, old])
        self.assertEqual(ring.open(envelope, HERE), "secret")
        self.assertEqual(
            keyring.sealed_with(ring.seal("secret", HERE)), keyring.key_id(new)
        )

    def test_a_value_survives_whatever_characters_it_has(self):
        ring = KeyRing([new_key()])
        for value in ("ünï", "รหัสผ่าน", 'a"b\\c', "x" * 5000, " spaces ", "v1:a:b"):
            with self.subTest(value=value[:10]):
                self.assertEqual(ring.open(ring.seal(value, HERE), HERE), value)

    def test_the_same_value_never_looks_the_same(self):
        ring = KeyRing([new_key()])
        self.assertNotEqual(ring.seal("secret", HERE), ring.seal("secret", HERE))

    def test_a_value_opens_only_where_it_was_sealed(self):
        ring = KeyRing([new_key()])
        envelope = ring.seal("secret", HERE)
        for place in (
            Place("res.partner", "pin", 7),
            Place("res.users", "puk", 7),
            Place("res.users", "pin", 8),
        ):
            with self.subTest(place=place), self.assertRaises(keyring.Misplaced):
                ring.open(envelope, place)

    def test_a_value_opens_only_with_what_it_was_bound_to(self):
        ring = KeyRing([new_key()])
        at_home = Place(*HERE.as_list(), (("host", "home"), ("port", "1")))
        envelope = ring.seal("secret", at_home)
        self.assertEqual(ring.open(envelope, at_home), "secret")
        for binding in (
            (),
            (("host", "evil"), ("port", "1")),
            (("host", "home"), ("port", "2")),
            (("host", "home"),),
            (("port", "1"), ("host", "home")),
        ):
            place = Place(*HERE.as_list(), binding)
            with self.subTest(binding=binding), self.assertRaises(keyring.Rebound):
                ring.open(envelope, place)

    def test_the_version_without_a_binding_opens_only_where_none_is_declared(self):
        ring = KeyRing([new_key()])
        envelope = ring.lock("v1", [*HERE.as_list(), "secret"])
        self.assertEqual(ring.open(envelope, HERE), "secret")
        bound = Place(*HERE.as_list(), (("host", "home"),))
        with self.assertRaises(keyring.Unbound):
            ring.open(envelope, bound)
        # nor by calling one version the other
        sealed = ring.seal("secret", bound)
        for text in (sealed.replace("v2", "v1", 1), envelope.replace("v1", "v2", 1)):
            with self.subTest(text=text[:4]), self.assertRaises(keyring.SecretError):
                ring.open(text, bound)

    def test_a_changed_envelope_is_refused(self):
        ring = KeyRing([new_key()])
        envelope = ring.seal("secret", HERE)
        for text in ("", "secret", envelope[:-4], envelope[:-1] + "!", "v3" + envelope):
            with (
                self.subTest(text=text[:12]),
                self.assertRaises(keyring.BrokenEnvelope),
            ):
                ring.open(text, HERE)

    def test_an_error_never_quotes_key_or_value(self):
        key = new_key()
        ring, other = KeyRing([key]), KeyRing([new_key()])
        envelope = ring.seal("hunter2", HERE)
        with self.assertRaises(keyring.UnknownKey) as unknown:
            other.open(envelope, HERE)
        with self.assertRaises(keyring.MalformedKeys) as malformed:
            KeyRing([key[:-3]])
        for error in (unknown.exception, malformed.exception):
            self.assertNotIn("hunter2", repr(error))
            self.assertNotIn(key[:-3], repr(error))
            self.assertIsNone(error.__cause__)

    def test_the_ring_is_made_once_for_the_same_keys(self):
        environ = {keyring.KEYS: new_key()}
        first = KeyRing.from_environ(environ)
        self.assertIs(KeyRing.from_environ(environ), first)
        environ[keyring.KEYS] = new_key()
        self.assertIsNot(KeyRing.from_environ(environ), first)
