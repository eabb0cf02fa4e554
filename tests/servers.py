"""Early pytest plugin: a throw-away PostgreSQL and Valkey when the environment names none.

Loaded by `-p tests.servers` in pyproject.toml, before the settings are read. With pytest-xdist
only the controller starts them; its workers inherit the addresses, and each takes a Valkey database of its own, so that
no worker's Celery takes the tasks of another.
"""

import os
import re
import shutil
import tempfile
from contextlib import ExitStack

import pytest

from embedded.problem import Problem
from embedded.throwaway import in_memory, servers

_running = ExitStack()


def own_database(url: str, number: int) -> str:
    """Return the address of another database of the same server: `redis://…/0` and `unix://…?db=0` name one."""
    changed, found = re.subn(r"(/|db=)\d+$", rf"\g<1>{number}", url)
    if not found:
        raise ValueError("REDIS_URL must end in a database number")
    return changed


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start what is missing; pytest-django reads DATABASE_URL right after this."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        number = int(worker.removeprefix("gw")) + 1
        os.environ["REDIS_URL"] = own_database(os.environ["REDIS_URL"], number)
        return
    # Uploads and papers in memory where there is room: each file is waited for until it is on its disk.
    os.environ["TEST_FILES"] = files = tempfile.mkdtemp(prefix="yiyang-files-", dir=in_memory())
    _running.callback(shutil.rmtree, files, ignore_errors=True)
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return
    try:
        os.environ.update(_running.enter_context(servers()))
    except Problem as problem:
        pytest.exit(str(problem), returncode=pytest.ExitCode.USAGE_ERROR)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop what we started, after every other plugin has closed its connections."""
    _running.close()
