"""Which tests can notice a mutant, and in what order they are tried."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from bench.mutants.mutant import Mutant
from bench.mutants.touched import Touched

# Where tests are tried last: they write past a transaction, and their database has to be made anew.
LAST = "tests/concurrency/"
NAMED = 0.1  # how much sooner a test is tried that is named after the mutant's module
OVERHEAD = 0.2  # seconds that any test takes, not to try a hundred short ones first


class Choice:
    """The map, turned round: from lines and facets to tests. Grows wiser: what killed a like mutant is tried first."""

    def __init__(self, known: Iterable[Touched], there: Iterable[str]) -> None:
        self.seconds: dict[str, float] = {}
        self.by_line: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
        self.by_facet: defaultdict[str, set[str]] = defaultdict(set)
        self.killers: defaultdict[str, list[str]] = defaultdict(list)
        still_there = set(there)
        for each in known:
            if each.test in still_there and not each.is_failed:
                self._note(each)

    def _note(self, touched: Touched) -> None:
        self.seconds[touched.test] = touched.seconds
        for path, lines in touched.lines.items():
            for line in lines:
                self.by_line[path, line].add(touched.test)
        for facet in touched.facets:
            self.by_facet[facet].add(touched.test)

    def tests_for(self, mutant: Mutant, *, budget: float) -> Sequence[str]:
        """Return the tests in order; no more than `budget` seconds of them, measured while they were traced."""
        able = {test for path, lines in mutant.lines.items() for line in lines for test in self.by_line[path, line]}
        able |= {test for facet in mutant.facets for test in self.by_facet[facet]}
        about = {test for facet in mutant.first for test in self.by_facet[facet]}
        named = {test for test in able for path in mutant.lines if is_named_after(test, path)}
        known = {test: -place for place, test in enumerate(reversed(self.killers[mutant.family]))}
        rare = self._rarest(mutant)

        def order(test: str) -> tuple[int, bool, bool, float]:
            cost = (self.seconds[test] + OVERHEAD) * rare.get(test, 1) * (NAMED if test in named else 1)
            return known.get(test, 1), test not in about, test.startswith(LAST), cost

        chosen: list[str] = []
        spent = 0.0
        for test in sorted(able, key=order):
            if chosen and spent > budget:
                break
            chosen.append(test)
            spent += self.seconds[test] + OVERHEAD
        return chosen

    def _rarest(self, mutant: Mutant) -> dict[str, int]:
        """Return, of each test, how many tests run the line of the function that the fewest run, of those it runs.

        One that comes where few come, as where the function refuses, is about it; a hundred others only pass through.
        """
        found: dict[str, int] = {}
        for path, lines in mutant.around.items():
            for line in lines:
                tests = self.by_line[path, line]
                for test in tests:
                    found[test] = min(found.get(test, len(tests)), len(tests))
        return found

    def killed(self, mutant: Mutant, test: str) -> None:
        """Remember who killed it."""
        killers = self.killers[mutant.family]
        if test in killers:
            killers.remove(test)
        killers.append(test)


def is_named_after(test: str, path: str) -> bool:
    """Return whether a test stands in the file that is named after a module: test_acting.py for institutions/acting.py.

    What hundreds of tests pass through, they are about.
    """
    *folders, name = test.partition("::")[0].split("/")
    return path.split("/")[0] in folders and PurePath(path).stem in name
