"""Files for long keeping, judged by a validator of their standard, ISO 19005-3 (3b).

``page`` (PyPI: page-validation, for development only) knows 146 rules of it; its
authors say that it passes the corpora of veraPDF and Isartor. veraPDF itself is in none
of the registries that this project uses; its wrappers on PyPI fetch it elsewhere.
"""

import page

# The validator's 0.11 takes this one over from PDF/A-1; part 3 lets metadata be
# compressed, and veraPDF's profile for 3b has no such rule.
OF_PART_1 = "PDFA3B-METADATA-FILTER-001"


def faults_of(pdf):
    """What a validator finds in a file: the message of each rule that it breaks.

    :param bytes pdf: the file
    """
    report = page.validate_pdf_bytes(pdf, profile="3b")
    assert report.rules.total > 100, "the validator looked at nothing"
    return {
        fault.rule_id: fault.message
        for fault in report.failures
        if fault.rule_id != OF_PART_1
    }
