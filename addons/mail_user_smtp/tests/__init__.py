from . import (
    test_access,
    test_chatter,
    test_core_defects,
    test_engines,
    test_forging,
    test_lifecycle,
    test_preferences,
    test_secrecy,
    test_sender,
    test_transport,
)
