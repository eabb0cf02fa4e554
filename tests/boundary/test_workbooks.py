"""Workbooks of ours: what is written comes back, and nothing in it computes."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from boundary.refused import UploadRefused
from boundary.workbooks.cells import WITHOUT_VALUE, Cell, day_cell
from boundary.workbooks.ledgers import write_ledger
from boundary.workbooks.writing import Book, Styled
from tests.opening import tables_in


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


@pytest.mark.parametrize("text", ["=1+1", " ＝1", "@SUM(1)", "\t-1"])
def test_no_cell_computes_however_it_looks(text: str) -> None:
    book = Book()
    book.page("甲", []).append([text, Styled(text, fill="F4CCCC"), Styled(WITHOUT_VALUE)])
    [row] = load_workbook(book.content()).worksheets[0].iter_rows()
    assert [cell.data_type for cell in row] == ["s", "s", "s"]
    assert [str(cell.value)[:1] for cell in row] == ["'", "'", "（"]


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
    file = write_ledger((("序号", 6), ("机构", 20)), rows, title="机构台账", asked="越城区", by="赵堃")
    found = read_back(file)
    assert found["台账"] == [(1, ["序号", "机构"]), (2, [1, "第1家"]), (3, [2, "第2家"])]
    notes = {str(cells[0]): cells[1] for _, cells in found["说明"]}
    assert notes.pop("导出时间")
    assert notes == {"内容": "机构台账", "筛选条件": "越城区", "份数": 2, "导出人": "赵堃"}


def test_an_archive_is_judged_before_it_is_read() -> None:
    with pytest.raises(UploadRefused, match="打不开"):
        read_back(BytesIO(b"PK\x03\x04" + b"\0" * 100))


def test_a_day_in_a_cell() -> None:
    assert (day_cell(None), day_cell(date(2026, 11, 2))) == ("", "2026-11-02")
    assert day_cell(datetime(2026, 11, 1, 18, 30, tzinfo=UTC)) == "2026-11-02", "the local day of a moment"
