from odoo.tests import tagged

from odoo.addons.mail_user_smtp.tests.sealed_tokens import (
    SealedTokensCase,
    SealedTokensTests,
)

from .. import hooks


@tagged("post_install", "-at_install")
class TestSealedTokens(SealedTokensTests, SealedTokensCase):
    kind, module, hooks = "outlook", "microsoft_outlook", hooks
    core_ways = (
        "_generate_outlook_oauth2_string('a')",
        "microsoft_outlook_access_token",
        "_fetch_outlook_access_token(record.microsoft_outlook_refresh_token)[4]",
        "_outlook_access_token__()",
    )
    core_arguments = ()
    other_endpoints = {
        "microsoft_outlook.endpoint": "https://evil.example/",
        # without a client core asks another address, which the settings name
        "microsoft_outlook_client_id": "",
    }
