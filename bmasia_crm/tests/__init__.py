from . import (
    test_access,
    test_chain,
    test_companies,
    test_dashboard,
    test_list_queries,
    test_numbers,
    test_paper_content,
    test_sending,
    test_states,
    test_sums,
    test_totals,
)
