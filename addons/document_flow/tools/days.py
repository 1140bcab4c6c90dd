"""Days as people read them: in Thai with years of the Buddhist era, as documents print
them and Odoo's own fields and lists show them."""

from datetime import date
from typing import Any

from odoo.tools.misc import format_date

BUDDHIST_ERA = 543  # years that it counts ahead of the common era


def year_of(day: date, lang: str) -> str:
    """The year of a day, counted as a language counts.

    >>> year_of(date(2026, 11, 29), "en_US"), year_of(date(2026, 11, 29), "th_TH")
    ('2026', '2569')
    """
    return str(day.year + (BUDDHIST_ERA if lang.startswith("th") else 0))


def say_day(env: Any, day: date, form: str = "d MMM", lang: str = "") -> str:
    """A day with its year, in the language of who reads it.

    :param env: for that language
    :param str form: of day and month, in letters
    :param str lang: another language
    """
    lang = lang or env.lang or "en_US"
    text = format_date(env, day, lang_code=lang, date_format=form)
    return f"{text} {year_of(day, lang)}"
