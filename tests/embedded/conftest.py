"""A checkout's folders of its own for each test, and programs that are ended whatever happens."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from embedded import folders
from embedded.throwaway import in_memory
from embedded.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 60.0  # seconds until a condition that must come true counts as never
# The tests' own settings, which a program that we start as an operator does must not see.
OF_THIS_RUN = {"DEBUG", "DJANGO_SETTINGS_MODULE", "SECRET_KEY"}

Start = Callable[..., subprocess.Popen[str]]


@contextmanager
def folder_for_var() -> Iterator[Path]:
    """A short folder that every account can enter; in memory where there is room, for PostgreSQL waits for the disk."""
    folder = Path(tempfile.mkdtemp(prefix="yy-", dir=in_memory()))
    folder.chmod(0o755)
    yield folder / "var"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder for one test's servers."""
    with folder_for_var() as folder:
        yield folder


@pytest.fixture
def state(var: Path) -> Path:
    return var.parent / "state"


@pytest.fixture
def own_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the servers of this test run, so that embedded ones are started."""
    for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def here(var: Path, state: Path, own_servers: None) -> folders.Folders:
    return folders.find(var, state)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Static files published once for all servers that the tests start."""
    return tmp_path_factory.mktemp("published")


@pytest.fixture
def start(var: Path, published: Path, own_servers: None) -> Iterator[Start]:
    """Start a module of ours as a program with this test's folders; end it with its children afterwards."""
    started: list[subprocess.Popen[str]] = []

    def run(*command: str, **environment: str) -> subprocess.Popen[str]:
        inherited = {name: value for name, value in os.environ.items() if name not in OF_THIS_RUN}
        started.append(
            subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env={**inherited, "VAR_DIR": str(var), "STATIC_ROOT": str(published), **environment},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        )
        return started[-1]

    yield run
    for program in started:
        if program.poll() is None:
            program.send_signal(signal.SIGTERM)
            program.wait(PATIENCE)
        if program.stdout:
            program.stdout.close()


def processes_of(var: Path) -> list[str]:
    """Return the command lines of processes that mention this test's folder."""
    shown = subprocess.run(["/bin/ps", "-ww", "-eo", "args="], check=True, capture_output=True, text=True).stdout
    return [line for line in shown.splitlines() if str(var) in line and not line.startswith("/bin/ps")]


def all_gone(var: Path) -> bool:
    """Wait until no process of this test's folder is left; say whether that came true."""
    return wait_until(lambda: not processes_of(var), PATIENCE)
