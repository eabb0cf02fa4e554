"""Early pytest plugin: a throw-away PostgreSQL and Valkey when the environment names none.

Loaded by `-p tests.servers` in pyproject.toml, before the settings are read. With pytest-xdist
only the controller starts them; its workers inherit the addresses.
"""

import os
from contextlib import ExitStack

import pytest

from embedded.problem import Problem
from embedded.throwaway import servers

_running = ExitStack()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Start what is missing; pytest-django reads DATABASE_URL right after this."""
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
