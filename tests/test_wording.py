"""What is said to people, read in the sources: no day as a machine writes it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_architecture import APPS, parsed, shown, sources

ROOT = Path(__file__).resolve().parent.parent
CHINESE = re.compile(r"[\u4e00-\u9fff]")
A_DAY = re.compile(r"(_on|_until|_from|_day|localdate)$")
# The log's own checks name the days of anchors as its files do; what is imported is quoted as it was read.
AS_FILES_SAY = {"audit", "imports"}


def days_in(node: ast.JoinedStr) -> Iterator[str]:
    """Yield the days in a sentence that stand there as they are stored."""
    for part in node.values:
        value = part.value if isinstance(part, ast.FormattedValue) and part.format_spec is None else None
        called = value.func if isinstance(value, ast.Call) else value
        name = called.attr if isinstance(called, ast.Attribute) else ""
        if A_DAY.search(name):
            yield ast.unparse(part)


@pytest.mark.parametrize("app", sorted(set(APPS) - AS_FILES_SAY))
def test_days_are_told_as_people_write_them(app: str) -> None:
    found = [
        f"{shown(source)}:{node.lineno} {day}"
        for source in sources(app)
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.JoinedStr) and CHINESE.search(ast.unparse(node))
        for day in days_in(node)
    ]
    assert not found


def test_the_reading_finds_one() -> None:
    (sentence,) = (
        node for node in ast.walk(ast.parse('f"到 {row.expires_on} 为止"')) if isinstance(node, ast.JoinedStr)
    )
    assert list(days_in(sentence))


def test_nobody_is_sent_to_the_administrator_of_their_place_who_may_be_that_administrator() -> None:
    """Whom to ask is said in one place (accounts/helpers.py), which leads administrators further up."""
    asks = re.compile("(?:联系|告诉|找|问)本单位管理员")
    texts = [*(ROOT / "templates").rglob("*"), *(source for app in APPS for source in sources(app))]
    assert not [shown(path) for path in texts if path.is_file() and asks.search(path.read_text(encoding="utf-8"))]
