"""docs/architecture.md told against the house itself: its folders, the rooms of agreements, its sockets."""

import re
from pathlib import Path
from typing import Any

from sockets.socket import ALL
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
    function = next((getattr(answer, name) for name in ("keep", "cells") if hasattr(answer, name)), answer)
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
