"""Where the engines turn from one answer to the other: the examples in their docstrings
show the middle.
"""

import re
from datetime import date
from types import SimpleNamespace

from markupsafe import Markup

from odoo.tests import BaseCase, tagged

from ..tools import (
    answers,
    colours,
    days,
    expressions,
    folding,
    letter,
    names,
    numbering,
    reminders,
    snapshots,
    todo,
    variables,
)


@tagged("post_install", "-at_install")
class TestAnswers(BaseCase):
    def test_status(self):
        for states, status in (
            ({"sent", "unknown"}, "sent"),
            ({"sent", "refused"}, "partial"),
            ({"refused"}, "refused"),
            (set(), "refused"),
            ({"sent", "queued"}, "queued"),
            ({"deferred"}, "queued"),
        ):
            with self.subTest(states=states):
                self.assertEqual(answers.status(states), status)


@tagged("post_install", "-at_install")
class TestColours(BaseCase):
    def test_luminance_of_dark_and_light_parts(self):
        for rgb, expected in (
            ((0, 0, 0), 0),
            ((255, 255, 255), 1),
            # 10/255 is below 0.03928, where the curve is a line
            ((10, 10, 10), 10 / 255 / 12.92),
            ((188, 188, 188), 0.50289),
        ):
            with self.subTest(rgb=rgb):
                self.assertAlmostEqual(colours.luminance(rgb), expected, 5)

    def test_contrast_has_two_decimals(self):
        self.assertEqual(colours.contrast("#777777", "#ffffff"), 4.48)

    def test_what_is_just_readable_stays(self):
        document = "#ffffff"
        colour = colours.readable("#888888", document)
        self.assertGreaterEqual(colours.contrast(colour, document), colours.READABLE)
        self.patch(colours, "READABLE", colours.contrast(colour, document))
        self.assertEqual(colours.readable(colour, document), colour)


@tagged("post_install", "-at_install")
class TestDays(BaseCase):
    def test_a_day_is_in_the_language_that_is_asked_for_else_of_who_reads(self):
        def format_date(_env, _day, lang_code, date_format):
            return f"{lang_code}: {date_format}"

        self.patch(days, "format_date", format_date)
        for reader, asked, said in (
            ("th_TH", "", "th_TH: d MMM 2569"),
            ("th_TH", "en_US", "en_US: d MMM 2026"),
            ("en_US", "th_TH", "th_TH: d MMM 2569"),
            (None, "", "en_US: d MMM 2026"),
            (None, "th_TH", "th_TH: d MMM 2569"),
        ):
            with self.subTest(reader=reader, asked=asked):
                env = SimpleNamespace(lang=reader)
                day = days.say_day(env, date(2026, 11, 29), lang=asked)
                self.assertEqual(day, said)


@tagged("post_install", "-at_install")
class TestExpressions(BaseCase):
    def test_an_expression_has_a_length(self):
        for length, allowed in ((500, True), (501, False)):
            text = "a or" + "b".rjust(length - 4)
            self.assertEqual(expressions.is_allowed(text, {"a", "b"}), allowed)
        self.assertFalse(expressions.is_allowed(" ", {"a", "b"}))

    def test_calls_name_a_function_and_plain_arguments(self):
        for text, allowed in (
            ("is_html_empty(a)", True),
            ("is_html_empty(value=a)", False),
            ("a.is_html_empty(a)", False),
            ("(a or is_html_empty)(a)", False),
            ("is_html_empty", False),
            ("a +", False),
            ("lambda: a", False),
        ):
            with self.subTest(text):
                self.assertEqual(expressions.is_allowed(text, {"a"}), allowed)

    def test_what_is_refused_in_a_body_is_named(self):
        for source, refused in (
            ('<p t-if="a" t-else="">{{ a }}</p>', []),
            ('<p t-if="b">{{ c }}</p>{{ d }}', ["b", "c", "d"]),
            ('<p t-att-title="b"/>', ["b"]),
            ('<p t-attf-title="x #{a} {{a}}"/>', []),
            ('<p t-attf-title="x #{b} {{c}}"/>', ["b", "c"]),
            ('<p t-foreach="a"/>', ['t-foreach="a"']),
            ('<p title="{{ b }}"/>', ["b"]),
            ('<p title="b"/>', []),
            ("", []),
        ):
            with self.subTest(source):
                self.assertEqual(expressions.refused_in_html(source, {"a"}), refused)


@tagged("post_install", "-at_install")
class TestFoldingStatement(BaseCase):
    """``test_folding.py`` runs it."""

    def test_it_looks_for_each_letter_that_unicode_does_not_take_apart(self):
        [looked_for] = re.findall(r"folded ~ '\[(.+)\]' THEN", folding.function())
        self.assertEqual(set(looked_for), {*folding.LETTERS, *folding.LIGATURES})

    def test_it_replaces_each_of_them_as_python_does(self):
        statement = folding.function()
        [(old, new)] = re.findall(r"translate\(folded, '(.+?)', '(.+?)'\)", statement)
        self.assertEqual(dict(zip(old, new, strict=True)), folding.LETTERS)
        for old, new in folding.LIGATURES.items():
            self.assertIn(f", '{old}', '{new}')", statement)

    def test_another_definition_is_another_version(self):
        version = folding.version()
        self.assertRegex(version, r"^fold [0-9a-f]{16}$")
        self.patch(folding, "UNSEEN", "\\u00ad")
        self.assertNotEqual(folding.version(), version)


@tagged("post_install", "-at_install")
class TestLetter(BaseCase):
    def test_a_draft_gets_its_number_in_subject_and_body(self):
        draft = letter.Letter((), (), "Quote [number]", Markup("<b>[number]</b>"))
        numbered = draft.numbered("Q-1")
        self.assertEqual((numbered.subject, numbered.body), ("Quote Q-1", "<b>Q-1</b>"))

    def test_size_of_a_mail(self):
        for sizes, body, size in (
            ([], "", 4096),
            ([0, False, None], None, 4096),
            ([1], "", 4096 + 78),
            ([57], "", 4096 + 78),
            ([], "ab", 4096 + 8),
            # three bytes each
            ([], "ขข", 4096 + 24),
        ):
            with self.subTest(sizes=sizes, body=body):
                self.assertEqual(letter.encoded_size(sizes, body), size)


@tagged("post_install", "-at_install")
class TestNames(BaseCase):
    def test_plain_names_have_their_limits(self):
        for name, plain in (
            ("x" * 60, True),
            ("x" * 61, False),
            ("a b c d e f g h i", True),
            ("a b c d e f g h i j", False),
            ("Hotel 12345", True),
            ("Hotel 123456", False),
            ("Hotel  Two", False),
            (" Hotel", False),
            ("Hotel\u200b", False),
            ("Hotel. Now", False),
            ("Hotel Co. Ltd", True),
            ("A. Hotel", True),
            ("Ab. Hotel", False),
            ("hotel.com", False),
            ("co.hotel", False),
            ("Co.Ltd", True),
            ("<b>Hotel", False),
            ("ธนาคาร", False),
            ("", True),
            (None, True),
        ):
            with self.subTest(name):
                self.assertEqual(names.is_plain(name), plain)

    def test_every_abbreviation_is_known(self):
        for word in ("Mr", "Ltd", "Pte", "Corp", "Jr", "Plc"):
            with self.subTest(word):
                self.assertTrue(names.is_plain(f"{word}. Hotel"))

    def test_a_long_name_is_cut_to_its_length(self):
        for name, shown in (
            ("x" * 120, "x" * 120),
            ("x" * 121, "x" * 119 + "…"),
            ("x" * 118 + " yy", "x" * 118 + "…"),
            ("", ""),
            (None, ""),
        ):
            with self.subTest(length=len(name or "")):
                self.assertEqual(names.one_line(name), shown)


@tagged("post_install", "-at_install")
class TestNumbering(BaseCase):
    def test_every_figure_of_a_sort_key_has_as_many_digits(self):
        known = [numbering.Codes("INV", "IV")]
        for number, key in (
            ("INV-2026-1101-001", "INV-2026-1101-000000000001"),
            ("TH-IV261000", "TH-IV26000000001000"),
            ("OLD 9/10", "OLD 000000000009/000000000010"),
        ):
            with self.subTest(number):
                self.assertEqual(numbering.sort_key(number, known), key)


@tagged("post_install", "-at_install")
class TestReminders(BaseCase):
    def test_a_step_is_reached_on_its_day(self):
        steps = [reminders.Step("first", 3), reminders.Step("second", 7)]
        for age, reached in (
            (2, (None, ())),
            (3, ("first", ())),
            (6, ("first", ())),
            (7, ("second", ("first",))),
            (90, ("second", ("first",))),
        ):
            with self.subTest(age=age):
                self.assertEqual(reminders.step_of(steps, age), reached)

    def test_old_news_is_none_after_a_month(self):
        self.assertEqual(reminders.WINDOW, 30)


@tagged("post_install", "-at_install")
class TestSnapshots(BaseCase):
    def test_what_is_of_another_kind_does_not_agree(self):
        values = {"x": 1}, ["x"], None, "x"
        for then in values:
            for now in values:
                with self.subTest(then=then, now=now):
                    printed = snapshots.take({"a": then})
                    agrees = snapshots.agrees(printed, {"a": now})
                    self.assertEqual(agrees, then == now)


@tagged("post_install", "-at_install")
class TestTodo(BaseCase):
    def test_work_is_of_whoever_is_named_unless_it_says_otherwise(self):
        kind = todo.Todo("unsent", "Quotes to send", todo.Area("sales", "Sales", 20))
        self.assertEqual((kind.group, kind.person), (todo.USER, "user_id"))
        self.assertIs(kind.others, False)

    def test_work_that_names_no_place_stands_among_the_tenth(self):
        area = todo.Area("sales", "Sales", 20)
        self.assertEqual(todo.Todo("unsent", "Quotes to send", area).sequence, 10)


@tagged("post_install", "-at_install")
class TestVariables(BaseCase):
    def test_what_is_no_value(self):
        for value, is_missing in (("", True), (False, True), (None, True), (1, False)):
            with self.subTest(value=value):
                found = variables.missing("{{a}}", {"a": value})
                self.assertEqual(found, ["a"] if is_missing else [])

    def test_nothing_is_filled_with_nothing(self):
        for empty in ("", None):
            self.assertEqual(variables.missing(empty, {}), [])
            self.assertEqual(variables.half_written(empty), [])
            self.assertEqual(variables.fill(empty, {}), "")
            self.assertEqual(variables.fill_html(empty, {}), "")
            self.assertEqual(variables.fill_known(empty, {}), "")
            self.assertEqual(variables.fill_or_mark(empty, {}, Markup("%s")), "")
            self.assertEqual(variables.left_over(empty), [])
            self.assertEqual(variables.empties(empty), [])

    def test_an_unresolved_variable_carries_its_names(self):
        with self.assertRaises(variables.UnresolvedVariable) as refused:
            variables.fill("{{b}} {{a}} {{b}}", {"a": ""})
        self.assertEqual(refused.exception.names, ["a", "b"])

    def test_a_clause_marks_what_has_no_value(self):
        for value, shown in ((1, "1"), (False, "<i>{{a}}</i>"), ("", "<i>{{a}}</i>")):
            with self.subTest(value=value):
                filled = variables.fill_or_mark(
                    "{{a}}", {"a": value}, Markup("<i>%s</i>")
                )
                self.assertEqual(filled, shown)

    def test_html_keeps_lines_and_leaves_out_what_is_empty(self):
        self.assertEqual(variables.fill_html("{{a}}", {"a": "x\ny"}), "x<br/>y")
        for value in ("", None, False):
            with self.assertRaises(variables.UnresolvedVariable):
                variables.fill_html("{{a}}", {"a": value})

    def test_an_unset_value_is_false_and_an_empty_one_is_not(self):
        self.assertTrue(variables.Empty("a"))
        self.assertFalse(variables.Unset("a"))
        self.assertEqual(variables.empties(f"{variables.Unset('a')}"), ["a"])
