"""What the log keeps about an event: plain JSON that comes back from the database exactly as it was hashed."""

import datetime as dt
from collections.abc import Mapping

LARGEST = 2**63 - 1


def plain(value: object, where: str = "data") -> object:
    """Return the value as texts, whole numbers, yes or no, None, lists and maps; dates and times become ISO text.

    `where` names the place in messages. Raises TypeError for any other type (floats and decimals too: they have no one
    spelling) and ValueError for what PostgreSQL or UTF-8 refuse: NUL, lone surrogates, numbers beyond 64 bits.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return text(value, where)
    if isinstance(value, int):
        return _number(value, where)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(one, f"{where}[{index}]") for index, one in enumerate(value)]
    if isinstance(value, Mapping):
        return {_key(key, where): plain(one, f"{where}.{key}") for key, one in value.items()}
    raise TypeError(f"{where} is a {type(value).__name__}, which the log does not keep")


def _key(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"{where} has a key that is a {type(key).__name__}, not a text")
    return text(key, where)


def text(value: str, where: str) -> str:
    """Return a text that PostgreSQL and UTF-8 take, bare of any enumeration. Raises ValueError for others."""
    if "\0" in value:
        raise ValueError(f"{where} holds NUL, which PostgreSQL refuses")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError(f"{where} holds a lone surrogate, which UTF-8 has no bytes for")
    return str.__str__(value)  # a choice of an enumeration becomes its bare value


def _number(number: int, where: str) -> int:
    if abs(number) > LARGEST:
        raise ValueError(f"{where} is a number beyond 64 bits")
    return int(number)
