from . import rpc
from . import export
from . import report
