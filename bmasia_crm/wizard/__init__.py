from . import bmasia_transition_wizard
from . import bmasia_renew_wizard
from . import bmasia_payment_proposal_mixin
from . import bmasia_payment_wizard
from . import bmasia_payment_wizard_line
from . import bmasia_write_off_wizard
from . import bmasia_advance_return_wizard
from . import partner_merge
