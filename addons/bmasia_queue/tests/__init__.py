from . import (
    test_access_rights,
    test_batch_jobs,
    test_billing_jobs,
    test_held_jobs,
    test_neutralize,
    test_print_batch,
)
