from . import absence
from . import health
