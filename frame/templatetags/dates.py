"""Dates as people here read them, on a page: moments become local days, and days are counted from today."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from chinese import dates

register = template.Library()


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def _day(value: date) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


def _days_to(value: date) -> int:
    return (_day(value) - timezone.localdate()).days


@register.filter
def cn_date(value: date | None) -> str:
    """2026年11月22日（周日）; "" for None."""
    return "" if value is None else dates.cn_date(_day(value))


@register.filter
def cn_day(value: date | None) -> str:
    """2026年11月22日, for tables where the weekday says nothing; "" for None."""
    return "" if value is None else dates.cn_day(_day(value))


@register.filter
def cn_moment(value: datetime | None) -> str:
    """2026年11月22日（周日）14:32; "" for None."""
    return "" if value is None else f"{cn_date(value)}{_local(value):%H:%M}"


@register.filter
def days_away(value: date | None) -> str:
    """还有 12 天, 今天, 已过 3 天; "" for None."""
    return "" if value is None else dates.cn_ahead(_days_to(value))


@register.filter
def days_since(value: date | None) -> str:
    """今天, 昨天, 12 天前; "" for None."""
    return "" if value is None else dates.cn_ago(-_days_to(value))


@register.filter
def cn_partial(text: str) -> str:
    """An ISO date or its beginning, as precise as it is: 2021-09 gives 2021年9月; "" for ""."""
    return dates.cn_partial(text)
