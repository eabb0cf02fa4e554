"""A cell that was taken over answers what it likes: whatever it is, it is that file's refusal and no fault of ours."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boundary.cell import bounds, keeper
from boundary.cell.door import Kind, draw
from boundary.cell.keeper import Ended
from boundary.cell.seen import OurPage, OurPaper
from boundary.cell.tables import read
from boundary.refused import DAMAGED, MOST_PAGES, TABLE_DAMAGED, UploadRefused
from tests.agreements.making import scan_pdf

PICTURE = b"\xff\xd8\xff"
READ: dict[str, Any] = {"codes": [["第一页", [[1, 2], [9, 2.5], [9, 9], [-1, 9]]]], "turned": 90, "white": False}
COMPARED: dict[str, Any] = {
    "code": "第一页",
    "same": False,
    "ink": {"甲方印章": 0.05},
    "differing": ["字"],
    "bent": False,
}
HONEST: dict[str, Any] = {"type": "application/pdf", "pages": 1, "doubts": [], "drawn": [[1, 800, 1100, READ]]}
Leaves = Callable[[Path], None]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Leaves, str], None]:
    """Ask a cell, through the door for pages or that for tables, which leaves in its folder what it likes."""

    def ask(leaves: Leaves, door: str = "pages") -> None:
        def run(_: object, folder: Path, *__: object, **___: object) -> Ended:
            leaves(folder)
            return Ended(0, late=False, seconds=1, worked=1, waited=0, allowed=10, peak=1)

        monkeypatch.setattr(keeper.KEEPER, "run", run)
        given, into = tmp_path / "given", tmp_path / "into"
        given.write_bytes(scan_pdf(1))
        into.mkdir()
        if door == "pages":
            paper = OurPaper(given, [OurPage(1, "第一页", {"甲方印章": (20, 200, 50, 44)})])
            draw(given, Kind.SCAN, widths=(800, 200), into=into, papers=[paper])
        else:
            read(given, most=1, beside=("说明",), into=into)

    return ask


def read_as(**otherwise: object) -> dict[str, Any]:
    """Return an answer in which something else was read on the page."""
    return {**HONEST, "drawn": [[1, 800, 1100, {**READ, **otherwise}]]}


def says(answer: object, *, small: bool = True) -> Leaves:
    def leave(folder: Path) -> None:
        (folder / bounds.ANSWER).write_text(answer if isinstance(answer, str) else json.dumps(answer))
        (folder / "1.jpg").write_bytes(PICTURE)
        if small:
            (folder / "1-small.jpg").write_bytes(PICTURE)

    return leave


def answers_by_a_pipe(folder: Path) -> None:
    os.mkfifo(folder / bounds.ANSWER)


def answers_by_a_link(folder: Path) -> None:
    (folder / "elsewhere").write_text(json.dumps({"refused": "x"}))
    (folder / bounds.ANSWER).symlink_to(folder / "elsewhere")


def draws_a_link(folder: Path) -> None:
    says(HONEST, small=False)(folder)
    (folder / "1-small.jpg").symlink_to(folder / "1.jpg")


def draws_a_pipe(folder: Path) -> None:
    says(HONEST, small=False)(folder)
    os.mkfifo(folder / "1-small.jpg")


def test_what_a_cell_of_ours_answers_is_taken(asked: Callable[..., None]) -> None:
    asked(says({**HONEST, "doubts": [[1, "几乎是空白"]]}))


def test_what_it_has_read_and_compared_is_taken(asked: Callable[..., None]) -> None:
    asked(says(read_as(compared=COMPARED)))


@pytest.mark.parametrize(
    "leaves",
    [
        says("[" * 100_000),
        says({**HONEST, "pages": True}),
        says({**HONEST, "pages": -1}),
        says({**HONEST, "pages": 1.0}),
        says({**HONEST, "pages": MOST_PAGES + 1}),
        says(json.dumps(HONEST).replace('"pages": 1', '"pages": Infinity')),
        says(json.dumps(HONEST).replace("1100", "1e999")),
        says({**HONEST, "type": ["application/pdf"]}),
        says({**HONEST, "drawn": [[1, 0, 1100, READ]]}),
        says({**HONEST, "drawn": [[1, 10**12, 1100, READ]]}),
        says({**HONEST, "drawn": [["../1", 800, 1100, READ]]}),
        says({**HONEST, "drawn": [[1, 800, 1100]]}),
        says({**HONEST, "drawn": [[1, 800, 1100, []]]}),
        says({**HONEST, "drawn": [[1, 800, 1100, {"turned": 0}]]}),
        says(read_as(white=0)),
        says(read_as(white=True)),
        says(read_as(codes={})),
        says(read_as(codes=READ["codes"] * (bounds.MOST_CODES + 1))),
        says(read_as(codes=[["x" * (bounds.LONGEST_CODE + 1), READ["codes"][0][1]]])),
        says(read_as(codes=[["a\0b", READ["codes"][0][1]]])),
        says(read_as(codes=[[7, READ["codes"][0][1]]])),
        says(read_as(codes=[["x", [[1, 2], [3, 4], [5, 6]]]])),
        says(read_as(codes=[["x", [[1, 2], [3, 4], [5, 6], ["7", 8]]]])),
        says(json.dumps(HONEST).replace("2.5", "NaN")),
        says(json.dumps(HONEST).replace("2.5", "1e999")),
        says(json.dumps(HONEST).replace("2.5", "9" * 400)),
        says(json.dumps(HONEST).replace("2.5", "-Infinity")),
        says(json.dumps(HONEST).replace("2.5", "9" * 5_000)),
        says(read_as(codes=[{"x": 1, "y": 2}])),
        says(read_as(codes=[None])),
        says(read_as(turned=45)),
        says(read_as(turned=True)),
        says(read_as(turned=90.0)),
        says(read_as(compared=None)),
        says(read_as(compared={**COMPARED, "code": "第二页"})),
        says(read_as(codes=[], compared=COMPARED)),
        says(read_as(compared={**COMPARED, "same": 0})),
        says(read_as(compared={**COMPARED, "ink": {}})),
        says(read_as(compared={name: said for name, said in COMPARED.items() if name != "differing"})),
        says(read_as(compared={**COMPARED, "differing": "字"})),
        says(read_as(compared={name: said for name, said in COMPARED.items() if name != "bent"})),
        says(read_as(compared={**COMPARED, "bent": 1})),
        says(read_as(compared={**COMPARED, "bent": True, "differing": []})),
        says(read_as(compared={**COMPARED, "differing": [7]})),
        says(read_as(compared={**COMPARED, "differing": ["字"] * (bounds.MOST_RUNS + 1)})),
        says(read_as(compared={**COMPARED, "differing": ["字" * (bounds.LONGEST_RUN + 1)]})),
        says(read_as(compared={**COMPARED, "ink": {"甲方印章": 1.5}})),
        says(read_as(compared={**COMPARED, "ink": {"甲方印章": True}})),
        says(read_as(compared={**COMPARED, "ink": {"甲方印章": 0.5, "__proto__": 0.5}})),
        says(json.dumps(read_as(compared=COMPARED)).replace("0.05", "NaN")),
        says(json.dumps(read_as(compared=COMPARED)).replace("0.05", "9" * 400)),
        says(read_as(compared=[COMPARED])),
        says(read_as(compared={**COMPARED, "code": ["第一页"]})),
        says({**HONEST, "doubts": [[1, "\0"]]}),
        says({**HONEST, "doubts": [[1, "\ud800"]]}),
        says({**HONEST, "doubts": [[1, "疑" * 201]]}),
        says({"refused": ["x"]}),
        says({"refused": "a\0b"}),
        says({"refused": "\ud800"}),
        says({"refused": "长" * 100_000}),
        answers_by_a_pipe,
        answers_by_a_link,
        draws_a_link,
        draws_a_pipe,
    ],
)
def test_what_no_cell_of_ours_leaves_is_refused(leaves: Leaves, asked: Callable[..., None]) -> None:
    with pytest.raises(UploadRefused, match=DAMAGED):
        asked(leaves)


def says_of_tables(tables: list[list[Any]], size: int = 10, **more: Any) -> Leaves:
    """Leave two files of rows, of so many bytes, and say which tables they are of."""

    def leave(folder: Path) -> None:
        said = {"type": "xlsx", "tables": tables, "hidden": ["旧表"], "from_1904": False, **more}
        (folder / bounds.ANSWER).write_text(json.dumps(said))
        for piece in ROWS:
            with (folder / piece).open("wb") as file:
                file.truncate(size)

    return leave


ROWS = ["rows-1-1.jsonl", "rows-1-2.jsonl"]


def test_what_a_cell_of_ours_answers_of_tables_is_taken(asked: Callable[..., None]) -> None:
    asked(says_of_tables([["S", [ROWS[0]]], ["说明", [ROWS[1]]]]), "tables")


@pytest.mark.parametrize(
    "leaves",
    [
        says("[" * 100_000),
        says({"refused": 1}),
        answers_by_a_pipe,
        says({"type": ["xlsx"], "tables": []}),
        says_of_tables([["S", [ROWS[0]] * 30_000]]),
        says_of_tables([["S", [ROWS[0]]], ["说明", [ROWS[0]]]]),
        says_of_tables([["S", [ROWS[0]]], *[["说明", []]] * 20_000]),
        says_of_tables([["S", ROWS]], bounds.LARGEST_ROWS // 2 + 1),
        says_of_tables([["S", ROWS]], type="ods"),
        says_of_tables([["S", ROWS]], hidden="旧表"),
        says_of_tables([["S", ROWS]], hidden=["旧" * (bounds.LONGEST_NAME + 1)]),
        says_of_tables([["S", ROWS]], hidden=["旧表"] * (bounds.MOST_HIDDEN + 1)),
        says_of_tables([["S", ROWS]], from_1904="yes"),
    ],
)
def test_of_tables_too(leaves: Leaves, asked: Callable[..., None]) -> None:
    with pytest.raises(UploadRefused, match=TABLE_DAMAGED):
        asked(leaves, "tables")
