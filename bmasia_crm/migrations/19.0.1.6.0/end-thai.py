"""Menus, labels and headings have new words: their Thai follows.

Odoo keeps the Thai of a text whose English changed. What may have been edited, as the
words of mails, is of records that are not updated, and stays.
"""

from odoo import SUPERUSER_ID, api

ADDONS = ("mail_delivery", "mail_user_smtp", "document_flow", "bmasia_crm")
THAI = "th_TH"


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    if env["res.lang"]._lang_get(THAI):
        modules = env["ir.module.module"].search([("name", "in", ADDONS)])
        modules._update_translations([THAI], overwrite=True)
