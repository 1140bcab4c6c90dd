from . import online
from . import pay
