"""From a cell to a value. What cannot be read is `Unreadable`; what was corrected on the way is said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError

from boundary.printing import refusal, unprintable
from boundary.workbooks.cells import FORMULA, Cell, Day, WithoutValue, day_of
from chinese.cleaning import INVISIBLE, UNFORCED, cleaned, unforced
from imports.column import Column, Kind
from imports.words import NO, YES
from institutions.identifiers import phone_warnings
from institutions.uscc import normalise_uscc, validate_uscc


class Level(StrEnum):
    ERROR = "error"  # nothing of the sheet can be written
    WARNING = "warning"  # a person should look
    NOTE = "note"  # corrected by us, and said


Value = str | int | bool


@dataclass(frozen=True)
class Remark:
    """What is to be said about a cell, or with `field` "" about the whole row."""

    field: str
    level: Level
    text: str


class Unreadable(ValueError):
    """The cell cannot be understood. The message is for people."""


@dataclass(frozen=True)
class Read:
    value: Value | None  # None: the cell says nothing
    remarks: tuple[tuple[Level, str], ...] = ()


EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})
SPACES = re.compile(r"\s+")
POWER = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)
BEGINNING = 20  # characters of what is too long
LONGEST_EXACT = 10**15  # Excel keeps fifteen digits
NOTHING = frozenset({"", "/", "／", "-", "—", "--", "——", "无"})
LONG_TERM = frozenset({"长期", "长期有效", "无固定期限", "永久"})
UNITS = re.compile(r"[张人个名床位]$")
CLOCK = r"(?:(?:[T ]|(?<=日))(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?" + CLOCK)
COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
MONTH = re.compile(r"\d{4}[-/.年]\d{1,2}月?")
SHORT_YEAR = re.compile(r"\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?")
SERIAL = re.compile(r"\d{5}(\.\d+)?")
FIRST_SERIAL, LAST_SERIAL = 10_000, 73_000  # 1927 to 2099
EXCEL_EPOCH = date(1899, 12, 30)
EARLIEST = date(1900, 1, 1)
MOST_COUNTED = 100_000
MOST_DIGITS = 30  # with noughts before it; Python itself reads no number of thousands
LOST_DIGITS = (
    "被 Excel 变成了数字（{shown}），后几位已经丢失。请先把这一列的单元格格式设为“文本”，再重新填写完整的号码。"
)


def tidy(text: str) -> str:
    """Return text as it is kept: without invisible characters, lookalikes, stray spaces and full-width letters."""
    return cleaned(text).text


def plain_text(cell: Cell) -> str:
    """Return the cell as text, as it stands. Raises Unreadable for formulas without value and Excel's own errors."""
    if isinstance(cell, str):
        if cell in EXCEL_ERRORS:
            raise Unreadable(f"是 Excel 的错误值 {cell}，请改正后再上传。")
        # What an exported sheet put before a text so that no program takes it for a formula.
        return cell[1:] if cell[:1] == "'" and cell[1:].lstrip()[:1] in FORMULA else unforced(cell)
    if cell is None:
        return ""
    if isinstance(cell, WithoutValue):
        raise Unreadable("是没有结果的公式。请在 Excel 中复制这一列，再“选择性粘贴”为“数值”。")
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return str(cell)


def read(cell: Cell, column: Column, epoch: date = EXCEL_EPOCH) -> Read:
    """Return the value of a cell in a column, plain enough for JSON. Raises Unreadable with the reason.

    `epoch` is the day from which numbers count days.
    """
    if cell is None or cell == "":
        return Read(None)
    found = _day(cell, epoch) if column.kind is Kind.DAY else READERS[column.kind](cell, column)
    if found.value is None or not isinstance(cell, str) or unforced(cell) == cell:
        return found
    return Read(found.value, (*found.remarks, (Level.NOTE, f"{UNFORCED}。")))


def beginning(cell: Cell, column: Column) -> str:
    """Return by what people find a text again that cannot be taken; "" where the cell has none."""
    try:
        text = tidy(plain_text(cell))
    except Unreadable:
        return ""
    return f"{text[:BEGINNING]}…（{column.heading}太长）" if len(text) > column.most else text


def _text(cell: Cell, column: Column) -> Read:
    raw = plain_text(cell)
    found = cleaned(raw)
    if len(found.text) > column.most:
        raise Unreadable(f"最多 {column.most} 个字，现在有 {len(found.text)} 个。")
    _printed(found.text)
    if found.text and found.notes:
        return Read(found.text, ((Level.NOTE, f"{'，'.join(found.notes)}，按“{found.text}”登记。"),))
    return _said(raw, found.text)


def _printed(text: str) -> None:
    """Raise Unreadable, in the words of forms, for what no paper could show."""
    if missing := unprintable(text):
        raise Unreadable(refusal(missing))


def _long_number(cell: Cell) -> str:
    """Return the text of a cell that holds a long number or code, halved in width, where Excel has not spoilt it."""
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    if is_number and abs(cell) >= LONGEST_EXACT:  # type: ignore[operator,arg-type]  # narrowed by is_number
        raise Unreadable(LOST_DIGITS.format(shown=f"{float(cell):.2E}"))  # type: ignore[arg-type]  # likewise
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", plain_text(cell))).strip()
    if POWER.fullmatch(text):
        raise Unreadable(LOST_DIGITS.format(shown=text))
    return text


def _code(cell: Cell, column: Column) -> Read:
    text = _long_number(cell)
    code = normalise_uscc(text)
    if code in NOTHING:
        return Read(None)
    if isinstance(cell, int | float):
        raise Unreadable(f"被 Excel 当成了数字（{code}），请把单元格格式设为“文本”后重新填写 18 位代码。")
    try:
        validate_uscc(code)
    except ValidationError as error:
        raise Unreadable(error.messages[0]) from error
    return _said(plain_text(cell), code)


def _licence(cell: Cell, column: Column) -> Read:
    number = normalise_uscc(_long_number(cell))
    if number in NOTHING:
        return Read(None)
    if len(number) > column.most:
        raise Unreadable(f"最多 {column.most} 位，现在有 {len(number)} 位。")
    _printed(number)
    return _said(plain_text(cell), number)


def _phone(cell: Cell, column: Column) -> Read:
    raw = plain_text(cell)
    phone = tidy(unicodedata.normalize("NFKC", raw))
    if phone in NOTHING:
        return Read(None)
    if len(phone) > column.most:
        raise Unreadable(f"最多 {column.most} 个字，现在有 {len(phone)} 个；有多个电话时只填一个。")
    if isinstance(cell, int | float) and len(phone) in (10, 11) and phone[0] != "1":
        lost = f"像是丢失了开头的 0（{phone}）。固定电话请写成“区号-号码”，单元格格式设为“文本”。"
        return Read(phone, ((Level.WARNING, lost),))
    said = _said(raw, phone).remarks
    return Read(phone, said + tuple((Level.WARNING, doubt) for doubt in phone_warnings(phone)))


def _count(cell: Cell, column: Column) -> Read:
    # Excel shows fifteen digits: what it adds up beyond them, nobody has typed.
    exact = (
        round(cell, 15 - len(str(int(abs(cell))))) if isinstance(cell, float) and abs(cell) < LONGEST_EXACT else cell
    )
    text = unicodedata.normalize("NFKC", tidy(plain_text(exact))).replace(",", "")
    if text in NOTHING:
        return Read(None)
    digits = UNITS.sub("", text).strip()
    if not re.fullmatch(r"\d+(\.0+)?", digits):
        raise Unreadable(f"应填写整数，现在是“{text[:20]}”。")
    whole = digits.split(".")[0]
    if len(whole) > MOST_DIGITS or int(whole) > MOST_COUNTED:
        raise Unreadable(f"数字过大（{digits[:20]}），请核对。")
    return Read(int(whole))


def _choice(cell: Cell, column: Column) -> Read:
    text = SPACES.sub("", tidy(plain_text(cell)))
    if not text:
        return Read(None)
    value = column.words.get(text, column.words.get(unicodedata.normalize("NFKC", text)))
    if value is None:
        raise Unreadable(f"“{text[:20]}”不在可选范围内，请填写：{'、'.join(column.options)}。")
    if text in column.options:
        return Read(value)
    label = next(label for label, known in column.words.items() if known == value)
    return Read(value, ((Level.NOTE, f"“{text}”按“{label}”登记。"),))


def _yes_no(cell: Cell, column: Column) -> Read:
    text = unicodedata.normalize("NFKC", tidy(plain_text(cell))).upper()
    if text in YES:
        return Read(value=True)
    if text in NO:
        return Read(value=False)
    if not text or text in NOTHING:
        return Read(None)
    raise Unreadable(f"请填写“是”或“否”，现在是“{text[:20]}”。")


def _day(cell: Cell, epoch: date) -> Read:
    if isinstance(cell, datetime):
        return _of(day_of(cell))
    if isinstance(cell, date):
        return _of(Day(cell))
    text = SPACES.sub(" ", unicodedata.normalize("NFKC", tidy(plain_text(cell))))
    if text in NOTHING:
        return Read(None)
    if text in LONG_TERM:
        return Read(None, ((Level.WARNING, f"“{text}”没有日期，没有登记。"),))
    if SERIAL.fullmatch(text) and FIRST_SERIAL <= float(text) <= LAST_SERIAL:
        read = _of(day_of(datetime.combine(epoch, time()) + timedelta(days=float(text))))
        return Read(read.value, ((Level.NOTE, f"数字 {text} 是 Excel 的日期，按 {read.value} 登记。"), *read.remarks))
    return _of(_written_day(text))


def _of(found: Day) -> Read:
    """Raises Unreadable for a day that no institution can mean."""
    level = Level.WARNING if found.is_doubtful else Level.NOTE
    return Read(_plausible(found.day).isoformat(), ((level, found.note),) if found.note else ())


def _written_day(text: str) -> Day:
    found = DAY.fullmatch(text.replace(" ", "") if "年" in text else text) or COMPACT_DAY.fullmatch(text)
    if found is None:
        if SHORT_YEAR.fullmatch(text):
            raise Unreadable(f"年份要写四位，现在是“{text}”。")
        if MONTH.fullmatch(text):
            raise Unreadable(f"缺少日，现在是“{text}”，请写成 2026-11-22 的样子。")
        raise Unreadable(f"不是日期（{text[:20]}），请写成 2026-11-22 的样子。")
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in (*found.groups(), 0, 0, 0)[:6])
        return day_of(datetime.combine(date(year, month, day), time(hour, minute, second)))
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"没有这一天（{text}）。") from error


def _plausible(day: date) -> date:
    if day < EARLIEST:
        raise Unreadable(f"日期过早（{day.isoformat()}），请核对。")
    return day


def _said(raw: str, value: str) -> Read:
    """Return the value, saying so where more than the spaces around it was corrected."""
    if not value:
        return Read(None)
    if raw.strip() in (value, value.lower()):
        return Read(value)
    return Read(value, ((Level.NOTE, f"全角字符、空格或分隔符已整理，按“{value}”登记。"),))


READERS: dict[Kind, Callable[[Any, Column], Read]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.LICENCE: _licence,
    Kind.PHONE: _phone,
    Kind.COUNT: _count,
    Kind.CHOICE: _choice,
    Kind.YES_NO: _yes_no,
    Kind.REGION: _text,  # which region it names, only the remit can say (remit.py)
}
