import os
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from importlib.metadata import version
from urllib.parse import urlsplit

import requests

from odoo import api, fields, models, release
from odoo.modules.module import Manifest
from odoo.tools import config
from odoo.tools.translate import LazyTranslate

from odoo.addons.encrypted_field import rotation
from odoo.addons.encrypted_field.fields import SENTENCES, key_ring
from odoo.addons.encrypted_field.tools.keyring import KEYS_FILE, KeyRingError
from odoo.addons.report_weasyprint.tools.layout.limits import DocumentTooLarge
from odoo.addons.report_weasyprint.tools.pool import POOL, Job, LayoutFailed

from ..tools.findings import (
    FAIL,
    OK,
    WARN,
    Finding,
    check,
    clock_state,
    disk_state,
)

_lt = LazyTranslate(__name__)

MEGABYTE = 1024 * 1024
LEAST_FREE = 500  # MB: a database server and a filestore stop in a mess without
# One letter of each writing that our documents print: the fonts have all of them.
SAMPLE = "<p>Aä Việt ไทย 中文 🙂</p>"
# A server whose calendar counts Buddhist years, or whose battery is empty, dates
# documents wrongly.
FIRST_YEAR, LAST_YEAR = 2026, 2100
CERTIFICATE_DAYS = 60  # an authority takes weeks to look into a company
PATIENCE = 5  # seconds for an address of our own


class BmasiaHealthServer(models.AbstractModel):
    """The machine and the process: part of ``bmasia.health``.

    Gives: checks of keys, PDFs, clock, disk, versions and addresses; ``_places`` and
    ``_versions`` are metrics, too. They look at the process that runs them: on the
    command line that is one of its own, with the settings of the same file.
    """

    _name = "bmasia.health.server.mixin"
    _description = "Health of the Server"

    # ------------------------------------------------------------
    # KEYS
    # ------------------------------------------------------------

    @check(_lt("Key ring"), 10, is_probe=True)
    def _check_key_ring(self):
        try:
            ring = key_ring(self.env)
        except KeyRingError as error:
            sentence = next(text for kind, text in SENTENCES if isinstance(error, kind))
            return Finding(
                FAIL,
                self.env._(sentence),
                self.env._("See The key ring in the guide for administrators."),
            )
        if os.environ.get(KEYS_FILE):
            where = self.env._("a file that only its owner reads")
        else:
            where = self.env._("the environment")
        return Finding(
            OK,
            self.env._(
                "Keys: %(count)s, from %(where)s", count=len(ring.key_ids), where=where
            ),
        )

    @check(_lt("Stored passwords"), 20)
    def _check_stored_passwords(self):
        try:
            reports = rotation.status(self.env)
        except KeyRingError:
            return Finding(
                FAIL,
                self.env._("No stored password can be read without the key ring."),
                self.env._("Give the server its key ring."),
            )
        lost = sum(len(report.unreadable) for report in reports)
        unbound = sum(len(report.unbound) for report in reports)
        if lost or unbound:
            return Finding(
                FAIL if lost else WARN,
                self.env._(
                    "Cannot be read: %(lost)s, to be typed again: %(unbound)s",
                    lost=lost,
                    unbound=unbound,
                ),
                self.env._("Run: odoo secrets status. It names them."),
            )
        count = sum(sum(report.sealed_with.values()) for report in reports)
        return Finding(OK, self.env._("Passwords: %s, all can be read", count))

    @check(_lt("Seal certificates"), 30)
    def _check_seals(self):
        if "document.seal" not in self.env:
            return Finding(OK, self.env._("Seals are not installed"))
        seals = self.env["document.seal"].search([("active", "=", True)])
        today = fields.Date.context_today(self)
        return [
            self._seal_finding(seal, (seal.ends - today).days) for seal in seals
        ] or Finding(OK, self.env._("No billing entity seals its documents"))

    def _seal_finding(self, seal, days):
        entity = seal.company_id.name
        if days < 0:
            return Finding(
                FAIL,
                self.env._("Expired on %s: nothing is sealed", seal.ends),
                self.env._("Renew it on the form of the billing entity, Seal."),
                entity,
            )
        state = WARN if days < CERTIFICATE_DAYS else OK
        todo = self.env._("Ask for another certificate now.") if state == WARN else ""
        return Finding(state, self.env._("Until %s", seal.ends), todo, entity)

    # ------------------------------------------------------------
    # PDF
    # ------------------------------------------------------------

    @check(_lt("PDF engine and fonts"), 40)
    def _check_pdf(self):
        start = time.monotonic()
        try:
            result = POOL.do(Job.document(SAMPLE))
        except (DocumentTooLarge, LayoutFailed) as error:
            return Finding(
                FAIL,
                self.env._("A small document cannot be printed: %s", error),
                self.env._("Read the reason in the log of the server."),
            )
        if letters := result.told["missing_letters"]:
            return Finding(
                FAIL,
                self.env._("No font has these letters: %s", letters),
                self.env._(
                    "Install fonts-noto-core, fonts-noto-cjk and "
                    "fonts-noto-color-emoji."
                ),
            )
        milliseconds = round(1000 * (time.monotonic() - start))
        return Finding(
            OK,
            self.env._(
                "A small document took %(time)s ms; English, Vietnamese, Thai and "
                "Chinese are printed",
                time=milliseconds,
            ),
        )

    # ------------------------------------------------------------
    # MACHINE
    # ------------------------------------------------------------

    @check(_lt("Clock"), 200)
    def _check_clock(self):
        self.env.cr.execute("SELECT extract(epoch FROM clock_timestamp())::float")
        difference = self.env.cr.fetchone()[0] - time.time()
        year = datetime.now(UTC).year
        if not FIRST_YEAR <= year < LAST_YEAR:
            return Finding(
                FAIL,
                self.env._("The year of this machine is %s", year),
                self.env._("Set the clock; count years as in %s.", FIRST_YEAR),
            )
        state = clock_state(difference)
        todo = self.env._("Let both machines follow a time server (NTP).")
        return Finding(
            state,
            self.env._(
                "Database and server are %s seconds apart", f"{abs(difference):.1f}"
            ),
            "" if state == OK else todo,
        )

    @check(_lt("Disk"), 210, is_probe=True)
    def _check_disk(self):
        return [
            self._disk_finding(self.env._("Files of the database"), self._filestore()),
            self._disk_finding(self.env._("Temporary files"), tempfile.gettempdir()),
        ]

    def _disk_finding(self, about, folder):
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"x")
                file.flush()
            usage = shutil.disk_usage(folder)
        except OSError as error:
            return Finding(
                FAIL,
                self.env._("Cannot be written: %s", error.strerror),
                self.env._("Free space, or give the server's user the folder."),
                about,
            )
        least = self._number("disk_megabytes", LEAST_FREE) * MEGABYTE
        state = disk_state(usage.free, usage.total, least)
        return Finding(
            state,
            self.env._(
                "%(free)s MB of %(size)s MB are free",
                free=usage.free // MEGABYTE,
                size=usage.total // MEGABYTE,
            ),
            self.env._("Free space, or make the disk larger.") if state != OK else "",
            about,
        )

    @check(_lt("Versions"), 220)
    def _check_versions(self):
        installed = self.env["ir.module.module"].search(
            [("state", "!=", "uninstalled")]
        )
        stale = []
        for addon in installed.filtered("latest_version"):
            manifest = Manifest.for_addon(addon.name, display_warning=False)
            if not manifest or manifest.version != addon.latest_version:
                stale.append(addon.name)
        marked = installed.filtered(lambda addon: addon.state.startswith("to "))
        if stale or marked:
            names = ", ".join(sorted({*stale, *marked.mapped("name")}))
            return Finding(
                FAIL,
                self.env._("Files and database differ: %s", names),
                self.env._(
                    "Stop the server and start it by tools.start, which upgrades them."
                ),
            )
        return Finding(
            OK,
            self.env._(
                "BMAsia CRM %(crm)s, Odoo %(odoo)s, Python %(python)s, PostgreSQL "
                "%(postgresql)s, WeasyPrint %(weasyprint)s",
                **self._versions(),
            ),
        )

    @api.model
    def _versions(self):
        addons = self.env["ir.module.module"]
        crm = addons.search([("name", "=", "bmasia_crm")]).latest_version
        self.env.cr.execute("SHOW server_version")
        return {
            "crm": crm,
            "odoo": release.version,
            "python": ".".join(map(str, sys.version_info[:3])),
            "postgresql": self.env.cr.fetchone()[0].split()[0],
            "weasyprint": version("weasyprint"),
        }

    # ------------------------------------------------------------
    # ADDRESS
    # ------------------------------------------------------------

    @check(_lt("Address and proxy"), 230)
    def _check_proxy(self):
        address = self._site()
        parts = urlsplit(address)
        if parts.scheme != "https":
            return Finding(
                WARN,
                self.env._("The address in e-mails is %s", address),
                self.env._(
                    "Put a proxy with TLS in front, set SITE_URL to the https address "
                    "and proxy_mode = True."
                ),
            )
        if not config["proxy_mode"]:
            return Finding(
                FAIL,
                self.env._("The address is https, but proxy_mode is off"),
                self.env._("Set proxy_mode = True in the file that ODOO_RC names."),
            )
        return Finding(OK, self.env._("%s, behind a proxy", address))

    @check(_lt("Live updates"), 240)
    def _check_websocket(self):
        if not config["workers"]:
            return Finding(
                OK, self.env._("One process answers everything (workers = 0)")
            )
        host = config["http_interface"] or "127.0.0.1"
        host = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
        return self._websocket_finding(f"http://{host}:{config['gevent_port']}")

    @check(_lt("Live updates from outside"), 250, is_remote=True)
    def _check_public_websocket(self):
        return self._websocket_finding(self._site())

    def _websocket_finding(self, address):
        url = f"{address.rstrip('/')}/websocket/health"
        try:
            answer = requests.get(url, timeout=PATIENCE, allow_redirects=False)
            if answer.ok and answer.json().get("status") == "pass":
                return Finding(OK, self.env._("%s answers", url))
            reason = str(answer.status_code)
        except (requests.RequestException, ValueError) as error:
            reason = type(error).__name__
        return Finding(
            WARN,
            self.env._("%(url)s does not answer: %(reason)s", url=url, reason=reason),
            self.env._(
                "Have the proxy pass /websocket to gevent_port (%s), with the headers "
                "of an upgrade.",
                config["gevent_port"],
            ),
        )

    @api.model
    def _site(self):
        return self.env["ir.config_parameter"].get_param("web.base.url") or ""

    @api.model
    def _places(self):
        """``{place: folder}`` whose space is a metric."""
        return {"data": self._filestore(), "temporary": tempfile.gettempdir()}

    @api.model
    def _filestore(self):
        folder = config.filestore(self.env.cr.dbname)
        # made with the first file
        return folder if os.path.isdir(folder) else config["data_dir"]
