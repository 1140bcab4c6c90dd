from . import account
from . import extension
from . import invoice
