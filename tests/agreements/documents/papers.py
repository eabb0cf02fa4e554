"""Papers made without a database, and what poppler and zxing read in the files made of them."""

import io
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import NamedTuple
from xml.etree import ElementTree

import pypdfium2
import zxingcpp
from PIL import Image

from agreements.catalogue.reader import read_templates
from agreements.documents.press import copies_of
from agreements.documents.stamping import StampedSet
from agreements.text.attestation import attestation_of
from agreements.text.filling import FilledLine, FilledSignature, FilledText, Run, Value, Words, fill
from agreements.text.paper import CopyLabel, Paper
from agreements.text.schema import Blank, BlankKind, TemplateBody

NAMES = {"elder_care": "越城区堃喆颐养院", "medical": "越城区昇祎赟䶮𠅤社区卫生服务中心"}
LONGEST = {  # as long as the register holds
    "elder_care": "绍兴市越城区塔山街道幸福里社区养老服务中心（综合示范）有限责任公司" * 3,
    "medical": "越城区第二人民医院塔山街道社区卫生服务中心（老年病医院）昇祎赟分院" * 3,
}
LONGEST = {role: name[:100] for role, name in LONGEST.items()}
LONG_ANSWER = "每季度开展一次老年人心理健康讲座（含答疑），由乙方协助组织，通知发到zhangsan.lisi@yanglao.example.cn；"
BUREAUS = {"health": "越城区卫生健康局", "civil_affairs": "越城区民政局"}
DIGEST = "0123456789abcdef" * 4  # of the templates' papers: the QR code does not change with a word of the text
HOLDERS = ("medical", "elder_care", "health", "civil_affairs", "other", "other")
POINTS = 72 / 25.4  # a millimetre
DAY_BY_HAND = Run("        年    月    日", "date", BlankKind.SIGNING_DATE)
XHTML = "{http://www.w3.org/1999/xhtml}"
TYPE_AREA = (28, 37, 156, 225)  # left, top, width, height in millimetres


class Word(NamedTuple):
    text: str
    left: float
    top: float
    right: float
    bottom: float


@cache
def bodies() -> dict[str, TemplateBody]:
    return {template.body.slug: template.body for template in read_templates()}


def paper(text: FilledText, *, copies: int = 4, is_draft: bool = False) -> Paper:
    labels = tuple(
        CopyLabel(n, copies, holder, f"{holder}存", f"第{n}份的单位") for n, holder in enumerate(HOLDERS[:copies], 1)
    )
    return Paper(
        number="YY-330602-2026-0001",
        text=text,
        digest=text.digest,
        copies=labels,
        is_draft=is_draft,
        site="http://127.0.0.1:8000",
        dated=datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC),
        parties=tuple(NAMES.values()),
    )


@cache
def template_paper(slug: str, *, is_filled: bool) -> Paper:
    """Return a template's paper as the product prints it: complete and final, or a draft with nothing answered."""
    body = bodies()[slug]
    text = fill(body, sample_values(body) if is_filled else {})
    return replace(paper(text, is_draft=not is_filled), digest=DIGEST, copies=_labels(body, is_named=is_filled))


@cache
def made(slug: str, *, is_filled: bool) -> StampedSet:
    """Return the copies of a template's paper, made once for all tests that only read them."""
    return copies_of(template_paper(slug, is_filled=is_filled))


def _labels(body: TemplateBody, *, is_named: bool) -> tuple[CopyLabel, ...]:
    names = {**NAMES, **BUREAUS} if is_named else {}
    total = len(body.copies)
    return tuple(
        CopyLabel(number, total, copy.holder, copy.label, copy.name or names.get(copy.holder, ""))
        for number, copy in enumerate(body.copies, 1)
    )


def sample_values(body: TemplateBody) -> Mapping[str, Value]:
    return {blank.id: _sample(blank) for blank in body.blanks if blank.kind is not BlankKind.SIGNING_DATE}


def _sample(blank: Blank) -> Value:
    match blank.kind:
        case BlankKind.INSTITUTION:
            return NAMES[blank.role]
        case BlankKind.INTEGER:
            return 3
        case BlankKind.MONEY:
            return Decimal("12000.50")
        case BlankKind.CHOICE:
            return blank.choices[0]
        case BlankKind.DATE:
            return date(2026, 11, 22)
        case _:
            return "绍兴市越城区"


@cache
def long_paper(slug: str) -> Paper:
    """Return a template's paper with every answer as long as it may be."""
    body = bodies()[slug]
    text = fill(body, {blank.id: _long(blank) for blank in body.blanks if blank.kind is not BlankKind.SIGNING_DATE})
    page = attestation_of(body, number="YY-330602-2026-0001", digest=DIGEST[:16], names=LONGEST)
    return replace(paper(text), digest=DIGEST, copies=_labels(body, is_named=True), attestation=page)


@cache
def long_made(slug: str) -> StampedSet:
    return copies_of(long_paper(slug))


def _long(blank: Blank) -> Value:
    match blank.kind:
        case BlankKind.INSTITUTION:
            return (
                LONGEST[blank.role] if blank.fact == "name" else "绍兴市越城区塔山街道延安东路五百二十一弄三十二号" * 8
            )
        case BlankKind.INTEGER:
            return blank.maximum or 99
        case BlankKind.MONEY:
            return Decimal("98765432.10")
        case BlankKind.CHOICE:
            return max(blank.choices, key=len)
        case BlankKind.DATE:
            return date(2026, 12, 31)
        case BlankKind.AUTHORITY:
            return "新疆维吾尔自治区伊犁哈萨克自治州察布查尔锡伯自治县"
        case _:
            return (LONG_ANSWER * 20)[: blank.max_length]


def simple_text(*paragraphs: str, side_by_side: bool = True, seal: bool = True) -> FilledText:
    """Return a text with a title, these paragraphs and two parties' signature lines."""
    lines = [FilledLine("title", "title", "", (Run("服务协议"),))]
    lines += [FilledLine(f"p{n}", "paragraph", "", (Run(words),)) for n, words in enumerate(paragraphs)]
    signatures = tuple(
        _signature(role, called, seal=seal) for role, called in (("medical", "甲"), ("elder_care", "乙"))
    )
    return FilledText("服务协议", tuple(lines), side_by_side, signatures)


def _signature(role: str, called: str, *, seal: bool) -> FilledSignature:
    runs = [Run(f"{called}方"), Run("（盖章）：", words=Words.PROMPT)], [Run(f"{called}方代表人：")], [DAY_BY_HAND]
    lines = (FilledLine(f"{role}{n}", "signature", "", tuple(own)) for n, own in enumerate(runs))
    return FilledSignature(role, seal, tuple(lines))


def long_text(paragraphs: int) -> FilledText:
    return simple_text(*(f"第{n}段。" + "双方应当按照约定全面履行自己的义务，" * 12 for n in range(1, paragraphs + 1)))


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def poppler(tool: str, pdf: bytes, *options: str) -> str:
    done = subprocess.run(
        [tool, *options, "-", *(["-"] if tool == "pdftotext" else [])], input=pdf, capture_output=True, check=True
    )
    assert done.stderr == b"", done.stderr.decode()
    # poppler's -bbox writes the title in its head in another encoding than the page's text.
    return done.stdout.decode(errors="replace" if "-bbox" in options else "strict")


def type_area_text(pdf: bytes) -> str:
    """Return what stands within the type area of all pages: the agreement's own text, in the file's order."""
    x, y, width, height = (str(round(mm * 10 * POINTS)) for mm in TYPE_AREA)
    return poppler("pdftotext", pdf, "-raw", "-r", "720", "-x", x, "-y", y, "-W", width, "-H", height)


def words_of(pdf: bytes) -> list[list[Word]]:
    """Return each page's words with their edges in millimetres."""
    tree = ElementTree.fromstring(poppler("pdftotext", pdf, "-bbox"))  # noqa: S314 -- our own output
    return [[_word(word) for word in page.iter(f"{XHTML}word")] for page in tree.iter(f"{XHTML}page")]


def lines_of(pdf: bytes) -> list[list[Word]]:
    """Return each page's lines within the type area, from the top, each as one word without its spaces."""
    return [list(_lines(page)) for page in words_of(pdf)]


def _lines(page: list[Word]) -> Iterator[Word]:
    _, top, _, height = TYPE_AREA
    inside = [word for word in page if top - 1 < (word.top + word.bottom) / 2 < top + height + 1]
    for _, own in groupby(
        sorted(inside, key=lambda word: (round(word.bottom), word.left)), lambda word: round(word.bottom)
    ):
        words = list(own)
        text = squeezed("".join(word.text for word in words))
        yield Word(text, words[0].left, words[0].top, max(word.right for word in words), words[0].bottom)


def right_edges(pdf: bytes) -> list[list[float]]:
    """Return where each character of each page ends, in millimetres, as PDFium sees it."""
    return [list(_right_edges(page.get_textpage())) for page in pypdfium2.PdfDocument(pdf)]


def _right_edges(page: pypdfium2.PdfTextPage) -> Iterator[float]:
    for number in range(page.count_chars()):
        yield page.get_charbox(number)[2] / POINTS


def _word(element: ElementTree.Element) -> Word:
    left, top, right, bottom = (float(element.attrib[key]) / POINTS for key in ("xMin", "yMin", "xMax", "yMax"))
    return Word(element.text or "", left, top, right, bottom)


def page_count(pdf: bytes) -> int:
    return len(pypdfium2.PdfDocument(pdf))


def page_images(pdf: bytes, dpi: int = 150) -> Iterator[Image.Image]:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    for page in document:
        yield page.render(scale=dpi / 72).to_pil()


def codes_of(pdf: bytes) -> list[list[str]]:
    """Return what a reader finds in the QR codes of each page, seen at 150 dpi."""
    return [[code.text for code in zxingcpp.read_barcodes(image)] for image in page_images(pdf)]
