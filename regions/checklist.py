"""The items of an eligibility checklist, as schemes hold them. Knows nothing of Django."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}


@dataclass(frozen=True)
class ChecklistItem:
    """One condition. `number` is its place in the source, `quote` its words there."""

    id: str
    label: str
    quote: str
    number: str = ""
    answer: str = "yes"  # how it is answered: "yes" (or no), a "number" of at least `minimum`, or the "day" it holds to
    minimum: int = 1
    evidence: bool = True  # whether a file has to prove it


ITEM: dict[str, Any] = {
    "type": "object",
    "required": ["id", "label", "quote"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 40, "examples": ["licence"]},
        "label": TEXT,
        "quote": TEXT,
        "number": TEXT,
        "answer": {"enum": ["yes", "number", "day"]},
        "minimum": {"type": "integer", "minimum": 1},
        "evidence": {"type": "boolean"},
    },
}
