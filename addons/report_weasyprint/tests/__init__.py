from . import test_article_edges
from . import test_engine
from . import test_engines
from . import test_letters
from . import test_limits
from . import test_pictures
from . import test_pool
from . import test_report
