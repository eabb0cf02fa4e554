"""PostgreSQL and Valkey: made, stopped, killed, recovered; sockets within the limit."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
import redis

from embedded import engines, folders
from embedded.postgres import Postgres
from embedded.problem import Problem
from embedded.waiting import wait_until
from tests.embedded.asking import ask
from tests.embedded.conftest import PATIENCE, all_gone


def test_starts_serves_and_stops(here: folders.Folders) -> None:
    with engines.owned(here) as owned:
        addresses = owned.start()
        assert ask(addresses["OWNER_DATABASE_URL"], "SELECT 1") == [(1,)]
        with redis.from_url(addresses["REDIS_URL"]) as client:
            assert client.ping()
    assert all_gone(here.var)
    assert not (here.run / "addresses.json").exists()


def test_data_survives_a_second_start(here: folders.Folders) -> None:
    with engines.owned(here) as owned:
        ask(owned.start()["OWNER_DATABASE_URL"], "CREATE TABLE kept AS SELECT 7 AS number")
    with engines.owned(here) as owned:
        assert ask(owned.start()["OWNER_DATABASE_URL"], "SELECT number FROM kept") == [(7,)]


def test_nothing_is_lost_when_the_servers_are_killed(here: folders.Folders) -> None:
    with engines.owned(here) as owned:
        addresses = owned.start()
        ask(addresses["OWNER_DATABASE_URL"], "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
        assert owned.postgres is not None
        assert owned.postgres.child.process is not None
        owned.postgres.child.process.kill()
        owned.postgres.child.process.wait(PATIENCE)
    assert all_gone(here.var)
    with engines.owned(here) as owned:
        assert ask(owned.start()["OWNER_DATABASE_URL"], "SELECT count(*) FROM kept") == [(1000,)]


def test_a_lock_file_whose_number_now_belongs_to_another_process_is_dropped(here: folders.Folders) -> None:
    """PostgreSQL itself refuses to start when the number is alive under the same account."""
    with engines.owned(here) as owned:
        owned.start()
    stranger = subprocess.Popen(["/bin/sh", "-c", "read forever"], stdin=subprocess.PIPE, **here.account.identity())
    try:
        (here.data / "postmaster.pid").write_text(f"{stranger.pid}\n{here.data}\n", encoding="utf-8")
        with engines.owned(here) as owned:
            assert ask(owned.start()["OWNER_DATABASE_URL"], "SELECT 1") == [(1,)]
        assert stranger.poll() is None
    finally:
        stranger.communicate(timeout=PATIENCE)


def test_an_interrupted_creation_is_begun_again(here: folders.Folders) -> None:
    half = here.account.own(here.home / "postgres.new")
    (half / "PG_VERSION").write_text("18\n", encoding="ascii")
    with engines.owned(here) as owned:
        assert ask(owned.start()["OWNER_DATABASE_URL"], "SELECT 1") == [(1,)]


def test_a_deep_checkout_keeps_its_sockets_within_the_limit(var: Path, state: Path, own_servers: None) -> None:
    deep = var / ("d" * 60) / ("e" * 60)
    here = folders.find(deep, state)
    with engines.owned(here) as owned:
        addresses = owned.start()
        assert owned.postgres is not None
        assert len(os.fsencode(owned.postgres.sockets / ".s.PGSQL.5432.lock")) <= folders.SOCKET_LIMIT
        assert ask(addresses["OWNER_DATABASE_URL"], "SELECT 1") == [(1,)]
        first = owned.postgres.sockets
    with engines.owned(here) as owned:
        assert not first.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the servers to another account")
def test_a_checkout_that_is_closed_to_others_keeps_its_data_elsewhere(
    var: Path, state: Path, own_servers: None
) -> None:
    var.parent.chmod(0o711)
    closed = var / "home"
    closed.mkdir(parents=True, mode=0o700)
    here = folders.find(closed / "var", state)
    assert here.home.is_relative_to(state)
    with engines.owned(here) as owned:
        assert ask(owned.start()["OWNER_DATABASE_URL"], "SELECT 1") == [(1,)]
    closed.chmod(0o755)
    assert folders.find(closed / "var", state).home == here.home, "data that exists stays where it is"


def test_a_second_owner_is_told_who_holds_the_lock(here: folders.Folders) -> None:
    with engines.owned(here), pytest.raises(Problem, match=f"进程 {os.getpid()}"), engines.owned(here):
        pass


def test_servers_that_the_environment_names_are_not_started(
    here: folders.Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://yiyang@db/yiyang")
    monkeypatch.setenv("REDIS_URL_FILE", "/run/secrets/redis_url")
    with engines.owned(here) as owned:
        assert owned.start() == {}


def test_data_of_another_major_version_is_named(here: folders.Folders) -> None:
    with engines.owned(here) as owned:
        owned.start()
    (here.data / "PG_VERSION").write_text("9\n", encoding="ascii")
    with engines.owned(here) as owned, pytest.raises(Problem, match="由 PostgreSQL 9 建立"):
        owned.start()


def test_a_server_that_a_killed_run_left_is_ended_first(here: folders.Folders) -> None:
    with engines.owned(here) as owned:
        owned.start()
        left = owned.postgres
        assert isinstance(left, Postgres)
        assert left.child.process is not None
        process = left.child.process
        owned.postgres = None  # as if we had been killed: nobody stops it
    with engines.owned(here) as owned:
        assert ask(owned.start()["OWNER_DATABASE_URL"], "SELECT 1") == [(1,)]
        assert wait_until(lambda: process.poll() is not None, PATIENCE)
        assert process.returncode in {0, -signal.SIGQUIT}


def test_where_the_site_was_last_outlives_its_servers(here: folders.Folders) -> None:
    assert engines.last_site(here) == ""
    here.run.mkdir(parents=True, exist_ok=True)
    engines.publish(here, {"REDIS_URL": "unix:///nowhere"})
    assert engines.last_site(here) == "", "servers for a command alone have no site"
    engines.publish(here, {"SITE_URL": "http://127.0.0.1:8132"})
    with engines.owned(here):
        assert engines.last_site(here) == "http://127.0.0.1:8132"
