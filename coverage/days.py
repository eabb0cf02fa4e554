"""Which days can be asked about, and which days a line of months has."""

from dataclasses import dataclass
from datetime import date, timedelta

FIRST_DAY = date(1949, 10, 1)
LAST_DAY = date(2199, 12, 31)
OUT_OF_RANGE = "日期应在1949年10月1日至2199年12月31日之间。"
YEAR, FIVE_YEARS = 12, 60  # months


@dataclass(frozen=True)
class Span:
    """How far back a line of months goes, as addresses and people call it."""

    name: str
    words: str
    months: int

    @property
    def other(self) -> "Span":
        return next(each for each in SPANS if each != self)


SPANS = (Span("year", "近一年", YEAR), Span("five", "近五年", FIVE_YEARS))


def span_of(name: str) -> Span:
    """Return the span of this name; the year for any other."""
    return next((each for each in SPANS if each.name == name), SPANS[0])


def is_askable(day: date) -> bool:
    return FIRST_DAY <= day <= LAST_DAY


def is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def months_up_to(day: date, months: int = YEAR) -> list[date]:
    """Return the last days of so many months before the day's own month, and the day itself."""
    days = [day]
    end = day.replace(day=1) - timedelta(days=1)
    for _ in range(months):
        days.append(end)
        end = end.replace(day=1) - timedelta(days=1)
    return days[::-1]
