"""One name, however it was typed."""

import pytest

from accounts.names import has_invisible, plain_name, same_name

INVISIBLE = ["\u200b", "\u200d", "\ufeff", "\u2060", "\u00ad", "\u3164", "\ufe0f", "\U000e0100", "\u202e", "\u034f"]
INVISIBLE += ["\u2800", "\u180e", "\x07", "\x00", "\U000e0041"]


@pytest.mark.parametrize("hidden", INVISIBLE)
def test_what_no_eye_sees_makes_no_other_name(hidden: str) -> None:
    for typed in (f"韩静{hidden}", f"{hidden}韩静", f"韩{hidden}静"):
        assert has_invisible(typed)
        assert plain_name(typed) == "韩静"
        assert same_name(typed, "韩静")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("韩 静", "韩静"),
        ("韩\u3000静 ", "韩静"),
        ("韩\u2003静", "韩静"),
        ("\u2f5e静", "玄静"),  # a Kangxi radical
        ("\uf9e4静", "理静"),  # a compatibility ideograph
        ("Ｊｏｈｎ  Ｓｍｉｔｈ", "John Smith"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("䶮𠅤堃", "䶮𠅤堃"),
    ],
)
def test_forms_of_one_width_and_without_spaces(typed: str, kept: str) -> None:
    assert not has_invisible(typed)
    assert plain_name(typed) == kept
    assert plain_name(kept) == kept
    assert same_name(typed, kept)


def test_two_names_stay_two() -> None:
    assert same_name("john smith", "John Smith")
    assert not any(same_name("韩静", other) for other in ("韩靜", "韩婧", "静韩", ""))
    assert not same_name("John Smith", "Johnsmith")
