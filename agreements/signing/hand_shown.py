"""What a page shows of a person's handwriting before they sign: their name as it would be set, and where to draw."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from agreements.lifecycle.handwriting import ACROSS, MOST_POINTS, MOST_STROKES, UP
from agreements.text.fonts import outlines, width_of
from sealing.pades.looks import EM_DOWN, EM_UP


@dataclass(frozen=True)
class HandShown:
    """`path` is the name as an SVG draws it, in `box`; `here` where to come back to after sending a picture."""

    name: str
    path: str
    box: str
    here: str
    across: int = ACROSS
    up: int = UP
    most_strokes: int = MOST_STROKES
    most_points: int = MOST_POINTS


def hand_shown(user: User, *, here: str) -> HandShown:
    name = user.full_name.strip()
    box = f"0 {-EM_UP} {width_of(name):.3f} {EM_UP + EM_DOWN}"
    return HandShown(name, as_svg(outlines(name)), box, here)


def as_svg(path: str) -> str:
    """Return PDF path operators as an SVG has them, to be drawn with the axis that goes up turned down."""
    steps = (step.rpartition(" ") for step in path.split("\n") if step)
    return " ".join("Z" if operator == "h" else f"{operator.upper()} {numbers}" for numbers, _, operator in steps)
