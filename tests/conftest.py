"""What every test may ask for by name: the cast."""

import gc
import os
from collections.abc import Iterator
from itertools import islice

import pytest

from patience import circuit
from sealing.keys import pepper, sealed
from tests.sealing.costs import CHEAP

# What takes longest, begun first and by all processes: else one is still at it when the others have nothing left.
LONG = (
    "tests/demo/",
    "tests/access/test_matrix.py",
    "tests/browser/test_journey.py",
    "tests/browser/test_first_day.py",
    "tests/embedded/test_server.py",
    "tests/access/test_counties.py",
    "tests/browser/test_scan_session.py",
    "tests/security/test_answers.py",
    "tests/access/test_bad_values.py",
    "tests/browser/",
)

pytest_plugins = [
    "tests.kept",
    "tests.database",
    "tests.cast",
    "tests.agreements.fixtures",
    "tests.agreements.electronic",
    "tests.filing.fixtures",
    "tests.access.world",
    "tests.notifications.fixtures",
    "tests.concurrency.kinds",
    "tests.concurrency.job_table",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each process begin with some of the long ones: xdist gives each as many tests, one after the other."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    begins: list[list[pytest.Item]] = [[] for _ in range(processes)]
    groups: list[list[pytest.Item]] = [[] for _ in range(len(LONG) + 1)]
    for item in items:
        groups[_length(item)].append(item)
    *long, others = groups
    for place, group in enumerate(long):
        begins[place % processes] += group
    rest = iter(others)
    each = -(-len(items) // processes)
    items[:] = [item for begin in begins for item in [*begin, *islice(rest, max(0, each - len(begin)))]]


def _length(item: pytest.Item) -> int:
    return next((place for place, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG))


def pytest_collection_finish() -> None:
    """Leave what has been imported and collected out of every later search for garbage: it stays until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _electronic_signing_is_open() -> None:
    """As on a site that was set up: else what pages offer would depend on which tests went before."""
    pepper.make()


@pytest.fixture(scope="session", autouse=True)
def _keys_open_cheaply() -> None:
    """A third of a second for each PIN is for guessers (tests/sealing/test_costs.py); thousands of tests enter one."""
    sealed.COST.update(CHEAP)


@pytest.fixture(autouse=True)
def valkey_is_asked_again() -> Iterator[None]:
    """Let no test rest because another found Valkey away."""
    yield
    circuit.ask_again()
