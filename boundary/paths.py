"""What an address may name a thing by: `<key:…>` and `<name:…>`, the only converters that our addresses use.

What no row can be called by leads nowhere (404) before anybody asks the database, which holds neither a NUL nor a
number beyond its keys. A key that comes as a parameter is read by `asked_key`.
"""

from __future__ import annotations

from django.http import Http404
from django.urls import register_converter
from django.urls.converters import StringConverter

LARGEST = 2**63 - 1  # of a bigint, which every key of ours is
DIGITS = len(str(LARGEST))


class KeyConverter:
    """The key of a row, or the number of a page or copy."""

    regex = f"[0-9]{{1,{DIGITS}}}"

    def to_python(self, value: str) -> int:
        """Return the number. Raises ValueError, which is no match, beyond the database's keys."""
        key = key_of(value)
        if key is None:
            raise ValueError(value)
        return key

    def to_url(self, value: int) -> str:
        return str(value)


class NameConverter(StringConverter):
    """A number of an agreement, a region's code, a digest, a secret: what we made up, and never longer."""

    regex = "[-a-zA-Z0-9_]{1,100}"


def key_of(text: str) -> int | None:
    """Return the key that was sent as a parameter, None for what is none."""
    if not text.isdecimal() or len(text) > DIGITS:
        return None
    key = int(text)
    return key if key <= LARGEST else None


def asked_key(text: str) -> int | None:
    """Return the key that a parameter asks for, None where it asks for nothing.

    Raises Http404 for what no key can be: who asked for one thing is not answered about all of them.
    """
    key = key_of(text)
    if text and key is None:
        raise Http404
    return key


def register() -> None:
    register_converter(KeyConverter, "key")
    register_converter(NameConverter, "name")
