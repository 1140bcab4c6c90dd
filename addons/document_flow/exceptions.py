"""What callers of documents tell apart; whoever answers programs maps them to codes."""

from odoo.exceptions import UserError


class DocumentConflict(UserError):
    """The document's state is in the way: nothing that was given is wrong."""

    # The web client takes its dialog from the class; of one that it does not know, from
    # here.
    context = {"exception_class": "odoo.exceptions.UserError"}


class RepeatedLetter(DocumentConflict):
    """The same letter went to the same people a moment ago.

    :param str said: when it went
    :param str todo: how to send it all the same
    """

    def __init__(self, said, todo):
        super().__init__(f"{said} {todo}")
        self.said = said
