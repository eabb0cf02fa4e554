"""An overview as JSON, for the command line: the figures of the page, nothing more and nothing less."""

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from coverage.figures import Counts, Overview


def to_json(figures: Overview) -> str:
    """Return the overview with sorted keys; the same day always gives the same text."""
    body = {
        **asdict(figures),
        "counts": _counts(figures.counts),
        "parts": [{**asdict(part), "counts": _counts(part.counts)} for part in figures.parts],
        "months": [{"on": point.on, "counts": _counts(point.counts)} for point in figures.months],
        "targets": [
            {**asdict(target), "is_met": target.is_met, "is_late": target.is_late, "rate": target.rate}
            for target in figures.targets
        ],
    }
    return json.dumps(body, ensure_ascii=False, sort_keys=True, indent=2, default=_plain)


def _counts(counts: Counts) -> dict[str, Any]:
    return {**asdict(counts), "covered": counts.covered, "served": counts.served, "rate": counts.rate}


def _plain(value: object) -> str | float:
    match value:
        case Decimal():
            return float(value)
        case date():
            return value.isoformat()
    raise TypeError(f"no JSON for {type(value)}")
