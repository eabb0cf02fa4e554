"""Days in words, by themselves."""

from datetime import UTC, date, datetime

import pytest

from chinese.dates import cn_ago, cn_ahead, cn_date, cn_day, cn_partial

DAY = date(2026, 11, 2)


def test_a_day_with_and_without_its_weekday() -> None:
    assert (cn_day(DAY), cn_date(DAY)) == ("2026年11月2日", "2026年11月2日（周一）")


def test_no_day_no_words() -> None:
    assert (cn_day(None), cn_date(None), cn_partial("")) == ("", "", "")


def test_a_moment_is_refused_for_its_day_depends_on_the_place() -> None:
    for words in (cn_day, cn_date):
        with pytest.raises(TypeError, match="local day"):
            words(datetime(2026, 11, 1, 18, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "words"), [("2024-02-19", "2024年2月19日"), ("2021-09", "2021年9月"), ("2022", "2022年"), ("", "")]
)
def test_a_date_is_as_precise_as_its_source(text: str, words: str) -> None:
    assert cn_partial(text) == words


@pytest.mark.parametrize(("days", "words"), [(12, "还有 12 天"), (0, "今天"), (-3, "已过 3 天")])
def test_days_ahead(days: int, words: str) -> None:
    assert cn_ahead(days) == words


@pytest.mark.parametrize(("days", "words"), [(0, "今天"), (1, "昨天"), (12, "12 天前")])
def test_days_ago(days: int, words: str) -> None:
    assert cn_ago(days) == words
