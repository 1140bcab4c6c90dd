from . import bmasia_report
from . import bmasia_report_facts
from . import bmasia_report_receivables
from . import bmasia_report_statement
from . import bmasia_report_deferred
from . import report_print
