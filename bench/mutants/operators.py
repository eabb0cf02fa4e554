"""What is changed in the source: mutmut's operators, and three of our own for what it leaves alone.

Words for people are not mutated: what a sentence says is proof-read. Annotations, decorators and what runs on import
are left out too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import libcst as cst
import libcst.matchers as m
from mutmut.mutation.mutators import mutation_operators

Operator: TypeAlias = tuple[type, Callable[[Any], Iterable[cst.CSTNode]]]
CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
NOTHING = cst.Module([])
STRINGS = cst.SimpleString | cst.FormattedString | cst.ConcatenatedString


def is_words(node: cst.CSTNode) -> bool:
    """Return whether the node is a string that people read."""
    return isinstance(node, STRINGS) and CHINESE.search(NOTHING.code_for_node(node)) is not None


def dropped_guard(node: cst.If) -> Iterator[cst.If]:
    """`if wrong: raise …` → `if False: raise …`."""
    body = node.body.body
    if len(body) == 1 and m.matches(body[0], m.SimpleStatementLine(body=[m.Raise()])):
        yield node.with_changes(test=cst.Name("False"))


def swapped_branch(node: cst.If) -> Iterator[cst.If]:
    """`if this:` → `if not (this):`."""
    inner = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    yield node.with_changes(test=cst.UnaryOperation(cst.Not(), inner))


def dropped_effect(node: cst.Expr) -> Iterator[cst.Expr]:
    """A call for its effect → nothing."""
    if isinstance(node.value, cst.Call):
        yield node.with_changes(value=cst.Ellipsis())


OURS: Sequence[Operator] = ((cst.If, dropped_guard), (cst.If, swapped_branch), (cst.Expr, dropped_effect))
CODE: Sequence[Operator] = (*mutation_operators, *OURS)


# --- the branches of what decides who sees what -----------------------------------------------------


def one_side(node: cst.BinaryOperation) -> Iterator[cst.BaseExpression]:
    """`one | other` → `one`, `other`, `one & other`; and the other way round."""
    other = {cst.BitOr: cst.BitAnd, cst.BitAnd: cst.BitOr}.get(type(node.operator))
    if other is not None:
        yield from (node.left, node.right, node.with_changes(operator=other()))


def without_not(node: cst.UnaryOperation) -> Iterator[cst.BaseExpression]:
    if isinstance(node.operator, cst.BitInvert | cst.Not):
        yield node.expression


def unfiltered(node: cst.Call) -> Iterator[cst.BaseExpression]:
    """`rows.filter(…)` → `rows` and, of several conditions, each left out; `exclude` and `filter` swapped."""
    called = node.func
    if isinstance(called, cst.Attribute) and called.attr.value in {"filter", "exclude"}:
        yield called.value
        other = {"filter": "exclude", "exclude": "filter"}[called.attr.value]
        yield node.with_changes(func=called.with_changes(attr=cst.Name(other)))
    if m.matches(called, m.Name("Q") | m.Attribute(attr=m.Name("filter") | m.Name("exclude"))) and len(node.args) > 1:
        for left_out in node.args:
            yield node.with_changes(args=[each for each in node.args if each is not left_out])


def both_branches(node: cst.If) -> Iterator[cst.If]:
    yield from (node.with_changes(test=cst.Name(word)) for word in ("True", "False"))


BRANCHES: Sequence[Operator] = (
    (cst.BinaryOperation, one_side),
    (cst.UnaryOperation, without_not),
    (cst.Call, unfiltered),
    (cst.If, both_branches),
)
