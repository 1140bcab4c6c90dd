from . import home
from . import link
from . import portal
