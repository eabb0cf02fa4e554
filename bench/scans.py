"""Scans made up from a seed, read in cells as those that are sent: how many are known, how many wrongly, how fast.

    ./.venv/bin/python -m bench.scans [--scans 200] [--seed 13]

Each page is printed, sealed and signed where the copy has its signature block, scanned, and judged as the product does
without anybody's looking at it: by its code, by whether it can be laid over our print and equals it, and by the ink in
each side's part of the block. Needs no database.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")
os.environ.setdefault("DEBUG", "yes")
os.environ.setdefault("LOG_LEVEL", "WARNING")

import django  # noqa: E402 -- the settings must be named first

django.setup()

import weasyprint  # noqa: E402 -- as above
from django.conf import settings  # noqa: E402 -- as above
from PIL import Image  # noqa: E402 -- as above

from agreements.catalogue.reader import find_template  # noqa: E402 -- as above
from agreements.documents.layout import body_html  # noqa: E402 -- as above
from agreements.documents.places import SignatureArea  # noqa: E402 -- as above
from agreements.documents.press import copies_of  # noqa: E402 -- as above
from agreements.documents.renderer import style_text  # noqa: E402 -- as above
from agreements.documents.returned import inked_areas  # noqa: E402 -- as above
from agreements.lifecycle.finding import LEAST_INK  # noqa: E402 -- as above
from agreements.text.filling import FilledText, Value, fill  # noqa: E402 -- as above
from agreements.text.paper import Paper  # noqa: E402 -- as above
from agreements.text.schema import Blank, BlankKind  # noqa: E402 -- as above
from bench.pdf import SAMPLES, SLUG, sample_paper  # noqa: E402 -- as above
from boundary.cell.door import Drawn, Kind, draw  # noqa: E402 -- as above
from boundary.cell.keeper import KEEPER, Ended  # noqa: E402 -- as above
from boundary.cell.seen import OurPage, OurPaper  # noqa: E402 -- as above
from tests.scanning import (  # noqa: E402 -- as above
    Marks,
    Rectangle,
    Scanner,
    another,
    as_pdf,
    chance,
    characters,
    codes_on,
    damaged,
    exchanged,
    marked,
    marks_on,
    packed,
    printed,
    scanned,
)

HONEST_AT_LEAST, MOST_RENDERS = 0.97, 140  # the limits we hold ourselves to
INKS = Marks().colours
BLACK = ((30, 30, 30), (20, 20, 20))
PALE = ((225, 120, 120), (90, 95, 150))


NAME = "绍兴市越城区演示堃喆颐养院"
# What somebody may change on a page: an amount, a count, a name, each by a character or two.
CHANGED: Sequence[tuple[Mapping[BlankKind, Value], str]] = (
    ({BlankKind.MONEY: Decimal("12800.00")}, NAME),
    ({BlankKind.MONEY: Decimal("72000.00")}, NAME),
    ({BlankKind.MONEY: Decimal("13000.00")}, NAME),
    ({BlankKind.INTEGER: 3}, NAME),
    ({}, "绍兴市越城区演示坤喆颐养院"),
    ({}, "绍兴市柯桥区演示堃喆颐养院"),
)


@dataclass(frozen=True)
class Case:
    """One page that is sent: of which class, as a file, and the text of the code that it may be taken for, signed."""

    kind: str
    content: bytes
    honest: str | None


@dataclass(frozen=True)
class Stock:
    """Our papers: the copies of one agreement, those of a like one, those of texts that somebody printed anew with our
    codes after some words were changed, and where each side signs."""

    ours: Sequence[bytes]
    others: Sequence[bytes]
    reworded: Sequence[Sequence[bytes]]
    codes: Sequence[Sequence[str]]
    places: Sequence[SignatureArea]

    @property
    def pages(self) -> range:
        """The pages of a copy, counted from 0."""
        return range(len(self.codes[0]))

    def page(self, random: Random, *, signed: bool) -> tuple[int, int, Image.Image]:
        """Return a page with its copy and number, counted from 0: of those that are signed, or of the others."""
        copy = random.randrange(len(self.ours))
        page = random.choice([page for page in self.pages if bool(self.roles(page)) is signed])
        return copy, page, printed(self.ours[copy], page + 1)

    def roles(self, page: int) -> list[str]:
        """Return who signs on a page."""
        return list(inked_areas(self.places).get(page + 1, {}))

    def marks(
        self,
        page: int,
        lacking: str = "",
        *,
        seals: bool = True,
        names: bool = True,
        colours: tuple[tuple[int, int, int], tuple[int, int, int]] = INKS,
    ) -> Marks:
        """Return what is added by hand to a page: each side's seals and names, but of one that is lacking."""
        marks = marks_on(self.places, page + 1, lacking=lacking, seals=seals, names=names)
        return replace(marks, colours=colours)

    def code(self, copy: int, page: int) -> str:
        return self.codes[copy][page]


HELD: list[tuple[Stock, list[OurPaper], Path, int]] = []


def main() -> int:
    arguments = _arguments()
    paper = sample_paper()
    stock = _stock(paper)
    with tempfile.TemporaryDirectory(prefix="yiyang-scans-") as name:
        folder = Path(name)
        papers = _papers(stock, folder)
        fits = _judge(stock, papers, folder, arguments.scans, arguments.seed)
        return 0 if _time(paper, stock, papers, folder) and fits else 1


def _judge(stock: Stock, papers: list[OurPaper], folder: Path, scans: int, seed: int) -> bool:
    """Read so many scans and print what became of each class."""
    sent, known, wrong = Counter[str](), Counter[str](), Counter[str]()
    told: list[str] = []
    # Forked, so that each process has the papers; each has a cell of its own.
    with ProcessPoolExecutor(settings.CELLS, get_context("fork"), _hold, (stock, papers, folder, seed)) as pool:
        for kind, honest, accepted in pool.map(_outcome, range(scans)):
            sent[kind] += 1
            known[kind] += accepted is not None and accepted == honest
            wrong[kind] += accepted is not None and accepted != honest
            if accepted != honest:
                told.append(f"scan {sum(sent.values()) - 1}: {kind}")
    honest_kinds = [kind for kind in sent if kind.startswith("honest")]
    print(f"{'class':52} {'sent':>5} {'read':>5} {'share':>7} {'wrong':>6}")
    for kind in sorted(sent):
        share = f"{known[kind] / sent[kind]:7.1%}" if kind in honest_kinds else "      –"
        print(f"{kind:52} {sent[kind]:5} {known[kind]:5} {share} {wrong[kind]:6}")
    usual = [kind for kind in honest_kinds if "beyond" not in kind]
    read, all_ = sum(known[kind] for kind in usual), sum(sent[kind] for kind in usual)
    print(*told, sep="\n")
    print(f"honest, at 150 dpi or more and 5° or less: {read} of {all_}, {read / all_:.1%}")
    taken = sum(wrong[kind] for kind in sent if "beyond" not in kind)
    print(f"accepted wrongly: {taken}", flush=True)
    return read >= HONEST_AT_LEAST * all_ and not taken


def _hold(stock: Stock, papers: list[OurPaper], folder: Path, seed: int) -> None:
    """Keep what the scans of one process are made of and compared with."""
    own = folder / str(os.getpid())
    own.mkdir()
    HELD.append((stock, papers, own, seed))


def _outcome(number: int) -> tuple[str, str | None, str | None]:
    """Make and read one scan; return its class, what it is and what it would be taken for."""
    stock, papers, folder, seed = HELD[0]
    case = case_of(stock, number, chance(seed * 10_000 + number))
    return case.kind, case.honest, accepted_as(_read(case.content, papers, folder))


def accepted_as(page: Drawn) -> str | None:
    """Return the code of the page that one would be taken for without anybody's looking at it, None for no page."""
    compared = page.seen.compared
    if compared is None or compared.same or compared.differing:
        return None
    if any(share < LEAST_INK for share in compared.ink.values()):
        return None
    return compared.code


def case_of(stock: Stock, number: int, random: Random) -> Case:
    """Return a scan of the class whose turn it is."""
    makers: list[Callable[[Stock, Random], Case]] = [
        _flatbed, _fed, _grey, _black, _sideways, _photograph, _bare, _pale, _written, _coarse, _bare_black,
        _holed, _clipped, _cornered, _folded, _sealed_over, _penned,
        _unsigned, _half_signed, _digital, _stranger, _glued, _glued_alike, _reworded, _one_character,
    ]  # fmt: skip
    return makers[number % len(makers)](stock, random)


def _flatbed(stock: Stock, random: Random) -> Case:
    return _signed("honest: colour, 150 to 300 dpi", stock, random, _scanner(random))


def _fed(stock: Stock, random: Random) -> Case:
    how = replace(_scanner(random), skew=random.choice((-1, 1)) * random.uniform(3, 5), shade=40)
    return _signed("honest: askew 3 to 5°, light from one side", stock, random, how)


def _grey(stock: Stock, random: Random) -> Case:
    return _signed("honest: grey", stock, random, replace(_scanner(random), mode="L"))


def _black(stock: Stock, random: Random) -> Case:
    how = replace(_scanner(random), mode="1", dpi=random.choice((200, 300)), quality=0, noise=8)
    return _signed("honest: black and white, 200 or 300 dpi", stock, random, how)


def _sideways(stock: Stock, random: Random) -> Case:
    how = replace(_scanner(random), turned=random.choice((90, 180, 270)))
    return _signed("honest: turned by 90, 180, 270°", stock, random, how)


def _photograph(stock: Stock, random: Random) -> Case:
    how = replace(
        _scanner(random), dpi=200, margin=random.uniform(5, 20), perspective=random.uniform(-0.08, 0.08),
        shade=random.randint(40, 80), paper=random.randint(200, 235),
    )  # fmt: skip
    return _signed("honest: photographed", stock, random, how)


def _pale(stock: Stock, random: Random) -> Case:
    return _signed("honest: pale or black seals", stock, random, _scanner(random), random.choice((PALE, BLACK)))


def _written(stock: Stock, random: Random) -> Case:
    """People who sign without a seal, and a seal without a name."""
    seals = random.random() < 0.3
    return _signed("honest: only names, or only seals", stock, random, _scanner(random), seals=seals, names=not seals)


def _bare(stock: Stock, random: Random) -> Case:
    """A page on which nothing is signed: it is honest as soon as it was paper."""
    copy, page, drawn = stock.page(random, signed=False)
    how = replace(_scanner(random), mode=random.choice(("RGB", "L")))
    return Case("honest: nothing to sign", packed(scanned(drawn, how, random), how), stock.code(copy, page))


def _bare_black(stock: Stock, random: Random) -> Case:
    copy, page, drawn = stock.page(random, signed=False)
    how = replace(_scanner(random), mode="1", dpi=random.choice((200, 300)), quality=0, noise=8)
    content = packed(scanned(drawn, how, random), how)
    return Case("honest: nothing to sign, black and white", content, stock.code(copy, page))


def _coarse(stock: Stock, random: Random) -> Case:
    how = replace(_scanner(random), dpi=100, quality=60)
    return _signed("honest, beyond what is asked: 100 dpi", stock, random, how)


def _holed(stock: Stock, random: Random) -> Case:
    return _worn("holes", stock, random)


def _clipped(stock: Stock, random: Random) -> Case:
    return _worn("clip", stock, random)


def _cornered(stock: Stock, random: Random) -> Case:
    return _worn("corner", stock, random)


def _folded(stock: Stock, random: Random) -> Case:
    return _worn("fold", stock, random)


def _worn(what: str, stock: Stock, random: Random) -> Case:
    copy, page = random.randrange(len(stock.ours)), random.choice(stock.pages)
    sheet = marked(printed(stock.ours[copy], page + 1), stock.marks(page), random)
    how = replace(_scanner(random), mode=random.choice(("RGB", "L")))
    content = packed(scanned(damaged(sheet, what, random), how, random), how)
    return Case(f"honest: {what}", content, stock.code(copy, page))


def _sealed_over(stock: Stock, random: Random) -> Case:
    """Seals anywhere over the text, which in grey are as dark as it is."""
    places = [(random.uniform(28, 140), random.uniform(70, 215), 44.0, 44.0) for _ in range(2)]
    return _added("honest: seals over text", Marks(seals=places, colours=random.choice((INKS, BLACK))), stock, random)


def _penned(stock: Stock, random: Random) -> Case:
    """Words by hand, beside and over the text."""
    places = [(random.uniform(10, 150), random.uniform(60, 260), 45.0, 12.0) for _ in range(3)]
    return _added("honest: handwriting", Marks(writing=places, colours=random.choice((INKS, BLACK))), stock, random)


def _added(kind: str, marks: Marks, stock: Stock, random: Random) -> Case:
    copy, page = random.randrange(len(stock.ours)), random.choice(stock.pages)
    sheet = marked(marked(printed(stock.ours[copy], page + 1), stock.marks(page), random), marks, random)
    how = replace(_scanner(random), mode=random.choice(("RGB", "L")))
    return Case(kind, packed(scanned(sheet, how, random), how), stock.code(copy, page))


def _unsigned(stock: Stock, random: Random) -> Case:
    _, _, page = stock.page(random, signed=True)
    how = _scanner(random)
    return Case("unsigned: printed and scanned", packed(scanned(page, how, random), how), None)


def _half_signed(stock: Stock, random: Random) -> Case:
    _, page, drawn = stock.page(random, signed=True)
    how = _scanner(random)
    signed = marked(drawn, stock.marks(page, random.choice(stock.roles(page))), random)
    return Case("unsigned: one side has not signed", packed(scanned(signed, how, random), how), None)


def _digital(stock: Stock, random: Random) -> Case:
    copy, page, _ = stock.page(random, signed=random.random() > 0.7)
    dpi = random.choice((72, 96, 100, 150, 200, 300))
    how = Scanner(dpi=dpi, quality=random.choice((0, 50, 75, 90)))
    drawn = printed(stock.ours[copy], page + 1, dpi)
    by = random.choice((1, random.uniform(0.93, 1.05)))
    scaled = drawn.resize((round(drawn.width * by), round(drawn.height * by)))
    return Case("digital copy: drawn at 72 to 300 dpi, scaled", packed(scaled, how), None)


def _stranger(stock: Stock, random: Random) -> Case:
    """A page of a like agreement: signed, but not ours."""
    page = random.choice(stock.pages)
    drawn = printed(random.choice(stock.others), page + 1)
    how = _scanner(random)
    content = packed(scanned(marked(drawn, stock.marks(page), random), how, random), how)
    return Case("another agreement's page", content, None)


def _glued(stock: Stock, random: Random) -> Case:
    """A page of another text on which a code of ours was glued."""
    copy, page, ours = stock.page(random, signed=random.random() < 0.5)
    other = random.choice((stock.others[copy], stock.ours[copy]))
    number = random.choice([number for number in stock.pages if number != page])
    return _under("our code on another page", ours, stock.marks(page), printed(other, number + 1), random)


def _glued_alike(stock: Stock, random: Random) -> Case:
    """The same page of a like agreement, on which some filled-in words differ, and the number at the foot always."""
    copy, page, ours = stock.page(random, signed=random.random() < 0.5)
    other = printed(stock.others[copy], page + 1)
    return _under("our code on a like agreement's page", ours, stock.marks(page), other, random)


def _under(kind: str, ours: Image.Image, marks: Marks, sheet: Image.Image, random: Random) -> Case:
    sheet = sheet.copy()
    box = (round(ours.width * 0.35), 0, round(ours.width * 0.65), round(ours.height * 0.123))
    sheet.paste(ours.crop(box), box)
    how = _scanner(random)
    return Case(kind, packed(scanned(marked(sheet, marks, random), how, random), how), None)


def _reworded(stock: Stock, random: Random) -> Case:
    """A page of our text with a name, a number or an amount changed, printed with our own code."""
    copy, text = random.randrange(len(stock.ours)), random.choice(stock.reworded)
    page = random.choice([n for n in stock.pages if _words(text[copy], n) != _words(stock.ours[copy], n)])
    sheet, how = marked(printed(text[copy], page + 1), stock.marks(page), random), _scanner(random)
    return Case("our page with words changed", packed(scanned(sheet, how, random), how), None)


def _one_character(stock: Stock, random: Random) -> Case:
    """A page of ours on which one character, anywhere, was covered by another: how many are seen is told apart."""
    copy, page = random.randrange(len(stock.ours)), random.choice(stock.pages)
    one, other = another(_words(stock.ours[copy], page), random)
    sheet = exchanged(marked(printed(stock.ours[copy], page + 1), stock.marks(page), random), one, other)
    how = replace(_scanner(random), mode=random.choice(("RGB", "L")))
    return Case("beyond what is asked: one character changed", packed(scanned(sheet, how, random), how), None)


@cache
def _words(pdf: bytes, page: int) -> list[tuple[str, Rectangle]]:
    return characters(pdf, page + 1)


def _signed(
    kind: str,
    stock: Stock,
    random: Random,
    how: Scanner,
    colours: tuple[tuple[int, int, int], tuple[int, int, int]] = INKS,
    *,
    seals: bool = True,
    names: bool = True,
) -> Case:
    copy, page, drawn = stock.page(random, signed=True)
    signed = marked(drawn, stock.marks(page, seals=seals, names=names, colours=colours), random)
    return Case(kind, packed(scanned(signed, how, random), how), stock.code(copy, page))


def _scanner(random: Random) -> Scanner:
    return Scanner(
        dpi=random.choice((150, 150, 150, 200, 300)),
        skew=random.uniform(-5, 5),
        shift=(random.uniform(-2, 2), random.uniform(-2, 2)),
        scale=random.uniform(0.97, 1.03),
        noise=random.randint(4, 18),
        shade=random.randint(0, 40),
        paper=random.randint(225, 253),
        blur=random.uniform(0.1, 0.5),
        quality=random.randint(55, 90),
    )


def _stock(paper: Paper) -> Stock:
    """Return the copies of an agreement, and of another with the same text between other parties."""
    ours = copies_of(paper)
    like = replace(paper, number="YY2026-000002", digest=f"{int(paper.digest, 16) ^ 1:064x}", text=_like())
    codes = [codes_on(copy.content) for copy in ours.copies]
    others = [copy.content for copy in copies_of(like).copies]
    reworded = [copies_of(replace(paper, text=_text(changed, name))).copies for changed, name in CHANGED]
    again = [[copy.content for copy in copies] for copies in reworded]
    return Stock([copy.content for copy in ours.copies], others, again, codes, ours.areas)


def _like() -> FilledText:
    """Return the text of another agreement on the same template."""
    return _text({BlankKind.INTEGER: 3, BlankKind.AUTHORITY: "绍兴市柯桥区"}, "诸暨市枫桥镇示范福寿安养院")


def _text(changed: Mapping[BlankKind, Value], name: str = NAME) -> FilledText:
    """Return the text with other answers for blanks of some kinds, or with another name."""
    template = find_template(SLUG)
    assert template is not None
    answers: dict[BlankKind, Value] = {**SAMPLES, **changed}

    def sample(blank: Blank) -> Value:
        return blank.choices[0] if blank.choices else answers.get(blank.kind, name)

    return fill(template.body, {b.id: sample(b) for b in template.body.blanks if b.kind is not BlankKind.SIGNING_DATE})


def _papers(stock: Stock, folder: Path) -> list[OurPaper]:
    papers, areas = [], inked_areas(stock.places)
    for number, content in enumerate(stock.ours):
        path = folder / f"copy{number}.pdf"
        path.write_bytes(content)
        pages = [OurPage(page, code, areas.get(page, {})) for page, code in enumerate(stock.codes[number], 1)]
        papers.append(OurPaper(path, pages))
    return papers


def _read(content: bytes, papers: Sequence[OurPaper], folder: Path) -> Drawn:
    [page] = _all_read(content, papers, folder)
    return page


def _all_read(content: bytes, papers: Sequence[OurPaper], folder: Path) -> list[Drawn]:
    given = folder / "given"
    given.write_bytes(content)
    with tempfile.TemporaryDirectory(dir=folder) as into:
        _, drawn = draw(given, Kind.SCAN, widths=settings.PAGE_WIDTHS, into=Path(into), papers=papers)
    return drawn


def _time(paper: Paper, stock: Stock, papers: list[OurPaper], folder: Path) -> bool:
    """Read four files of ten pages at 150 dpi and print how long that takes, in plain renders.

    By the processor's time: on a machine with other work, cells come after it.
    """
    html = body_html(paper).replace("</head>", f"<style>{style_text('paper.css')}</style></head>")
    renders = []
    for _ in range(4):
        began = time.process_time()
        weasyprint.HTML(string=html).write_pdf()
        renders.append(time.process_time() - began)
    render = sorted(renders[1:])[1]
    how = Scanner(dpi=150, skew=1.5, shade=20)
    took, waited, known, count = 0.0, 0.0, 0, 0
    for copy in range(4):
        random = chance(copy)
        drawn = []
        for number in range(10):
            page = number % len(stock.pages)
            drawn.append(scanned(marked(printed(stock.ours[copy], page + 1), stock.marks(page), random), how, random))
        content = as_pdf(drawn, how)
        with _told() as ended:
            began = time.perf_counter()
            pages = _all_read(content, papers, folder)
            waited += time.perf_counter() - began
        took += sum(each.worked for each in ended)
        known += sum(accepted_as(page) is not None for page in pages)
        count += len(pages)
    print(f"{count} pages at 150 dpi: {took:.1f} s of the processor ({waited:.1f} s on the clock), {known} known")
    print(f"one plain render {render:.3f} s: {took / render:.0f} of them (at most {MOST_RENDERS})")
    return took <= MOST_RENDERS * render and known == count


@contextmanager
def _told() -> Iterator[list[Ended]]:
    """Note how cells end."""
    ended: list[Ended] = []
    run = KEEPER.run

    def noted(*job: Any, **more: Any) -> Ended:
        ended.append(run(*job, **more))
        return ended[-1]

    KEEPER.run = noted  # type: ignore[method-assign]  # only here is it asked what a cell took
    try:
        yield ended
    finally:
        KEEPER.run = run  # type: ignore[method-assign]  # as above


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scans", type=int, default=288)
    parser.add_argument("--seed", type=int, default=13)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
