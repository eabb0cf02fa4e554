"""The documents say what the code does."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from agreements.lifecycle import TRANSITIONS
from agreements.lifecycle.transitions import Step
from agreements.models import Agreement
from verbs.diagram import document


def test_the_documents_show_the_table_as_it_is() -> None:
    path = Path(settings.BASE_DIR) / "docs" / "lifecycle.md"
    assert path.read_text(encoding="utf-8") == document(), "run ./script/manage transition_diagrams"
    call_command("transition_diagrams", "--check", verbosity=0)


def test_every_state_can_be_reached_and_left_or_is_an_end() -> None:
    reached = {Agreement.State.DRAFT} | {transition.target for transition in TRANSITIONS}
    left = {source for transition in TRANSITIONS for source in transition.sources}
    assert reached == set(Agreement.State)
    assert set(Agreement.State) - left == {
        Agreement.State.EXPIRED,
        Agreement.State.TERMINATED,
        Agreement.State.SUPERSEDED,
        Agreement.State.DISCARDED,
        Agreement.State.RESCINDED,
    }


@pytest.mark.parametrize("transition", TRANSITIONS, ids=lambda transition: transition.verb)
def test_every_step_stands_in_the_picture(transition: Step) -> None:
    lines = document().splitlines()
    for source in transition.sources:
        assert f"    {source.value} --> {transition.target.value}: {transition.verb}" in lines
