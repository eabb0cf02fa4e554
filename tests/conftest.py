"""What every test may ask for by name: the cast."""

import gc
from collections.abc import Iterator

import pytest

from patience import circuit

# What takes longest, begun first: else one process is still at it when the other has nothing left.
FIRST = ("tests/browser/test_journey.py", "tests/access/test_matrix.py", "tests/embedded/test_server.py", "tests/demo/")

pytest_plugins = [
    "tests.kept",
    "tests.database",
    "tests.cast",
    "tests.agreements.fixtures",
    "tests.filing.fixtures",
    "tests.access.world",
    "tests.notifications.fixtures",
    "tests.concurrency.kinds",
    "tests.concurrency.job_table",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((n for n, place in enumerate(FIRST) if item.nodeid.startswith(place)), len(FIRST)))


def pytest_collection_finish() -> None:
    """Leave what has been imported and collected out of every later search for garbage: it stays until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def valkey_is_asked_again() -> Iterator[None]:
    """Let no test rest because another found Valkey away."""
    yield
    circuit.ask_again()
