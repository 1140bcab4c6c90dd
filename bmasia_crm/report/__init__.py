from . import paper_values
from . import draft_watermark
