"""A disk that was full for a moment leaves nothing behind that passes for a file."""

import builtins
import errno
import os
from unittest.mock import patch
from uuid import uuid4

from odoo.tests import tagged

from .documents import DocumentCase


class FullDisk:
    """A file of the store that takes half of what is written to it."""

    def __init__(self, file):
        self.file = file

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.file.close()

    def __getattr__(self, name):
        return getattr(self.file, name)

    def write(self, content):  # pylint: disable=method-required-super
        self.file.write(content[: len(content) // 2])
        self.file.flush()
        raise OSError(errno.ENOSPC, "No space left on device")


@tagged("post_install", "-at_install")
class TestWholeFiles(DocumentCase):
    def setUp(self):
        super().setUp()
        # the real thing: in tests Odoo keeps content in the database
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "file")
        self.files = self.env["ir.attachment"]
        self.store = self.files._filestore()
        # of this test alone: the store outlives it
        self.content = f"%PDF-1.7 {uuid4()}".encode()
        self.addCleanup(self.forget)

    def forget(self):
        folder, name = os.path.split(self.path_of(self.content))
        for found in os.listdir(folder) if os.path.isdir(folder) else ():
            if found.startswith(name):
                os.unlink(os.path.join(folder, found))

    def full_disk(self):
        really = builtins.open

        def opened(path, mode="r", *args, **kwargs):
            file = really(path, mode, *args, **kwargs)
            in_store = str(path).startswith(self.store) and "checklist" not in str(path)
            return FullDisk(file) if in_store and set(mode) & set("wx") else file

        return patch.object(builtins, "open", opened)

    def path_of(self, content):
        checksum = self.files._compute_checksum(content)
        return self.files._full_path(f"{checksum[:2]}/{checksum}")

    def left(self):
        """What the folder of a file has of it: name and size."""
        path = self.path_of(self.content)
        folder, name = os.path.split(path)
        return [
            (found, os.path.getsize(os.path.join(folder, found)))
            for found in os.listdir(folder)
            if found.startswith(name)
        ]

    def test_a_document_is_archived_once_there_is_room_again(self):
        quote = self.quote(self.hotel)
        with self.full_disk(), self.assertRaises(OSError):
            with self.env.cr.savepoint():
                quote.action_mark_sent()
        quote.action_mark_sent()
        archived = quote.archive_ids
        self.assertTrue(archived.store_fname)
        self.assertEqual(len(archived.raw), archived.file_size)
        self.assertEqual(self.files._compute_checksum(archived.raw), archived.checksum)

    def test_nothing_is_left_of_a_file_that_was_not_written_whole(self):
        with self.full_disk(), self.assertRaises(OSError):
            with self.env.cr.savepoint():
                self.files.create({"name": "a.pdf", "raw": self.content})
        self.assertEqual(self.left(), [])
        self.files.create({"name": "a.pdf", "raw": self.content})
        name = os.path.basename(self.path_of(self.content))
        self.assertEqual(self.left(), [(name, len(self.content))])

    def test_a_half_file_of_an_earlier_release_is_replaced(self):
        for half in (b"", self.content[:9], bytes(len(self.content))):
            path = self.path_of(self.content)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(half)
            made = self.files.create({"name": "a.pdf", "raw": self.content})
            made.invalidate_recordset()
            self.assertEqual(made.raw, self.content)

    def test_what_an_aborted_transaction_wrote_is_taken_away(self):
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            self.files.create({"name": "a.pdf", "raw": self.content})
            raise ZeroDivisionError()
        self.assertEqual(len(self.left()), 1)
        self.files._gc_file_store_unsafe()
        self.assertEqual(self.left(), [])
