"""docs/security.md names tests; every one of them exists."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs/security.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
ROW = re.compile(r"^\| .* \|$", re.MULTILINE)


@cache
def found_in(path: str) -> set[str]:
    file = ROOT / path
    if not file.exists():
        return set()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_test_that_is_named_exists() -> None:
    named = NAMED.findall(GUIDE.read_text(encoding="utf-8"))
    assert len(named) > 50
    assert [f"{path}::{name}" for path, name in named if name not in found_in(path)] == []


def test_every_threat_names_a_test() -> None:
    threats = GUIDE.read_text(encoding="utf-8").partition("## Threats")[2].partition("## What is not defended")[0]
    rows = [row for row in ROW.findall(threats) if not row.startswith("| threat |")]
    assert len(rows) > 40
    assert [row for row in rows if not NAMED.search(row)] == []
