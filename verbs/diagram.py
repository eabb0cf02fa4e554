"""The lives of all things that have verbs, as one document: a picture and a table each, from `TRANSITIONS`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from verbs.lifecycle import ALL, Lifecycle
from verbs.transitions import Transition

HEAD = """# What may become of things, and through whom

Made from the tables of states (`TRANSITIONS`) by `./script/manage transition_diagrams`; a test compares. Every verb
locks the row, guards by its table, asks whether the person may, writes only what changes, logs, and announces. From any
other state it raises `WrongState`, to anybody else `NotAllowed`.
"""


def document() -> str:
    """Return docs/lifecycle.md."""
    return "\n".join([HEAD, *(line for name in sorted(ALL) for line in _section(ALL[name]))])


def _section(life: Lifecycle[Any, Any, Any]) -> Iterator[str]:
    yield from (f"## {life.name}", "", "```mermaid", *_picture(life), "```", "", *_table(life), "")
    if life.rules:
        yield from ("What the table cannot say:", "", life.rules)


def _picture(life: Lifecycle[Any, Any, Any]) -> Iterator[str]:
    states: list[Any] = [*life.states.__members__.values()]
    yield "stateDiagram-v2"
    yield from (f"    {state.value}: {state.value} {state.label}" for state in states)
    yield f"    [*] --> {states[0].value}"
    for transition in life.transitions:
        for source in _sources(life, transition):
            yield f"    {source.value} --> {transition.target.value}: {transition.verb}"
    leaving = {source for transition in life.transitions for source in transition.sources}
    yield from (f"    {state.value} --> [*]" for state in states if state not in leaving)


def _table(life: Lifecycle[Any, Any, Any]) -> Iterator[str]:
    yield "| verb | on screen | from | to | logged as | done by | not while |"
    yield "|---|---|---|---|---|---|---|"
    for transition in life.transitions:
        sources = ", ".join(source.value for source in _sources(life, transition))
        actor = f"`{transition.may.__name__}`" if transition.may else "the clock, or another verb"
        logged = f"`{transition.event.code}`" if transition.event.code else "not logged"
        in_the_way = f"`{transition.not_while.__name__}`" if transition.not_while else ""
        cells = [transition.verb, transition.label, sources, transition.target.value, logged, actor, in_the_way]
        yield f"| {' | '.join(cells)} |"


def _sources(life: Lifecycle[Any, Any, Any], transition: Transition[Any, Any, Any]) -> list[Any]:
    return [state for state in life.states.__members__.values() if state in transition.sources]
