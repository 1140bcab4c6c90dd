"""``python -m tools.command WORD …``: a command of Odoo, with the server's settings.

Odoo's own commands (``odoo crm doctor``, ``odoo secrets rotate``) know Odoo's options
and libpq's variables. The server is also told by ``DATABASE_URL`` and
``DATABASE_PASSWORD_FILE``, in the image by nothing else: this passes them on.
"""

import os
import sys

import odoo.init  # noqa: F401 (Odoo asks for it before anything else of Odoo)

from tools.database import CannotStart, check_configuration_file, use_settings


def main(arguments: list[str]) -> int:
    """Become the command.

    :param list[str] arguments: its words and options
    :returns: the exit code, when it is not run
    """
    try:
        check_configuration_file()
        os.environ["PGDATABASE"] = use_settings([])
    except CannotStart as reason:
        sys.stderr.write(f"the command was not run: {reason}\n")
        return reason.code
    os.environ["PYTHONSAFEPATH"] = "1"  # no imports from where this is called
    os.execv(sys.executable, [sys.executable, "-m", "odoo", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
