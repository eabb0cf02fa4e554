"""What became of each mutant: JSON lines that grow as it is judged, and the table that is printed at the end."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.mutants.mutant import Mutant, NotMade
from bench.mutants.places import KEPT, ROOT
from bench.mutants.verdict import BROKEN, KILLED, NOT_MADE, SURVIVED, TIMED_OUT, Verdict

EQUIVALENT = ROOT / "bench" / "mutants" / "equivalent.toml"


@dataclass(frozen=True)
class Result:
    name: str
    app: str
    shown: str
    state: str
    by: str
    why: str
    tests: int
    seconds: float


def file_of(group: str, seed: int) -> Path:
    return KEPT / f"{group}-{seed}.jsonl"


def result_of(mutant: Mutant, verdict: Verdict) -> Result:
    try:
        shown = mutant.shown()
    except NotMade as reason:
        shown = str(reason)
    return Result(mutant.name, mutant.app, shown, **asdict(verdict))


def add(where: Path, result: Result) -> None:
    where.parent.mkdir(parents=True, exist_ok=True)
    with where.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(result), ensure_ascii=False) + "\n")


def read(where: Path) -> dict[str, Result]:
    """Return the newest result of each mutant by its name."""
    if not where.exists():
        return {}
    lines = where.read_text(encoding="utf-8").splitlines(keepends=True)
    found = [Result(**json.loads(line)) for line in lines if line.endswith("\n")]
    return {each.name: each for each in found}


def forget_others(where: Path, names: Collection[str]) -> None:
    """Leave out what was judged of mutants that are there no more: the source has changed."""
    kept = [each for name, each in read(where).items() if name in names]
    where.unlink(missing_ok=True)
    for each in kept:
        add(where, each)


def equivalent() -> Mapping[str, str]:
    """Return the survivors judged to change nothing, by what is shown of them, each with the reason."""
    if not EQUIVALENT.exists():
        return {}
    judged: list[dict[str, str]] = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutant", [])
    return {each["name"]: each["reason"] for each in judged}


def table(rows: Mapping[str, Sequence[Result]]) -> Iterator[str]:
    """Yield a line for each group of results: those that could not be made are no mutants."""
    yield "| group | mutants | killed | timed out | survived | equivalent | share | not made | seconds |"
    yield "|---|---|---|---|---|---|---|---|---|"
    known = equivalent()
    for title, results in rows.items():
        count = Counter(each.state for each in results)
        survived = [each for each in results if each.state in {SURVIVED, BROKEN}]
        total = count[KILLED] + count[TIMED_OUT] + len(survived)
        share = f"{(count[KILLED] + count[TIMED_OUT]) / total:.1%}" if total else "-"
        same = sum(each.name in known for each in survived)
        seconds = sum(each.seconds for each in results)
        cells = (title, total, count[KILLED], count[TIMED_OUT], len(survived), same, share, count[NOT_MADE])
        yield f"| {' | '.join(map(str, cells))} | {seconds:.0f} |"


def survivors(results: Sequence[Result]) -> Iterator[str]:
    known = equivalent()
    for each in results:
        if each.state in {SURVIVED, BROKEN}:
            reason = f"  equivalent: {known[each.name]}\n" if each.name in known else ""
            yield f"{each.state} ({each.tests} tests, {each.seconds} s) {each.name}\n{each.why}{reason}{each.shown}\n"
