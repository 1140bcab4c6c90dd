"""What a customer's answer is refused with."""

from odoo.addons.document_flow.exceptions import FormRefused


class AnswerRefused(FormRefused):
    """An answer that does not count, and why.

    :param str sentence: for who answers
    :param str field: of the form that has to be corrected; empty if it is none of them
    """

    def __init__(self, sentence, field=""):
        super().__init__([(field, sentence)])


class AskedTooOften(AnswerRefused):
    """There were too many codes."""
