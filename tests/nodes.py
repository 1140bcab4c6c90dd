"""Several machines on one machine: each an Odoo of its own, on one copy of the demo's
database, with one folder of files."""

import os
import shutil
import signal
import subprocess
import sys
from configparser import ConfigParser
from contextlib import closing
from dataclasses import replace
from urllib.request import urlopen

import psycopg2

from tests.kit import wait_for
from tools.main_job import Client
from tools.settings import HOST, ROOT, free_ports
from tools.stack import Stack

START_LIMIT = 180  # seconds; the other tests are not alone on the machine either
STOP_LIMIT = 60
JOBS = "queue_job"
DELIVERIES = """
SELECT recipient, state FROM mail_delivery
 WHERE model = 'bmasia.quote' AND res_id = ANY(%s)
"""


def run_odoo(environment, *words):
    """One of Odoo's commands, to its end.

    :param environment: with the server's settings
    """
    done = subprocess.run(
        [sys.executable, "-m", "odoo", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


class Machines:
    """A copy of the running system, and the machines that serve it.

    :param stack: of the running system
    :param folder: for what is no longer needed afterwards
    :param bool with_jobs: install OCA's queue and our bridge to it
    """

    def __init__(self, stack, folder, with_jobs=False):
        self.stack, self.folder, self.with_jobs = stack, folder, with_jobs
        suffix = "jobs" if with_jobs else "nodes"
        self.database = f"{stack.settings.database}_{suffix}"
        self.nodes = []

    def copy(self):
        dump = str(self.folder / "running.zip")
        self.odoo("db", "dump", self.stack.settings.database, dump)
        self.odoo("db", "load", "--force", self.database, dump)
        os.unlink(dump)
        if self.with_jobs:
            ending = ("--stop-after-init", "--no-http", "--max-cron-threads=0")
            self.odoo("server", "-d", self.database, "-i", "bmasia_queue", *ending)
        self.nodes = [Node(self, number) for number in range(2)]

    def odoo(self, *words):
        run_odoo(self.environment, *words)

    @property
    def files(self):
        return self.stack.state / "data" / "filestore" / self.database

    @property
    def environment(self):
        return {**self.stack.environment, "PGDATABASE": self.database}

    def stop(self):
        for node in self.nodes:
            node.kill()
        copy = Stack(replace(self.stack.settings, database=self.database))
        copy.cluster.start()
        copy.drop_database()
        shutil.rmtree(self.files, ignore_errors=True)

    def rows(self, query, *parameters, database=None):
        """What a query finds in the database of all machines."""
        cluster = self.stack.cluster
        connection = psycopg2.connect(
            host=HOST,
            port=cluster.port,
            user=cluster.environment["PGUSER"],
            password=cluster.password,
            dbname=database or self.database,
        )
        with closing(connection):
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(query, parameters or None)
                return cursor.fetchall()

    def count(self, query, *parameters):
        return self.rows(query, *parameters)[0][0]

    def wake(self):
        """Have crons look now: else a machine looks a minute after its start."""
        notify = "SELECT pg_notify('cron_trigger', %s)"
        self.rows(notify, self.database, database="postgres")

    def file(self, name):
        """The bytes of a stored file."""
        return (self.files / name).read_bytes()


class Node:
    """One machine, with its own workers and crons.

    :param Machines machines: the set that it belongs to
    :param int number: from 0
    """

    def __init__(self, machines, number):
        self.machines, self.number = machines, number
        self.port = free_ports(1)[0]
        self.url = f"http://{HOST}:{self.port}"
        self.process = None
        self.log = machines.folder / f"node-{number}.log"
        self.configuration = machines.folder / f"node-{number}.conf"
        self._write_configuration()

    def _write_configuration(self):
        configuration = ConfigParser(interpolation=None)
        configuration.read(self.machines.stack.environment["ODOO_RC"])
        options = configuration["options"]
        options["http_port"] = str(self.port)
        options["dbfilter"] = f"^{self.machines.database}$"
        if self.machines.with_jobs:
            options["server_wide_modules"] += f",{JOBS}"
            configuration[JOBS] = {"channels": "root:2"}
        with open(self.configuration, "w") as file:
            configuration.write(file)

    def start(self):
        """Start it and wait until it serves; its crons look for work then."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tools.start"],
                cwd=ROOT,
                env={
                    **self.machines.environment,
                    "ODOO_RC": str(self.configuration),
                    # one address for all, as behind a proxy
                    "SITE_URL": self.machines.nodes[0].url,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_for(self._serves, START_LIMIT)
        self.machines.wake()

    def _serves(self):
        assert self.process.poll() is None, self.log.read_text()[-3000:]
        try:
            with urlopen(f"{self.url}/web/login", timeout=20) as page:
                return page.status == 200
        except OSError:
            return False

    def kill(self):
        """As a machine that loses its power: it and what it started, at once."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(STOP_LIMIT)
            self.process = None

    def as_user(self, key):
        """A JSON-2 client of this machine."""
        return Client(self.url, key)


def quotes_for_guests(nikki, count):
    """Draft quotes, each for a customer of its own, who is the only one to get it."""
    companies = nikki.call(
        "bmasia.company",
        "create",
        vals_list=[{"name": f"Guest House {number}"} for number in range(count)],
    )
    partners = nikki.call("bmasia.company", "read", companies, fields=["partner_id"])
    nikki.call(
        "res.partner",
        "create",
        vals_list=[
            {
                "name": f"Guest {number}",
                "email": f"guest{number}@example.com",
                "parent_id": row["partner_id"][0],
                "contact_type": "primary",
            }
            for number, row in enumerate(partners)
        ],
    )
    line = {"name": "Music", "quantity": 1, "unit_price": 1000.0}
    return nikki.call(
        "bmasia.quote",
        "create",
        vals_list=[
            {"customer_id": company, "line_ids": [[0, 0, line]]}
            for company in companies
        ],
    )
