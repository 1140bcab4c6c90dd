from . import rpc
from . import export
from . import moved
from . import report
from . import guide
