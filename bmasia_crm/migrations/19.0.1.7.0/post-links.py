"""Databases whose documents had no addon of their own yet get that one new: what its
upgrade does to keys of mails is done here. A second time it changes nothing."""

from odoo.modules.migration import load_script
from odoo.tools.misc import file_path

SCRIPT = "document_flow/migrations/19.0.1.7.0/post-links.py"


def migrate(cr, version):
    if version:
        load_script(file_path(SCRIPT), "old_keys").migrate(cr, version)
