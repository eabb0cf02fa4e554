"""How the tests of who may see a refusal: NotAllowed, and not one row of any table is another afterwards."""

from collections.abc import Callable, Iterable

import pytest
from django.apps import apps

from verbs.errors import NotAllowed


def every_row() -> dict[str, list[tuple[object, ...]]]:
    """Return all that the database holds, by table: people, papers, notices and the log."""
    tables = [model for model in apps.get_models() if not model._meta.proxy]
    return {each._meta.label: list(each._base_manager.order_by("pk").values_list()) for each in tables}


def refuse(*acts: Callable[[], object]) -> None:
    """Assert that each act is refused with a sentence for people, and that nothing is written and nothing logged."""
    before = every_row()
    for act in acts:
        with pytest.raises(NotAllowed) as refusal:
            act()
        assert str(refusal.value).endswith("。"), refusal.value
    assert every_row() == before


def by_verb(cases: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Return each verb with the people whom it refuses: one world serves them all, for a refusal changes nothing."""
    people: dict[str, list[str]] = {}
    for verb, person in cases:
        people.setdefault(verb, []).append(person)
    return list(people.items())
