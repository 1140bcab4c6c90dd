"""After the installation."""


def post_init_hook(env):
    """Record the mails that were already waiting, or nobody would ever send them."""
    env["mail.mail"].search([("state", "=", "outgoing")])._sync_deliveries()
