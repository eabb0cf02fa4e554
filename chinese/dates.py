"""Days in Chinese words. A moment has no day until somebody says in which place, so none is taken here."""

from __future__ import annotations

from datetime import date, datetime

WEEKDAYS = "一二三四五六日"


def cn_day(day: date | None) -> str:
    """Return 2026年11月22日; "" for None. Raises TypeError for a moment."""
    if isinstance(day, datetime):
        raise TypeError(f"{day} is a moment: take its local day first")
    return "" if day is None else f"{day.year}年{day.month}月{day.day}日"


def cn_date(day: date | None) -> str:
    """Return 2026年11月22日（周日）; "" for None. Raises TypeError for a moment."""
    return "" if day is None else f"{cn_day(day)}（周{WEEKDAYS[day.weekday()]}）"


def cn_partial(text: str) -> str:
    """Return an ISO date or its beginning, as precise as it is: 2021年9月 for 2021-09; "" for ""."""
    return "".join(f"{int(part)}{unit}" for part, unit in zip(text.split("-"), "年月日", strict=False) if part)


def cn_ahead(days: int) -> str:
    """Return how far away a day is: 还有 12 天, 今天, 已过 3 天 for -3."""
    if days == 0:
        return "今天"
    return f"还有 {days} 天" if days > 0 else f"已过 {-days} 天"


def cn_ago(days: int) -> str:
    """Return how long ago a day was: 今天, 昨天, 12 天前."""
    return {0: "今天", 1: "昨天"}.get(days, f"{days} 天前")
