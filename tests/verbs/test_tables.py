"""Every row of every table of states, against what is written out by hand: no row of the database is needed for it."""

from typing import Any

import pytest

from tests.verbs.written import WRITTEN, Step, steps_of
from verbs.errors import WrongState
from verbs.lifecycle import ALL, Lifecycle
from verbs.transitions import Transition

Life = Lifecycle[Any, Any, Any]
Row = Transition[Any, Any, Any]


def rows_of(life: Life) -> dict[str, Row]:
    verbs = [row.verb for row in life.transitions]

    def name(row: Row) -> str:
        return row.verb if verbs.count(row.verb) == 1 else f"{row.verb}/{row.target.value}"

    return {name(row): row for row in life.transitions}


def test_every_life_is_written_out() -> None:
    assert ALL.keys() == WRITTEN.keys()


@pytest.mark.parametrize("name", WRITTEN)
def test_every_row_leads_where_it_is_written(name: str) -> None:
    rows = rows_of(ALL[name])
    assert {
        verb: Step(frozenset(source.value for source in row.sources), row.target.value, row.event.code)
        for verb, row in rows.items()
    } == steps_of(name)


@pytest.mark.parametrize(("name", "verb"), [(name, verb) for name in WRITTEN for verb in steps_of(name)])
def test_a_step_is_refused_from_every_other_state(name: str, verb: str) -> None:
    life = ALL[name]
    row, leaves = rows_of(life)[verb], steps_of(name)[verb].sources
    for state in life.states:
        thing = life.fresh().model(**{life.field: state})
        if state.value in leaves:
            life.check(thing, row)
            continue
        with pytest.raises(WrongState) as refusal:
            life.check(thing, row)
        assert str(refusal.value).endswith("。")
