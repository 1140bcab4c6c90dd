"""Documents are laid out by children, which are ended when they do not end."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from unittest.mock import patch

from pypdf import PdfReader

from odoo.tests import BaseCase, tagged

from ..tools import pool
from ..tools.layout.limits import DocumentTooLarge
from ..tools.pool import AHEAD, Job, LayoutFailed, Pool, PoolBusy

ADDON = Path(pool.__file__).parent.parent
HELLO = Job.document("<p>hello</p>")
# A layout that goes on and on: each box in the other is laid out twice.
ENDLESS = Job.document("<div style='display: flex'>" * 30 + "<p>x</p>" + "</div>" * 30)
GREEDY = Job.document(
    "<div style='display: grid; grid-template-columns: repeat(99999999, 1px)'>x</div>"
)
# A process that prints, says who its child is, and does something else for ever.
PARENT = """
import sys, time
sys.path.insert(0, {addon!r})
from tools.pool import Job, Pool
pool = Pool(size=1)
pool.do(Job.document("<p>x</p>"))
print(pool._idle[0].process.pid, flush=True)
{then}
"""


def running(pid):
    """Whether a process is there and no zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def wait_for(condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


@tagged("post_install", "-at_install")
class TestPool(BaseCase):
    def pool(self, **options):
        made = Pool(**{"size": 1, **options})
        self.addCleanup(made.close)
        return made

    def child(self, made):
        return made._idle[0].process.pid

    @contextmanager
    def refused(self, limit):
        with self.assertRaises(DocumentTooLarge) as refusal:
            yield
        self.assertEqual(refusal.exception.limit, limit)

    @contextmanager
    def deadline(self, made, seconds):
        """For one document, of a child that runs: on a busy machine its start takes
        longer than that.
        """
        with patch.object(made, "deadline", seconds):
            yield

    def assertPrints(self, made):
        self.assertTrue(made.do(HELLO).content.startswith(b"%PDF-"))

    def test_one_child_prints_one_document_after_the_other(self):
        made = self.pool()
        self.assertFalse(made._idle, "none is started before it is needed")
        self.assertPrints(made)
        first = self.child(made)
        self.assertPrints(made)
        self.assertEqual(self.child(made), first)

    def test_a_child_is_replaced_after_so_many_documents(self):
        made = self.pool()
        self.assertPrints(made)
        first = self.child(made)
        made._idle[0].jobs = pool.JOBS
        self.assertPrints(made)
        self.assertNotEqual(self.child(made), first)
        self.assertFalse(running(first))

    def test_a_child_imports_no_odoo_and_knows_no_secret(self):
        secrets = {"ODOO_SECRET_KEYS": "s", "PGPASSWORD": "s", "DATABASE_URL": "s"}
        os.environ.update(secrets)
        self.addCleanup(lambda: [os.environ.pop(name) for name in secrets])
        made = self.pool()
        self.assertPrints(made)
        process = Path(f"/proc/{self.child(made)}")
        environment = process.joinpath("environ").read_bytes()
        names = {pair.partition(b"=")[0].decode() for pair in environment.split(b"\0")}
        self.assertFalse(names & secrets.keys())
        allowed = pool.ENVIRONMENT | {
            "",
            "PYTHONDONTWRITEBYTECODE",
            "SOURCE_DATE_EPOCH",
        }
        rest = {name for name in names - allowed if not name.startswith(pool.PREFIXES)}
        self.assertFalse(rest)
        maps = process.joinpath("maps").read_text()
        self.assertNotIn("psycopg2", maps)
        code = (
            "import sys, layout.worker, layout.engine;"
            "names = {name.split('.')[0] for name in sys.modules};"
            "sys.exit(bool(names & {'odoo', 'psycopg2'}))"
        )
        done = subprocess.run(
            [sys.executable, "-P", "-c", code], env=pool._environment(), check=False
        )
        self.assertEqual(done.returncode, 0)

    def test_a_child_has_no_file_of_its_parent(self):
        made = self.pool()
        with open("/etc/hostname"):
            self.assertPrints(made)
            files = os.listdir(f"/proc/{self.child(made)}/fd")
        # input, output, messages, and the input again
        self.assertLessEqual(len(files), 4)

    def test_what_takes_too_long_is_ended_by_the_clock(self):
        made = self.pool()
        self.assertPrints(made)
        child = self.child(made)
        start = time.monotonic()
        with self.refused("time"), self.deadline(made, 4):
            made.do(ENDLESS)
        self.assertLess(time.monotonic() - start, 15)
        self.assertFalse(running(child))
        self.assertPrints(made)

    def test_the_clock_runs_for_a_child_that_sleeps(self):
        made = self.pool()
        self.assertPrints(made)
        os.kill(self.child(made), signal.SIGSTOP)
        with self.refused("time"), self.deadline(made, 1):
            made.do(HELLO)
        self.assertPrints(made)

    def test_what_computes_too_much_is_ended_by_the_kernel(self):
        made = self.pool(deadline=60, processor=2)
        self.assertPrints(made)
        with self.refused("time"):
            made.do(ENDLESS)
        self.assertPrints(made)

    def test_the_allowance_is_each_document_s_own(self):
        made = self.pool(processor=2)
        self.assertPrints(made)
        child = self.child(made)
        text = Job.document("<p>" + "word " * 20_000)
        start = time.monotonic()
        while time.monotonic() - start < 6:
            made.do(text)
        self.assertEqual(self.child(made), child)

    def test_what_needs_too_much_memory_is_refused(self):
        made = self.pool(memory=400 * 1024 * 1024)
        with self.refused("memory"):
            made.do(GREEDY)
        self.assertPrints(made)

    def test_a_child_that_is_killed_is_replaced_once(self):
        made = self.pool()
        self.assertPrints(made)
        killer = threading.Timer(0.5, os.kill, (self.child(made), signal.SIGKILL))
        killer.start()
        self.assertTrue(made.do(Job.document("<p>" + "word " * 55_000)).content)
        killer.join()

    def test_one_that_is_killed_twice_is_not_tried_again(self):
        made = self.pool()
        self.assertPrints(made)
        stop = threading.Event()

        def kill():
            while not stop.wait(0.2):
                for child in list(made._busy):
                    if child.process.poll() is None:
                        child.process.send_signal(signal.SIGKILL)

        killer = threading.Thread(target=kill)
        killer.start()
        with self.refused("memory"):
            made.do(ENDLESS)
        stop.set()
        killer.join()
        self.assertPrints(made)

    def test_one_that_cannot_be_started_is_told_apart(self):
        made = self.pool()
        self.patch(sys, "executable", "/bin/false")
        with self.assertRaises(LayoutFailed):
            made.do(HELLO)
        self.patch(sys, "executable", "/nowhere/python")
        with self.assertRaises(LayoutFailed):
            made.do(HELLO)

    def test_two_threads_have_two_children(self):
        made = self.pool(size=2)
        slow = Job.document("<p>" + "word " * 20_000)
        results = []
        threads = [
            threading.Thread(target=lambda: results.append(made.do(slow).content))
            for _n in range(2)
        ]
        for thread in threads:
            thread.start()
        self.assertTrue(wait_for(lambda: len(made._busy) == 2))
        for thread in threads:
            thread.join()
        self.assertEqual(results[0], results[1])
        self.assertEqual(len(made._idle), 2)

    def test_who_waits_for_a_child_too_long_is_told(self):
        made = self.pool(waiting=0.1, deadline=20)
        thread = threading.Thread(target=lambda: self.ended(made, ENDLESS))
        thread.start()
        self.assertTrue(wait_for(lambda: made._busy))
        with self.assertRaises(PoolBusy):
            made.do(HELLO)
        for child in list(made._busy):
            os.kill(child.process.pid, signal.SIGXCPU)
        thread.join()

    def ended(self, made, job):
        with self.assertRaises(DocumentTooLarge):
            made.do(job)

    def test_many_come_back_in_their_order_and_few_are_made_ahead(self):
        made = self.pool(size=2)
        ready = []

        def jobs():
            for number in range(12):
                ready.append(number)
                yield Job.document(f"<title>N{number}</title>")

        for number, result in enumerate(made.map(jobs())):
            self.assertIn(f"N{number}".encode("utf-16-be"), self.plain(result))
            self.assertLessEqual(len(ready) - number, made.size + AHEAD + 1)
        self.assertEqual(number, 11)

    def plain(self, result):
        """The title as it stands in the file; short ones are not packed."""
        return PdfReader(BytesIO(result.content)).metadata.title.encode("utf-16-be")

    def test_a_refused_one_ends_the_rest(self):
        made = self.pool(size=2)
        jobs = [HELLO, Job.document("<img src='data:image/png;base64,xxxx'>"), HELLO]
        results = made.map(jobs)
        self.assertTrue(next(results).content)
        with self.refused("unreadable"):
            next(results)

    def parent(self, then):
        """A process with a child; both end with the test."""
        source = PARENT.format(addon=str(ADDON), then=then)
        command = [sys.executable, "-c", source]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        child = int(process.stdout.readline())
        self.assertTrue(running(child))
        return process, child

    def test_a_child_ends_with_its_parent_whatever_it_does(self):
        laying = f"pool.do(Job.document({ENDLESS.parts[0].decode()!r}))"
        for then in ("time.sleep(99)", laying):
            for how in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
                with self.subTest(then=then[:10], how=how):
                    process, child = self.parent(then)
                    time.sleep(0.5)
                    process.send_signal(how)
                    process.wait()
                    self.assertTrue(wait_for(lambda c=child: not running(c)))

    def test_a_fork_has_children_of_its_own_and_keeps_none_alive(self):
        then = (
            "import os\n"
            "if not os.fork():\n"
            "    from tools.pool import POOL\n"
            "    pool.forget()\n"
            "    pool.do(Job.document('<p>y</p>'))\n"
            "    print(pool._idle[0].process.pid, flush=True)\n"
            "    time.sleep(99)\n"
            "print(os.getpid(), flush=True)\n"
            "time.sleep(99)"
        )
        process, child = self.parent(then)
        lines = [int(process.stdout.readline()) for _line in range(2)]
        (grandchild,) = (line for line in lines if line != process.pid)
        self.assertNotEqual(grandchild, child)
        process.kill()
        process.wait()
        self.assertTrue(wait_for(lambda: not running(child)), "the fork held it")
        stat = Path(f"/proc/{grandchild}/stat").read_text()
        fork = int(stat.rpartition(")")[2].split()[1])
        os.kill(fork, signal.SIGKILL)
        self.assertTrue(wait_for(lambda: not running(grandchild)))

    def test_the_children_of_the_addon_are_forgotten_by_every_fork(self):
        pool.POOL.do(HELLO)
        read, write = os.pipe()
        if not (fork := os.fork()):
            os.write(write, b"%d" % len(pool.POOL._idle))
            os._exit(0)
        os.waitpid(fork, 0)
        self.assertEqual(os.read(read, 9), b"0")
        os.close(read)
        os.close(write)
        self.assertPrints(pool.POOL)

    def test_the_same_document_prints_to_the_same_bytes_in_every_child(self):
        source = "<p>น้ำ จำกัด 🎵 北京 <b>x</b></p>"
        job = Job.document(source, variant="pdf/a-3b")
        one, other = self.pool(), self.pool()
        found = {one.do(job).content, one.do(job).content, other.do(job).content}
        self.assertEqual(len(found), 1)
