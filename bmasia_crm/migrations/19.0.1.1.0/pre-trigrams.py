from odoo.modules.db import has_trigram
from odoo.modules.registry import Registry


def migrate(cr, version):
    """Let this upgrade make the indexes by which parts of names are searched."""
    cr.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    # Odoo looked for it when it loaded the database, before this
    Registry(cr.dbname).has_trigram = has_trigram(cr)
