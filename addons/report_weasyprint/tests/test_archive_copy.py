"""The validator that judges the files for long keeping in the tests of all addons."""

import re

from odoo.tests import BaseCase, tagged

from ..tools.layout.engine import render
from .archive_copy import faults_of


@tagged("post_install", "-at_install")
class TestArchiveCopy(BaseCase):
    def printed(self, text):
        return render(f"<p>{text}</p>", variant="pdf/a-3b").pdf

    def test_whatever_byte_a_stream_ends_with_it_is_as_long_as_it_says(self):
        returns = 0
        for number in range(150):
            pdf = self.printed(f"{number} and {number * number}")
            returns += b"\r\nendstream" in pdf
            self.assertEqual(faults_of(pdf), {})
        self.assertTrue(returns, "none of them ends with a carriage return: print more")

    def test_a_length_that_is_wrong_is_one(self):
        pdf = self.printed("A")
        length = re.search(rb"/Length (\d+)", pdf)
        wrong = str(int(length[1]) - 1).encode()
        self.assertEqual(len(wrong), len(length[1]))
        changed = pdf[: length.start(1)] + wrong + pdf[length.end(1) :]
        self.assertIn("PDFA3B-STREAM-LENGTH-001", faults_of(changed))

    def test_what_is_no_archive_copy_is_one(self):
        self.assertTrue(faults_of(render("<p>A</p>").pdf))
