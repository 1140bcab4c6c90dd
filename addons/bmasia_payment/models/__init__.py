from . import bmasia_online_mixin
from . import bmasia_billing_note
from . import bmasia_invoice
from . import bmasia_payment
from . import bmasia_payment_claim
from . import payment_transaction
