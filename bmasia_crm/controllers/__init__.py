from . import errors
from . import contracts
from . import records
from . import resources
from . import openapi
from . import rest
from . import rpc
from . import export
