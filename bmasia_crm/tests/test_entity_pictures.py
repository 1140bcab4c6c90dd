"""What documents print of a billing entity is its managers' matter, pictures included;
and no picture makes a gap, a box or an error, whatever its format.
"""

import io
from base64 import b64decode, b64encode
from contextlib import suppress
from unittest.mock import patch

from PIL import Image

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tests import new_test_user, tagged

from odoo.addons.report_weasyprint.tests.formats import formats
from odoo.addons.report_weasyprint.tests.test_limits import BOMBS, drawing

from .documents import DocumentCase, pictures

RED = (200, 30, 30)
NOT_PRINTED = {"active", "lang"}  # read by core on the way
PICTURES = ("logo", "document_signature", "document_stamp")


@tagged("post_install", "-at_install")
class TestEntityPictures(DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        people = {
            "nikki": "bmasia_crm.group_user",
            "pom": "bmasia_crm.group_finance",
            "norbert": "bmasia_crm.group_manager",
        }
        for login, group in people.items():
            person = new_test_user(
                cls.env,
                f"{login}-pictures",
                f"base.group_partner_manager,{group}",
                company_id=cls.thai.id,
                company_ids=[Command.set((cls.thai | cls.hong_kong).ids)],
            )
            setattr(cls, login, person)

    def picture(self, colour=RED, size=(60, 20)):
        stream = io.BytesIO()
        Image.new("RGB", size, colour).save(stream, "PNG")
        return b64encode(stream.getvalue())

    def documents(self):
        """One of each kind that is printed."""
        invoice = self.issued(self.hotel)
        return [
            self.quote(self.hotel),
            self.contract(self.hotel, template_id=self.template("th_bb").id),
            self.invoice(self.hotel, kind="proforma"),
            self.receipt(invoice),
            invoice,
        ]

    def read_when_printing(self):
        """The fields of the entity's contact and company that printing reads."""
        watched = {
            "res.partner": self.thai.partner_id.id,
            "res.company": self.thai.id,
        }
        read = {model: set() for model in watched}
        originals = {}

        def watch(kind):
            original = kind.__dict__.get("__get__")
            if original is None:
                return

            def get(field, record, owner=None):
                if record is not None and watched.get(field.model_name) in record._ids:
                    read[field.model_name].add(field.name)
                return original(field, record, owner)

            originals[kind] = patch.object(kind, "__get__", get)

        kinds = set()
        for model in watched:
            for field in self.env[model]._fields.values():
                kinds.update(type(field).__mro__)
        for kind in kinds:
            if issubclass(kind, fields.Field):
                watch(kind)
        documents = self.documents()
        self.env.invalidate_all()
        for patched in originals.values():
            patched.start()
            self.addCleanup(patched.stop)
        for document in documents:
            document._render_pdf()
        for patched in originals.values():
            patched.stop()
        self.doCleanups()
        return read

    def stored(self, model, names):
        found = self.env[model]._fields
        return {n for n in names if found[n].store and n not in MAGIC_COLUMNS}

    def test_whatever_is_printed_of_an_entity_only_its_managers_change(self):
        self.thai.write({"logo": self.picture(), "document_address": False})
        self.thai.partner_id.write({"street": "1 Sample Street", "city": "Sample"})
        read = self.read_when_printing()
        contact = self.stored("res.partner", read["res.partner"])
        self.assertLessEqual({"image_1920", "street", "vat"}, contact)
        self.check_refused(self.thai.partner_id, contact - NOT_PRINTED)
        company = self.stored("res.company", read["res.company"])
        self.assertLessEqual(
            {"document_signature", "document_stamp", "legal_name"}, company
        )
        self.check_refused(self.thai, company)

    def check_refused(self, record, names):
        for name in sorted(names):
            field = record._fields[name]
            value = field.convert_to_write(record[name], record)
            for person in (self.nikki, self.pom):
                with (
                    self.subTest(name, person=person.login),
                    self.assertRaises(AccessError),
                ):
                    record.with_user(person).write({name: value})

    def printed(self):
        self.env.flush_all()
        self.env.invalidate_all()
        quote = self.quote(self.hotel)
        return quote._seller(), self.thai.logo

    def ways(self, user):
        """Every way around ``write`` to what is printed of the entity's contact."""
        env = self.env(user=user)
        partner = self.thai.partner_id.with_user(user)
        file = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "res.partner"),
                    ("res_field", "=", "image_1920"),
                    ("res_id", "=", partner.id),
                ]
            )
        )
        new = self.picture((0, 0, 200))
        twin = env["res.partner"].create(
            {"name": "Evil", "email": partner.email, "image_1920": new, "vat": "EVIL"}
        )
        state = self.thai.sudo().partner_id.state_id.with_user(user)
        merge = env["base.partner.merge.automatic.wizard"]
        address = {"street": "Evil Road", "city": "Evil", "type": "contact"}
        return {
            "logo": lambda: self.thai.with_user(user).write({"logo": new}),
            "picture": lambda: partner.write({"image_1920": new}),
            "smaller picture": lambda: partner.write({"image_128": new}),
            "emptied": lambda: partner.write({"image_1920": False}),
            "its file": lambda: file.with_user(user).write({"raw": b64decode(new)}),
            "its file moved": lambda: file.with_user(user).write({"res_id": twin.id}),
            "its file deleted": lambda: file.with_user(user).unlink(),
            "another file": lambda: env["ir.attachment"].create(
                {
                    "name": "image_1920",
                    "raw": b64decode(new),
                    "res_model": "res.partner",
                    "res_field": "image_1920",
                    "res_id": partner.id,
                }
            ),
            "merged into": lambda: merge._merge([partner.id, twin.id], twin),
            "merged from": lambda: merge._merge([partner.id, twin.id], partner),
            "first contact": lambda: env["res.partner"].create(
                {"name": "Evil", "parent_id": partner.id, "vat": "EVIL", **address}
            ),
            "customer": lambda: env["bmasia.company"].create(
                {
                    "name": "Evil",
                    "partner_id": partner.id,
                    "street": "Evil Road",
                    "billing_entity_id": self.thai.id,
                }
            ),
            "parent": lambda: partner.write({"parent_id": twin.id}),
            "state": lambda: state.write({"name": "Evil"}),
        }

    def test_no_way_around_leads_to_what_is_printed(self):
        self.thai.write({"logo": self.picture(), "document_address": False})
        state = self.env["res.country.state"].search(
            [("country_id", "=", self.env.ref("base.th").id)], limit=1
        )
        bare = {"street": False, "street2": False, "city": False, "zip": False}
        for address in ({**bare, "state_id": False}, {**bare, "state_id": state.id}):
            self.thai.partner_id.write(address)
            before = self.printed()
            for user in (self.nikki, self.pom):
                for name, way in self.ways(user).items():
                    with (
                        self.subTest(name, user=user.login),
                        self.env.cr.savepoint() as point,
                    ):
                        with suppress(AccessError, UserError):
                            way()
                        self.assertEqual(self.printed(), before)
                        point.rollback()

    def test_a_manager_changes_logo_and_contact(self):
        norbert = self.thai.with_user(self.norbert)
        norbert.logo = self.picture()
        norbert.partner_id.write({"image_1920": self.picture((0, 0, 200)), "city": "X"})
        self.assertEqual(self.drawn(self.thai.logo), (0, 0, 200))

    def drawn(self, value):
        image = Image.open(io.BytesIO(b64decode(value))).convert("RGB")
        return image.getpixel((image.width // 2, image.height // 2))

    def test_every_format_is_kept_so_that_it_prints(self):
        made, _broken = formats()
        for name, (content, colour) in made.items():
            if name == "SVG":
                continue
            self.thai.write(dict.fromkeys(PICTURES, b64encode(content)))
            for place in PICTURES:
                with self.subTest(name, place=place):
                    kept = Image.open(io.BytesIO(b64decode(self.thai[place])))
                    self.assertIn(kept.format, ("PNG", "JPEG"))
                    self.assertIn(kept.mode, ("1", "L", "LA", "P", "RGB", "RGBA"))
                    if colour:
                        self.assertNear(self.drawn(self.thai[place]), colour)

    def assertNear(self, found, expected):
        off = [abs(a - b) for a, b in zip(found, expected, strict=True)]
        self.assertLessEqual(max(off), 8, f"{found} for {expected}")

    def test_every_format_prints_wherever_documents_print_pictures(self):
        """Also what was stored before uploads were looked at."""
        made, _broken = formats()
        colours = [colour for name, (_file, colour) in made.items() if name != "SVG"]
        clause = "".join(
            f"<img src='data:image/png;base64,{b64encode(content).decode()}'>"
            for content, _colour in made.values()
        )
        section = {"name": "Pictures", "body": f"<p>{clause}</p>"}
        template = self.env["bmasia.contract.template"].create(
            {"name": "Pictures", "section_ids": [Command.create(section)]}
        )
        webp = b64encode(made["WebP"][0])
        with patch.object(
            type(self.env["ir.actions.report"]),
            "_printable_picture",
            lambda _reports, value, _longest: value,
        ):
            self.thai.write(dict.fromkeys(PICTURES, webp))
        pdf = self.contract(self.hotel, template_id=template.id)._render_pdf()
        # three times the entity's, which is one file, and one by one the clause's
        self.assertEqual(len(pictures(pdf)), 3 + len(colours))
        shown = [
            image.image.convert("RGB")
            for page in self.pages(pdf)
            for image in page.images
        ]
        middles = [i.getpixel((i.width // 2, i.height // 2)) for i in shown]
        for colour in set(colours) - {None}:
            near = [
                m for m in middles if max(map(abs, map(int.__sub__, m, colour))) <= 8
            ]
            self.assertGreaterEqual(len(near), colours.count(colour), colour)
        self.assertLess(len(pdf), 250_000)

    def test_what_is_no_picture_is_refused_at_upload_by_a_sentence(self):
        _made, broken = formats()
        for name, content in broken.items():
            value = b64encode(content)
            ways = {
                place: lambda p=place, v=value: self.thai.write({p: v})
                for place in PICTURES
            }
            ways["contact"] = lambda v=value: self.thai.partner_id.write(
                {"image_1920": v}
            )
            ways["new"] = lambda v=value: self.env["res.company"].create(
                {"name": "New", "logo": v}
            )
            for place, way in ways.items():
                with (
                    self.subTest(name, place=place),
                    self.assertRaisesRegex(UserError, "cannot be read"),
                ):
                    way()

    def test_a_drawing_that_multiplies_itself_is_refused_at_upload(self):
        bomb = drawing(BOMBS["marker"])
        for place in PICTURES:
            with self.assertRaisesRegex(UserError, "too many parts"):
                self.thai.write({place: b64encode(bomb)})

    def test_a_picture_of_a_clause_that_cannot_be_printed_is_named(self):
        for content, words in (
            (b"no picture", "cannot be read .1. Where we are."),
            (drawing(BOMBS["marker"]), "too many parts to print .1. Where we are."),
        ):
            source = f"data:image/png;base64,{b64encode(content).decode()}"
            section = {"name": "Where we are", "body": f"<img src='{source}'>"}
            template = self.env["bmasia.contract.template"].create(
                {"name": "Map", "section_ids": [Command.create(section)]}
            )
            contract = self.contract(self.hotel, template_id=template.id)
            with self.assertRaisesRegex(UserError, words):
                contract._render_pdf()

    def test_a_photo_as_a_logo_makes_no_heavy_document(self):
        made, _broken = formats()
        plain = len(self.quote(self.hotel)._render_pdf())
        self.thai.logo = b64encode(made["huge photo"][0])
        self.assertLess(len(b64decode(self.thai.logo)), 100_000)
        self.assertLess(len(self.quote(self.hotel)._render_pdf()) - plain, 20_000)
        stream = io.BytesIO()
        Image.effect_noise((1900, 1200), 90).save(stream, "JPEG", quality=90)
        self.thai.logo = b64encode(stream.getvalue())
        # 709 dots for 60 mm
        self.assertLess(len(self.quote(self.hotel)._render_pdf()) - plain, 400_000)
