"""The pytest plugin that judges mutants: it collects all tests once, makes the database once, and forks for each."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from _pytest.runner import runtestprotocol
from django.db import connections
from pytest_django.plugin import blocking_manager_key

from bench.mutants import groups
from bench.mutants.databases import Copy
from bench.mutants.forking import judge, remember_caches
from bench.mutants.grafting import import_all, look_around
from bench.mutants.mutant import Mutant
from bench.mutants.places import MAP
from bench.mutants.results import add, equivalent, file_of, forget_others, read, result_of
from bench.mutants.selecting import Choice
from bench.mutants.touched import read as read_map
from bench.mutants.verdict import BROKEN, KILLED, SURVIVED, Verdict

# Seconds of tests a mutant meets at most, as they were traced: about five times what they take.
BUDGET = {"pure": 30.0, "sample": 120.0, "tables": 60.0}


@dataclass(frozen=True)
class Asked:
    """What the command line asks for."""

    group: str
    seed: int
    only: str = ""
    limit: int = 0
    resume: bool = False
    again: bool = False  # what survived the last time, but for what no test can kill
    matching: str = ""


class Judge:
    def __init__(self, asked: Asked, say: Callable[[str], None] = print) -> None:
        self.asked, self.say = asked, say
        self.where = file_of(asked.group, asked.seed)
        self.sound: dict[str, bool] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Judge the mutants instead of running the tests."""
        self.items = {item.nodeid: item for item in session.items}
        self.choice = Choice(read_map(MAP), self.items)
        self._make_the_database()
        self.copy = Copy()
        mutants = self._wanted()
        connections.close_all()
        import_all(mutants)
        look_around()
        remember_caches()
        gc.collect()
        gc.freeze()
        self._judge_all(mutants)
        self.copy.drop()
        return True

    def _make_the_database(self) -> None:
        """Run one test, so that pytest makes what all of them share; another is named to follow, so that it stays."""
        needing = [item for item in self.items.values() if "db" in getattr(item, "fixturenames", ())]
        first = min(needing, key=lambda item: self.choice.seconds.get(item.nodeid, 1000.0))
        other = next(item for item in self.items.values() if item.path.parent != first.path.parent)
        reports = runtestprotocol(first, log=False, nextitem=other)
        if any(report.failed for report in reports):
            pytest.exit(f"{first.nodeid} fails without any mutant", returncode=1)

    def _wanted(self) -> list[Mutant]:

        config = next(iter(self.items.values())).config
        with config.stash[blocking_manager_key].unblock():
            found = groups.of_group(self.asked.group, self.asked.seed)
        forget_others(self.where, {each.name for each in found})
        before = read(self.where)
        if self.asked.again:
            left = {name for name, each in before.items() if each.state == SURVIVED} - equivalent().keys()
            found = [each for each in found if each.name in left]
        elif self.asked.resume:
            found = [each for each in found if each.name not in before or before[each.name].state == BROKEN]
        else:
            self.where.unlink(missing_ok=True)
        found = [each for each in found if self.asked.matching in each.name]
        found = [each for each in found if not self.asked.only or each.app == self.asked.only]
        return found[: self.asked.limit or None]

    def _judge_all(self, mutants: list[Mutant]) -> None:
        start = time.monotonic()
        for number, mutant in enumerate(mutants, 1):
            verdict = self._judge(mutant)
            add(self.where, result_of(mutant, verdict))
            if verdict.state == KILLED:
                self.choice.killed(mutant, verdict.by)
            minutes = (time.monotonic() - start) / 60
            left = f"{number}/{len(mutants)} {minutes:.1f} min"
            self.say(f"{left} {verdict.state} {verdict.seconds} s, {verdict.tests} tests: {mutant.name} {verdict.by}")

    def _judge(self, mutant: Mutant) -> Verdict:
        """Judge one. A test that fails without any mutant too, alone on a fresh database, kills nothing."""
        tests = [test for test in self._tests(mutant) if self.sound.get(test, True)]
        verdict = self._run(mutant, tests) if tests else Verdict(SURVIVED, why="no test runs it. ")
        if verdict.state != KILLED or self._is_sound(verdict.by):
            return verdict
        again = self._judge(mutant)
        return replace(again, seconds=again.seconds + verdict.seconds)

    def _tests(self, mutant: Mutant) -> list[str]:
        tests = self.choice.tests_for(mutant, budget=BUDGET[self.asked.group])
        return sorted(tests, key=self._is_transactional)

    def _run(self, mutant: Mutant | None, tests: list[str]) -> Verdict:
        self.copy.make()
        self.copy.change(mutant.sql if mutant else ())
        verdict = judge(mutant, tests, self.items, self.choice.seconds, self.copy.enter)
        flushed = any(map(self._is_transactional, tests[: verdict.tests]))
        self.copy.is_clean = verdict.state in {KILLED, SURVIVED} and not flushed and (mutant is None or not mutant.sql)
        return verdict

    def _is_sound(self, test: str) -> bool:
        if test not in self.sound:
            self.copy.is_clean = False
            self.sound[test] = self._run(None, [test]).state == SURVIVED
        return self.sound[test]

    def _is_transactional(self, test: str) -> bool:
        item = self.items[test]
        marker = item.get_closest_marker("django_db")
        asked = {"transactional_db", "live_server"} & {*getattr(item, "fixturenames", ())}
        return bool(asked) or (marker is not None and bool(marker.kwargs.get("transaction")))
