"""The auditor reads words: whatever name a room gives to a fact that it logs has one. The demo's log checks values."""

import ast
import re
from collections.abc import Iterator

from auditing.words import called
from tests.test_architecture import APPS, sources

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LOGS = {"append", "append_many", "moved", "_move", "_moved", "_log"}
NOT_FACTS = {"by", "subject", "about", "writes"}


def names_of_facts() -> Iterator[tuple[str, str]]:
    """Yield file and name of each fact that stands as a keyword in a call which logs."""
    for app in (*APPS, "yiyang"):
        for path in sources(app):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _name(node.func) in LOGS:
                    yield from (
                        (path.name, each.arg) for each in node.keywords if each.arg and each.arg not in NOT_FACTS
                    )


def _name(called_by: ast.expr) -> str:
    return called_by.id if isinstance(called_by, ast.Name) else getattr(called_by, "attr", "")


def test_every_fact_that_is_logged_has_a_name_in_chinese() -> None:
    found = set(names_of_facts())
    assert {"sha256", "revision", "findings", "to"} <= {name for _, name in found}
    assert {(file, name) for file, name in found if not CHINESE.search(called(name, {}))} == set()
