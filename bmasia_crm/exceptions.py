"""What the models refuse, by kind. Which status that is over HTTP, controllers know;
to everybody else each is a ``UserError``.
"""

from odoo.exceptions import UserError


class DocumentConflict(UserError):
    """What was asked is well put, but the document's state is in the way, or it has
    happened already.
    """

    # The web client takes its dialog from the class; of one that it does not know, from
    # here.
    context = {"exception_class": "odoo.exceptions.UserError"}


class RepeatedLetter(DocumentConflict):
    """The same letter went to the same people a moment ago.

    :param str said: when, and to whom
    :param str todo: how to send it all the same
    """

    def __init__(self, said, todo):
        super().__init__(f"{said} {todo}")
        self.said = said
