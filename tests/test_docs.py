"""docs/architecture.md told against the house itself: its folders, the rooms of agreements, its sockets."""

import re
from pathlib import Path
from typing import Any

from agreements.catalogue.reader import SCHEMA as TEMPLATE_SCHEMA
from regions.left_out import CURE
from regions.official import NOISE
from regions.rules import KINDS
from regions.scheme_files import SCHEME_SCHEMA
from sockets.socket import ALL
from tests.agreements.catalogue.example_mistakes import MISTAKES
from tests.test_architecture import ROOMS

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`([\w.]+)/?`")


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading, without its head."""
    _, _, below = PAGE.partition(f"{heading}\n")
    table = [line for line in below.partition("\n## ")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def test_every_folder_with_code_of_ours_has_a_line() -> None:
    named = {name for row in rows("# The house") for name in NAMED.findall(row[0])}
    packages = {each.parent.name for each in ROOT.glob("*/__init__.py")}
    assert packages - named == set()


def test_every_room_has_its_line_in_the_order_of_the_law() -> None:
    named = [{name.removesuffix(".py") for name in NAMED.findall(row[0])} for row in rows("## The rooms")]
    assert named == [set(rooms) for rooms in ROOMS]


def _home(answer: Any) -> str:
    """Return the app of an answer: a function, or data whose functions are of the app that fills it in."""
    function = next((getattr(answer, name) for name in ("keep", "cells", "ask") if hasattr(answer, name)), answer)
    home: str = function.__module__.split(".")[0]
    return home


def test_every_socket_is_listed_with_who_fills_it() -> None:
    listed = {row[0].strip("`"): (row[2], NAMED.findall(row[3])) for row in rows("## Sockets")}
    declared = {
        socket.name: (
            "yes" if socket.is_mandatory else "no",
            [_home(answer) for answer in socket.answers],
        )
        for socket in ALL.values()
    }
    assert listed == declared


def fields_in(schema: Any) -> set[str]:
    """Return every field that a JSON schema knows, at any depth."""
    own = set(schema.get("properties", {})) if isinstance(schema, dict) else set()
    inner = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    return own.union(*map(fields_in, inner))


def test_the_page_on_regions_names_every_field_that_a_file_may_have() -> None:
    page = (ROOT / "docs/regions.md").read_text(encoding="utf-8")
    parameters = set().union(*(kind.schema()["properties"] for kind in KINDS.values()))
    items = {name for kind in KINDS.values() for name in fields_in(kind.schema())}
    known = fields_in(TEMPLATE_SCHEMA) | (fields_in(SCHEME_SCHEMA) - parameters - items)
    assert {name for name in known if f"`{name}" not in page} == set()


def test_the_page_on_regions_names_everything_that_is_noise() -> None:
    page = (ROOT / "docs/regions.md").read_text(encoding="utf-8")
    assert [name for name, _, _ in NOISE if f"| {name} |" not in page] == []
    assert page.count("| 略去的 |") == 1


def test_what_the_page_on_regions_shows_is_said_so() -> None:
    """Its examples of mistakes are among those that the tests make."""
    page = (ROOT / "docs/regions.md").read_text(encoding="utf-8")
    shown = [line.removeprefix("xugou-2026.yaml:") for line in page.splitlines() if line.startswith("xugou-2026.yaml:")]
    said = {message.partition("/")[2] for *_, told in MISTAKES for message in told}
    assert len(shown) == 3
    assert set(shown) - said == set()
    assert CURE in page
