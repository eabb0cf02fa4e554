"""Which days are working days, as published: past years from chinesecalendar, others from our own year files."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import chinese_calendar
from chinese_calendar import constants

from regions.datafile import DataFile, read_checked

FOLDER = Path(__file__).resolve().parent / "data" / "calendar"
SATURDAY = 5
DAYS: dict[str, Any] = {
    "type": "array",
    "uniqueItems": True,
    "items": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
}
YEAR_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["year", "provisional", "source_notice", "rest_days", "working_days"],
    "additionalProperties": False,
    "properties": {
        "year": {"type": "integer", "minimum": 2004, "maximum": 2100},
        "provisional": {"type": "boolean"},
        "source_notice": {"type": "string", "minLength": 1},
        "rest_days": DAYS,
        "working_days": DAYS,
    },
}


@dataclass(frozen=True)
class Workday:
    date: date
    is_workday: bool
    source_notice: str
    provisional: bool


def published_days(folder: Path = FOLDER) -> dict[date, Workday]:
    """Return every day of every year that is known. Raises DataFileError for a wrong year file.

    A year file with the notice of the State Council prevails over the library; a provisional one gives way to it.
    """
    files = [read_checked(path, YEAR_SCHEMA) for path in sorted(folder.glob("*.yaml"))]
    provisional = [file for file in files if file.data["provisional"]]
    noticed = [file for file in files if not file.data["provisional"]]
    days: dict[date, Workday] = {}
    for file in provisional:
        days.update((day.date, day) for day in _from_file(file))
    days.update((day.date, day) for day in _from_library())
    for file in noticed:
        days.update((day.date, day) for day in _from_file(file))
    return days


def _days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


def _from_library() -> Iterator[Workday]:
    release = version("chinesecalendar")
    for year in range(min(constants.holidays).year, max(constants.holidays).year + 1):
        notice = f"国务院办公厅{year}年部分节假日安排（据 chinesecalendar {release}）"
        for day in _days_of(year):
            yield Workday(day, chinese_calendar.is_workday(day), notice, provisional=False)


def _from_file(file: DataFile) -> Iterator[Workday]:
    content = file.data
    rest_days = set(_listed_days(file, "rest_days"))
    working_days = set(_listed_days(file, "working_days"))
    if both := rest_days & working_days:
        raise file.error(["working_days"], f"{min(both)} 既是休息日又是工作日")
    for day in _days_of(content["year"]):
        is_workday = day in working_days or (day.weekday() < SATURDAY and day not in rest_days)
        yield Workday(day, is_workday, content["source_notice"], provisional=content["provisional"])


def _listed_days(file: DataFile, key: str) -> Iterator[date]:
    for index, text in enumerate(file.data[key]):
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise file.error([key, index], f"没有“{text}”这一天") from error
        if day.year != file.data["year"]:
            raise file.error([key, index], f"“{text}”不在 {file.data['year']} 年")
        yield day
