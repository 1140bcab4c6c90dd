from . import document_values
from . import quote_values
from . import contract_values
from . import invoice_values
from . import receipt_values
from . import draft_watermark
from . import archived_document
