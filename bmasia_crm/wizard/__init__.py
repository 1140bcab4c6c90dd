from . import bmasia_transition_wizard
from . import bmasia_renew_wizard
from . import bmasia_payment_proposal_mixin
from . import bmasia_payment_wizard
from . import bmasia_payment_wizard_line
from . import partner_merge
