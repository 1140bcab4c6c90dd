"""The web client reads records with ``bin_size``, which gives the size of a file in
place of its content, in ``raw`` of an attachment, too: what is computed, sent or
printed then is made of the content all the same.
"""

import ast
import io
from base64 import b64decode
from pathlib import Path

from pypdf import PdfReader

from odoo.modules import Manifest
from odoo.tests import TransactionCase, tagged

from .common import SendingCase
from .documents import DocumentCase
from .entities import own_addons

TO = "somchai@example.com"
FILE = b"what goes along " * 100
# Engines know no ORM: what is called "file" there is none of a record.
NO_RECORDS = {"tools", "tests", "testkit", "static", "migrations"}
OF_CORE = {"raw", "datas", "db_datas", "logo", "document_signature"}


def is_call(node):
    return isinstance(node, ast.Call)


def asks_for_content(node):
    """Whether this is ``….with_context(bin_size=False)``, with whatever else."""
    return (
        is_call(node)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "with_context"
        and any(
            word.arg == "bin_size" and getattr(word.value, "value", None) is False
            for word in node.keywords
        )
    )


def careless_reads(tree, names):
    """Lines of a module that read one of these fields of whatever context there is.

    >>> code = "def a(b):\\n    c = b.with_context(bin_size=False)\\n    c.raw, b.raw"
    >>> careless_reads(ast.parse(code), {"raw"})
    [(3, 'raw')]
    """
    found = []
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        whole = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and asks_for_content(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        whole |= {
            node.target.id
            for node in ast.walk(function)
            if isinstance(node, ast.comprehension | ast.For)
            and isinstance(node.target, ast.Name)
            and (asks_for_content(node.iter) or getattr(node.iter, "id", "") in whole)
        }
        called = {id(node.func) for node in ast.walk(function) if is_call(node)}
        found += [
            (node.lineno, node.attr)
            for node in ast.walk(function)
            if isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Load)
            and node.attr in names
            and id(node) not in called
            and not asks_for_content(node.value)
            and getattr(node.value, "id", "") not in whole
        ]
    return found


@tagged("post_install", "-at_install")
class TestReads(TransactionCase):
    def names_of_files(self, addons):
        """Fields of ours that hold a file, and those of core's that we read."""
        return OF_CORE | {
            field.name
            for model in self.env.values()
            for field in model._fields.values()
            if field.type in ("binary", "image") and set(field._modules) & addons
        }

    def test_whoever_reads_a_file_asks_for_its_content(self):
        addons = own_addons(self.env)
        names, looked_at, found = self.names_of_files(addons), 0, []
        self.assertLessEqual({"file", "preview", "csv_file"}, names)
        for addon in addons:
            folder = Path(Manifest.for_addon(addon).path)
            for path in folder.rglob("*.py"):
                if NO_RECORDS & {*path.relative_to(folder).parts}:
                    continue
                looked_at += 1
                tree = ast.parse(path.read_text(encoding="utf-8"))
                found += [
                    f"{addon}/{path.name}:{line} .{name}"
                    for line, name in careless_reads(tree, names)
                ]
        self.assertGreater(looked_at, 100)
        self.assertEqual(found, [])


@tagged("post_install", "-at_install")
class TestSent(SendingCase):
    def open_for(self, document):
        action = document.action_send()
        dialogs = self.env[action["res_model"]].with_user(self.nikki)
        return dialogs.with_context(bin_size=True).browse(action["res_id"])

    def test_the_dialog_sends_the_files(self):
        quote = self.quote()
        dialog = self.open_for(quote)
        dialog.attachment_ids = self.env["ir.attachment"].create(
            {
                "name": "terms.txt",
                "raw": FILE,
                "res_model": dialog._name,
                "res_id": dialog.id,
            }
        )
        dialog.action_send()
        [message] = self.server.messages
        kept = quote.archive_ids
        expected = {kept.name: kept.raw, "terms.txt": FILE}
        self.assertEqual(message.attachments, expected)
        self.assertTrue(kept.raw.startswith(b"%PDF"))

    def test_so_does_the_method(self):
        quote = self.quote().with_context(bin_size=True)
        for _first_and_again in range(2):
            quote.send_email([TO], send_again=True)
        kept = quote.with_context(bin_size=False).archive_ids
        sent = [message.attachments for message in self.server.messages]
        self.assertEqual(sent, [{kept.name: kept.raw}] * 2)

    def test_the_dialog_knows_how_large_the_file_is(self):
        quote = self.quote()
        quote.send_email([TO])
        dialog = self.open_for(quote)
        # a field before it in the form makes all of them be computed
        self.assertEqual(dialog.filename, quote.archive_ids.name)
        self.assertEqual(dialog.preview_size, len(quote.archive_ids.raw))


@tagged("post_install", "-at_install")
class TestPrinted(DocumentCase):
    def setUp(self):
        super().setUp()
        self.bill = self.invoice(self.hotel)
        self.bill.action_issue()
        self.sized = self.bill.with_context(bin_size=True)

    def text_of(self, content):
        return PdfReader(io.BytesIO(content)).pages[0].extract_text()

    def test_a_copy(self):
        action = self.sized.action_print_copy()
        dialog = self.env["document.copies.wizard"].browse(
            int(action["url"].split("/")[4])
        )
        dialog = dialog.with_context(bin_size=True)
        self.assertTrue(dialog.name)
        content = b64decode(dialog.with_context(bin_size=False).file)
        self.assertIn("COPY", self.text_of(content))

    def test_a_substitute(self):
        self.sized.action_substitute("Lost in the mail")
        self.assertIn("Lost in the mail", self.text_of(self.bill.substitute_ids.raw))

    def test_what_readers_get(self):
        content, _name = self.sized._shown_pdf()
        self.assertEqual(content, self.bill.archive_ids.raw)
        self.bill.action_cancel("Wrong")
        self.assertIn("CANCELLED", self.text_of(self.sized._shown_pdf()[0]))

    def test_what_is_printed_anew(self):
        draft = self.invoice(self.hotel)
        content = draft.with_context(bin_size=True)._render_pdf()
        self.assertIn("BMAsia", self.text_of(content))
