"""What is folded with: which rules hold in each region in which span of days."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings

from coverage import obligations
from coverage.days import FIRST_DAY, LAST_DAY
from coverage.figures import ENDING_DAYS, Obligation
from coverage.obligations import KINDS_TO_FILE, obligation_of
from coverage.steps import statements
from regions import rules, schemes
from regions.models import Region
from regions.schemes import days_of_change, rules_for_many

CONSTANTS = {
    "kinds_to_file": list(KINDS_TO_FILE),
    "time_zone": settings.TIME_ZONE,
    "first_month": FIRST_DAY,
    "last_month": LAST_DAY,
    **dict(zip(("soon", "later", "latest"), ENDING_DAYS, strict=True)),
}
# What the spans come from is not in the statement: how rules are merged, and whom they oblige.
SOURCES = "".join(Path(str(module.__file__)).read_text(encoding="utf-8") for module in (obligations, schemes, rules))
# Others make other steps: those of an earlier release count as changed at once.
VERSION = sha256(f"{statements.FOLDED}{statements.STORE}{CONSTANTS}{SOURCES}".encode()).hexdigest()[:16]


def asked(regions: Sequence[Region]) -> dict[str, Any]:
    """Return the parameters of a fold of these regions. Two queries, however many they are."""
    numbered, spans = _spans(regions)
    return {
        **CONSTANTS,
        "version": VERSION,
        "regions": [each.pk for each in regions],
        "obligations": json.dumps([{"number": number, **asdict(each)} for each, number in numbered.items()]),
        "spans": json.dumps(spans),
    }


def _spans(regions: Sequence[Region]) -> tuple[dict[Obligation, int], list[dict[str, Any]]]:
    """Return the few different obligations with their numbers, and the spans of each region: together all days."""
    turns = [since for since, _ in days_of_change()]
    found = rules_for_many(regions, turns)
    numbers: dict[Obligation, int] = {}
    known: dict[int, int] = {}  # regions under the same schemes share one set of rules
    spans: list[dict[str, Any]] = []
    for region in regions:
        for since in turns:
            applied = found[region.code, since]
            if id(applied) not in known:
                known[id(applied)] = numbers.setdefault(obligation_of(applied), len(numbers))
            _go_on(spans, region.pk, since, known[id(applied)])
    return numbers, spans


def _go_on(spans: list[dict[str, Any]], region: int, since: date, number: int) -> None:
    """Begin another span where the obligation is another one."""
    last = spans[-1] if spans and spans[-1]["region_id"] == region else None
    if last is not None and last["number"] == number:
        return
    if last is not None:
        last["until"] = since.isoformat()
    spans.append({"region_id": region, "since": since.isoformat(), "until": "infinity", "number": number})
