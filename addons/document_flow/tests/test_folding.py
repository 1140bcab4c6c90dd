"""What reads the same is found, by PostgreSQL as by Python."""

import random
from unicodedata import category, normalize

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

from ..tools import folding

# name: what people type for it
TYPED = {
    "Café Zürich": ("cafe zurich", "CAFÉ ZÜRICH", "Cafe\u0301 zu\u0308rich"),
    "Phở Hà Nội": ("pho ha noi", "phở  hà\u00a0nội"),
    "Đà Nẵng Resort": ("da nang", "ĐÀ NẴNG", "đa nang"),
    "น้\u0e33ตก รีสอร์ท": ("น้\u0e33ตก", "น้\u0e4d\u0e32ตก", "น\u0e4d้\u0e32ตก"),
    "น้\u0e4d\u0e32ใส สปา": ("น้\u0e33ใส", "น้\u0e4d\u0e32ใส"),
    "แสงจันทร์": ("เเสงจันทร์",),
    "Ｈｉｌｔｏｎ": ("hilton", "ＨＩＬＴＯＮ"),
    "Al\u2011Bustan": ("al-bustan", "al\u2013bustan", "al\u2212bustan", "al bustan"),
    "Sky\u00adline\u200b  Bar": ("skyline bar", "SKYLINE\u2003BAR", "skyline\u202fbar"),
    "McDonald\u2019s": ("mcdonald's", "mcdonalds", "McDonald´s", "mcdonald‘s"),
    "Weißes Rößl": ("weisses rossl", "WEISSES RÖSSL", "WEIẞES"),
    "İstanbul Kıyı": ("istanbul", "ISTANBUL", "kiyi"),
    "Smørrebrød Æon Łódź": ("smorrebrod", "aeon", "lodz"),
    "Αθήνα": ("αθηνα", "ΑΘΗΝΑ"),
    "Королёв": ("королев",),
    "100％ Music": ("100", "100 music"),
}
# what looks alike to a computer only
DIFFERENT = (
    ("น้ำ", "นำ"),
    ("ไม่", "ไม้"),
    ("ปู", "ปุ"),
    ("мой", "мои"),
    ("が", "か"),
    ("각", "가"),
    ("Martin", "art in"),
)
SPECIAL = (
    "aAeIiİıßẞσΣςάΆйЙёЁđĐøæÆŉ'’`´ -‐‑–—−\u00ad\u200b\t  \u3000ｆＦ％＿＼%_\\"
    "\u0e4d\u0e48\u0e49\u0e32\u0e33\u0e40\u0e19\u0e38\u0300\u0301\u0308\u0323\u031b"
    "がカ\u3099각ㄱ가ﬁ№½㈱\ufdfa¨\u0345\u2034\u0149"
)


def assigned():
    """Every character that this Python's Unicode knows."""
    characters = map(chr, range(1, 0x110000))
    return [c for c in characters if category(c) not in ("Cn", "Cs", "Co")]


def strings(number):
    """Random strings, mostly of characters that the definition is about."""
    chance, known = random.Random(18), assigned()
    for _ in range(number):
        letters = (
            chance.choice(SPECIAL if chance.random() < 0.8 else known)
            for _ in range(chance.randrange(1, 14))
        )
        yield "".join(letters)


@tagged("post_install", "-at_install")
class TestFolding(TransactionCase):
    def folded(self, texts):
        """By PostgreSQL."""
        self.env.cr.execute(
            "SELECT unaccent(text) FROM unnest(%s::text[]) WITH ORDINALITY"
            " AS given (text, place) ORDER BY place",
            [texts],
        )
        return [text for (text,) in self.env.cr.fetchall()]

    def test_python_and_postgresql_agree_on_every_character(self):
        characters = assigned()
        for character, folded in zip(characters, self.folded(characters), strict=True):
            if folding.fold(character) != folded:
                self.fail(f"{character!r} is {folded!r} in PostgreSQL")

    def test_they_agree_on_random_texts_and_folding_twice_changes_nothing(self):
        texts = list(strings(20_000))
        for text, folded in zip(texts, self.folded(texts), strict=True):
            once = folding.fold(text)
            self.assertEqual(once, folded, ascii(text))
            self.assertEqual(folding.fold(once), once, ascii(text))
            self.assertEqual(normalize("NFC", once), once, ascii(text))

    def test_no_character_becomes_a_wildcard(self):
        for wildcard in "%_\\":
            self.assertEqual(folding.fold(f"a{wildcard}b"), f"a{wildcard}b")
        for character in assigned():
            if character not in "%_\\" and set(folding.fold(character)) & set("%_\\"):
                self.fail(f"{character!r} is a wildcard of LIKE")

    def test_a_contact_is_found_whatever_way_it_is_typed(self):
        partners = self.env["res.partner"]
        for name, typed in TYPED.items():
            partner = partners.create({"name": f"{name} Q18"})
            for text in typed:
                with self.subTest(name=name, typed=text):
                    found = partners.name_search(text, limit=None)
                    self.assertIn(partner.id, [key for key, _label in found])
                    for field in ("name", "display_name", "child_ids.parent_id.name"):
                        domain = [(field, "ilike", text), ("id", "=", partner.id)]
                        if "." not in field:
                            self.assertEqual(partners.search(domain), partner)
                            self.assertEqual(partner.filtered_domain(domain), partner)

    def test_what_differs_is_not_found(self):
        partners = self.env["res.partner"]
        for name, other in DIFFERENT:
            partner = partners.create({"name": name})
            for field in ("name", "display_name"):
                domain = [(field, "ilike", other), ("id", "=", partner.id)]
                with self.subTest(name=name, other=other, field=field):
                    self.assertFalse(partners.search(domain))
                    self.assertFalse(partner.filtered_domain(domain))

    def test_a_wildcard_in_full_width_is_no_wildcard(self):
        partner = self.env["res.partner"].create({"name": "Quiet"})
        for typed in ("Q％t", "Q＿iet", "Quiet＼"):
            found = partner.search([("name", "=ilike", typed), ("id", "=", partner.id)])
            self.assertFalse(found, typed)


@tagged("post_install", "-at_install")
class TestFoldedIndexes(TransactionCase):
    def definitions(self):
        """``{name: definition}`` of the indexes of parts of texts."""
        self.env.cr.execute(
            "SELECT indexname, indexdef FROM pg_indexes"
            " WHERE indexdef LIKE '%gin_trgm_ops%'"
        )
        return dict(self.env.cr.fetchall())

    def read_by_index(self):
        """As of large tables: the planner reads small ones row by row."""
        for way in ("seqscan", "indexscan", "indexonlyscan"):
            self.env.cr.execute(f"SET LOCAL enable_{way} = off")

    def plan(self, model, domain):
        """How PostgreSQL answers, were the table large."""
        query = self.env[model]._search(domain, order="id")
        self.env.flush_all()
        self.read_by_index()
        self.env.cr.execute(SQL("EXPLAIN %s", query.select()))
        return "\n".join(line for (line,) in self.env.cr.fetchall())

    def setup_registry(self):
        pool = self.env.registry
        for name in ("has_trigram", "has_unaccent", "unaccent", "unaccent_python"):
            self.addCleanup(setattr, pool, name, getattr(pool, name))
        return pool

    def test_every_index_of_parts_of_texts_is_folded(self):
        definitions = self.definitions()
        self.assertIn("res_partner_folded", definitions)
        for name, definition in definitions.items():
            self.assertIn("unaccent(", definition, name)

    def test_contacts_are_searched_by_the_index(self):
        for text in ("zurich", "đà nẵng", "น้ำตก"):
            for field in ("display_name", "name", "email"):
                plan = self.plan("res.partner", [(field, "ilike", text)])
                self.assertIn("res_partner_folded", plan)

    def test_indexes_from_before_are_made_anew(self):
        cr = self.env.cr
        cr.execute("DROP INDEX res_partner_folded")
        cr.execute("DROP FUNCTION unaccent(text) CASCADE")
        cr.execute("CREATE TABLE before_folding (name varchar, jsonb jsonb)")
        cr.execute(
            "CREATE INDEX before_name ON before_folding USING gin (name gin_trgm_ops)"
        )
        cr.execute(
            "CREATE INDEX before_jsonb ON before_folding USING gin"
            " ((jsonb_path_query_array(jsonb, '$.*')::text) gin_trgm_ops)"
        )
        self.setup_registry()
        self.env["document.search"].init()
        definitions = self.definitions()
        for name in ("before_name", "before_jsonb", "res_partner_folded"):
            self.assertIn("unaccent(", definitions[name])

    def test_another_version_renews_the_function_and_what_is_indexed_by_it(self):
        cr = self.env.cr
        partner = self.env["res.partner"].create({"name": "Phở"})
        cr.execute("DROP INDEX res_partner_folded")
        cr.execute(
            "CREATE OR REPLACE FUNCTION unaccent(text) RETURNS text LANGUAGE plpgsql"
            " IMMUTABLE AS $$BEGIN RETURN lower($1); END$$"
        )
        cr.execute("COMMENT ON FUNCTION unaccent(text) IS 'fold 0'")
        self.setup_registry()
        search = self.env["document.search"]
        search._index_contacts()
        self.assertFalse(self.by_index("pho", partner))
        search.init()
        self.assertTrue(self.by_index("pho", partner))

    def by_index(self, text, partner):
        self.read_by_index()
        return partner.search([("name", "ilike", text)]) & partner

    def test_the_extension_of_that_name_gives_way(self):
        self.env.cr.execute("DROP FUNCTION unaccent(text) CASCADE")
        self.env.cr.execute("CREATE EXTENSION unaccent")
        self.setup_registry()
        self.env["document.search"].init()
        self.env.cr.execute("SELECT unaccent('น้\u0e33')")
        self.assertEqual(self.env.cr.fetchone(), ("น้\u0e4d\u0e32",))

    def test_an_extension_that_is_used_stays_and_is_told(self):
        self.env.cr.execute("DROP FUNCTION unaccent(text) CASCADE")
        self.env.cr.execute("CREATE EXTENSION unaccent")
        self.env.cr.execute("CREATE VIEW accents AS SELECT unaccent('é')")
        self.setup_registry()
        with self.assertLogs("odoo.addons.document_flow", "WARNING") as logs:
            self.env["document.search"].init()
        self.assertIn("DROP EXTENSION unaccent", logs.output[0])
        partner = self.env["res.partner"].create({"name": "Café Q18"})
        self.assertEqual(partner.search([("name", "ilike", "cafe q18")]), partner)

    @mute_logger("odoo.addons.document_flow.models.document_search")
    def test_without_trigrams_search_is_slow_but_right(self):
        pool = self.setup_registry()
        self.env.cr.execute("DROP EXTENSION pg_trgm CASCADE")
        database = SQL.identifier(self.env.cr.dbname)
        self.env.cr.execute(
            SQL("REVOKE CREATE ON DATABASE %s FROM CURRENT_USER, PUBLIC", database)
        )
        pool.has_trigram = False
        self.env["document.search"].init()
        self.assertFalse(pool.has_trigram)
        partner = self.env["res.partner"].create({"name": "Café Q18"})
        self.assertEqual(partner.search([("name", "ilike", "cafe q18")]), partner)
