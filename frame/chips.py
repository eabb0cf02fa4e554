"""How a state is shown on every page: one symbol, one word, one colour."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chip:
    word: str
    icon: str  # of static/img/icons.svg
    colour: str
