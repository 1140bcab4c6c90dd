from . import answer
from . import sign
from . import two_steps
from . import verify
