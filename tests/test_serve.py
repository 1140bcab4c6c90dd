"""Somebody is always answered: processes come while all are held, and go again; and
scheduled actions outlive a database that goes away."""

import signal
import time

import psycopg2
import pytest

from tools import serve


class Worker:
    """A process that answers requests, by what the server knows of it."""

    def __init__(self):
        self.is_free()

    def is_free(self):
        self.watchdog_time = time.time()

    def is_held(self, seconds=serve.HELD + 1):
        self.watchdog_time = time.time() - seconds


@pytest.fixture
def server(monkeypatch):
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
    monkeypatch.setattr(serve, "LINGER", 0)
    server = serve.RelievedServer.__new__(serve.RelievedServer)
    server.population, server.workers_http, server.asked = 2, {}, []
    server.helpers, server.helped_at, server.ending = 0, 0, set()
    server.process_spawn()
    return server


def test_there_are_as_many_as_asked_for(server):
    server.process_spawn()
    assert len(server.workers_http) == server.population == 2


def test_one_that_is_free_is_enough(server):
    server.workers_http[1].is_held()
    server.process_spawn()
    assert len(server.workers_http) == 2


def test_another_comes_while_all_are_held_up_to_twice_as_many(server):
    for expected in (3, 4, 4, 4):
        for worker in server.workers_http.values():
            worker.is_held()
        server.process_spawn()
        assert len(server.workers_http) == expected
        assert server.population == 2
    assert not server.asked


def test_who_came_to_help_goes_again_one_by_one(server):
    for worker in server.workers_http.values():
        worker.is_held()
    server.process_spawn()
    server.workers_http[1].is_free()
    for _look in range(3):
        server.process_spawn()
    assert server.asked == [3]
    del server.workers_http[3]
    server.process_spawn()
    assert server.asked == [3]
    assert len(server.workers_http) == 2


def test_a_short_request_holds_nobody(server):
    for worker in server.workers_http.values():
        worker.is_held(serve.HELD - 0.5)
    server.process_spawn()
    assert len(server.workers_http) == 2


def test_helpers_stay_for_a_while(server, monkeypatch):
    monkeypatch.setattr(serve, "LINGER", 60)
    for worker in server.workers_http.values():
        worker.is_held()
    server.process_spawn()
    for worker in server.workers_http.values():
        worker.is_free()
    server.process_spawn()
    assert len(server.workers_http) == 3 and not server.asked


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
