from . import test_totals
