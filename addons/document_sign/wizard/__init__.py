from . import document_signing_wizard
from . import document_signing_wizard_signer
