from . import (
    test_access_rights,
    test_engine_edges,
    test_engines,
    test_folding,
    test_marks,
)
