"""What the four copies of one agreement cost, against other ways of making one PDF. Prints a table and ratios.

    ./.venv/bin/python -m bench.pdf [--runs 9] [--documents 500] [--codes 100]

One core, no database: the agreement is the filled template shaoxing-2024-consortium.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")
os.environ.setdefault("DEBUG", "yes")
os.environ.setdefault("LOG_LEVEL", "WARNING")

import django  # noqa: E402 -- the settings must be named first

django.setup()

import typst  # noqa: E402 -- as above
import weasyprint  # noqa: E402 -- as above

from agreements.catalogue.reader import find_template  # noqa: E402 -- as above
from agreements.documents.layout import body_html  # noqa: E402 -- as above
from agreements.documents.press import copies_of  # noqa: E402 -- as above
from agreements.documents.renderer import style_text  # noqa: E402 -- as above
from agreements.text.filling import Value, fill  # noqa: E402 -- as above
from agreements.text.paper import CopyLabel, Paper  # noqa: E402 -- as above
from agreements.text.schema import Blank, BlankKind  # noqa: E402 -- as above
from tests.agreements.documents import scanner  # noqa: E402 -- as above
from tests.agreements.documents.papers import page_images  # noqa: E402 -- as above

SLUG = "shaoxing-2024-consortium"
SET_TO_ONE, SET_TO_FOUR, PEAK_MB = 1.5, 0.4, 400  # the limits we hold ourselves to
WARMING = 100  # documents after which a worker's memory must not grow any more
GROWTH_MB = 10  # what counts as no growth
SAMPLES: dict[BlankKind, Value] = {
    BlankKind.INTEGER: 2,
    BlankKind.MONEY: Decimal("12000.00"),
    BlankKind.DATE: date(2026, 11, 22),
    BlankKind.AUTHORITY: "绍兴市越城区",
}


class Took(NamedTuple):
    """Seconds of one run: on the clock, and of this process's own computing (not of programs that it starts)."""

    wall: float
    cpu: float


def main() -> int:
    arguments = _arguments()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if arguments.memory_of:
        return _render_many(arguments.memory_of)
    paper = sample_paper()
    took = bench_renderers(paper, runs=arguments.runs)
    bench_others(paper, took["one plain render"], runs=max(3, arguments.runs // 3))
    fits = _judge_speed(took)
    reads = _judge_codes(arguments.codes)
    return 0 if _judge_memory(arguments.documents) and fits and reads else 1


def sample_paper() -> Paper:
    """Return the agreement that is measured, every blank filled."""
    template = find_template(SLUG)
    assert template is not None
    body = template.body
    text = fill(body, {b.id: _sample(b) for b in body.blanks if b.kind is not BlankKind.SIGNING_DATE})
    copies = tuple(
        CopyLabel(n, len(body.copies), c.holder, c.label, "绍兴市越城区演示社区卫生服务中心")
        for n, c in enumerate(body.copies, 1)
    )
    return Paper(
        "YY2026-000001",
        text,
        text.digest,
        copies,
        is_draft=False,
        site="http://127.0.0.1:8000",
        dated=datetime(2026, 11, 22, tzinfo=UTC),
    )


def bench_renderers(paper: Paper, *, runs: int) -> dict[str, list[Took]]:
    """Measure the set and the plain renders in turn, so that a busy moment hits all of them."""
    html = body_html(paper).replace("</head>", f"<style>{style_text('paper.css')}</style></head>")

    def plain() -> None:
        weasyprint.HTML(string=html).write_pdf()

    def four_plain() -> None:
        for _ in range(4):
            plain()

    ways: dict[str, Callable[[], object]] = {
        "one plain render": plain,
        "four plain renders": four_plain,
        "the four-copy set": lambda: store_set(paper),
    }
    for way in ways.values():
        way()  # imports, caches, the disk's own cache
    took: dict[str, list[Took]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            took[name].append(_took(way))
    one = took["one plain render"]
    print(f"{'':44}{'median':>9}{'fastest':>9}{'CPU':>9}{'to one':>8}")
    for name, each in took.items():
        _row(name, each, _median_ratio(each, one))
    return took


def store_set(paper: Paper) -> None:
    """Make the four copies and the print file and write all five into a folder."""
    with tempfile.TemporaryDirectory() as folder:
        made = copies_of(paper)
        for number, file in enumerate((*made.copies, made.print_file)):
            Path(folder, f"{number}.pdf").write_bytes(file.content)


def bench_others(paper: Paper, one_plain: list[Took], *, runs: int) -> None:
    """Measure other programs making one copy of the same text."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, html = folder / "paper.typ", folder / "paper.html"
        source.write_text(typst_source(paper), encoding="utf-8")
        html.write_text(
            body_html(paper).replace("</head>", f"<style>{style_text('paper.css')}</style></head>"), encoding="utf-8"
        )
        compiler = typst.Compiler(source)
        compiler.compile()
        ways: dict[str, Callable[[], object] | None] = {
            "Typst, cold (a process of its own)": lambda: _run(
                sys.executable, "-c", f"import typst; typst.compile({str(source)!r})"
            ),
            "Typst, warm (fonts loaded, text changed)": lambda: _typst_again(source),
            "Typst, warm (nothing changed)": compiler.compile,
            "Chromium, one process": _chromium(html, folder),
            "LibreOffice, one process": _libreoffice(html, folder),
        }
        for way_name, way in ways.items():
            if way is None:
                print(f"{way_name:44} not installed")
                continue
            way()
            took = [_took(way) for _ in range(runs)]
            _row(way_name, took, _median(took) / _median(one_plain))


def typst_source(paper: Paper) -> str:
    """Return the same text for Typst: the same page, fonts and sizes, without labels and codes."""
    lines = [f"#par({json.dumps(line.text, ensure_ascii=False)})" for line in paper.text.all_lines()]
    head = (
        '#set page("a4", margin: (top: 37mm, bottom: 35mm, left: 28mm, right: 26mm), '
        "footer: context [第 #counter(page).display() 页 共 #counter(page).final().first() 页])\n"
        '#set text(font: "Noto Serif CJK SC", size: 16pt, lang: "zh")\n'
        "#set par(leading: 13pt, first-line-indent: 2em)\n"
    )
    return head + "\n".join(lines)


def _typst_again(source: Path) -> None:
    source.write_text(source.read_text(encoding="utf-8") + '\n#par("再加一段。")', encoding="utf-8")
    typst.compile(source)


def _chromium(html: Path, folder: Path) -> Callable[[], object] | None:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        return None
    options = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-pdf-header-footer",
        f"--user-data-dir={folder / 'profile'}",
    )
    return lambda: _run(program, *options, f"--print-to-pdf={folder / 'chromium.pdf'}", html.as_uri())


def _libreoffice(html: Path, folder: Path) -> Callable[[], object] | None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        return None
    profile = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    filters = ("--convert-to", "pdf:writer_web_pdf_Export", "--outdir", str(folder))
    return lambda: _run(program, profile, "--headless", *filters, str(html))


def _judge_speed(took: dict[str, list[Took]]) -> bool:
    to_one = _median_ratio(took["the four-copy set"], took["one plain render"])
    to_four = _median_ratio(took["the four-copy set"], took["four plain renders"])
    print(f"\nset / one plain render   {to_one:.2f}  (limit {SET_TO_ONE})")
    print(f"set / four plain renders {to_four:.2f}  (limit {SET_TO_FOUR})")
    return to_one <= SET_TO_ONE and to_four <= SET_TO_FOUR


def _judge_codes(scans: int) -> bool:
    """Read the QR code of so many poor scans of one page by two readers."""
    if not scans:
        print("QR codes: not measured")
        return True
    paper = replace(sample_paper(), site="https://yiyang.shaoxing.gov.cn")
    made = copies_of(paper)
    page = next(page_images(made.copies[1].content, scanner.FINE))
    expected, chance = [paper.address(2, 1, made.pages_each)], Random(1)  # noqa: S311 -- the grain of a scan, no secret
    read = dict.fromkeys(("zxing", "zbar"), 0)
    for _ in range(scans):
        scan = scanner.Scanner().scanned(page, chance)
        read["zxing"] += scanner.zxing(scan) == expected
        read["zbar"] += scanner.zbar(scan) == expected
    print(f"\nQR codes read of {scans} scans by {scanner.Scanner()}: {read}")
    return set(read.values()) == {scans}


def _judge_memory(documents: int) -> bool:
    if documents <= WARMING:
        print("memory: not measured")
        return True
    done = subprocess.run(
        [sys.executable, "-m", "bench.pdf", "--memory-of", str(documents)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    highest: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(f"\nmemory of a process that makes {documents} four-copy sets: the highest between two of them, MB")
    for until, megabytes in highest.items():
        print(f"  up to {until:>4}: {megabytes:.0f}")
    peak = highest.pop("peak")
    first, *_, last = highest.values()
    print(f"  growth over the last {documents - WARMING}: {last - first:+.0f} MB, peak {peak:.0f} (limit {PEAK_MB})")
    return peak <= PEAK_MB and last - first <= GROWTH_MB


def _render_many(documents: int) -> int:
    paper, highest = sample_paper(), dict[str, float]()
    for count in range(documents):
        store_set(paper)
        hundred = str(min(documents, (count // WARMING + 1) * WARMING))
        highest[hundred] = max(highest.get(hundred, 0), _megabytes("VmRSS"))
    print(json.dumps({**highest, "peak": _megabytes("VmHWM")}))
    return 0


def _megabytes(measure: str) -> float:
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status[measure].split()[0]) / 1024


def _sample(blank: Blank) -> Value:
    return blank.choices[0] if blank.choices else SAMPLES.get(blank.kind, "绍兴市越城区演示堃喆颐养院")


def _took(way: Callable[[], object]) -> Took:
    wall, cpu = time.perf_counter(), time.process_time()
    way()
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


def _median(took: list[Took]) -> float:
    return statistics.median(each.wall for each in took)


def _median_ratio(took: list[Took], other: list[Took]) -> float:
    """Return the median of the ratios of runs made one after the other: a busy machine slows both of a pair."""
    return statistics.median(a.wall / b.wall for a, b in zip(took, other, strict=True))


def _run(*command: str) -> None:
    subprocess.run(command, capture_output=True, check=True, timeout=120)


def _row(name: str, took: list[Took], to_one: float) -> None:
    cpu = statistics.median(each.cpu for each in took)
    print(f"{name:44}{_median(took):8.3f}s{min(took).wall:8.3f}s{cpu:8.3f}s{to_one:8.2f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9, help="runs of each way; the median counts")
    parser.add_argument("--documents", type=int, default=500, help="documents of the memory run; 0 leaves it out")
    parser.add_argument("--codes", type=int, default=100, help="scans whose QR code is read; 0 leaves it out")
    parser.add_argument("--memory-of", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
