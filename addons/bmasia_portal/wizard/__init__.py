from . import bmasia_payment_claim_wizard
from . import bmasia_payment_wizard
from . import bmasia_transition_wizard
