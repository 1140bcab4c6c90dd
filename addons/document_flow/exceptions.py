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


class FormRefused(UserError):
    """What somebody typed on a page cannot be taken: all that is wrong with it.

    :param faults: fields and sentences, in the order of the form; of a field the first
        one is said. A field that is empty: it is about none of them
    """

    def __init__(self, faults):
        self.faults = {}
        for field, sentence in faults:
            self.faults.setdefault(field, sentence)
        super().__init__("\n".join(self.faults.values()))

    @staticmethod
    def check(faults):
        """
        :param faults: as above; nothing: all is well
        :raises FormRefused: something is wrong
        """
        if faults := list(faults):
            raise FormRefused(faults)
