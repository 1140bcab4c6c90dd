from . import document_values
from . import draft_watermark
from . import archived_document
