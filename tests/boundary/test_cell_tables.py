"""Strangers' workbooks and texts are opened in a cell: what would never end is refused by counting, or by the clock."""

import json
import resource
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from boundary.cell import bounds, keeper
from boundary.cell.asking import Patience
from boundary.cell.keeper import Ended
from boundary.cell.noted import WHOLE_ROW, Noted
from boundary.cell.slots import slot
from boundary.cell.tables import read
from boundary.refused import (
    NOT_NOW,
    TABLE_DAMAGED,
    TABLE_TOO_HEAVY,
    TABLE_TOO_LONG,
    NotNow,
    UploadRefused,
)
from boundary.workbooks.cells import WITHOUT_VALUE, Cell
from boundary.workbooks.plain import rows_of
from boundary.workbooks.tables import Row
from tests.boundary import books
from tests.opening import tables_in

COMPLEX, LINES = "内部结构异常", "行太多"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (books.unpacks_to_much, "异常庞大"),
        (books.empty_rows, LINES),
        (books.row_of_ten_millions, LINES),
        (books.rows_of_one_number, TABLE_DAMAGED),
        (books.endless_row, COMPLEX),
        (books.deep, COMPLEX),
        (books.large_cell, "超过 32767 个字"),
        (books.large_shared_text, "超过 32767 个字"),
        (books.text_shared_often, TABLE_TOO_HEAVY),
        (books.many_shared_texts, TABLE_TOO_HEAVY),
        (books.lies_about_its_size, TABLE_DAMAGED),
        (books.many_parts, TABLE_TOO_HEAVY),
        (books.endless_number, TABLE_DAMAGED),
        (books.cut_off, TABLE_DAMAGED),
        (books.with_a_hole, TABLE_DAMAGED),
        (books.with_password, "打开密码"),
        (books.with_password_of_an_archive, "打开密码"),
        (books.old, "旧版 Excel"),
        (books.open_document, "OpenDocument"),
        (books.word, "Word 文档"),
        (books.with_macros, "带有宏"),
        (books.empty_lines, LINES),
        (books.zeros, "不是表格文件"),
    ],
    ids=lambda made: made.__name__ if callable(made) else "",
)
def test_what_is_no_honest_table_is_refused_with_its_cure(make: Callable[[], bytes], words: str) -> None:
    """The words are of what was counted, not of a limit that was reached; our own memory does not grow by it."""
    content = make()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UploadRefused, match=words):
        tables_in(content)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 48 * 1024


@pytest.mark.parametrize("part", [books.SHEET, books.BOOK, books.TEXTS, books.STYLES])
@pytest.mark.parametrize("make", [books.billion_laughs, books.entity_of_a_file])
def test_no_part_of_a_workbook_has_entities(make: Callable[[str], bytes], part: str) -> None:
    with pytest.raises(UploadRefused, match=TABLE_DAMAGED):
        tables_in(make(part))


def test_what_a_sheet_says_of_its_size_costs_nothing() -> None:
    assert tables_in(books.honest()) == {"S": [(1, ["堃"])]}
    assert tables_in(books.says_it_is_vast()) == {"S": [(1, ["x"])]}
    assert tables_in(books.one_row(books.inline(b"x", b"XFD1"))) == {"S": []}, "left out, and no row made up for it"


def test_a_number_that_no_sheet_holds_is_told_at_its_cell() -> None:
    assert tables_in(books.no_number()) == {"S": [(1, ["#NUM!", "#NUM!"])]}


def test_texts_in_the_encodings_of_the_country() -> None:
    words = "名称,代码\n越城区䶮养老院,1\n"
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        assert tables_in(words.encode(encoding)) == {"": [(1, ["名称", "代码"]), (2, ["越城区䶮养老院", "1"])]}
    assert tables_in("名称,代码\n养老院,1\n".encode("gbk"))[""][1] == (2, ["养老院", "1"])
    with pytest.raises(UploadRefused, match=r"UTF-16.*另存为"):
        tables_in(words.encode("utf-16"))


def test_what_nobody_counts_ends_by_the_clock_and_the_next_sheet_is_read() -> None:
    with pytest.raises(UploadRefused) as refused:
        tables_in(books.slow(), Patience(for_the_work=0.4))
    assert str(refused.value) in (TABLE_TOO_LONG, NOT_NOW), "the latter where this machine had no time for it"
    assert tables_in(books.honest()) == {"S": [(1, ["堃"])]}


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        (Ended(-9, late=True, seconds=10.1, worked=9.8, waited=0.2, allowed=10, peak=1), TABLE_TOO_LONG),
        (Ended(-9, late=True, seconds=10.1, worked=0.9, waited=9, allowed=10, peak=1), NOT_NOW),
        (Ended(bounds.OUT_OF_MEMORY, late=False, seconds=1, worked=1, waited=0, allowed=10, peak=1), TABLE_TOO_HEAVY),
        (Ended(-11, late=False, seconds=1, worked=1, waited=0, allowed=10, peak=1), TABLE_DAMAGED),
    ],
    ids=["late", "no-processor-to-be-had", "memory", "crashed"],
)
def test_however_a_cell_ends_the_words_are_of_tables(ended: Ended, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper.KEEPER, "run", lambda *_, **__: ended)
    with pytest.raises(UploadRefused, match=words):
        tables_in(books.honest())


def test_no_cell_to_be_had_says_nothing_of_the_sheet(settings: Any, tmp_path: Path) -> None:
    settings.CELL_FOLDER, settings.CELLS = tmp_path, 1
    with slot(tmp_path, 1), pytest.raises(NotNow):
        tables_in(books.honest(), Patience(for_a_slot=0))


def lied(answer: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read a sheet in a cell that has been taken over, and answers what it likes."""

    def run(_: object, folder: Path, *__: object, **___: object) -> Ended:
        (folder / bounds.ANSWER).write_text(json.dumps(answer))
        (folder / "elsewhere").symlink_to("/etc/passwd")
        (folder / "rows-1-1.jsonl").symlink_to("/etc/passwd")
        return Ended(0, late=False, seconds=1, worked=1, waited=0, allowed=10, peak=1)

    monkeypatch.setattr(keeper.KEEPER, "run", run)
    (tmp_path / "given").write_bytes(books.honest())
    into = tmp_path / "into"
    into.mkdir()
    read(tmp_path / "given", most=1, beside=(), into=into)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"type": "xlsx"},
        {"type": "exe", "tables": []},
        {"type": "xlsx", "tables": [["a", []], ["b", []]]},
        {"type": "xlsx", "tables": [["a" * 101, []]]},
        {"type": "xlsx", "tables": [["a\0", []]]},
        {"type": "xlsx", "tables": [["\ud800", []]]},
        {"type": "xlsx", "tables": [["a", ["elsewhere"]]]},
        {"type": "xlsx", "tables": [["a", ["/etc/passwd"]]]},
        {"type": "xlsx", "tables": [["a", ["rows-1-1.jsonl"]]]},
        {"type": "xlsx", "tables": [["a", ["rows-9-9.jsonl"]]]},
        {"type": "xlsx", "tables": [["a", [1]]]},
        {"type": "xlsx", "tables": 1},
    ],
    ids=str,
)
def test_an_answer_that_no_cell_of_ours_gives(answer: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UploadRefused, match=TABLE_DAMAGED):
        lied(answer, tmp_path, monkeypatch)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[1]",
        b"\xff",
        b"[" * 100_000,
        b'[1, ["a"], 1]',
        b'[0, ["a"]]',
        b'[true, ["a"]]',
        b'[1048577, ["a"]]',
        b"[1, []]",
        b"[1, [%s]]" % (b" " * bounds.LONGEST_LINE + b'"a"'),
        b'[1, {"a": 1}]',
        b"[1, [%s1]]" % (b"1," * bounds.MOST_COLUMNS),
        b'[1, ["%s"]]' % (b"a" * (bounds.LONGEST_CELL + 1)),
        b'[1, ["a\\u0000"]]',
        b'[1, ["\\ud800"]]',
        b"[1, [NaN]]",
        b"[1, [1e999]]",
        b"[1, [1%s]]" % (b"0" * 50),
        b"[1, [[1]]]",
        b'[1, [{"day": 1}]]',
        b'[1, [{"day": "2026-02-30"}]]',
        b'[1, [{"moment": "2026-01-01T00:00:00+08:00"}]]',
        b'[1, [{"seconds": 1e300}]]',
        b'[1, [{"seconds": "1"}]]',
        b'[1, [{"formula": true, "day": "2026-01-01"}]]',
        b'[1, [{"__class__": "x"}]]',
        b"[1, [{}]]",
        b'[1, ["a"], [[0, "merged"]], 1]',
        b'[1, ["a"], {"0": "merged"}]',
        b'[1, ["a"], [[1, "merged"]]]',
        b'[1, ["a"], [[-2, "hidden-row"]]]',
        b'[1, ["a"], [[true, "merged"]]]',
        b'[1, ["a"], [[0, "somehow"]]]',
        b'[1, ["a"], [0, "merged"]]',
        b'[1, ["a"], [%s]]' % b", ".join([b'[0, "merged"]'] * 7),
    ],
    ids=lambda line: line[:40].decode("ascii", "replace"),
)
def test_a_row_that_no_cell_of_ours_writes(line: bytes) -> None:
    with pytest.raises(UploadRefused, match=TABLE_DAMAGED):
        list(rows_of([b'[1, ["a"]]\n' if line == b"" else line, line]))


def test_every_value_comes_back_as_what_it_was() -> None:
    line = (
        b'[2, ["a", 1, 1.5, true, null, {"formula": true}, {"day": "2026-11-22"}, '
        b'{"moment": "2026-11-22T08:30:00"}, {"time": "08:30:00"}, {"seconds": 90.5}], '
        b'[[-1, "hidden-row"], [3, "merged"]]]\n'
    )
    moment = datetime(2026, 11, 22, 8, 30)  # noqa: DTZ001  -- a sheet knows no time zones
    found: list[Cell] = [
        "a",
        1,
        1.5,
        True,
        None,
        WITHOUT_VALUE,
        date(2026, 11, 22),
        moment,
        time(8, 30),
        timedelta(seconds=90.5),
    ]
    notes = [(WHOLE_ROW, Noted.HIDDEN_ROW), (3, Noted.MERGED)]
    assert list(rows_of([line])) == [Row(2, found, notes)]
