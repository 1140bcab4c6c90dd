from . import document_signer_wizard
from . import document_signing_wizard
from . import document_signing_wizard_signer
