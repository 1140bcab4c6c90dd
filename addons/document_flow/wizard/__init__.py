from . import document_wizard_mixin
from . import document_send_remarks
from . import document_send_wizard
from . import document_copies_wizard
from . import document_answer_wizard
