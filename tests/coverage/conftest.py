"""The stage of the coverage tests: the tree and the real schemes, under the people of the cast."""

import pytest

from tests.coverage.histories import Stage, set_stage


@pytest.fixture
def stage(db: None) -> Stage:
    return set_stage()
