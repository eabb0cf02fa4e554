"""Sentences put together: a stop stands at the end, and nowhere before a colon or a semicolon."""

from collections.abc import Iterable

STOPS = "。；：，"


def bare(sentence: str) -> str:
    """Return a sentence without its stop, as it stands before a colon or inside another one."""
    return sentence.rstrip().rstrip(STOPS)


def joined(sentences: Iterable[str]) -> str:
    """Return several sentences as one, e.g. 密码太短，至少要 8 位；密码不能全是数字。"""
    parts = [bare(each) for each in sentences]
    return "；".join(parts) + "。" if parts else ""
