from . import (
    test_rest_doctests,
    test_rest_entities,
    test_rest_errors,
    test_rest_kinds,
    test_rest_migration,
    test_rest_money,
    test_rest_read,
    test_rest_recipients,
    test_rest_retry,
    test_rest_send,
)
