"""Which days can be asked about, and which days a line of months has."""

from datetime import date, timedelta

FIRST_DAY = date(1949, 10, 1)
LAST_DAY = date(2199, 12, 31)
OUT_OF_RANGE = "日期应在1949年10月1日至2199年12月31日之间。"
YEAR, FIVE_YEARS = 12, 60  # months


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
