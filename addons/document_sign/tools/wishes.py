"""What somebody outside asks for, as the page's form and the request give it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from odoo.addons.document_flow.tools import typed

ACCEPTED, DECLINED = "accepted", "declined"
LONGEST_NAME = 80  # letters
LONGEST_REASON = 2000
LONGEST_AGENT = 300  # of a browser's own name; what comes after tells nothing


@dataclass(frozen=True)
class Origin:
    """Where a request comes from, as evidence.

    :param remote: the address on the Internet
    :param agent: what the browser calls itself
    """

    remote: str = ""
    agent: str = ""

    @classmethod
    def of(cls, remote: object, agent: object) -> "Origin":
        """
        >>> Origin.of("192.0.2.7", "Mozilla/5.0\\r\\nX: y")
        Origin(remote='192.0.2.7', agent='Mozilla/5.0 X: y')
        >>> len(Origin.of(None, "x" * 1000).agent)
        300

        :param remote: as the server gives it
        :param agent: likewise
        """
        return cls(typed.line(remote)[:64], typed.line(agent)[:LONGEST_AGENT])


@dataclass(frozen=True)
class Option:
    """What a customer may choose along with accepting.

    :param name: of small letters and digits; stands for it in forms
    :param text: what it is
    :param amount: what it costs, as the file prints it
    :param more: how that is meant, as *per year*
    """

    name: str
    text: str
    amount: str = ""
    more: str = ""

    def said(self) -> str:
        """
        >>> Option("7", "2 × Speaker", "THB 5,000.00", "per year").said()
        '“2 × Speaker” (THB 5,000.00 per year)'
        """
        price = " ".join(filter(None, (self.amount, self.more)))
        return f"“{self.text}” ({price})" if price else f"“{self.text}”"


@dataclass(frozen=True)
class Wish:
    """An answer before its code.

    :param answer: ``accepted`` or ``declined``
    :param sha256: of the file that the page showed
    :param name: of who answers, one line
    :param choice: stands for the address that the code goes to
    :param reason: of declining
    :param boxes: the names of those that were ticked
    :param options: the names of those that were chosen
    :param more: further fields of the form, by their names
    """

    answer: str
    sha256: str = ""
    name: str = ""
    choice: str = ""
    reason: str = ""
    boxes: Collection[str] = field(default=())
    options: Collection[str] = field(default=())
    more: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, answer: str, form: dict[str, object]) -> "Wish":
        """What a form says, cleaned; lengths are for who takes it to check.

        >>> wish = Wish.of("declined", {"full_name": " A\\n B ", "box_a": "1"})
        >>> wish.name, wish.boxes, wish.reason
        ('A B', ['a'], '')
        >>> Wish.of("accepted", {"option_7": "1", "option_": ""}).options
        ['', '7']

        :param answer: of a route, not of the form
        :param form: fields by their names
        """
        return cls(
            answer=answer,
            sha256=typed.line(form.get("sha256")),
            name=typed.line(form.get("full_name")),
            choice=typed.line(form.get("address")),
            reason=typed.text(form.get("reason")),
            boxes=_named(form, "box_"),
            options=_named(form, "option_"),
        )

    def as_form(self) -> dict[str, str]:
        """The form's fields, to be filled in again.

        >>> form = Wish("accepted", name="A", boxes=["a"], options=["7"]).as_form()
        >>> form["full_name"], form["box_a"], form["option_7"]
        ('A', '1', '1')
        """
        return {
            "full_name": self.name,
            "address": self.choice,
            "reason": self.reason,
            **{f"box_{name}": "1" for name in self.boxes},
            **{f"option_{name}": "1" for name in self.options},
            **self.more,
        }


def _named(form: Mapping[str, object], prefix: str) -> list[str]:
    """What stands behind a prefix in the names of a form's fields."""
    return sorted(name.removeprefix(prefix) for name in form if name.startswith(prefix))
