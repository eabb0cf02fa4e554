"""One forked process for each mutant: all is imported and collected already, so that only the tests cost time."""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from bench.mutants.mutant import Mutant, NotMade
from bench.mutants.tracing import caches
from bench.mutants.verdict import BROKEN, KILLED, NOT_MADE, SURVIVED, TIMED_OUT, Verdict

# A test may take so many times its own time of the processor, and so many seconds in any case. On a busy machine it
# waits longer than that, but not for ever: a lock that is never given back is a mutant that was noticed.
LIMIT_FACTOR, LIMIT_LEAST, PATIENCE = 3, 10.0, 90.0
OUT_OF_TIME = (signal.SIGALRM, signal.SIGPROF)


def judge(
    mutant: Mutant | None,
    tests: Sequence[str],
    items: Mapping[str, pytest.Item],
    seconds: Mapping[str, float],
    enter: Callable[[], None],
) -> Verdict:
    """Fork, make the mutant there, run the tests until one fails, and say how it went.

    `enter` is called in the child before anything: it turns to the database of its own. None for `mutant` runs the
    tests against the code as it is.
    """
    begin = time.perf_counter()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _live_and_die(mutant, tests, items, seconds, enter, writing)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8", errors="replace") as told:
        lines = told.read().splitlines()
    _, status = os.waitpid(child, 0)
    return _verdict(lines, status, time.perf_counter() - begin)


def _verdict(lines: Sequence[str], status: int, seconds: float) -> Verdict:
    begun = [line[2:] for line in lines if line.startswith("> ")]
    ends = [line.split("\t") for line in lines if line.startswith("=")]
    took, count, last = round(seconds, 2), len(begun), begun[-1] if begun else ""
    if ends:
        _, state, by, why = (*ends[-1], "", "")[:4]
        return Verdict(state, by, why, count, took)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in OUT_OF_TIME:
        return Verdict(TIMED_OUT, last, "", count, took)
    return Verdict(BROKEN, last, f"the process ended with status {status}", count, took)


def _live_and_die(
    mutant: Mutant | None,
    tests: Sequence[str],
    items: Mapping[str, pytest.Item],
    seconds: Mapping[str, float],
    enter: Callable[[], None],
    writing: int,
) -> None:
    """Never returns: what pytest, Django and threads would do at the end is no concern of a mutant."""

    def tell(*words: str) -> None:
        os.write(writing, ("\t".join(words) + "\n").encode())

    try:
        _be_quiet()
        enter()
        if mutant is not None:
            _make(mutant)
        chosen = [items[test] for test in tests]
        for item, following in zip(chosen, [*chosen[1:], _another(items, chosen)], strict=True):
            tell("> " + item.nodeid)
            _limit(max(LIMIT_LEAST, LIMIT_FACTOR * seconds.get(item.nodeid, 1.0)))
            if why := _failure(item, following):
                tell("=", KILLED, item.nodeid, why)
                break
        else:
            tell("=", SURVIVED)
    except NotMade as reason:
        tell("=", NOT_MADE, "", " ".join(str(reason).split()))
    except BaseException as error:  # noqa: BLE001 -- whatever happens in the child, it never becomes a second parent
        tell("=", BROKEN, "", f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")
    finally:
        os._exit(0)


def _be_quiet() -> None:
    gc.disable()
    for ending in OUT_OF_TIME:
        signal.signal(ending, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    void = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(void, stream)
    sys.stdout.flush()


def _make(mutant: Mutant) -> None:
    mutant.apply()
    if mutant.lines:
        forget(but_fonts=not any("fonts" in path or "typesetting" in path for path in mutant.lines))


_caches: list[Any] = []


def remember_caches() -> None:
    """Find our functions that keep what they returned: to be called once, before any fork."""
    _caches[:] = list(caches())


def forget(*, but_fonts: bool) -> None:
    for cached in _caches:
        if but_fonts and ("fonts" in cached.__module__ or "typesetting" in cached.__module__):
            continue
        cached.cache_clear()


def _failure(item: pytest.Item, following: pytest.Item) -> str:
    """Run one test and return why it failed, "" if it passed."""
    for report in runtestprotocol(item, log=False, nextitem=following):
        if report.failed:
            return _in_one_line(report)
    return ""


def _in_one_line(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    with contextlib.suppress(Exception):
        return " ".join(str(crash.message if crash else report.longrepr).split())[:200]
    return "failed"


def _another(items: Mapping[str, pytest.Item], chosen: Sequence[pytest.Item]) -> pytest.Item:
    """Return any other test: with none to follow, pytest would end what all tests share, the database included."""
    here = chosen[-1].path if chosen else None
    return next(item for item in items.values() if item.path != here)


def _limit(seconds: float) -> None:
    """End this process, by a signal that nobody catches, unless it is told again before the time runs out."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, PATIENCE))
