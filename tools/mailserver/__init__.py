"""The demo's mail server: SMTP with TLS and logins, and an inbox in the browser.

Mails go nowhere from here. ``python -m tools.mailserver --help`` names the options; the
inbox speaks a subset of Mailpit's API, so that the same tests run against Mailpit.
"""
