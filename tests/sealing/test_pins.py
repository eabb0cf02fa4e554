"""Which PIN is refused, in which words."""

import pytest

from sealing.keys.pins import refusal_of


@pytest.mark.parametrize(
    ("pin", "said"),
    [
        ("12345", "6 至 12 位"),
        ("1" * 13, "6 至 12 位"),
        ("73916a", "只能用数字"),
        ("７３９１６４", "只能用数字"),
        ("", "只能用数字"),
        ("123456", "太容易猜到"),
        ("890123", "太容易猜到"),
        ("987654", "太容易猜到"),
        ("888888", "太容易猜到"),
        ("121212", "太容易猜到"),
        ("731731", "太容易猜到"),
        ("118118118", "太容易猜到"),
        ("111222", "太容易猜到"),
        ("5201314", "太容易猜到"),
        ("580312", "像生日"),
        ("19580312", "像生日"),
        ("195803", "像生日"),
        ("010203", "像生日"),
        ("500013", "手机号"),
    ],
)
def test_what_others_could_guess_is_refused(pin: str, said: str) -> None:
    assert said in refusal_of(pin, of_person=["13850001300", ""])


@pytest.mark.parametrize("pin", ["739164", "246810", "603917", "739164850273", "99999931"])
def test_what_has_no_rule_will_do(pin: str) -> None:
    assert refusal_of(pin, of_person=["13800000001", "shaoxing-yl"]) == ""
