"""What the charts are drawn from: the very figures of the tables, as JSON."""

from typing import Any

from coverage.figures import Counts, Overview


def chart_data(figures: Overview) -> dict[str, Any]:
    """Return bars of the regions below and the line of the months; regions where nobody is counted have no bar."""
    return {
        "bars": [{"name": part.name, **_values(part.counts)} for part in figures.parts if part.counts.obliged],
        "line": [{"name": point.on.isoformat(), **_values(point.counts)} for point in figures.months],
        "target": figures.targets[0].value if figures.targets else None,
    }


def _values(counts: Counts) -> dict[str, Any]:
    return {
        "rate": None if counts.rate is None else float(counts.rate),
        "covered": counts.covered,
        "obliged": counts.obliged,
    }
