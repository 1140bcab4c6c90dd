"""The guides of ``docs/`` as pages: what the help of the screens leads to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

FOLDER = Path(__file__).parents[2] / "docs"  # beside the addon, in the image too
ROLES = ("sales", "finance", "manager", "administrator")
PAGES = (
    *ROLES,
    *("user", "contracts", "chains", "renewals", "phone", "law", "glossary"),
    "gallery",
)
PICTURES = ("pictures", "gallery")  # folders
ELSEWHERE = re.compile(r"https?://|#")
_PARSER = MarkdownIt("commonmark").enable("table")

# Where the guides say what to do with what a list shows: page and heading of a model.
PLACES = {
    "bmasia.quote": "sales#a-quote",
    "bmasia.contract": "sales#the-contract",
    "bmasia.amendment": "contracts#amend-other-zones-prices-discounts-places-terms",
    "bmasia.company": "sales#a-new-customer",
    "res.partner": "sales#a-new-customer",
    "bmasia.zone": "sales#a-new-customer",
    "document.reminder": "sales#follow-ups",
    "document.question": "sales#the-customers-page",
    "mail.delivery": "sales#where-an-e-mail-is",
    "document.send.batch": "user#sending-a-document",
    "bmasia.contract.schedule": "finance#what-is-to-be-invoiced",
    "bmasia.invoice": "finance#the-days-jobs",
    "bmasia.payment": "finance#money-for-one-invoice",
    "bmasia.payment.claim": "finance#a-payment-that-a-customer-reports",
    "payment.transaction": "finance#paid-online",
    "payment.provider": "administrator#paying-online",
    "bmasia.receipt": "finance#money-for-one-invoice",
    "bmasia.billing.note": "finance#what-is-overdue",
    "bmasia.write.off": "finance#never-paid-write-off",
    "bmasia.withholding.certificate": "finance#withholding-tax-and-its-certificate",
    "bmasia.bank.statement": "finance#a-bank-statement",
    "bmasia.bank.statement.line": "finance#a-bank-statement",
    "bmasia.bank.mapping": "finance#a-bank-statement",
    "bmasia.statement": "finance#receivables-and-statements",
    "bmasia.vat.return": "finance#vat",
    "bmasia.journal.export": "finance#the-export-for-the-accounting",
    "bmasia.exchange.rate": "finance#a-foreign-currency-on-a-thai-document",
    "bmasia.tax.rate": "finance#a-new-tax-rate",
    "bmasia.contract.template": "manager#the-clauses-of-contracts",
    "mail.template": "manager#the-words-of-e-mails-and-reminders",
    "document.reminder.step": "manager#the-words-of-e-mails-and-reminders",
    "product.template": "manager#prices",
    "product.pricelist": "manager#prices",
    "res.partner.industry": "manager#the-companys-own-data",
    "res.company": "manager#the-companys-own-data",
    "res.users": "administrator#a-new-colleague",
}


@dataclass(frozen=True)
class Guide:
    """A page of the documentation."""

    name: str
    title: str
    html: Markup


@cache
def are_here() -> bool:
    """Whether there are guides: somebody may have copied the addon alone."""
    return (FOLDER / f"{ROLES[0]}.md").is_file()


@cache
def read(name: str) -> Guide:
    """A page as HTML.

    :param name: one of :data:`PAGES`
    :raises KeyError: there is no such page, or none at all (:func:`are_here`)
    """
    if name not in PAGES or not are_here():
        raise KeyError(name)
    return render(name, (FOLDER / f"{name}.md").read_text(encoding="utf-8"))


def render(name: str, text: str) -> Guide:
    """A page of Markdown. Its headings have the anchors that links to them name.

    >>> page = render("sales", "# For Sales\\n\\nSee [VAT](finance.md#vat).")
    >>> page.title
    'For Sales'
    >>> print(page.html)
    <h1 id="for-sales">For Sales</h1>
    <p>See <a href="finance#vat">VAT</a>.</p>
    <BLANKLINE>

    What is no guide stays a word:

    >>> print(render("law", "See [the code](../README.md).").html)
    <p>See <span>the code</span>.</p>
    <BLANKLINE>
    """
    environment: dict[str, object] = {}
    tokens = _PARSER.parse(text, environment)
    titles = list(_give_anchors(tokens))
    for token in tokens:
        _lead_to_guides(token.children or [])
    html = str(_PARSER.renderer.render(tokens, _PARSER.options, environment))
    # the text is a file of ours
    return Guide(name, titles[0] if titles else name, Markup(html))


def anchor(heading: str) -> str:
    """
    >>> anchor("The day's jobs"), anchor("Never paid: write off")
    ('the-days-jobs', 'never-paid-write-off')
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def anchors(guide: Guide) -> set[str]:
    """What links may name of a page.

    >>> anchors(render("x", "# One\\n\\n## Two of it"))  == {"one", "two-of-it"}
    True
    """
    return set(re.findall(r'<h\d id="([^"]+)"', guide.html))


def picture(folder: str, name: str) -> Path | None:
    """The file of a picture.

    >>> picture("pictures", "../../pyproject") is None, picture("etc", "x") is None
    (True, True)
    """
    kept = FOLDER / folder
    if folder not in PICTURES:
        return None
    return next((path for path in kept.glob("*.png") if path.stem == name), None)


def _give_anchors(tokens: list[Token]) -> Iterator[str]:
    for token, inside in zip(tokens, tokens[1:], strict=False):
        if token.type == "heading_open":
            token.attrSet("id", anchor(inside.content))
            yield inside.content


def _lead_to_guides(tokens: list[Token]) -> None:
    """Links to other files lead to their page, or nowhere."""
    is_word = False
    for token in tokens:
        if token.type == "link_open":
            target = str(token.attrs["href"])
            name, _sign, heading = target.partition("#")
            is_guide = name.removesuffix(".md") in PAGES
            is_word = not (is_guide or ELSEWHERE.match(target))
            if is_guide:
                page = name.removesuffix(".md")
                token.attrs["href"] = f"{page}#{heading}" if heading else page
            elif is_word:
                token.tag, token.attrs = "span", {}
        elif token.type == "link_close" and is_word:
            token.tag = "span"
