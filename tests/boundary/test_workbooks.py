"""Workbooks of ours: what is written comes back, and nothing in it computes."""

from datetime import UTC, date, datetime
from io import BytesIO
from xml.etree.ElementTree import fromstring
from zipfile import ZipFile

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from boundary.refused import UploadRefused
from boundary.workbooks import paper
from boundary.workbooks.cells import WITHOUT_VALUE, Cell, day_cell, plain
from boundary.workbooks.ledgers import write_ledger, write_table
from boundary.workbooks.writing import Book, Styled
from chinese.dates import cn_day
from tests.opening import tables_in
from tests.reading import cell_value

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_back(file: BytesIO) -> dict[str, list[tuple[int, list[Cell]]]]:
    return tables_in(file.getvalue())


def test_what_is_written_is_read_with_its_row_numbers() -> None:
    book = Book()
    page = book.page("甲", [10])
    page.append(["堃", 1, -2.5, None, "末"])
    page.append()
    page.append([Styled("䶮", is_bold=True)])
    assert read_back(book.content()) == {"甲": [(1, ["堃", 1, -2.5, None, "末"]), (3, ["䶮"])]}


def test_a_page_may_stand_before_others_and_two_have_one_title_never() -> None:
    book = Book()
    for title in ("说明", "行政区划"):
        book.page(title, [])
    book.page("说明", [], before=2).append(["一"])
    assert load_workbook(book.content()).sheetnames == ["说明1", "说明", "行政区划"]


@pytest.mark.parametrize("sign", ["\0", "\x08", "\x1f", "\ufffe", "\uffff"])
def test_what_no_xml_holds_is_left_out_and_costs_nobody_the_workbook(sign: str) -> None:
    """One institution's address would keep a whole county from its ledger."""
    book = Book()
    page = book.page(f"甲{sign}", [10])
    page.append([f"胜利{sign}路", Styled(f"胜利{sign}路", is_bold=True)])
    page.tabulate([f"胜利{sign}路", f"={sign}1"])
    page.entitle(f"台账（{sign}）", 1)
    [sheet] = load_workbook(book.content())
    assert [[cell.value for cell in row if cell.value] for row in sheet] == [
        ["胜利路"] * 2,
        ["胜利路", "=1"],
        ["台账（）"],
    ]
    assert sheet.title == "甲"


def test_a_page_is_called_as_programs_can_open_it() -> None:
    book = Book()
    for title in ("a]b/c", "字" * 40, "字" * 60, "'q'", "", "history", "两\n行", "A", "a"):
        book.page(title, []).append(["一"])
    assert load_workbook(book.content()).sheetnames == [
        *("a_b_c", "字" * 31, f"{'字' * 30}1", "q", "Sheet", "history1", "两_行", "A", "a1")
    ]


@pytest.mark.parametrize("text", ["=1+1", " ＝1", "@SUM(1)", "\t-1", "\x01=1+1", "_x003D_1+1"])
def test_no_cell_computes_however_it_looks(text: str) -> None:
    book = Book()
    book.page("甲", []).append([text, Styled(text, fill="F4CCCC"), Styled(WITHOUT_VALUE)])
    [row] = load_workbook(book.content()).worksheets[0].iter_rows()
    assert [cell.data_type for cell in row] == ["s", "s", "s"]
    assert [cell.value for cell in row][:2] == [plain(text)] * 2, "no apostrophe stands before what was typed"
    assert [cell.quotePrefix for cell in row] == [True, True, False]


def test_looks_widths_and_help() -> None:
    book = Book()
    page = book.page("甲", [12, 30], freeze="B2", texts={2})
    page.append([Styled("头", is_bold=True), Styled("浅", is_quiet=True), Styled("长", is_wrapped=True, is_text=True)])
    page.offer(1, (2, 9), '"是,否"')
    page.hint(2, (2, 9), "代码", "18 位")
    sheet = load_workbook(book.content()).worksheets[0]
    head, quiet, long = sheet[1]
    assert (head.font.b, quiet.font.i, long.alignment.wrap_text, long.number_format) == (True, True, True, "@")
    assert (sheet.freeze_panes, sheet.column_dimensions["B"].width) == ("B2", 30)
    assert sheet.column_dimensions["B"].number_format == "@"
    rules = {str(rule.sqref): (rule.formula1, rule.prompt) for rule in sheet.data_validations.dataValidation}
    assert rules == {"A2:A9": ('"是,否"', None), "B2:B9": (None, "18 位")}


def test_a_ledger_says_what_it_holds_and_for_whom() -> None:
    rows = ([number, f"第{number}家"] for number in (1, 2))
    file = BytesIO()
    write_ledger(file, [(("序号", 6), ("机构", 20))], rows, title="机构台账", asked="越城区", by="赵堃")
    found = read_back(file)
    title = f"机构台账（越城区） {cn_day(timezone.localdate())}"
    assert found["台账"] == [(1, [title]), (2, ["序号", "机构"]), (3, [1, "第1家"]), (4, [2, "第2家"])]
    notes = {str(cells[0]): cells[1] for _, cells in found["说明"]}
    assert notes.pop("导出时间")
    assert notes == {"内容": "机构台账", "筛选条件": "越城区", "份数": 2, "导出人": "赵堃"}


def test_an_archive_is_judged_before_it_is_read() -> None:
    with pytest.raises(UploadRefused, match="打不开"):
        read_back(BytesIO(b"PK\x03\x04" + b"\0" * 100))


def test_a_day_in_a_cell() -> None:
    assert day_cell(None) is None
    assert day_cell(date(2026, 11, 2)) == date(2026, 11, 2)
    assert day_cell(datetime(2026, 11, 1, 18, 30, tzinfo=UTC)) == date(2026, 11, 2), "the local day of a moment"


def test_a_ledger_is_one_to_print() -> None:
    """What the printer and a second reader see: read from the file itself, not from what openpyxl makes of it."""
    rows: list[list[Cell | Styled]] = [["=1+1", date(2026, 11, 2), Styled(0.875, is_rate=True), "堃" * 30]]
    book = Book()
    groups = [[("文字", 10)], [("日期", 60), ("比率", 40)], [("说明", 20)]]
    write_table(book, "台账", groups, rows, heading="台账")
    file = book.content()
    sheet = load_workbook(file).worksheets[0]
    text, day, rate, _ = sheet[3]
    assert (text.value, text.data_type, text.quotePrefix) == ("=1+1", "s", True)
    assert (cell_value(day.value), day.data_type, day.number_format) == (date(2026, 11, 2), "d", "yyyy-mm-dd")
    assert (rate.value, rate.number_format) == (0.875, "0.0%")
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.print_title_cols) == ("B3", "$1:$2", "$A:$A")
    assert [each.id for each in sheet.col_breaks.brk] == [3], "what says which row it is, and a group, on each sheet"
    assert sheet.row_dimensions[3].height == 4 * paper.LINE, "all that stands in a cell is seen"
    parts = ZipFile(file)
    page = fromstring(parts.read("xl/worksheets/sheet1.xml"))  # noqa: S314  -- a file of ours
    setup = page.find(f"{MAIN}pageSetup")
    assert setup is not None
    assert (setup.get("orientation"), setup.get("paperSize"), setup.get("scale")) == ("landscape", "9", "90")
    fit = page.find(f"{MAIN}sheetPr/{MAIN}pageSetUpPr")
    assert fit is None or fit.get("fitToPage") in {None, "0", "false"}, "nothing is shrunk until it cannot be read"
    assert not page.findall(f".//{MAIN}f"), "nothing computes"
    assert b"'=1+1" not in parts.read("xl/worksheets/sheet1.xml")
    names = fromstring(parts.read("xl/workbook.xml")).findall(f".//{MAIN}definedName")  # noqa: S314  -- likewise
    assert [(name.get("name"), name.text) for name in names] == [("_xlnm.Print_Titles", "'台账'!$1:$2,'台账'!$A:$A")]


@pytest.mark.parametrize(
    ("groups", "begins"),
    [
        ([], []),
        ([[20, 20]], []),
        ([[25], [40], [paper.ACROSS - 65]], []),
        ([[25], [40], [paper.ACROSS - 64]], [2]),
        ([[25], [40, 20], [30, 30], [20]], [3]),
        ([[25], [60, 60]], [2]),
        ([[200], [10], [10]], [2]),
    ],
)
def test_where_a_new_sheet_begins(groups: list[list[int]], begins: list[int]) -> None:
    assert paper.breaks(groups) == begins


def test_print_is_large_enough_to_read() -> None:
    """Figures of Calibri have 0.63 of its 11 points; what is said of them is 2.2 mm."""
    assert 11 * 0.634 * paper.SCALE / 100 * paper.MM / 72 >= 2.2
