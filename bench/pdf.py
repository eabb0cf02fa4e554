"""What the four copies of one agreement cost, against other ways of making one PDF. Prints a table and ratios.

    ./.venv/bin/python -m bench.pdf [--runs 9] [--documents 500] [--codes 100]

One core, no database: the agreement is the filled template shaoxing-2024-consortium. The plain render that
everything is compared with is always the same: `plain.html`, untagged, in the system's whole fonts, as the layout of
commit 3876590 made it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
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
SET_TO_ONE, SET_TO_TYPST, MARGINAL_TO_FIRST, PEAK_MB = 1.3, 1.5, 0.5, 400  # the limits we hold ourselves to
WARMING = 100  # documents after which a worker's memory must not grow any more
TYPST_COLD = "Typst, cold (a process of its own)"
SET, SET_COLD = "the four-copy set", "the four-copy set, cold (a process of its own)"
GROWTH_MB = 10  # what counts as no growth
SAMPLES: dict[BlankKind, Value] = {
    BlankKind.INTEGER: 2,
    BlankKind.MONEY: Decimal("12000.00"),
    BlankKind.DATE: date(2026, 11, 22),
    BlankKind.AUTHORITY: "绍兴市越城区",
}


class Took(NamedTuple):
    """Seconds of one run: on the clock, and of computing, with that of programs that it starts."""

    wall: float
    cpu: float


def main() -> int:
    arguments = _arguments()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if arguments.memory_of:
        return _render_many(arguments.memory_of)
    paper = sample_paper()
    if arguments.one_set:
        store_set(paper)
        return 0
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
    """Measure the set, the plain renders and a cold Typst in turn, so that a busy moment hits all of them."""
    html = Path(__file__).with_name("plain.html").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "paper.typ")
        source.write_text(typst_source(paper), encoding="utf-8")
        return _bench_in_turn(paper, html, source, runs=runs)


def _bench_in_turn(paper: Paper, html: str, source: Path, *, runs: int) -> dict[str, list[Took]]:

    def plain() -> None:
        weasyprint.HTML(string=html).write_pdf()

    def four_plain() -> None:
        for _ in range(4):
            plain()

    ways: dict[str, Callable[[], object]] = {
        "one plain render": plain,
        "four plain renders": four_plain,
        SET: lambda: store_set(paper),
        SET_COLD: lambda: _run(sys.executable, "-m", "bench.pdf", "--one-set"),
        TYPST_COLD: lambda: _run(sys.executable, "-c", f"import typst; typst.compile({str(source)!r})"),
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
        _row(name, each, _ratio(each, one))
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
            _row(way_name, took, _ratio(took, one_plain))


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
    one_set = took[SET]
    to_one, to_typst = _ratio(one_set, took["one plain render"]), _ratio(one_set, took[TYPST_COLD])
    print(f"\nset / one plain render {to_one:.2f}  (limit {SET_TO_ONE})")
    # What a worker does with its fonts loaded, against what a program takes that is started for one file.
    print(f"set in a worker / Typst, cold   {to_typst:.2f}  (limit {SET_TO_TYPST})")
    print(f"set, cold / Typst, cold         {_ratio(took[SET_COLD], took[TYPST_COLD]):.2f}  (both with their start)")
    return to_one <= SET_TO_ONE and to_typst <= SET_TO_TYPST


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
    peak, first_set, marginal = (highest.pop(name) for name in ("peak", "first", "marginal"))
    first, *_, last = highest.values()
    print(f"  growth over the last {documents - WARMING}: {last - first:+.0f} MB, peak {peak:.0f} (limit {PEAK_MB})")
    share = marginal / first_set
    print(
        f"  a first set {first_set:.3f} s, one of the others {marginal:.3f}: {share:.2f}  (limit {MARGINAL_TO_FIRST})"
    )
    return peak <= PEAK_MB and last - first <= GROWTH_MB and share <= MARGINAL_TO_FIRST


def _render_many(documents: int) -> int:
    """Make sets in this process; print as JSON the memory, and the computing of the first and of a median other."""
    paper, highest, took = sample_paper(), dict[str, float](), list[float]()
    for count in range(documents):
        took.append(_took(lambda: store_set(paper)).cpu)
        hundred = str(min(documents, (count // WARMING + 1) * WARMING))
        highest[hundred] = max(highest.get(hundred, 0), _megabytes("VmRSS"))
    times = {"first": took[0], "marginal": statistics.median(took[1:])}
    print(json.dumps({**highest, "peak": _megabytes("VmHWM"), **times}))
    return 0


def _megabytes(measure: str) -> float:
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status[measure].split()[0]) / 1024


def _sample(blank: Blank) -> Value:
    return blank.choices[0] if blank.choices else SAMPLES.get(blank.kind, "绍兴市越城区演示堃喆颐养院")


def _took(way: Callable[[], object]) -> Took:
    wall, cpu = time.perf_counter(), _computed()
    way()
    return Took(time.perf_counter() - wall, _computed() - cpu)


def _computed() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _ratio(took: list[Took], other: list[Took]) -> float:
    """Return the ratio of the medians of computing, which a busy machine lengthens less than the time on the clock."""
    return statistics.median(each.cpu for each in took) / statistics.median(each.cpu for each in other)


def _run(*command: str) -> None:
    subprocess.run(command, capture_output=True, check=True, timeout=120)


def _row(name: str, took: list[Took], to_one: float) -> None:
    cpu = statistics.median(each.cpu for each in took)
    print(
        f"{name:44}{statistics.median(each.wall for each in took):8.3f}s{min(took).wall:8.3f}s{cpu:8.3f}s{to_one:8.2f}"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9, help="runs of each way; the median counts")
    parser.add_argument("--documents", type=int, default=500, help="documents of the memory run; 0 leaves it out")
    parser.add_argument("--codes", type=int, default=100, help="scans whose QR code is read; 0 leaves it out")
    parser.add_argument("--memory-of", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--one-set", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
