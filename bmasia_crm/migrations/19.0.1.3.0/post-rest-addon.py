"""Install the addon that the REST interface has moved to: an upgrade does not look for
new addons that install by themselves, and programs would find nothing any more.
"""


def migrate(cr, version):
    cr.execute(
        "UPDATE ir_module_module SET state = 'to install'"
        " WHERE name = 'bmasia_rest' AND state = 'uninstalled'"
    )
