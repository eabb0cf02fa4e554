"""Dates as people here read them."""

from datetime import date, datetime

from django import template
from django.utils import timezone

register = template.Library()

WEEKDAYS = "一二三四五六日"


def _local(value: date) -> date:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def cn_date(value: date | None) -> str:
    """2026年11月22日（周日）; "" for None."""
    if value is None:
        return ""
    day = _local(value)
    return f"{day.year}年{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


@register.filter
def cn_day(value: date | None) -> str:
    """2026年11月22日, for tables where the weekday says nothing; "" for None."""
    if value is None:
        return ""
    day = _local(value)
    return f"{day.year}年{day.month}月{day.day}日"


@register.filter
def cn_moment(value: datetime | None) -> str:
    """2026年11月22日（周日）14:32; "" for None."""
    return "" if value is None else f"{cn_date(value)}{_local(value):%H:%M}"


@register.filter
def days_away(value: date | None) -> str:
    """还有 12 天, 今天, 已过 3 天; "" for None."""
    if value is None:
        return ""
    day = _local(value)
    days = ((day.date() if isinstance(day, datetime) else day) - timezone.localdate()).days
    if days == 0:
        return "今天"
    return f"还有 {days} 天" if days > 0 else f"已过 {-days} 天"


@register.filter
def days_since(value: date | None) -> str:
    """今天, 昨天, 12 天前; "" for None."""
    if value is None:
        return ""
    day = _local(value)
    days = (timezone.localdate() - (day.date() if isinstance(day, datetime) else day)).days
    return {0: "今天", 1: "昨天"}.get(days, f"{days} 天前")


@register.filter
def cn_partial(text: str) -> str:
    """An ISO date or its beginning, as precise as it is: 2021-09 gives 2021年9月; "" for ""."""
    return "".join(f"{int(part)}{unit}" for part, unit in zip(text.split("-"), "年月日", strict=False) if part)
