"""How thoroughly the repeated proofs run: a short, seeded sample in the suite, in full with `python -m bench.prove`.

A proof that tries many examples, or every day of a year, finds most of what it finds early. What is left out of the
suite is named here, and nowhere else.
"""

import os
import random
from collections.abc import Iterable, Sequence

IN_FULL = os.environ.get("PROVE") == "full"
SEED = int(os.environ.get("PROVE_SEED", "2026"))
PART, TIMES = 5, 5  # of the examples in the suite, and how many more in full
# Distances in days from what a reminder is about at which somebody may be told, and the quiet days beside them.
RUNGS = (0, 3, 7, 14, 30, 60, 90)


def examples(many: int) -> int:
    """Return how many examples hypothesis tries where `many` convince: a fifth in the suite, fivefold in full."""
    return many * TIMES if IN_FULL else max(many // PART, 5)


def rows(many: int) -> int:
    """Return how many rows are made where a plan is proved for `many`: a fifth in the suite, all in full."""
    return many if IN_FULL else many // PART


def drawn(every: Sequence[str], some: int, *, about: str) -> list[str]:
    """Return as many of `every` as the suite tries of what is alike for all, drawn by `about`; all in full."""
    return list(every) if IN_FULL else random.Random(f"{SEED} {about}").sample(every, some)  # noqa: S311 -- for tests


def days_of_sweeps(first: int, last: int) -> list[int]:
    """Return the days from `first` to `last`, as distances, on which a proof of reminders lets the clock sweep.

    In the suite those on which somebody may be told, the days before and after each, both ends and a tenth of the rest.
    """
    every = range(first, last + 1)
    if IN_FULL:
        return list(every)
    told = {sign * rung + beside for rung in RUNGS for sign in (-1, 1) for beside in (-1, 0, 1)}
    rest = [day for day in every if day not in told]
    chosen = random.Random(SEED).sample(rest, len(rest) // 10)  # noqa: S311 -- a sample for tests
    return _in_order(every, {*told, first, last, *chosen})


def _in_order(every: Iterable[int], chosen: set[int]) -> list[int]:
    return [day for day in every if day in chosen]
