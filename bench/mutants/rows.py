"""Mutants of what is data or a rule of one line: rows of the tables of states, who may, and events."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from types import CodeType, FunctionType
from typing import Any, get_type_hints

from audit import events, log
from bench.mutants.grafting import give, live
from bench.mutants.mutant import Mutant, NotMade
from bench.mutants.places import APPS, ROOT
from bench.mutants.sources import files
from bench.mutants.tracing import called
from verbs.lifecycle import ALL, Lifecycle
from verbs.transitions import Transition

Life = Lifecycle[Any, Any, Any]
Row = Transition[Any, Any, Any]


# --- the tables of states ---------------------------------------------------------------------------


def of_transitions() -> Iterator[Mutant]:
    """Yield: each row dropped, each source removed and each other state added, each wrong target, everybody may."""
    for name in sorted(ALL):
        life = ALL[name]
        for number, row in enumerate(_rows(life)):
            yield from _of_row(life, row, number)


def _rows(life: Life) -> Sequence[Row]:
    """Return the rows of the table, and those beside it that a verb walks on another's behalf."""
    states = {*life.states.__members__.values()}
    beside = [
        one
        for one in gc.get_objects()
        if type(one) is Transition and one.target in states and type(one.target) is life.states
    ]
    extra = [one for one in beside if all(one is not row for row in life.transitions)]
    return [*life.transitions, *sorted(extra, key=lambda one: (one.verb, one.label, one.target))]


def _of_row(life: Life, row: Row, number: int) -> Iterator[Mutant]:
    states: list[Any] = [*life.states.__members__.values()]

    about = called(life, row)

    def changed(what: str, field: str, value: object, *touched: str, first: str = "") -> Mutant:
        return Mutant(
            name=f"{about} [{number}]: {what}",
            app=app_of(life),
            family=about,
            shown=lambda: f"{about}: {what}",
            apply=lambda: object.__setattr__(row, field, value),
            facets=frozenset(f"{about} {how}" for how in touched),
            first=frozenset({f"{about} {first}"}),
        )

    leaving = [f"at {source.value}" for source in row.sources]
    yield changed("the row is dropped", "sources", frozenset(), *leaving)
    for state in states:
        if state in row.sources and len(row.sources) > 1:
            yield changed(f"not from {state.value}", "sources", row.sources - {state}, f"at {state.value}")
        elif state not in row.sources:
            yield changed(f"from {state.value} too", "sources", row.sources | {state}, f"at {state.value}")
        if state != row.target:
            yield changed(
                f"to {state.value} instead of {row.target.value}", "target", state, "done", *leaving, first="done"
            )
    if row.may is not None:
        what = f"everybody may, instead of {row.may.__name__}"
        yield changed(what, "may", lambda by, row: True, "refused to somebody")


def app_of(life: Life) -> str:
    """Return the app whose rows have this life."""
    return str(life.fresh().model._meta.app_label)


# --- who may ----------------------------------------------------------------------------------------


def of_permissions() -> Iterator[Mutant]:
    """Yield: each function of a permissions module that answers yes or no says yes to everybody."""
    for path in files(APPS):
        if path.endswith("permissions.py"):
            for function in _answering(path):
                yield _everybody(path, function)


def _answering(path: str) -> list[FunctionType]:
    lines = {
        one.__code__.co_qualname: one
        for one in gc.get_objects()
        if type(one) is FunctionType and one.__code__.co_filename == str(ROOT / path) and _says_yes_or_no(one)
    }
    return [lines[name] for name in sorted(lines)]


def _says_yes_or_no(function: FunctionType) -> bool:
    return "<" not in function.__qualname__ and get_type_hints(function).get("return") is bool


def _everybody(path: str, function: FunctionType) -> Mutant:
    code, name = function.__code__, f"{path} {function.__qualname__}"

    def apply() -> None:
        for one in live(code.co_filename, code.co_qualname):
            give(one, _yes(code))

    return Mutant(
        name=f"may {name}",
        app=path.split("/", maxsplit=1)[0],
        family=f"may {name}",
        shown=lambda: f"{name}: everybody may",
        apply=apply,
        facets=frozenset({f"no {name}"}),
    )


def _yes(code: CodeType) -> CodeType:
    yes = (lambda: True).__code__
    return yes.replace(
        co_argcount=code.co_argcount,
        co_posonlyargcount=code.co_posonlyargcount,
        co_kwonlyargcount=code.co_kwonlyargcount,
        co_varnames=code.co_varnames,
        co_nlocals=code.co_nlocals,
        co_flags=code.co_flags,
    )


# --- events -----------------------------------------------------------------------------------------

_dropped: set[str] = set()
_instead: dict[str, str] = {}


def of_events() -> Iterator[Mutant]:
    """Yield: each event is not logged, and each is logged as another."""
    codes = sorted(code for code, event in events.ALL.items() if event.__module__.split(".")[0] in APPS)
    for code, other in zip(codes, [*codes[1:], codes[0]], strict=True):
        app = events.ALL[code].__module__.split(".")[0]
        yield _of_event(code, app, "not logged", partial(_dropped.add, code))
        yield _of_event(code, app, f"logged as {other}", partial(_instead.__setitem__, code, other))


def _of_event(code: str, app: str, what: str, note: Callable[[], None]) -> Mutant:
    def apply() -> None:
        note()
        _tamper()

    about = f"event {code}"
    return Mutant(
        name=f"{about}: {what}",
        app=app,
        family=about,
        shown=lambda: f"{about}: {what}",
        apply=apply,
        facets=frozenset({about}),
    )


def _tamper() -> None:
    """Let the log forget or mix up what it is told to, for whoever imported its functions."""
    original = {
        name: FunctionType(one.__code__, log.__dict__, name, one.__defaults__, one.__closure__)
        for name, one in (("append", log.append), ("append_many", log.append_many), ("_unchained", log._unchained))
    }
    for one in original.values():
        one.__kwdefaults__ = None
    log.__dict__["_mutant"] = (original, _dropped, _instead)
    for name, source in CHANGED.items():
        made: dict[str, Any] = {}
        exec(source, log.__dict__, made)  # noqa: S102 -- three functions below
        give(getattr(log, name), made[name].__code__)


CHANGED = {
    "append": """
def append(event, *, by, subject):
    if event.code in _mutant[1]:
        return _mutant[0]["_unchained"](event, by, _key(subject))
    return _mutant[0]["append"](event, by=by, subject=subject)
""",
    "append_many": """
def append_many(*, by, about):
    kept = [one for one in about if one[1].code not in _mutant[1]]
    return _mutant[0]["append_many"](by=by, about=kept)
""",
    "_unchained": """
def _unchained(event, by, subject):
    entry = _mutant[0]["_unchained"](event, by, subject)
    entry.event = _mutant[2].get(entry.event, entry.event)
    return entry
""",
}


def check_made(mutants: Sequence[Mutant]) -> None:
    """Raise NotMade for two of one name: results are kept by it."""
    seen: set[str] = set()
    for each in mutants:
        if each.name in seen:
            raise NotMade(f"two mutants are called {each.name}")
        seen.add(each.name)
