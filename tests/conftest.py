"""What every test may ask for by name: the cast."""

pytest_plugins = ["tests.cast", "tests.agreements.fixtures", "tests.filing.fixtures", "tests.access.world"]
