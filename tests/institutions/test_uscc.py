"""The check digit against the standard's own examples and the remainder-0 trap (GB 32100-2015)."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError

from institutions.uscc import check_character, normalise_uscc, organisation_check_character, validate_uscc

VALID = [
    "91350100M000100Y43",
    "91110108551385082Q",
    "52330602M000003340",  # remainder 0 must give "0"
    "52330602M000008010",
    "12430103MB43010389",
    "52430103MJ4301037G",
    "12640323MB64032304",
    "52640324MJ6403248N",
    "12330602MB33060215",
    "52330602MJ3306020C",
    "91330602MA3306028K",
    "12360826MB3608265N",
    "52410105MJ4101051F",
    "91410105MA4101059N",
]


@pytest.mark.parametrize("code", VALID)
def test_accepts_valid_codes(code: str) -> None:
    validate_uscc(code)
    assert check_character(code[:17]) == code[17]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("91350100M000100Y4Z", "不含这些字符：Z"),
        ("91350100M000100Y44", "校验位"),
        ("9135", "现在是 4 位"),
        ("91350100M000I00Y43", "不含这些字符：I"),
    ],
)
def test_says_what_is_wrong(code: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        validate_uscc(code)


def test_any_single_wrong_character_is_found() -> None:
    code = VALID[0]
    for place in range(18):
        for char in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            if char != code[place]:
                with pytest.raises(ValidationError):
                    validate_uscc(code[:place] + char + code[place + 1 :])


def test_normalises_what_people_type() -> None:
    assert normalise_uscc(" 9135 0100-m000100y43 ") == "91350100M000100Y43"
    assert normalise_uscc("９１３５０１００ｍ０００１００ｙ４３") == "91350100M000100Y43"


@pytest.mark.parametrize(
    ("code", "kind", "sentence"),
    [
        ("9135", "length", "统一社会信用代码应为 18 位，现在是 4 位。"),
        ("91350100M000I00Y4Z", "charset", "统一社会信用代码不含这些字符：I Z。"),
        ("91350100M000100Y44", "check", "统一社会信用代码的校验位不对，请对照证照核对。"),
    ],
)
def test_what_is_wrong_is_one_whole_sentence(code: str, kind: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_uscc(code)
    assert (refused.value.code, refused.value.messages) == (kind, [sentence])


@pytest.mark.parametrize(("check", "right"), [(check_character, 17), (organisation_check_character, 8)])
def test_a_check_is_of_so_many_characters(check: Callable[[str], str], right: int) -> None:
    assert len(check("1" * right)) == 1
    for wrong in (right - 1, right + 1):
        with pytest.raises(ValueError, match="zip"):
            check("1" * wrong)
