"""Dates as people here read them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from frame.templatetags.dates import cn_date, cn_day, cn_moment, cn_partial, days_away, days_since


def test_date_with_weekday() -> None:
    assert cn_date(date(2026, 11, 22)) == "2026年11月22日（周日）"
    assert cn_date(None) == ""


def test_instants_are_told_in_local_time() -> None:
    before_midnight_in_london = datetime(2026, 11, 22, 18, 32, tzinfo=UTC)
    assert cn_day(before_midnight_in_london) == "2026年11月23日"
    assert cn_moment(before_midnight_in_london) == "2026年11月23日（周一）02:32"


@pytest.mark.parametrize(("days", "words"), [(12, "还有 12 天"), (0, "今天"), (-3, "已过 3 天")])
def test_days_away(days: int, words: str) -> None:
    assert days_away(timezone.localdate() + timedelta(days)) == words


@pytest.mark.parametrize(("days", "words"), [(0, "今天"), (1, "昨天"), (12, "12 天前")])
def test_days_since(days: int, words: str) -> None:
    assert days_since(timezone.localdate() - timedelta(days)) == words


@pytest.mark.parametrize(
    ("text", "words"), [("2020-12-17", "2020年12月17日"), ("2021-09", "2021年9月"), ("2022", "2022年"), ("", "")]
)
def test_source_dates_are_as_precise_as_the_source(text: str, words: str) -> None:
    assert cn_partial(text) == words
