"""Each fault named at its cell, each kindness said: what is read from cells of a sheet."""

from datetime import date, datetime
from typing import Any

import pytest

from boundary.workbooks.cells import WITHOUT_VALUE
from imports.cells import Level, Unreadable, beginning, read
from imports.columns import OF_ROLE
from institutions.models import Role
from tests.imports.making import code

CARE = OF_ROLE[Role.ELDER_CARE]


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("uscc", code(1).lower(), code(1)),
        ("uscc", f" {code(1)[:8]}-{code(1)[8:]} ", code(1)),
        ("uscc", "".join(chr(ord(char) + 0xFEE0) for char in code(1)), code(1)),
        ("uscc", "无", None),
        ("name", "福星　養老院\u200b", "福星 養老院"),
        ("name", "'=1+1", "=1+1"),
        ("name", "\x00福星", "福星"),
        ("phone", 13800000001, "13800000001"),
        ("phone", "０５７５－８８００００01", "0575-88000001"),
        ("beds", "１２０张", 120),
        ("beds", 120.0, 120),
        ("beds", "1,200", 1200),
        ("beds", "", None),
        ("ownership", "民非", "private_nonprofit"),
        ("kind", " 敬 老 院 ", "township_elderly_home"),
        ("has_own_clinic", "√", True),
        ("has_own_clinic", False, False),
        ("opened_on", datetime(2021, 9, 1), "2021-09-01"),  # noqa: DTZ001 -- spreadsheets know no zones
        ("opened_on", date(2021, 9, 1), "2021-09-01"),
        ("opened_on", 44440, "2021-09-01"),
        ("opened_on", "44440", "2021-09-01"),
        ("opened_on", 20210901, "2021-09-01"),
        ("opened_on", "2021.9.1", "2021-09-01"),
        ("opened_on", "2021/09/01 00:00:00", "2021-09-01"),
        ("opened_on", "２０２１年９月１日", "2021-09-01"),
        ("opened_on", "长期", None),
        ("opened_on", datetime(2021, 8, 31, 23, 59, 17), "2021-09-01"),  # noqa: DTZ001 -- as above
        ("opened_on", datetime(2021, 9, 1, 0, 0, 43), "2021-09-01"),  # noqa: DTZ001 -- as above
        ("opened_on", datetime(2021, 9, 1, 23, 30), "2021-09-01"),  # noqa: DTZ001 -- as above
        ("opened_on", 44439.99951, "2021-09-01"),
        ("opened_on", "2021-08-31 23:59:17", "2021-09-01"),
        ("opened_on", "2021年9月1日15:30", "2021-09-01"),
        ("beds", 119.99999999999999, 120),
        ("name", "越城区⽼年公寓⻓青店", "越城区老年公寓长青店"),
        ("name", '="福星养老院"', "福星养老院"),
        ("name", "\u202a福星\u00ad养老院\u202c\ufe0f", "福星养老院"),
        ("name", "\u200b\u2060\u3164", None),
        ("uscc", f'="{code(1)}"', code(1)),
        ("phone", '="0575-88000001"', "0575-88000001"),
    ],
)
def test_a_cell_is_understood(field: str, cell: Any, value: object) -> None:
    assert read(cell, CARE[field]).value == value


@pytest.mark.parametrize(
    ("field", "cell", "part"),
    [
        ("uscc", 1.23456789012346e17, "被 Excel 变成了数字（1.23E+17），后几位已经丢失"),
        ("uscc", "1.23457E+17", "被 Excel 变成了数字（1.23457E+17）"),
        ("uscc", 123456, "被 Excel 当成了数字"),
        ("uscc", code(1)[:17], "应为 18 位，现在是 17 位"),
        ("uscc", code(1)[:16] + "O0", "不含这些字符：O"),
        ("uscc", code(1)[:17] + ("0" if code(1)[17] != "0" else "1"), "校验位不对"),
        ("uscc", WITHOUT_VALUE, "没有结果的公式"),
        ("name", "#REF!", "错误值 #REF!"),
        ("name", "长" * 101, "最多 100 个字，现在有 101 个"),
        ("name", "越城区𓂀福养老院", "这些字打印不出来：𓂀（U+13080）。请换成常用的字、符号或拼音"),
        ("legal_representative", "赵🙂", "🙂（U+1F642）"),
        ("address", "胜利路\ue000号", "U+E000"),
        ("operator_name", "𓂀", "𓂀（U+13080）"),
        ("filing_number", "越民𓂀", "𓂀（U+13080）"),
        ("phone", "0575-88000001、0575-88000002、13800000001", "只填一个"),
        ("beds", "很多", "应填写整数"),
        ("beds", -3, "应填写整数"),
        ("beds", 1.5, "应填写整数"),
        ("beds", 10**9, "数字过大"),
        ("beds", "9" * 5_000, "数字过大"),
        ("beds", "0" * 5_000 + ".0", "数字过大"),
        ("ownership", "民办", "请填写：公办、民办非营利、民办营利"),
        ("has_own_clinic", "可能", "请填写“是”或“否”"),
        ("opened_on", "2021年9月", "缺少日"),
        ("opened_on", "21-9-1", "年份要写四位"),
        ("opened_on", "2021-02-30", "没有这一天"),
        ("opened_on", "0021-02-03", "日期过早"),
        ("opened_on", "去年", "不是日期"),
    ],
)
def test_a_cell_that_cannot_be_says_why(field: str, cell: Any, part: str) -> None:
    with pytest.raises(Unreadable, match=r".") as refusal:
        read(cell, CARE[field])
    assert part in str(refusal.value)


def test_a_number_of_a_licence_is_printable_too() -> None:
    with pytest.raises(Unreadable, match="🙂"):
        read("PDY🙂", OF_ROLE[Role.MEDICAL]["licence_number"])


@pytest.mark.parametrize(
    ("cell", "called"),
    [("福𓂀养老院", "福𓂀养老院"), ("长" * 101, f"{'长' * 20}…（机构名称太长）"), ("#REF!", ""), (WITHOUT_VALUE, "")],
)
def test_by_what_a_row_is_found_whose_name_cannot_be_taken(cell: Any, called: str) -> None:
    assert beginning(cell, CARE["name"]) == called


@pytest.mark.parametrize(
    ("field", "cell", "level", "part"),
    [
        ("phone", 57588000001, Level.WARNING, "丢失了开头的 0"),
        ("phone", "88000001", Level.WARNING, "缺少区号"),
        ("name", "福星 ＡＢ１ 养老院", Level.NOTE, "按“福星 AB1 养老院”登记"),
        ("uscc", f"{code(1)[:8]} {code(1)[8:]}", Level.NOTE, f"按“{code(1)}”登记"),
        ("ownership", "民非", Level.NOTE, "“民非”按“民办非营利”登记"),
        ("opened_on", 44440, Level.NOTE, "按 2021-09-01 登记"),
        ("opened_on", "长期", Level.WARNING, "没有登记"),
        ("phone", '="0575-88000001"', Level.NOTE, "去掉了表示“这是文本”的符号"),
        ("uscc", f'="{code(1)}"', Level.NOTE, "去掉了表示“这是文本”的符号"),
        ("name", "越城区⽼年公寓", Level.NOTE, "“⽼”换成了“老”，按“越城区老年公寓”登记"),
        ("name", "福星\u202c养老院", Level.NOTE, "删去了看不见的字符，按“福星养老院”登记"),
        ("opened_on", datetime(2021, 8, 31, 23, 59, 17), Level.NOTE, "与零点差 43 秒，按 2021-09-01 读取"),  # noqa: DTZ001 -- no zones
        ("opened_on", datetime(2021, 9, 1, 15, 30), Level.WARNING, "带有时刻 15:30:00，只取日期 2021-09-01"),  # noqa: DTZ001 -- no zones
        ("opened_on", "2021-09-01 08:00", Level.WARNING, "带有时刻 08:00:00"),
        ("opened_on", datetime(9999, 12, 31, 23, 59, 59), Level.WARNING, "带有时刻 23:59:59"),  # noqa: DTZ001 -- no zones
    ],
)
def test_what_was_put_right_or_looks_odd_is_said(field: str, cell: Any, level: Level, part: str) -> None:
    [(found, text)] = read(cell, CARE[field]).remarks
    assert (found, part in text) == (level, True), text


LOST = "后几位已经丢失。请先把这一列的单元格格式设为“文本”，再重新填写完整的号码。"


@pytest.mark.parametrize(
    ("field", "cell", "sentence"),
    [
        ("uscc", 10**15, f"被 Excel 变成了数字（1.00E+15），{LOST}"),
        ("uscc", -(10.0**16), f"被 Excel 变成了数字（-1.00E+16），{LOST}"),
        ("uscc", "1e17", f"被 Excel 变成了数字（1e17），{LOST}"),
        ("uscc", 10**15 - 1, f"被 Excel 当成了数字（{10**15 - 1}），请把单元格格式设为“文本”后重新填写 18 位代码。"),
        ("uscc", WITHOUT_VALUE, "是没有结果的公式。请在 Excel 中复制这一列，再“选择性粘贴”为“数值”。"),
        ("name", "#N/A", "是 Excel 的错误值 #N/A，请改正后再上传。"),
        ("name", "长" * 101, "最多 100 个字，现在有 101 个。"),
        ("phone", "1" * 99, "最多 {most} 个字，现在有 99 个；有多个电话时只填一个。"),
        ("beds", "很" * 30, f"应填写整数，现在是“{'很' * 20}”。"),
        ("beds", True, "应填写整数，现在是“是”。"),
        ("beds", 100_001, "数字过大（100001），请核对。"),
        ("beds", "9" * 30, f"数字过大（{'9' * 20}），请核对。"),
        ("ownership", "民" * 30, f"“{'民' * 20}”不在可选范围内，请填写：公办、民办非营利、民办营利。"),
        ("has_own_clinic", "也" * 30, f"请填写“是”或“否”，现在是“{'也' * 20}”。"),
        ("opened_on", "21年9月1日", "年份要写四位，现在是“21年9月1日”。"),
        ("opened_on", "2021.9", "缺少日，现在是“2021.9”，请写成 2026-11-22 的样子。"),
        ("opened_on", "去" * 30, f"不是日期（{'去' * 20}），请写成 2026-11-22 的样子。"),
        ("opened_on", "2021-13-01", "没有这一天（2021-13-01）。"),
        ("opened_on", date(1899, 12, 31), "日期过早（1899-12-31），请核对。"),
        ("opened_on", 9_999, "不是日期（9999），请写成 2026-11-22 的样子。"),
        ("opened_on", 73_001, "不是日期（73001），请写成 2026-11-22 的样子。"),
    ],
)
def test_the_whole_sentence_about_a_cell(field: str, cell: Any, sentence: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(cell, CARE[field])
    assert str(refusal.value) == sentence.format(most=CARE[field].most)


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("name", "长" * 100, "长" * 100),
        ("beds", 100_000, 100_000),
        ("beds", "100000.00", 100_000),
        ("beds", "12 人", 12),
        ("beds", "——", None),
        ("opened_on", date(1900, 1, 1), "1900-01-01"),
        ("opened_on", 10_000, "1927-05-18"),
        ("opened_on", 73_000, "2099-11-11"),
        ("opened_on", "2021 年 9 月 1 日", "2021-09-01"),
        ("opened_on", "2021-09-01T08:30", "2021-09-01"),
        ("opened_on", datetime(2021, 9, 1, 8, 30), "2021-09-01"),  # noqa: DTZ001 -- spreadsheets know no zones
        ("opened_on", "/", None),
        ("phone", "无", None),
        ("phone", 13800000001.0, "13800000001"),
        ("has_own_clinic", True, True),
        ("has_own_clinic", "—", None),
        ("has_own_clinic", "否", False),
        ("ownership", "  ", None),
        ("name", "\u3000", None),
        ("name", 12.0, "12"),
        ("name", 12.5, "12.5"),
        ("name", datetime(2021, 9, 1), "2021-09-01"),  # noqa: DTZ001 -- likewise
        ("name", datetime(2021, 9, 1, 8), "2021-09-01 08:00:00"),  # noqa: DTZ001 -- likewise
        ("name", False, "否"),
        ("name", "'福星", "'福星"),
        ("name", "' =1", "=1"),
        ("name", None, None),
        ("name", "", None),
    ],
)
def test_what_touches_a_limit_is_understood(field: str, cell: Any, value: object) -> None:
    assert read(cell, CARE[field]).value == value


NUMBER = "MB430103843010311C2201"
TIDIED = "全角字符、空格或分隔符已整理，按“{}”登记。"


@pytest.mark.parametrize(
    ("field", "cell", "remarks"),
    [
        ("licence_number", NUMBER, ()),
        ("licence_number", f" {NUMBER.lower()} ", ()),
        ("licence_number", f"{NUMBER[:9]}-{NUMBER[9:]}", ((Level.NOTE, TIDIED.format(NUMBER)),)),
        ("name", " 福星 ", ()),
        ("name", "福星　院", ((Level.NOTE, TIDIED.format("福星 院")),)),
        ("phone", "0575-88000001", ()),
        (
            "phone",
            5758800001,
            (
                (
                    Level.WARNING,
                    "像是丢失了开头的 0（5758800001）。固定电话请写成“区号-号码”，单元格格式设为“文本”。",
                ),
            ),
        ),
        ("phone", 13800000001, ()),
        ("phone", "88000001", ((Level.WARNING, "电话缺少区号，请写成“区号-号码”。"),)),
        ("licence_valid_to", "长期有效", ((Level.WARNING, "“长期有效”没有日期，没有登记。"),)),
        (
            "licence_valid_to",
            "44440.0",
            ((Level.NOTE, "数字 44440.0 是 Excel 的日期，按 2021-09-01 登记。"),),
        ),
    ],
)
def test_what_is_said_of_a_cell_in_full(field: str, cell: Any, remarks: tuple[tuple[Level, str], ...]) -> None:
    assert read(cell, OF_ROLE[Role.MEDICAL][field]).remarks == remarks


def test_a_licence_number_that_is_too_long() -> None:
    column = OF_ROLE[Role.MEDICAL]["licence_number"]
    assert read("无", column).value is None
    assert read("9" * column.most, column).value == "9" * column.most
    with pytest.raises(Unreadable) as refusal:
        read("9" * (column.most + 1), column)
    assert str(refusal.value) == f"最多 {column.most} 位，现在有 {column.most + 1} 位。"


def test_a_number_is_a_day_of_its_own_workbook_s_calendar() -> None:
    found = read(42124, CARE["opened_on"], date(1904, 1, 1))
    assert found.value == "2019-05-01"
    assert "按 2019-05-01 登记" in found.remarks[0][1]
