"""A day is a day in China, wherever the program asks the clock or takes the day of a moment."""

import ast
from collections.abc import Iterator

import pytest

from tests.test_architecture import LAW, ROOT

# Of what has no hour of the clock: a cell of a sheet says the day that somebody typed.
NO_MOMENTS = {"boundary/workbooks/cells.py", "imports/cells.py"}


def sources() -> list[str]:
    rooms = [*LAW, "yiyang", "embedded"]
    return sorted(path.relative_to(ROOT).as_posix() for room in rooms for path in (ROOT / room).rglob("*.py"))


def name_of(call: ast.expr) -> str:
    """Return the last word of what is called; "" for anything else."""
    if not isinstance(call, ast.Call):
        return ""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def local_names(tree: ast.Module) -> set[str]:
    """Return the names to which a moment is given as it is by the clock on the wall."""
    given = (node for node in ast.walk(tree) if isinstance(node, ast.Assign) and name_of(node.value) == "localtime")
    return {target.id for node in given for target in node.targets if isinstance(target, ast.Name)}


def wrong_days(tree: ast.Module) -> Iterator[str]:
    local = local_names(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if name_of(node) in {"localdate", "localtime"} and (len(node.args) > 1 or node.keywords):
            yield ast.unparse(node)
        if name_of(node) == "date" and isinstance(node.func, ast.Attribute) and not node.args:
            of = node.func.value
            if name_of(of) not in {"localtime", "_local"} and not (isinstance(of, ast.Name) and of.id in local):
                yield ast.unparse(node)


def test_every_day_is_one_in_china() -> None:
    trees = {path: ast.parse((ROOT / path).read_text(encoding="utf-8")) for path in sources() if path not in NO_MOMENTS}
    assert {path: wrong for path, tree in trees.items() if (wrong := list(wrong_days(tree)))} == {}


@pytest.mark.parametrize(
    "spelled", ["timezone.now().date()", "timezone.localdate(timezone=UTC)", "row.decided_at.date()"]
)
def test_what_would_be_found(spelled: str) -> None:
    assert list(wrong_days(ast.parse(spelled))) == [spelled]
