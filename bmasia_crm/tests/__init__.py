from . import (
    test_access,
    test_chain,
    test_companies,
    test_entities,
    test_numbers,
    test_paper_content,
    test_payments,
    test_prices,
    test_prorated,
    test_sending,
    test_states,
    test_totals,
)
