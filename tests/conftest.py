"""What every test may ask for by name: the cast."""

import gc

pytest_plugins = [
    "tests.database",
    "tests.cast",
    "tests.agreements.fixtures",
    "tests.filing.fixtures",
    "tests.access.world",
    "tests.notifications.fixtures",
    "tests.concurrency.kinds",
    "tests.concurrency.job_table",
]


def pytest_collection_finish() -> None:
    """Leave what has been imported and collected out of every later search for garbage: it stays until the end."""
    gc.collect()
    gc.freeze()
