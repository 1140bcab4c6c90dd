from . import errors
from . import schemas
from . import records
from . import kinds
from . import resources
from . import openapi
from . import rest
