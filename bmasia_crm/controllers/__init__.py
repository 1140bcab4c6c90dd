from . import rpc
from . import portal
from . import export
from . import home
