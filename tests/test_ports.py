"""Ports for a stack of one's own: still free when its servers start."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools import settings
from tools.errors import SetupError
from tools.settings import HOST, ROOT, free_ports

CHOOSE = """
import sys
from tools import settings
settings.SERVER_PORTS = range(int(sys.argv[1]), int(sys.argv[2]))
print(*settings.free_ports(int(sys.argv[3])), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def another():
    """Another process that chooses ports, and lives until the test ends."""
    running = []

    def choose(ports, count):
        process = subprocess.Popen(
            [sys.executable, "-c", CHOOSE, *map(str, (ports.start, ports.stop, count))],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return [int(word) for word in process.stdout.readline().split()]

    yield choose
    for process in running:
        process.communicate(timeout=30)


def test_no_outgoing_connection_is_given_the_port_of_a_server():
    text = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text()
    first = int(text.split()[0])
    assert max(free_ports(4)) < first
    assert settings.SERVER_PORTS.stop <= first


def test_suites_side_by_side_never_choose_the_same_port(monkeypatch, another):
    ports = range(31900, 31920)
    monkeypatch.setattr(settings, "SERVER_PORTS", ports)
    theirs = another(ports, 8)
    ours = free_ports(8)
    assert len(theirs) == len(ours) == 8
    assert not set(theirs) & set(ours)


def test_a_port_is_given_once(monkeypatch):
    monkeypatch.setattr(settings, "SERVER_PORTS", range(31920, 31940))
    first, second = free_ports(8), free_ports(8)
    assert not set(first) & set(second)


def test_a_port_that_somebody_listens_on_is_not_chosen(monkeypatch):
    monkeypatch.setattr(settings, "SERVER_PORTS", range(31940, 31944))
    with socket.create_server((HOST, 31941)):
        assert 31941 not in free_ports(3)


def test_too_few_free_ports_are_said(monkeypatch):
    monkeypatch.setattr(settings, "SERVER_PORTS", range(31950, 31952))
    with pytest.raises(SetupError, match="no 3 ports are free between 31950 and 31951"):
        free_ports(3)
