"""Which PIN is refused, in which words."""

import pytest

from sealing.keys.pins import as_typed, can_be_one, refusal_of


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


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("７３９１６４", "739164"), (" 739 164 ", "739164"), ("\u3000739164", "739164"), ("７３９１６a", "７３９１６a")],
)
def test_wide_digits_are_the_digits_that_they_show(typed: str, meant: str) -> None:
    assert as_typed(typed) == meant


@pytest.mark.parametrize(
    ("pin", "can"), [("739164", True), ("111222", True), ("73916", False), ("1" * 13, False), ("yiyang-2026", False)]
)
def test_what_breaks_the_rule_for_every_pin_is_nobody_s(pin: str, can: bool) -> None:
    assert can_be_one(pin) is can
