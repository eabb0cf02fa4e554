"""What somebody typed or pasted becomes what is kept, and every change but spaces is said."""

import unicodedata

import pytest

from chinese.cleaning import DROPPED, INVISIBLE, NARROWED, RADICALS, Cleaned, cleaned, unforced


@pytest.mark.parametrize(
    ("text", "kept", "notes"),
    [
        ("", "", ()),
        ("安康养老院", "安康养老院", ()),
        (" 安康\u3000\u00a0养老院\n", "安康 养老院", ()),
        ("plain  ascii", "plain ascii", ()),
        ("安\u200b康\u202e养老院\ufeff", "安康养老院", (DROPPED,)),
        ("\u2066\u2069\u00ad", "", (DROPPED,)),
        ("葛\U000e0100飾", "葛飾", (DROPPED,)),
        ("⽼年⻓", "老年长", ("“⽼”换成了“老”", "“⻓”换成了“长”")),
        ("⽼⽼", "老老", ("“⽼”换成了“老”",)),
        ("\uf9d1\U0002f804", "六你", ("“\uf9d1”换成了“六”", "“\U0002f804”换成了“你”")),
        ("ＡＢ－１２（号）", "AB－12（号）", (NARROWED,)),
        ("㈱①℃½", "㈱①℃½", ()),
        ("堃喆𠅤䶮", "堃喆𠅤䶮", ()),
    ],
)
def test_what_is_kept(text: str, kept: str, notes: tuple[str, ...]) -> None:
    assert cleaned(text) == Cleaned(kept, notes)
    assert cleaned(kept) == Cleaned(kept), "kept once, kept for ever"


def test_no_character_that_is_seen_is_dropped() -> None:
    seen = {chr(code) for code in range(0x110000) if unicodedata.category(chr(code))[0] in "LNPS"}
    fillers = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}  # letters and a sign by name, that show nothing
    assert {sign for sign in seen if INVISIBLE.match(sign)} == fillers


def test_every_mark_that_is_not_seen_is_dropped() -> None:
    marks = {chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf"}
    shown = {
        sign for sign in marks if "ARABIC" in unicodedata.name(sign, "") and "LETTER MARK" not in unicodedata.name(sign)
    }
    shown |= {
        sign for sign in marks if 0x110BD <= ord(sign) <= 0x1D17A or ord(sign) in (0x70F, 0x8E2)
    }  # of scripts that nobody types here
    assert {sign for sign in marks - shown if not INVISIBLE.match(sign)} == set()


def test_radicals_become_words_of_the_same_strokes() -> None:
    assert all(unicodedata.name(radical).startswith("CJK RADICAL") for radical in RADICALS)
    assert all(unicodedata.name(word).startswith("CJK UNIFIED IDEOGRAPH") for word in RADICALS.values())
    assert not any(unicodedata.name(radical).startswith("KANGXI") for radical in RADICALS)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('="0571"', "0571"),
        ('= "a""b" ', 'a"b'),
        ('=""', ""),
        ("=1+1", "=1+1"),
        ('="a"&"b"', '="a"&"b"'),
        ("0571", "0571"),
    ],
)
def test_what_forces_a_text_is_unwrapped(text: str, inside: str) -> None:
    assert unforced(text) == inside
