"""Workbooks as people's programs write them: nothing is shifted or dropped, and what they do not see is noted."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from boundary.cell.inside.packages import IS_STRICT
from boundary.cell.noted import WHOLE_ROW, Noted
from boundary.cell.tables import Read, read
from boundary.refused import UploadRefused
from boundary.workbooks.tables import Row
from imports.books import tables_of
from tests.boundary import books

HIDDEN_ROW, HIDDEN_COLUMN, MERGED, BEYOND = Noted.HIDDEN_ROW, Noted.HIDDEN_COLUMN, Noted.MERGED, Noted.BEYOND
BESIDE = Noted.BESIDE
MAY = datetime(2019, 5, 1)  # noqa: DTZ001  -- a sheet knows no time zones
SERIAL = b"43586"  # that day, counted as Excel does


def found(content: bytes, folder: Path) -> Read:
    (given := folder / "given").write_bytes(content)
    (into := folder / "into").mkdir()
    return read(given, most=5, beside=(), into=into)


def rows(content: bytes, folder: Path) -> list[Row]:
    [table] = tables_of(found(content, folder).tables)
    return [row._replace(cells=list(row.cells), notes=list(row.notes)) for row in table.rows()]


def cell(place: str, text: str) -> bytes:
    return books.inline(text.encode(), place.encode())


def row(number: int, *cells: bytes, more: bytes = b"") -> bytes:
    return b'<row r="%d" %s>%s</row>' % (number, more, b"".join(cells))


def sheet(*written: bytes, before: bytes = b"", after: bytes = b"", **others: bytes) -> bytes:
    """Pack a workbook; `others` are its parts by the names of `NAMES`."""
    made = books.parts(b"".join(written), before=before)
    made[books.SHEET] = made[books.SHEET].replace(b"</worksheet>", after + b"</worksheet>")
    for name, content in others.items():
        made[NAMES[name]] = content
    return books.packed(made)


NAMES = {"styles": books.STYLES, "book": books.BOOK}


def merges(*ranges: str) -> bytes:
    return b"<mergeCells>%s</mergeCells>" % b"".join(b'<mergeCell ref="%s"/>' % each.encode() for each in ranges)


def looks(formats: bytes, *numbers: int, beside: bytes = b"") -> bytes:
    return b"<styleSheet %s><numFmts>%s</numFmts>%s<cellXfs>%s</cellXfs></styleSheet>" % (
        *(books.MAIN, formats, beside),
        b"".join(b'<xf numFmtId="%d"/>' % number for number in numbers),
    )


@pytest.mark.parametrize("how", [b'hidden="1"', b'hidden="true"', b'ht="0" customHeight="1"'])
def test_a_hidden_row_is_read_and_noted(how: bytes, tmp_path: Path) -> None:
    made = sheet(row(1, cell("A1", "甲")), row(2, cell("A2", "乙"), more=how), row(3, more=how))
    assert rows(made, tmp_path) == [Row(1, ["甲"], []), Row(2, ["乙"], [(WHOLE_ROW, HIDDEN_ROW)])]


@pytest.mark.parametrize("how", [b'hidden="1"', b'width="0" customWidth="1"'])
def test_a_cell_of_a_hidden_column_is_read_and_noted(how: bytes, tmp_path: Path) -> None:
    columns = b'<cols><col min="1" max="1"/><col min="2" max="3" %s/><col min="90" max="16384" %s/></cols>' % (how, how)
    made = sheet(row(1, cell("A1", "甲"), cell("C1", "丙")), row(2, cell("A2", "乙")), before=columns)
    assert rows(made, tmp_path) == [Row(1, ["甲", None, "丙"], [(2, HIDDEN_COLUMN)]), Row(2, ["乙"], [])]


def test_what_reaches_down_is_filled_in_and_noted_where_there_is_a_row(tmp_path: Path) -> None:
    """Headings above each other, a title across, a county for three rows, and a cell that reaches below the table."""
    written = (
        row(1, cell("A1", "名册")),
        row(2, cell("A2", "名称"), cell("B2", "人数")),
        row(3, cell("B3", "男"), cell("C3", "女")),
        row(4, cell("A4", "甲"), cell("B4", "1"), cell("D4", "天心区")),
        row(5, cell("A5", "乙"), cell("D5", " ")),
        row(6, cell("A6", "丙"), cell("C6", "3")),
        row(7, b'<c r="D7"/>'),
        row(8, cell("A8", "丁")),
    )
    made = sheet(*written, after=merges("A1:D1", "A2:A3", "B2:C2", "$D$4:$D$7", "C6:C1048576", "x", "A9:A8"))
    assert rows(made, tmp_path) == [
        Row(1, ["名册"], []),
        Row(2, ["名称", "人数", None], [(2, BESIDE)]),
        Row(3, ["名称", "男", "女"], [(0, MERGED)]),
        Row(4, ["甲", "1", None, "天心区"], []),
        Row(5, ["乙", None, None, "天心区"], [(3, MERGED)]),
        Row(6, ["丙", None, "3", "天心区"], [(3, MERGED)]),
        Row(8, ["丁", None, "3"], [(2, MERGED)]),
    ]


def test_a_cell_that_is_one_with_its_neighbour_is_named(tmp_path: Path) -> None:
    """Within the row and at its end, over several rows, and not for a title alone."""
    written = (
        row(1, cell("A1", "名册")),
        row(2, cell("A2", "甲"), cell("B2", "50"), cell("D2", "路")),
        row(3, cell("A3", "乙"), cell("B3", "60")),
        row(4, cell("A4", "丙"), cell("D4", "路")),
        row(5, cell("A5", "丁"), cell("D5", "路")),
    )
    made = sheet(*written, after=merges("A1:D1", "B2:C2", "B3:D4", "B5:C5", "CU5:XFD5"))
    assert rows(made, tmp_path) == [
        Row(1, ["名册"], []),
        Row(2, ["甲", "50", None, "路"], [(2, BESIDE)]),
        Row(3, ["乙", "60", None, None], [(2, BESIDE), (3, BESIDE)]),
        Row(4, ["丙", "60", None, "路"], [(1, MERGED), (2, BESIDE)]),
        Row(5, ["丁", None, None, "路"], []),
    ]


def test_a_merge_whose_first_row_says_nothing_fills_nothing(tmp_path: Path) -> None:
    made = sheet(row(1, cell("B1", "甲")), row(2, cell("B2", "乙")), after=merges("A1:A2", "B1:B2"))
    assert rows(made, tmp_path) == [Row(1, [None, "甲"], []), Row(2, [None, "乙"], [])]


@pytest.mark.parametrize(
    ("formats", "number"),
    [
        (b"", 14),
        (b"", 27),
        (b"", 31),
        (b"", 36),
        (b"", 57),
        (b'<numFmt numFmtId="31" formatCode="yyyy&quot;\xe5\xb9\xb4&quot;m&quot;\xe6\x9c\x88&quot;"/>', 31),
        (b'<numFmt numFmtId="176" formatCode="[$-804]yyyy&quot;-&quot;mm;@"/>', 176),
        (b'<numFmt numFmtId="177" formatCode="[DBNum1][$-804]yyyy&quot;\xe5\xb9\xb4&quot;m"/>', 177),
    ],
)
def test_a_number_that_looks_like_a_day_is_one(formats: bytes, number: int, tmp_path: Path) -> None:
    cells = b'<c r="A1" s="1"><v>%s</v></c><c r="B1" s="0"><v>%s</v></c>' % (SERIAL, SERIAL)
    assert rows(sheet(row(1, cells), styles=looks(formats, 0, number)), tmp_path) == [Row(1, [MAY, int(SERIAL)], [])]


@pytest.mark.parametrize("said", [b'date1904="1"', b'date1904="true"'])
def test_days_count_from_the_workbook_s_own_epoch(said: bytes, tmp_path: Path) -> None:
    book = books.parts()[books.BOOK].replace(b"<sheets>", b"<workbookPr %s/><sheets>" % said)
    made = sheet(row(1, b'<c r="A1" s="0"><v>42124</v></c>'), styles=looks(b"", 31), book=book)
    read_as = found(made, tmp_path)
    assert read_as.counts_from_1904
    assert [list(each.cells) for each in tables_of(read_as.tables)[0].rows()] == [[MAY]]


@pytest.mark.parametrize(
    "styles",
    [
        looks(b"", 0, 14, beside=b"<fonts><font><sz val='big'/></font></fonts><fills><fill/></fills><borders/>"),
        looks(b"<numFmt/><numFmt numFmtId='x' formatCode='yyyy'/>", 0, 14, beside=b"<cellStyles><x/></cellStyles>"),
        b"<styleSheet %s><cellXfs count='9'><xf/><xf numFmtId='14' fontId='77' xfId='-1'/></cellXfs></styleSheet>"
        % books.MAIN,
    ],
    ids=["fills", "formats", "counts"],
)
def test_crooked_looks_take_no_value_away(styles: bytes, tmp_path: Path) -> None:
    made = sheet(row(1, cell("A1", "甲"), b'<c r="B1" s="1"><v>%s</v></c>' % SERIAL), styles=styles)
    assert rows(made, tmp_path) == [Row(1, ["甲", MAY], [])]


def _backslashes(parts: dict[str, bytes]) -> dict[str, bytes]:
    return {name.replace("/", "\\"): content for name, content in parts.items()}


def _capitals(parts: dict[str, bytes]) -> dict[str, bytes]:
    return {name.replace("xl/", "XL/").replace("sheet1", "Sheet1"): content for name, content in parts.items()}


def _absolute(parts: dict[str, bytes]) -> dict[str, bytes]:
    related = parts["xl/_rels/workbook.xml.rels"]
    for target in (b"worksheets", b"sharedStrings", b"styles"):
        related = related.replace(b'Target="' + target, b'Target="/xl/' + target)
    return parts | {"xl/_rels/workbook.xml.rels": related}


def _numbered(parts: dict[str, bytes]) -> dict[str, bytes]:
    """As programs on the web name it."""
    made = {name.replace("workbook.xml", "workbook22.xml"): content for name, content in parts.items()}
    return made | {"_rels/.rels": parts["_rels/.rels"].replace(b"workbook.xml", b"workbook22.xml")}


def _bare(parts: dict[str, bytes]) -> dict[str, bytes]:
    """Without what rows do not need."""
    return {name: content for name, content in parts.items() if name not in (books.TYPES, books.STYLES)}


@pytest.mark.parametrize("how", [_backslashes, _capitals, _absolute, _numbered, _bare])
def test_parts_are_found_however_a_program_names_them(
    how: Callable[[dict[str, bytes]], dict[str, bytes]], tmp_path: Path
) -> None:
    made = books.parts(row(1, b'<c r="A1" t="s"><v>0</v></c>'), texts="<si><t>养老院</t></si>".encode())
    assert rows(books.packed(how(made)), tmp_path) == [Row(1, ["养老院"], [])]


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    """Which of the two a person has seen, nobody can say."""
    made = books.parts(row(1, cell("A1", "甲")))
    with pytest.raises(UploadRefused):
        rows(books.packed(made | {"xl\\worksheets\\SHEET1.xml": made[books.SHEET]}), tmp_path)


def test_texts_need_no_looks_and_no_reading_aid(tmp_path: Path) -> None:
    texts = (
        "<si><r><rPr><sz val='x'/></rPr><t>幸福</t></r><r><t>养老院</t></r>"
        "<rPh sb='0' eb='1'><t>xìng</t></rPh><phoneticPr/></si><si><t>一_x000D_二_x005F_x000D_</t></si>"
    )
    cells = b'<c r="A1" t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="str"><f>A1</f><v>x</v></c><c t="b"><v>1</v></c>'
    made = books.parts(row(1, cells), texts=texts.encode())
    assert rows(books.packed(made), tmp_path) == [Row(1, ["幸福养老院", "一\r二_x000D_", "x", True], [])]


def test_the_strict_format_is_named_with_its_cure(tmp_path: Path) -> None:
    strict = b"http://purl.oclc.org/ooxml/spreadsheetml/main"
    made = {
        name: content.replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", strict)
        for name, content in books.parts(row(1, cell("A1", "甲"))).items()
    }
    with pytest.raises(UploadRefused) as refused:
        rows(books.packed(made), tmp_path)
    assert str(refused.value) == IS_STRICT
    assert "另存为" in IS_STRICT


def test_hidden_sheets_are_named_and_not_read(tmp_path: Path) -> None:
    made = books.parts(row(1, cell("A1", "甲")))
    related = made["xl/_rels/workbook.xml.rels"]
    more = related.replace(b"</Relationships>", related[related.index(b"<Relationship ") : related.index(b"/>") + 2])
    more = more.replace(b"rId1", b"rId9", 2).replace(b"rId9", b"rId1", 1) + b"</Relationships>"
    listed = made[books.BOOK].replace(
        b"</sheets>",
        '<sheet name="旧表" state="hidden" sheetId="2" r:id="rId9"/>'
        '<sheet name="底稿" state="veryHidden" sheetId="3" r:id="rId9"/></sheets>'.encode(),
    )
    read_as = found(
        books.packed(made | {books.BOOK: listed, "xl/_rels/workbook.xml.rels": more}),
        tmp_path,
    )
    assert [table.name for table in read_as.tables] == ["S"]
    assert read_as.hidden == ("旧表", "底稿")


def test_what_stands_too_far_right_is_noted(tmp_path: Path) -> None:
    made = sheet(row(1, cell("A1", "甲"), cell("ZZ1", "远")), row(2, cell("A2", "乙")))
    assert rows(made, tmp_path) == [Row(1, ["甲"], [(WHOLE_ROW, BEYOND)]), Row(2, ["乙"], [])]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("名册\n名称\t代码\n甲\t路，巷，弄\n", [["名册"], ["名称", "代码"], ["甲", "路，巷，弄"]]),
        ("某局，2026年\n名称,代码\n甲,1\n乙,2\n", [["某局，2026年"], ["名称", "代码"], ["甲", "1"], ["乙", "2"]]),
        ("名称;代码;地址\n甲;1;路,巷\n", [["名称", "代码", "地址"], ["甲", "1", "路,巷"]]),
        ("名称|代码\n甲|1\n", [["名称", "代码"], ["甲", "1"]]),
        ('名称,地址\n甲,"路\n巷;弄"\n', [["名称", "地址"], ["甲", "路\n巷;弄"]]),
        ("只有一列\n甲\n", [["只有一列"], ["甲"]]),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_delimiter_is_judged_by_several_lines(
    text: str, expected: list[list[Any]], encoding: str, tmp_path: Path
) -> None:
    assert [list(each.cells) for each in rows(text.encode(encoding), tmp_path)] == expected
