from odoo.tests import tagged

from odoo.addons.mail_user_smtp.tests.sealed_tokens import (
    SealedTokensCase,
    SealedTokensTests,
)

from .. import hooks


@tagged("post_install", "-at_install")
class TestSealedTokens(SealedTokensTests, SealedTokensCase):
    kind, module, hooks = "gmail", "google_gmail", hooks
    core_ways = (
        "_generate_oauth2_string('a', '')",
        "google_gmail_access_token",
        "_fetch_gmail_access_token(record.google_gmail_refresh_token)[2]",
        "_gmail_access_token__()",
    )
    core_arguments = ("",)
    # without a client core asks another address, which the settings name
    other_endpoints = {"google_gmail_client_id": ""}
