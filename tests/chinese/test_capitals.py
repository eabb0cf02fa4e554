"""Money in capitals, against the rules of the People's Bank (支付结算办法, annex 正确填写票据和结算凭证的基本规定)."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chinese.capitals import in_capitals

DIGITS = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8}
amounts = st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2, allow_nan=False)


@pytest.mark.parametrize(
    ("yuan", "capitals"),
    [
        ("0", "零元整"),
        ("0.01", "壹分"),
        ("0.10", "壹角"),
        ("1", "壹元整"),
        ("10", "壹拾元整"),
        ("100000", "壹拾万元整"),
        ("10000", "壹万元整"),
        ("1000000000", "壹拾亿元整"),
        ("10010.10", "壹万零壹拾元壹角"),
        ("12000", "壹万贰仟元整"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("100000000.05", "壹亿元零伍分"),
        ("999999999999.99", "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_examples_of_the_rules(yuan: str, capitals: str) -> None:
    assert in_capitals(Decimal(yuan)) == f"人民币{capitals}"


def read_back(capitals: str) -> Decimal:
    """Read capitals digit by digit; written for this test alone, so that two ways of thinking must agree."""
    whole, has_yuan, rest = capitals.removeprefix("人民币").removesuffix("整").partition("元")
    if not has_yuan:
        whole, rest = "零", whole
    cents = sum(DIGITS[digit] * (10 if unit == "角" else 1) for digit, unit in re.findall("(.)([角分])", rest))
    return Decimal(_number(whole)) + Decimal(cents) / 100


def _number(words: str) -> int:
    for name in ("亿", "万"):
        high, found, low = words.partition(name)
        if found:
            return _number(high) * MYRIADS[name] + _number(low)
    total = digit = 0
    for word in words:
        digit = DIGITS.get(word, digit)
        if word in PLACES:
            total, digit = total + digit * PLACES[word], 0
    return total + digit


@settings(max_examples=300, deadline=None)
@given(amounts)
def test_every_amount_reads_back_as_itself(yuan: Decimal) -> None:
    assert read_back(in_capitals(yuan)) == yuan


@settings(max_examples=300, deadline=None)
@given(amounts)
def test_form_holds_for_every_amount(yuan: Decimal) -> None:
    capitals = in_capitals(yuan)
    assert capitals.startswith("人民币")
    assert "零零" not in capitals
    assert "零元" not in capitals or yuan == 0
    # 整 closes an amount that ends at 元; after 角 it is optional and left out; after 分 there is none.
    assert capitals.endswith("整") == (yuan == yuan.to_integral_value())


def zeros_due(yuan: Decimal) -> range:
    """Return how many 零 the rules ask for: one for each run of zeros between other figures.

    A run that ends at the place of 亿, 万 or 元, right before 仟 or 角, may be left unsaid.
    """
    figures = f"{yuan:.2f}".replace(".", "").lstrip("0")
    due = optional = 0
    for run in re.finditer("0+(?=[1-9])", figures):
        place = len(figures) - run.end() - 3  # of the figure after the run; 元 is 0, 角 is -1
        ends_at_boundary = place % 4 == 3
        due += not ends_at_boundary
        optional += ends_at_boundary
    return range(due, due + optional + 1)


# Ordinary amounts rarely have zeros in the middle; these are full of them.
sparse = st.text("00001", min_size=3, max_size=14).map(lambda figures: Decimal(figures) / 100)


@settings(max_examples=300, deadline=None)
@given(sparse.filter(bool))
def test_noughts_between_figures_are_said_once(yuan: Decimal) -> None:
    assert in_capitals(yuan).count("零") in zeros_due(yuan)
