"""The index of whole addresses makes room for one of their parts: Odoo makes an index
where none has its name. The index by document has another name: a method had taken its
former one, so that only databases of before have it.
"""


def migrate(cr, version):
    cr.execute("DROP INDEX IF EXISTS mail_delivery__recipient_index")
    cr.execute("DROP INDEX IF EXISTS mail_delivery_document")
