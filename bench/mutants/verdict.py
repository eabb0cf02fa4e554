"""How a mutant can fare. Knows nothing of Django, so that what was judged can be read anywhere."""

from __future__ import annotations

from dataclasses import dataclass

KILLED, SURVIVED, TIMED_OUT, NOT_MADE, BROKEN = "killed", "survived", "timed out", "not made", "broken"


@dataclass(frozen=True)
class Verdict:
    """How a mutant fared: `by` the test that killed it or during which time ran out; `why` in the test's words."""

    state: str
    by: str = ""
    why: str = ""
    tests: int = 0
    seconds: float = 0.0
