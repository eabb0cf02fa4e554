"""The embedded servers serve us alone: unprivileged, by password, off the network."""

import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from embedded import account, engines, folders
from tests.embedded.asking import ask

Running = tuple[folders.Folders, engines.Engines, dict[str, str]]


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with tempfile.TemporaryDirectory(prefix="yy-") as folder, pytest.MonkeyPatch.context() as patch:
        for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL"):
            patch.delenv(name, raising=False)
        Path(folder).chmod(0o755)
        here = folders.find(Path(folder) / "var", Path(folder) / "state")
        with engines.owned(here) as owned:
            yield here, owned, owned.start()


def test_servers_run_unprivileged(running: Running) -> None:
    _, owned, _ = running
    assert owned.postgres is not None
    assert owned.valkey is not None
    for child in (owned.postgres.child, owned.valkey.child):
        assert child.process is not None
        shown = subprocess.run(
            ["/bin/ps", "-o", "uid=", "-p", str(child.process.pid)], check=True, capture_output=True, text=True
        )
        assert int(shown.stdout) != 0


def test_folders_and_secrets_are_private(running: Running) -> None:
    here, owned, _ = running
    assert owned.postgres is not None
    assert owned.valkey is not None
    for folder in (here.data, owned.postgres.sockets, owned.valkey.data):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for secret in ("postgres-password", "valkey-password"):
        assert stat.S_IMODE((here.var / secret).stat().st_mode) == 0o600


def test_passwords_are_not_on_a_command_line(running: Running) -> None:
    here, _, _ = running
    shown = subprocess.run(["/bin/ps", "-ww", "-eo", "args="], check=True, capture_output=True, text=True).stdout
    for secret in ("postgres-password", "valkey-password"):
        assert here.secret(secret).read_text(encoding="utf-8") not in shown


def test_a_wrong_password_is_refused(running: Running) -> None:
    here, _, addresses = running
    wrong = addresses["OWNER_DATABASE_URL"].replace(
        here.secret("postgres-password").read_text(encoding="utf-8"), "guessed"
    )
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        ask(wrong, "SELECT 1")
    wrong = addresses["REDIS_URL"].replace(here.secret("valkey-password").read_text(encoding="utf-8"), "guessed")
    with redis.from_url(wrong) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


def test_nothing_listens_on_the_network(running: Running) -> None:
    _, _, addresses = running
    assert ask(addresses["OWNER_DATABASE_URL"], "SHOW listen_addresses") == [("",)]
    with redis.from_url(addresses["REDIS_URL"]) as client:
        assert client.config_get("port") == {"port": "0"}


def test_chinese_names_have_trigrams(running: Running) -> None:
    """With the plain C locale PostgreSQL sees no letters in Chinese text, and searches find nothing."""
    _, _, addresses = running
    ask(addresses["OWNER_DATABASE_URL"], "CREATE EXTENSION pg_trgm")
    assert ask(addresses["OWNER_DATABASE_URL"], "SELECT cardinality(show_trgm('长沙市'))") == [(4,)]


def test_data_that_exists_keeps_its_owner(running: Running) -> None:
    here, _, _ = running
    assert account.choose(here.data) == here.account
