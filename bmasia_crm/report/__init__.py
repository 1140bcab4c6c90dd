from . import paper_values
from . import draft_watermark
from . import archived_paper
