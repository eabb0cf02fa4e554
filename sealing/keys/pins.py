"""What a PIN is, as people type it, and which is too easy to guess. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from itertools import pairwise

SHORTEST, LONGEST = 6, 12
RULE_IN_WORDS = "6 至 12 位数字。不要用生日、手机号，也不要用 123456、888888 这样容易猜到的。"
FIRST_YEAR = 1930
FAVOURITES = frozenset({"520131", "5201314", "168168", "147258", "147258369", "159357", "112233", "778899"})


def as_typed(pin: str) -> str:
    """Return digits as programs read them: an input method for Chinese writes wide ones, and a PIN shows none of it.

    What is no number stays as it is: the PIN of a token may be anything.
    """
    narrow = "".join(unicodedata.normalize("NFKC", pin).split())
    return narrow if _is_number(narrow) else pin


def can_be_one(pin: str) -> bool:
    """Whether it can be anybody's PIN: a password typed in its place is none, and tells nothing of the right one."""
    return _is_number(pin) and SHORTEST <= len(pin) <= LONGEST


def refusal_of(pin: str, *, of_person: Iterable[str] = ()) -> str:
    """Return why a PIN is too easy to guess, "" for one that will do. `of_person`: numbers that others know of them."""
    if not _is_number(pin):
        return "签名密码只能用数字。"
    if not SHORTEST <= len(pin) <= LONGEST:
        return f"签名密码要 {SHORTEST} 至 {LONGEST} 位数字。"
    if _is_run(pin) or _repeats(pin) or pin in FAVOURITES:
        return "这个签名密码太容易猜到，请换一个没有规律的。"
    if _is_day(pin):
        return "看起来像生日或日期，很容易被猜到，请换一个。"
    if any(pin in known for known in of_person if known):
        return "不要用手机号或账号里的数字，请换一个。"
    return ""


def _is_number(pin: str) -> bool:
    return pin.isascii() and pin.isdigit()


def _is_run(pin: str) -> bool:
    """123456, 876543, 890123."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return steps in ({1}, {9})


def _repeats(pin: str) -> bool:
    """888888, 121212, 123123, and 111222: few digits, or one piece over and over."""
    if len(set(pin)) < 3:
        return True
    return any(pin == (pin[:length] * len(pin))[: len(pin)] for length in range(1, len(pin) // 2 + 1))


def _is_day(pin: str) -> bool:
    """19580312, 580312, 195803."""
    if len(pin) == 8:
        return _exists(int(pin[:4]), int(pin[4:6]), int(pin[6:]))
    if len(pin) != 6:
        return False
    century = any(_exists(hundred + int(pin[:2]), int(pin[2:4]), int(pin[4:])) for hundred in (1900, 2000))
    return century or _exists(int(pin[:4]), int(pin[4:]), 1)


def _exists(year: int, month: int, day: int) -> bool:
    if not FIRST_YEAR <= year <= FIRST_YEAR + 120:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
