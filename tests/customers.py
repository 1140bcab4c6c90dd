"""What tests of the customer's pages share: a customer, their browser, their codes."""

import re
import uuid
from datetime import date, timedelta

from tests.kit import PAGE_LIMIT

DESK, PHONE = (1280, 800), (390, 844)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
RUN = """
    async (rules) => {
        const {violations} = await axe.run(document, {
            runOnly: rules, resultTypes: ["violations"],
        });
        return violations.flatMap(({id, nodes}) =>
            nodes.map(({html}) => `${id}: ${html.slice(0, 160)}`));
    }
"""
ADA = "ada@answer-hotel.example.com"
CODE = re.compile(r">(\d{6})<")
LINK = re.compile(r'href="([^"]+/d/[^"]+)"')


def code_of(inbox, subject, to=""):
    """The code of the newest mail with a subject.

    :param str to: an address that it is for
    """
    return CODE.search(inbox.wait_for(subject, to=to)["HTML"])[1]


class Customer:
    """Documents of a customer of its own, and a browser without a session."""

    def __init__(self, browser, settings, client, size):
        self.settings, self.client = settings, client
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, is_mobile=size == PHONE
        )
        self.context.set_default_timeout(PAGE_LIMIT)
        self.page = self.context.new_page()
        self.errors = []
        self.made = []
        self.page.on("console", self._note)
        self.name = f"Page Hotel {uuid.uuid4().hex[:8]}"
        [self.company] = self.call(
            "bmasia.company",
            "create",
            vals_list=[{"name": self.name, "country_id": self.country("TH")}],
        )

    def _note(self, message):
        # an unpleasant answer is in the status of the page, too
        if message.type == "error" and "status of 4" not in message.text:
            self.errors.append(message.text)

    def call(self, model, method, *ids, **arguments):
        return self.client.call(model, method, *ids, **arguments)

    def country(self, code):
        domain = [["code", "=", code]]
        return self.call("res.country", "search", domain=domain, limit=1)[0]

    def document(self, model, lang="en_US", more=(), **values):
        """A document that was sent, or issued.

        :param more: values of further lines
        :param values: of the document
        """
        line = {"name": "Music", "unit_price": 14000, "kind": "one_time"}
        [document] = self.call(
            model,
            "create",
            vals_list=[
                {
                    "customer_id": self.company,
                    "lang": lang,
                    "line_ids": [[0, 0, each] for each in (line, *more)],
                    **({"without_clauses": True} if "contract" in model else {}),
                    **values,
                }
            ],
        )
        issue = "action_issue" if model == "bmasia.invoice" else "action_mark_sent"
        self.call(model, issue, [document])
        self.made.append((model, document))
        return document

    def link(self, model, document):
        path = self.call(model, "get_portal_url", [document])
        return self.settings.odoo_url + path

    def contact(self, name, email, **values):
        """A person of this customer."""
        partner = self.read("bmasia.company", self.company, "partner_id")[0]
        person = {"name": name, "email": email, "parent_id": partner, **values}
        return self.call("res.partner", "create", vals_list=[person])[0]

    def of_nikki(self, model, document):
        """Nikki is responsible for a document from now on."""
        domain = [["login", "like", "nikki.h"]]
        [user] = self.call("res.users", "search", domain=domain)
        self.call(model, "write", [document], vals={"user_id": user})

    def ask_signatures(self, nikki, contract, people):
        """Ask people to sign a contract.

        :param nikki: her client
        :param people: addresses by names
        """
        self.of_nikki("bmasia.contract", contract)
        signers = [
            {"side": "customer", "name": name, "email": address}
            for name, address in people.items()
        ]
        values = {
            "document": f"bmasia.contract,{contract}",
            "expires": str(date.today() + timedelta(days=9)),
            "signer_ids": [[0, 0, signer] for signer in signers],
        }
        wizards = "document.signing.wizard"
        [wizard] = nikki.call(wizards, "create", vals_list=[values])
        nikki.call(wizards, "action_confirm", [wizard])

    def read(self, model, document, name):
        return self.call(model, "read", [document], fields=[name])[0][name]

    def open(self, model="bmasia.quote", lang="en_US"):
        """Open the page of a new document.

        :returns: its id
        """
        document = self.document(model, lang)
        self.page.goto(self.link(model, document))
        return document

    def close(self):
        """Nothing stays open that another test would take for the demo's."""
        self.context.close()
        for model, document in self.made:
            if self.read(model, document, "state") in ("sent", "issued"):
                end = "action_reject" if model == "bmasia.quote" else "action_cancel"
                self.call(model, end, [document], reason="A test")

    def look(self, axe):
        """The page as it is: no findings, nothing wider than the window.

        :param str axe: the text of axe-core
        """
        # the policy lets no script in, so it is run from outside
        self.page.evaluate(axe)
        assert self.page.evaluate(RUN, RULES) == []
        assert self.fits()

    def fits(self):
        """Whether nothing on the page is wider than the window."""
        root = "document.documentElement"
        return self.page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")


def draw(page):
    """A line over the field for the drawing."""
    box = page.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(
            box["x"] + 30 + 30 * step, box["y"] + 60 + (-1) ** step * 4 * step
        )
    page.mouse.up()
