from . import (
    test_access_rights,
    test_command,
    test_company_seal,
    test_engines,
    test_seal,
    test_verification,
    test_verify_page,
)
