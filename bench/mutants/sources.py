"""Mutants of one file of source: found with libcst, made by giving live functions the changed function's code."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from bench.mutants.grafting import graft
from bench.mutants.mutant import Mutant, NotMade
from bench.mutants.operators import Operator, is_words
from bench.mutants.places import ROOT

HARMLESS = {"len", "isinstance", "cast", "TypeVar"}  # mutmut leaves the first two alone: almost always equivalent


@dataclass(frozen=True)
class Change:
    """A node of a function and what stands in its place."""

    original: cst.CSTNode
    mutated: cst.CSTNode
    function: cst.FunctionDef
    qualname: str
    operator: str
    start: int
    end: int
    around: frozenset[int]


class Finder(cst.CSTVisitor):
    """Collects the changes inside functions and methods; nested ones belong to the outermost."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, operators: Sequence[Operator], is_wanted: Callable[[str], bool]) -> None:
        super().__init__()
        self.operators, self.is_wanted = operators, is_wanted
        self.found: list[Change] = []
        self.names: list[str] = []
        self.inside: cst.FunctionDef | None = None

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation | cst.Decorator | cst.Param | cst.Import | cst.ImportFrom):
            return False
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value in HARMLESS:
            return False
        if isinstance(node, cst.ClassDef | cst.FunctionDef) and self.inside is None:
            self.names.append(node.name.value)
            if isinstance(node, cst.FunctionDef):
                self.inside = node
        elif self.inside is not None and self.is_wanted(self.names[-1]):
            self._change(node)
        return not is_words(node)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if original_node is self.inside:
            self.inside = None
            self.names.pop()
        elif isinstance(original_node, cst.ClassDef) and self.inside is None:
            self.names.pop()

    def _change(self, node: cst.CSTNode) -> None:
        if is_words(node) or self.inside is None:
            return
        for kind, operator in self.operators:
            if isinstance(node, kind):
                for mutated in operator(node):
                    if not _loses_only_words(node, mutated):
                        self._keep(node, mutated, operator.__name__)

    def _keep(self, node: cst.CSTNode, mutated: cst.CSTNode, operator: str) -> None:
        where = self.get_metadata(PositionProvider, node)
        end = where.start.line if isinstance(node, cst.If) else where.end.line
        function, qualname = cast(cst.FunctionDef, self.inside), ".".join(self.names)
        self.found.append(Change(node, mutated, function, qualname, operator, where.start.line, end, self._around()))

    def _around(self) -> frozenset[int]:
        """Return the lines of the body: that of the `def` is run by whoever imports it."""
        where = self.get_metadata(PositionProvider, cast(cst.FunctionDef, self.inside).body)
        return frozenset(range(where.start.line, where.end.line + 1))


def _loses_only_words(node: cst.CSTNode, mutated: cst.CSTNode) -> bool:
    """Return whether all that the change takes away is a string that people read."""
    if isinstance(node, cst.Assign | cst.AnnAssign):
        return node.value is not None and is_words(node.value)
    if isinstance(node, cst.Call) and isinstance(mutated, cst.Call):
        kept = {id(arg) for arg in mutated.args}
        gone = [arg for arg in node.args if id(arg) not in kept]
        return bool(gone) and all(is_words(arg.value) for arg in gone)
    return False


def mutants_of(
    path: str, operators: Sequence[Operator], *, is_wanted: Callable[[str], bool] = lambda name: True
) -> Iterator[Mutant]:
    """Yield the mutants of a file, in the order of its text. `is_wanted` says of which functions, by their name."""
    source = (ROOT / path).read_text(encoding="utf-8")
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    finder = Finder(operators, is_wanted)
    wrapper.visit(finder)
    for number, change in enumerate(finder.found):
        made = partial(_mutated, wrapper.module, change)
        yield Mutant(
            name=f"{path}:{change.start} {change.qualname} {change.operator} #{number}",
            app=path.split("/", maxsplit=1)[0],
            family=f"{path} {change.qualname}",
            shown=partial(_diff, path, source, made),
            apply=partial(_apply, path, source, made, change.qualname),
            lines={path: frozenset(range(change.start, change.end + 1))},
            around={path: change.around},
        )


def _mutated(module: cst.Module, change: Change) -> str:
    try:
        return cast(cst.Module, module.deep_replace(change.original, change.mutated)).code
    except Exception as error:
        raise NotMade(str(error)) from error


def _apply(path: str, source: str, made: Callable[[], str], qualname: str) -> None:
    graft(str(ROOT / path), source, made(), qualname)


def _diff(path: str, source: str, made: Callable[[], str]) -> str:
    lines = difflib.unified_diff(source.splitlines(), made().splitlines(), path, path, lineterm="", n=0)
    return "\n".join(list(lines)[2:])


def files(places: Collection[str]) -> list[str]:
    """Return the Python files of modules and folders, without migrations and what has no test of its own."""
    found: list[Path] = []
    for place in places:
        where = ROOT / place
        found += sorted(where.rglob("*.py")) if where.is_dir() else [where]
    return [str(each.relative_to(ROOT)) for each in found if "migrations" not in each.parts]
