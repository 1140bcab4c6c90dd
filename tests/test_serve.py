"""Somebody is always answered: processes come while requests wait for one, and go
again; and scheduled actions outlive a database that goes away."""

import contextlib
import signal
import socket
import time

import psycopg2
import pytest

from tools import serve


class Worker:
    """A process that answers requests, by what the server knows of it."""

    def __init__(self):
        self.watchdog_time = time.time()

    def is_held(self):
        self.watchdog_time = time.time() - serve.HELD - 1


class Door:
    """Where requests come in: a socket that listens, and who connected to it."""

    def __init__(self, opened):
        self.opened = opened
        self.socket = opened.enter_context(socket.create_server(("127.0.0.1", 0)))

    def come(self, count):
        for _ in range(count):
            visitor = socket.create_connection(self.socket.getsockname())
            self.opened.enter_context(visitor)

    def take(self, count):
        for _ in range(count):
            self.socket.accept()[0].close()


@pytest.fixture
def door():
    with contextlib.ExitStack() as opened:
        yield Door(opened)


@pytest.fixture
def server(monkeypatch, door):
    """Odoo's server with two processes, none of which is real."""

    def spawn(self):
        while len(self.workers_http) < self.population:
            self.workers_http[max(self.workers_http, default=0) + 1] = Worker()

    def kill(self, pid, sent):
        assert sent == signal.SIGINT, "it ends once it has answered"
        self.asked.append(pid)

    core = serve.server.PreforkServer
    monkeypatch.setattr(core, "process_spawn", spawn)
    monkeypatch.setattr(core, "worker_kill", kill)
    monkeypatch.setattr(serve, "PATIENCE", 0)
    server = serve.RelievedServer.__new__(serve.RelievedServer)
    server.population, server.workers_http, server.asked = 2, {}, []
    server.helpers, server.ending, server.socket = 0, set(), door.socket
    server.helped_at = server.none_waited_at = time.monotonic()
    server.process_spawn()
    return server


def test_there_are_as_many_as_asked_for(server):
    server.process_spawn()
    assert len(server.workers_http) == server.population == 2


def test_who_works_long_brings_nobody_while_nothing_waits(server):
    for worker in server.workers_http.values():
        worker.is_held()
    server.process_spawn()
    assert len(server.workers_http) == 2


def test_for_each_request_that_waits_another_comes_up_to_thrice_as_many(server, door):
    for count, expected in ((1, 3), (1, 5), (9, 6)):
        door.come(count)
        server.process_spawn()
        assert len(server.workers_http) == expected
        assert server.population == 2
    assert not server.asked


def test_who_waits_for_a_moment_brings_nobody(server, door, monkeypatch):
    monkeypatch.setattr(serve, "PATIENCE", 60)
    door.come(1)
    server.process_spawn()
    assert len(server.workers_http) == 2


def test_a_wait_begins_anew_once_all_were_taken(server, door, monkeypatch):
    monkeypatch.setattr(serve, "PATIENCE", 60)
    server.none_waited_at -= 59
    server.process_spawn()
    door.come(1)
    server.none_waited_at -= 2
    server.process_spawn()
    assert len(server.workers_http) == 2
    server.none_waited_at -= 59
    server.process_spawn()
    assert len(server.workers_http) == 3


def test_who_came_to_help_stays_for_a_while_and_goes_one_by_one(
    server, door, monkeypatch
):
    door.come(2)
    server.process_spawn()
    door.take(2)
    server.process_spawn()
    assert len(server.workers_http) == 4 and not server.asked
    monkeypatch.setattr(serve, "LINGER", 0)
    server.workers_http[4].is_held()
    for pid in (3, 2):
        server.process_spawn()
        assert server.asked[-1] == pid
        server.process_spawn()
        del server.workers_http[pid]
    server.process_spawn()
    assert server.asked == [3, 2] and len(server.workers_http) == 2


def test_scheduled_actions_begin_again_when_the_database_was_away(monkeypatch):
    class End(Exception):
        pass

    began, slept = [], []

    def lose_the_database(self, number):
        began.append(number)
        if len(began) > 2:
            raise End
        raise psycopg2.OperationalError("server closed the connection\nunexpectedly")

    monkeypatch.setattr(serve.time, "sleep", slept.append)
    with pytest.raises(End):
        serve.persistent(lose_the_database)(None, 1)
    assert began == [1, 1, 1] and slept == [serve.AGAIN] * 2
