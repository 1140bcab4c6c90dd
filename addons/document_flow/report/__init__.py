from . import document_values
from . import ir_actions_report
