"""Numbers and days in forms, as people here write them."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms

from frame.days import DayField
from frame.numbers import AmountField, WholeNumberField


@pytest.mark.parametrize("typed", ["12000", "１２０００", "12,000", " 12 000 ", "¥12,000.00", "12，000元"])
def test_an_amount_is_read_as_it_is_written(typed: str) -> None:
    assert AmountField().clean(typed) == Decimal(12000)


@pytest.mark.parametrize("typed", ["1,2000", "1.2万", "一千", "12e", "nan", "元"])
def test_what_is_no_amount_is_told_and_not_taken_for_nothing(typed: str) -> None:
    with pytest.raises(forms.ValidationError):
        AmountField(required=False).clean(typed)


@pytest.mark.parametrize("typed", ["4", "４", " 4 ", 4])
def test_a_whole_number_is_read_as_it_is_written(typed: object) -> None:
    assert WholeNumberField().clean(typed) == 4


def test_what_was_typed_comes_to_us() -> None:
    """A browser's own number field sends nothing for what it cannot read."""
    assert 'type="text"' in forms.BoundField(forms.Form(), WholeNumberField(), "visits").as_widget()


@pytest.mark.parametrize(
    "typed", ["2026-11-22", "2026/11/22", "2026.11.22", "2026 年 11 月 22 日", "２０２６年１１月２２日", "20261122"]
)
def test_a_day_is_read_as_it_is_written(typed: str) -> None:
    assert DayField().clean(typed) == date(2026, 11, 22)


def test_a_day_that_does_not_exist_is_told() -> None:
    with pytest.raises(forms.ValidationError, match="2026年11月22日"):
        DayField().clean("2026-02-30")
