"""Addresses as people type them: one reader for every way in."""

from odoo.tests import TransactionCase, tagged

from ..tools.addresses import CONTROL, INVALID, LOCAL_PART, read

# what was typed → (name, address) of each mailbox
GOOD = [
    (
        '"Smith, Sons, Co. <Bangkok>" <smith@x.io>, b@x.io',
        [("Smith, Sons, Co. <Bangkok>", "smith@x.io"), ("", "b@x.io")],
    ),
    ('"Smith; Sons" <s@x.io>', [("Smith; Sons", "s@x.io")]),
    (r'"สมชาย \"ต้อม\" ใจดี" <s@x.io>', [('สมชาย "ต้อม" ใจดี', "s@x.io")]),
    (r'"A\\B ไทย" <a@x.io>', [("A\\B ไทย", "a@x.io")]),
    ("a@x.io; b@x.io", [("", "a@x.io"), ("", "b@x.io")]),
    ("a@x.io, b@x.io", [("", "a@x.io"), ("", "b@x.io")]),
    ("a@x.io / b@x.io", [("", "a@x.io"), ("", "b@x.io")]),
    ("a@x.io/b@x.io", [("", "a@x.io"), ("", "b@x.io")]),
    ("a@x.io b@x.io\nc@x.io", [("", "a@x.io"), ("", "b@x.io"), ("", "c@x.io")]),
    ('"Anna" <a@x.io,b@x.io>', [("Anna", "a@x.io"), ("Anna", "b@x.io")]),
    (
        "Doe, Jane <jane@x.io>; keith@x.io",
        [("Doe, Jane", "jane@x.io"), ("", "keith@x.io")],
    ),
    (
        '"Doe, Jane" <jane@x.io>; keith@x.io',
        [("Doe, Jane", "jane@x.io"), ("", "keith@x.io")],
    ),
    ("R&D / Sales <r@x.io>", [("R&D / Sales", "r@x.io")]),
    ("a/b@x.io", [("", "a/b@x.io")]),
    ("tom@x.io.", [("", "tom@x.io")]),
    ("\xa0tom@x.io\u200b", [("", "tom@x.io")]),
    ("\ufeffTom <\u200btom@x.io\xa0>", [("Tom", "tom@x.io")]),
    ("b@x.io (Bob)", [("Bob", "b@x.io")]),
    ("O'Neil <o'neil@x.io>", [("O'Neil", "o'neil@x.io")]),
    ("Bike@Home <b@x.io>", [("Bike@Home", "b@x.io")]),
    ("=?utf-8?b?4LiV4LmJ4Lit4Lih?= <t@x.io>", [("ต้อม", "t@x.io")]),
    ("POM@X.io, pom@x.io", [("", "pom@x.io")]),
    (
        "info@münchen.example, Info@XN--MNCHEN-3YA.example",
        [("", "info@münchen.example")],
    ),
    ("info@ร้าน.ไทย", [("", "info@ร้าน.ไทย")]),
    ("info@คาเฟ่.example.com", [("", "info@คาเฟ่.example.com")]),
    ("info@हिन्दी.example", [("", "info@हिन्दी.example")]),
    ("info@مطعم.example", [("", "info@مطعم.example")]),
    ("info@例え。テスト", [("", "info@例え。テスト")]),
]
# what was typed → the piece that is named, and why
BAD = [
    ("somchai at hilton", "somchai at hilton", INVALID),
    ("good@x.io, rubbish", "rubbish", INVALID),
    ("Bob <bob>, good@x.io", "Bob <bob>", INVALID),
    ("Bob <>", "Bob <>", INVALID),
    ("ni kki@x.io", "ni kki@x.io", INVALID),
    ("nikki@", "nikki@", INVALID),
    ("@x.io", "@x.io", INVALID),
    ("a..b@x.io", "a..b@x.io", INVALID),
    ("a@x..io", "a@x..io", INVALID),
    ("a@localhost", "a@localhost", INVALID),
    ("a@[127.0.0.1]", "a@[127.0.0.1]", INVALID),
    ("a@-x.io", "a@-x.io", INVALID),
    ("a@x.io@y.io", "a@x.io@y.io", INVALID),
    (f"{'a' * 65}@x.io", f"{'a' * 65}@x.io", INVALID),
    (f"a@{'x' * 64}.io", f"a@{'x' * 64}.io", INVALID),
    ("อนงค์@example.com", "อนงค์@example.com", LOCAL_PART),
    ("Jürgen <jürgen@x.io>", "Jürgen <jürgen@x.io>", LOCAL_PART),
    (
        '"=?utf-8?Q?Bob=0D=0ABcc:_evil@x.io?=" <b@x.io>',
        '"=?utf-8?Q?Bob=0D=0ABcc:_evil@x.io?=" <b@x.io>',
        CONTROL,
    ),
    ('"Bob\x07" <b@x.io>', '"Bob " <b@x.io>', CONTROL),
]


@tagged("post_install", "-at_install")
class TestAddresses(TransactionCase):
    def test_what_can_be_read(self):
        for typed, expected in GOOD:
            with self.subTest(typed):
                found = read(typed)
                self.assertFalse(found.bad)
                self.assertEqual(
                    [(box.name, box.address) for box in found.good], expected
                )

    def test_what_is_read_is_written_so_that_it_reads_the_same(self):
        for typed, _expected in GOOD:
            found = read(typed).good
            again = read(", ".join(box.formatted for box in found)).good
            self.assertEqual(again, found, typed)
            self.assertTrue(all(box.wire.isascii() for box in found), typed)

    def test_what_is_none_is_named_alone(self):
        for typed, named, reason in BAD:
            with self.subTest(typed):
                (found,) = read(typed).bad
                self.assertEqual((found.typed, found.reason), (named, reason))

    def test_a_text_and_a_list_read_alike(self):
        text = 'Anna <a@x.io>; "Roe, Rob" <r@x.io>, rubbish'
        self.assertEqual(
            read(text), read(['Anna <a@x.io>; "Roe, Rob" <r@x.io>', "rubbish"])
        )

    def test_a_long_text_is_read_in_a_moment(self):
        for piece in ("a ", '"', "<", "(", "a@x.io,", "\\", "a, ", " / "):
            read(piece * 20000)

    def test_contacts_with_several_addresses_get_a_row_for_each(self):
        partners = self.env["res.partner"].create(
            [
                {"name": '"Bob" Brown, Jr.', "email": "a@x.io; b@x.io"},
                {"name": "Anna / Ben", "email": "c@x.io / d@x.io."},
                {"name": "Max", "email": "info@münchen.example"},
            ]
        )
        mail = self.env["mail.mail"].create(
            {
                "recipient_ids": [(6, 0, partners.ids)],
                "email_to": "Doe, Jane <jane@x.io>; INFO@xn--mnchen-3ya.example",
            }
        )
        self.assertEqual(
            sorted(mail.delivery_ids.mapped("recipient")),
            [
                *("a@x.io", "b@x.io", "c@x.io", "d@x.io"),
                *("info@xn--mnchen-3ya.example", "jane@x.io"),
            ],
        )
