"""The fields for numbers in forms: a line of text, so that what was typed reaches us and a wrong one can be told.

A browser's own number field sends nothing at all for what it cannot read, so that a saved amount would be emptied
unseen, and changes its number when somebody scrolls the page over it.
"""

import re
import unicodedata
from typing import Any

from django import forms

GROUPING = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
UNIT = re.compile(r"^¥(?=\d)|(?<=\d)元$")


def plain_number(text: str) -> str:
    """Return a number in the signs that programs read: no wide digits, blanks, commas between thousands, ¥ or 元."""
    narrow = "".join(unicodedata.normalize("NFKC", text).split())
    return GROUPING.sub("", UNIT.sub("", narrow))


class WholeNumberField(forms.IntegerField):
    """A whole number, typed in the ways people here write it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "numeric"}), **kwargs)

    def to_python(self, value: Any) -> int | None:
        return super().to_python(plain_number(value) if isinstance(value, str) else value)


class AmountField(forms.DecimalField):
    """A decimal number such as an amount in yuan, typed in the ways people here write it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain_number(value) if isinstance(value, str) else value)
