"""What electronic signing costs: both parties on four copies, against one plain render; a batch; timestamps apart.

    ./.venv/bin/python -m bench.signing [--runs 9] [--batch 500]

One core, no database. The copies are those of the filled template shaoxing-2024-consortium; each of the eight
signatures puts a seal, its slices at the edges and words into the file. The plain render is that of `bench.pdf`.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import os
import pstats
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")
os.environ.setdefault("DEBUG", "yes")
os.environ.setdefault("LOG_LEVEL", "WARNING")

import django  # noqa: E402 -- the settings must be named first

django.setup()

import weasyprint  # noqa: E402 -- as above
from django.conf import settings  # noqa: E402 -- as above

from agreements.documents.press import copies_of  # noqa: E402 -- as above
from bench.pdf import sample_paper  # noqa: E402 -- as above
from boundary.revisions import added  # noqa: E402 -- as above
from sealing.pades.looks import Appearance  # noqa: E402 -- as above
from sealing.pades.signing import sign  # noqa: E402 -- as above
from sealing.pades.timestamps import stamp_now  # noqa: E402 -- as above
from tests.authority import Authority, served  # noqa: E402 -- as above
from tests.hands import hand, signing  # noqa: E402 -- as above

ROLES = ("medical", "elder_care")
EIGHT_TO_ONE, BATCH_TO_SINGLE, GROWTH_MB = 1.5, 0.7, 10  # the limits we hold ourselves to


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--batch", type=int, default=500)
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    copies = [file.content for file in copies_of(sample_paper()).copies]
    fits = _eight(copies, arguments.runs)
    _profile(copies)
    _stamped(copies[0])
    return 0 if _batch(copies[0], arguments.batch) and fits else 1


def _eight(copies: list[bytes], runs: int) -> bool:
    html = Path(__file__).with_name("plain.html").read_text(encoding="utf-8")
    ways: dict[str, Callable[[], object]] = {
        "one plain render": lambda: weasyprint.HTML(string=html).write_pdf(),
        "eight signatures": lambda: [_both(copy) for copy in copies],
        "eight, nothing shown": lambda: [_both(copy, bare=True) for copy in copies],
        "eight, each checked again": lambda: [_both(copy, checked=True) for copy in copies],
    }
    for way in ways.values():
        way()
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            took[name].append(_seconds(way))
    one = statistics.median(took["one plain render"])
    for name, each in took.items():
        print(f"{name:32}{statistics.median(each):8.3f} s of the processor, {statistics.median(each) / one:5.2f} × one")
    ratio = statistics.median(took["eight, each checked again"]) / one
    print(f"eight signatures to one plain render: {ratio:.2f} (wanted: {EIGHT_TO_ONE})")
    return ratio <= EIGHT_TO_ONE


def _both(content: bytes, *, bare: bool = False, checked: bool = False) -> bytes:
    for role in ROLES:
        shown = Appearance() if bare else None
        signed = sign(content, signing(role, looks=shown), hand(role))
        if checked:
            added(signed.content, len(content))
        content = signed.content
    return content


def _profile(copies: list[bytes]) -> None:
    """Say where the time goes."""
    profile = cProfile.Profile()
    profile.enable()
    for copy in copies:
        _both(copy)
    profile.disable()
    print("where it goes, by module, of the time in our functions and what they call:")
    rows = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # of the standard library, without its type
    whole = max(entry[3] for entry in rows.values())
    for (path, _, name), entry in sorted(rows.items(), key=lambda row: -row[1][3]):
        if any(part in path for part in ("sealing/pades", "pikepdf", "hazmat")) and entry[3] > 0.03 * whole:
            print(f"  {Path(path).name + ':' + name:40}{100 * entry[3] / whole:5.0f} %")


def _stamped(content: bytes) -> None:
    """Measure one signature with a timestamp, most of which is the authority's own work."""
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder) / "authority", "rsa:2048")
        with served(authority) as url:
            settings.TSA_URL, settings.TSA_CERTIFICATE = url, str(authority.folder / "ca.pem")
            began = time.perf_counter()
            for _ in range(5):
                sign(content, signing("medical"), hand("medical"), stamp=stamp_now)
            print(f"one with a timestamp of `openssl ts`: {(time.perf_counter() - began) / 5:.3f} s on the clock")


def _batch(content: bytes, number: int) -> bool:
    """Sign so many copies by one hand, against as many by a hand each time begun anew."""

    def single(_: int) -> bytes:
        signing_of_one = signing("medical")
        seal = signing_of_one.looks.seal
        assert seal is not None
        fresh = Appearance(replace(seal), None, signing_of_one.looks.words)  # with nothing of it packed yet
        return sign(content, replace(signing_of_one, looks=fresh), hand("medical")).content

    few = max(number // 10, 5)
    singles = _seconds(lambda: list(map(single, range(few)))) / few
    by, shown = hand("medical"), signing("medical")
    sign(content, shown, by)
    gc.collect()
    before = _memory()

    def batch() -> None:
        for _ in range(number):
            sign(content, shown, by)  # each is kept elsewhere before the next

    took = _seconds(batch)
    gc.collect()
    grown = _memory() - before
    ratio = took / number / singles
    print(f"{number} in a batch: {took:.2f} s, {took / number:.4f} each; one alone: {singles:.4f}; {ratio:.2f} ×")
    print(f"memory grew by {grown:.0f} MB (wanted: below {GROWTH_MB}); batch to single wanted: {BATCH_TO_SINGLE}")
    return ratio <= BATCH_TO_SINGLE and grown < GROWTH_MB


def _memory() -> float:
    """Return the megabytes that this process holds now."""
    held = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return held * resource.getpagesize() / 2**20


def _seconds(way: Callable[[], object]) -> float:
    began = time.process_time()
    way()
    return time.process_time() - began


if __name__ == "__main__":
    sys.exit(main())
