"""One mutant: how it is called, what it changes, which tests may notice, and how it is made inside a forked process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Mutant:
    """A change that some test should notice.

    `name` is the same in every run. `lines` and `facets` say what a test must have touched to be able to notice it, any
    of them. `apply` makes the change in this very process; `sql` makes it in the database that the tests are run on.
    `shown` returns it as a reader sees it, a diff or a sentence. `family` groups mutants that one test may well kill.
    """

    name: str
    app: str
    family: str
    shown: Callable[[], str]
    apply: Callable[[], None] = lambda: None
    sql: Sequence[str] = ()
    lines: Mapping[str, frozenset[int]] = field(default_factory=dict)
    around: Mapping[str, frozenset[int]] = field(default_factory=dict)  # the lines of the whole function
    facets: frozenset[str] = frozenset()
    # Tests that touched these go first: they are about it.
    first: frozenset[str] = frozenset()


class NotMade(Exception):
    """The change cannot be made, e.g. it does not compile: no mutant, and not counted."""
