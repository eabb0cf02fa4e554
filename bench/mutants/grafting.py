"""A changed function takes effect wherever it was imported: live functions keep their identity and get new code."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib import import_module
from types import CodeType, FunctionType

from bench.mutants.mutant import Mutant, NotMade
from bench.mutants.places import APPS, ROOT

Key = tuple[str, str, int]  # file, qualified name, first line
_live: dict[Key, list[FunctionType]] = {}


def import_all(mutants: Iterable[Mutant]) -> None:
    """Import what only some test would import: a command of the console."""
    for path in sorted({path for mutant in mutants for path in mutant.lines}):
        import_module(path.removesuffix(".py").replace("/", "."))


def look_around() -> None:
    """Find all functions of ours that live in this process: to be called once, before any fork."""
    gc.unfreeze()  # what the tests have frozen is not told by the collector
    found: defaultdict[Key, list[FunctionType]] = defaultdict(list)
    ours = tuple(f"{ROOT}/{app}/" for app in APPS)
    for one in gc.get_objects():
        if type(one) is FunctionType and one.__code__.co_filename.startswith(ours):
            found[_key(one.__code__)].append(one)
    _live.clear()
    _live.update(found)


def graft(filename: str, source: str, changed: str, qualname: str) -> None:
    """Give the function of that name, and those inside it, their code of the changed source.

    Raises NotMade where the change does not compile, changes nothing, or where nothing live could take it.
    """
    try:
        old, new = (_named(_compiled(text, filename), qualname) for text in (source, changed))
    except SyntaxError as error:
        raise NotMade(str(error)) from error
    pairs = list(zip(_inner(old), _inner(new), strict=False))
    if all(_same(one, other) for one, other in pairs):
        raise NotMade("the code is the same")
    taken = [_give(function, code) for before, code in pairs for function in _live.get(_key(before), [])]
    if not taken:
        raise NotMade("no such function lives here")


def give(function: FunctionType, code: CodeType) -> None:
    """Give one function other code. Raises NotMade where it closes over other names."""
    _give(function, code)


def live(filename: str, qualname: str) -> list[FunctionType]:
    """Return the functions of that name."""
    return [one for key, all_ in _live.items() if key[:2] == (filename, qualname) for one in all_]


def _give(function: FunctionType, code: CodeType) -> bool:
    if code.co_freevars != function.__code__.co_freevars:
        raise NotMade("it closes over other names")
    function.__code__ = code
    return True


def _compiled(text: str, filename: str) -> CodeType:
    return compile(text, filename, "exec", dont_inherit=True)


def _named(code: CodeType, qualname: str) -> CodeType:
    """Return the code of a function by its name in the module. Of several (overloads, setters) the last."""
    found = code
    for name in qualname.split("."):
        found = [each for each in found.co_consts if isinstance(each, CodeType) and each.co_name == name][-1]
    return found


def _inner(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _inner(each)


def _same(one: CodeType, other: CodeType) -> bool:
    facts = ("co_code", "co_names", "co_varnames")
    return _plain(one) == _plain(other) and all(getattr(one, fact) == getattr(other, fact) for fact in facts)


def _plain(code: CodeType) -> list[tuple[type, object]]:
    """Return the constants with their types, for 1 == True == 1.0."""
    return [(type(each), each) for each in code.co_consts if not isinstance(each, CodeType)]


def _key(code: CodeType) -> Key:
    return code.co_filename, code.co_qualname, code.co_firstlineno
