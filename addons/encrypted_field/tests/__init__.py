from . import (
    test_binding,
    test_command,
    test_engines,
    test_fail_closed,
    test_key_ring,
    test_rotation,
    test_write_only,
)
