"""Each fault named at its cell, each kindness said: what is read from cells of a sheet."""

from datetime import date, datetime
from typing import Any

import pytest

from boundary.workbooks.cells import WITHOUT_VALUE
from imports.cells import Level, Unreadable, read
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
        ("phone", "0575-88000001、0575-88000002、13800000001", "只填一个"),
        ("beds", "很多", "应填写整数"),
        ("beds", -3, "应填写整数"),
        ("beds", 1.5, "应填写整数"),
        ("beds", 10**9, "数字过大"),
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
    ],
)
def test_what_was_put_right_or_looks_odd_is_said(field: str, cell: Any, level: Level, part: str) -> None:
    [(found, text)] = read(cell, CARE[field]).remarks
    assert (found, part in text) == (level, True), text
