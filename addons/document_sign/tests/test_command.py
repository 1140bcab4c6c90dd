import hashlib
import io
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from odoo.cli.command import find_command
from odoo.tests import tagged
from odoo.tools import config

from .common import PDF, SealCase, flipped


@tagged("post_install", "-at_install")
class TestCommand(SealCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.archived = cls.sealed()
        cls.env["ir.attachment"].create(
            {
                "name": "kept.pdf",
                "raw": cls.archived,
                "document_sha256": hashlib.sha256(cls.archived).hexdigest(),
            }
        )

    def file(self, name, content):
        folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (folder / name).write_bytes(content)
        return str(folder / name)

    def run_command(self, *files):
        """:returns: exit code and output of ``odoo document verify …``"""
        command = find_command("document")()
        options = command.parser.parse_args(["verify", *files])
        output = io.StringIO()
        with redirect_stdout(output):
            code = command._run(self.env, options)
        return code, output.getvalue()

    def test_odoo_finds_it(self):
        self.assertEqual(find_command("document").name, "document")

    def test_ours_and_unchanged_is_zero(self):
        path = self.file("kept.pdf", self.archived)
        code, output = self.run_command(path)
        self.assertEqual(code, 0)
        self.assertIn(f"{path}: This file is ours, and nothing in it", output)
        self.assertIn("Sealed by Thai Sample Co., Ltd.", output)

    def test_anything_else_is_one(self):
        for name, content, words in (
            ("changed.pdf", flipped(self.archived, 30), "not the file that we keep"),
            ("foreign.pdf", PDF, "We do not know this file"),
            ("empty.pdf", b"", "We do not know this file"),
        ):
            code, output = self.run_command(self.file(name, content))
            self.assertEqual(code, 1)
            self.assertIn(words, output)

    def test_each_file_is_answered(self):
        missing = "/nowhere/at all.pdf"
        kept = self.file("kept.pdf", self.archived)
        code, output = self.run_command(missing, kept)
        self.assertEqual(code, 1)
        self.assertIn(f"{missing}: cannot be read: No such file", output)
        self.assertIn(f"{kept}: This file is ours", output)

    def test_a_database_without_the_addon_is_named(self):
        command = find_command("document")()
        options = command.parser.parse_args(["verify", "x.pdf"])
        with redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit):
            command._run({}, options)
        self.assertIn("not installed", said.getvalue())

    def test_it_opens_the_database_that_is_named(self):
        command = find_command("document")()
        options = command.parser.parse_args(
            ["-d", "some_database", "-c", "some.conf", "verify", "x.pdf"]
        )
        with (
            patch.object(config, "parse_config") as parse_config,
            patch.object(type(config), "__getitem__", return_value=["some_database"]),
        ):
            self.assertEqual(command._database(options), "some_database")
        self.assertIn("some_database", parse_config.call_args.args[0])
        with (
            patch.object(config, "parse_config"),
            patch.object(type(config), "__getitem__", return_value=["one", "two"]),
            redirect_stderr(io.StringIO()),
            self.assertRaises(SystemExit),
        ):
            command._database(options)
