"""Small numbers as agreements write them."""

import re

import pytest

from chinese.numerals import NUMERAL, whole_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4", 4),
        ("４", 4),
        ("四", 4),
        ("肆", 4),
        ("两", 2),
        ("柒", 7),
        ("零", 0),
        ("十", 10),
        ("拾", 10),
        ("十二", 12),
        ("拾贰", 12),
        ("二十", 20),
        ("二十三", 23),
        ("2028", 2028),
        ("二二", None),
        ("十十", None),
        ("多", None),
        ("", None),
    ],
)
def test_a_numeral_is_the_number_it_means(text: str, number: int | None) -> None:
    assert whole_number(text) == number
    assert bool(re.fullmatch(NUMERAL, text)) or number is None
