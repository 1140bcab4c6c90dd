"""The engines of this addon, by their doctests."""

import doctest

from odoo.tests import TransactionCase, tagged

from ..tools import findings, tokens


@tagged("post_install", "-at_install")
class TestEngines(TransactionCase):
    def test_examples_hold(self):
        for engine in (findings, tokens):
            with self.subTest(engine.__name__):
                result = doctest.testmod(engine)
                self.assertGreater(result.attempted, 1)
                self.assertEqual(result.failed, 0)

    def test_a_state_is_one_of_three(self):
        with self.assertRaises(ValueError):
            findings.Finding("good", "")

    def test_the_edges_of_clock_and_disk(self):
        states = [findings.clock_state(s) for s in (2, 2.1, 60, 60.1, -60.1)]
        self.assertEqual(states, ["ok", "warn", "warn", "fail", "fail"])
        states = [findings.disk_state(free, 1000, 10) for free in (50, 49, 10, 9)]
        self.assertEqual(states, ["ok", "warn", "warn", "fail"])
        # of a small disk twice the least is asked for
        states = [findings.disk_state(free, 100, 10) for free in (20, 19)]
        self.assertEqual(states, ["ok", "warn"])

    def test_neighbours_are_no_gap(self):
        self.assertEqual(findings.missing([1, 2, 3, 5]), [(4, 4)])
        self.assertEqual(findings.missing([2, 2, 3]), [])

    def test_no_two_tokens_are_alike(self):
        self.assertEqual(len({tokens.new_token() for _n in range(10)}), 10)
        self.assertFalse(tokens.is_known("a", []))
        self.assertEqual(tokens.bearer("Bearer"), "")
