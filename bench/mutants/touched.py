"""What each test touches, as JSON lines that grow test by test."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Touched:
    """One test: the lines of our files that it ran, and facets: `event agreement.sent`.

    `seconds` are the processor's while it was traced, without what the database took.
    """

    test: str
    seconds: float
    lines: Mapping[str, Sequence[int]]
    facets: Sequence[str]
    is_failed: bool = False


def write(where: Path, touched: Touched) -> None:
    where.parent.mkdir(parents=True, exist_ok=True)
    with where.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(touched), ensure_ascii=False, separators=(",", ":")) + "\n")


def read(where: Path) -> Iterator[Touched]:
    """Yield what is in the map; nothing where there is none. A line cut short by a kill is passed over."""
    if not where.exists():
        return
    with where.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                yield Touched(**json.loads(line))
