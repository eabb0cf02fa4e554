"""Small whole numbers as agreements write them: 4, ４, 四, 两, 肆, 十二, 拾贰."""

from __future__ import annotations

DIGITS = {
    **{char: value for value, char in enumerate("零一二三四五六七八九")},
    **{char: value for value, char in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "两": 2,
}
TENS = "十拾"
# For patterns: one number, in whichever numerals.
NUMERAL = f"(?:[0-9０-９]+|[{''.join(DIGITS)}{TENS}]+)"


def whole_number(text: str) -> int | None:
    """Return the number that a word means, up to 99 in Chinese numerals; None for what is no number."""
    if text.isdecimal():
        return int(text)
    head, ten, tail = text.partition("十") if "十" in text else text.partition("拾")
    if not ten:
        return DIGITS.get(text)
    tens = DIGITS.get(head) if head else 1
    ones = DIGITS.get(tail) if tail else 0
    return None if tens is None or ones is None else tens * 10 + ones
