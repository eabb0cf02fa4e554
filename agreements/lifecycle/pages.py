"""Which pages of which copies the scans show: what is missing, what is there twice, and what is none of them.

A number of pages proves nothing: five loose pages may be five times the same one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from agreements.documents.verification import printed_page
from agreements.models import Agreement, Counterpart, Rendition, Scan, ScanPage
from agreements.models.scan import in_words
from institutions.models import Role

Finding = ScanPage.Finding
Place = tuple[int, int]  # copy and page, counted from 1
ELECTRONIC = "和电子版一样，没有签章的痕迹"
COMPARE = (
    "请对照纸质原件。文字改过的，请取回或者更换这个文件；"
    "确实与正本一致的，请由上传的人标明是哪一页，写明理由，由核验人判断。"
)
FLATTEN = "请压平以后重新扫描，更换这个文件；扫不平的，请由上传的人对照纸质原件标明是哪一页，写明理由，由核验人判断。"
# Why nobody knows which page one is, or whether it is that page, and the cure.
NO_CODE = "读不出是哪一页，或者和正本对不上", "请由上传的人标明，或者重新扫描。"
NOT_COMPARED = (
    "的二维码是{}，但是和正本对不上，可能太淡、拍得太斜、纸没有压平、遮住了，或者二维码不是这一页的",
    "请压平、拍正，太淡的调深一些，重新扫描，或者由上传的人标明。",
)
SEVERAL = (
    "上有{}的二维码，一张只能是一页",
    "请按 A4 一页一页分开扫描，更换这个文件：左右并排、方向一致的两页系统会分开读，这一张没有认出来；"
    "只是旁边露出别的页的，请由上传的人标明。",
)
BLANK_BACKS = (
    "几乎全白、没有二维码，像是双面扫描的空白背面",
    "确实是空白的，请由上传的人一次标明；应当有内容的，请把纸放正以后重新扫描。",
)
# What a page is that may not be in a file at all, and the cure.
STRANGE = {
    Finding.FOREIGN: ("是另一份协议的", "请取回这个文件，或者换成没有这些页的文件。"),
    Finding.OTHER_TEXT: ("印的不是定稿的文本", "请按现在的正本扫描，取回或者更换这个文件。"),
    Finding.VOIDED: ("印的是已作废的文本", "请按现在的正本打印、签章、扫描，取回或者更换这个文件。"),
}


@dataclass(frozen=True)
class PagesShown:
    """What scanned pages show of copies of `expected` pages each, numbered as in `made`.

    `sheets` are those of the files that wait; `beside` those that were certified before and stand where these bring
    none. `takes_all`: whether every copy has to come back; else one whole copy is enough.
    """

    expected: int
    made: tuple[int, ...]
    takes_all: bool
    sheets: tuple[ScanPage, ...]
    beside: tuple[ScanPage, ...] = ()

    @cached_property
    def found(self) -> Counter[Place]:
        return Counter(_place(sheet) for sheet in self.sheets if sheet.counts)

    @cached_property
    def before(self) -> frozenset[Place]:
        return frozenset(_place(sheet) for sheet in self.beside)

    @property
    def doubled(self) -> list[Place]:
        """The pages that several scanned pages show."""
        return sorted(place for place, times in self.found.items() if times > 1)

    def missing(self, copy: int) -> list[int]:
        """Return which pages of a copy neither these nor those before show."""
        pages = range(1, self.expected + 1)
        return [page for page in pages if (copy, page) not in self.found and (copy, page) not in self.before]

    @cached_property
    def due(self) -> tuple[int, ...]:
        """The copies that have to come back: all, or the one of which most is there."""
        if self.takes_all or not self.made:
            return self.made
        return (min(self.made, key=lambda copy: (len(self.missing(copy)), copy)),)

    @property
    def words(self) -> list[str]:
        """What keeps these from being what has to come back, each with its cure; none where nothing does."""
        found = (
            self._strange(),
            self._unsigned(),
            self._unreadable(),
            self._doubled(),
            self._missing(),
            self._awaited(),
        )
        return [words for each in found for words in each] or self._nothing_anew()

    def _strange(self) -> Iterable[str]:
        """What somebody has sent back is out of it, but for pages of other agreements: nobody files those."""
        for finding, (what, cure) in STRANGE.items():
            stay = [sheet for sheet in self._all(finding) if not sheet.sent_back_at or finding is Finding.FOREIGN]
            if stay:
                yield f"{named(stay)}{what}。{cure}"

    def _unsigned(self) -> Iterable[str]:
        unsigned = [sheet for sheet in self._all(Finding.UNSIGNED) if not sheet.sent_back_at]
        if electronic := [sheet for sheet in unsigned if not sheet.bare]:
            yield f"{named(electronic)}{ELECTRONIC}。请扫描签章后的纸张，取回或者更换这个文件。"
        for sheet in unsigned:
            if sheet.bare:
                yield f"{named([sheet])}的{bare_in_words(sheet)}。请签章后重新扫描，取回或者更换这个文件。"

    def _unreadable(self) -> Iterable[str]:
        unread = [sheet for sheet in self._all(Finding.UNREADABLE) if not sheet.sent_back_at]
        if blanks := [sheet for sheet in unread if sheet.is_blank]:
            what, cure = BLANK_BACKS
            yield f"{named(blanks)}{what}。{cure}"
        nameless = [sheet for sheet in unread if not sheet.is_blank and not sheet.differing]
        if unknown := [sheet for sheet in nameless if not read_as(sheet)]:
            what, cure = NO_CODE
            yield f"{named(unknown)}{what}。{cure}"
        for sheet in unread:
            if read_as(sheet) and not sheet.differing:
                what, cure = unknown_in_words(sheet)
                yield f"{named([sheet])}{what}。{cure}"
        for sheet in unread:
            if sheet.differing:
                yield f"{named([sheet])}{differing_in_words(sheet)}。{cure_of_differing(sheet)}"

    def _doubled(self) -> Iterable[str]:
        for copy, pages in _by_copy(self.doubled):
            yield (
                f"第 {copy} 份正本的第 {in_words(pages)} 页重复了。"
                "请取回多余的文件，或者把多出的一页标明为“不是正本的页”。"
            )

    def _missing(self) -> Iterable[str]:
        for copy in self.due:
            if missing := self.missing(copy):
                yield f"第 {copy} 份正本共 {self.expected} 页，还缺第 {in_words(missing)} 页。"
        scanned_before = sorted({copy for copy, _ in self.before})
        anew = {copy for copy, _ in self.found}
        if scanned_before and any(copy not in scanned_before and self.missing(copy) for copy in anew):
            which = "、".join(f"第 {copy} 份" for copy in scanned_before)
            yield f"原来扫描的是{which}正本，请仍用那一份重新扫描，或者把另一份从头到尾扫描。"

    def _awaited(self) -> Iterable[str]:
        """Where a page that was certified before would stand for one that was found bad and sent back."""
        back = {_place(sheet) for sheet in self.sheets if sheet.sent_back_at}
        for copy, pages in _by_copy(sorted(place for place in back & self.before if place not in self.found)):
            yield (
                f"第 {copy} 份正本第 {in_words(pages)} 页退回以后还没有重新扫描。"
                "请重新扫描后上传；仍用原来扫描件的，请取回退回的那个文件。"
            )

    def _nothing_anew(self) -> list[str]:
        if self.beside and self.sheets and not self.found:
            return ["重新上传的文件里没有一页是正本的页，不能代替原来的扫描件。请上传重新扫描的页，或者取回这些文件。"]
        return []

    def _all(self, finding: Finding) -> list[ScanPage]:
        return [sheet for sheet in self.sheets if sheet.finding == finding]


def shown_by(agreement: Agreement, sheets: Iterable[ScanPage], beside: Iterable[ScanPage] = ()) -> PagesShown:
    """Return what pages show of the final copies of an agreement."""
    takes_all = agreement.template_version is not None and agreement.chosen_version.parsed.takes_all_copies
    made = tuple(copy.number for copy in copies_made(agreement))
    return PagesShown(pages_expected(agreement), made, takes_all, tuple(sheets), tuple(beside))


def standing_sheets(scans: Iterable[Scan]) -> list[ScanPage]:
    """Return the pages of certified scans that none certified later has replaced, in the order of the paper's."""
    newest: dict[Place, ScanPage] = {}
    for scan in sorted(scans, key=lambda each: (each.checked_at, each.pk)):
        newest |= {_place(sheet): sheet for sheet in scan.sheets.all() if sheet.counts}
    return [newest[place] for place in sorted(newest)]


def standing(scans: Iterable[Scan]) -> list[Scan]:
    """Return those of the certified scans of which a page stands, in the order of the paper's pages."""
    every = list(scans)
    first: dict[int, int] = {}
    for place, sheet in enumerate(standing_sheets(every)):
        first.setdefault(sheet.scan_id, place)
    return sorted((scan for scan in every if scan.pk in first), key=lambda scan: (first[scan.pk], scan.pk))


def in_paper_order(scans: Iterable[Scan]) -> list[Scan]:
    """Return scans as one leafs through the paper: the worker is done with the files in any order."""
    return sorted(scans, key=lambda scan: (_first_place(scan), as_people_count(scan), scan.pk))


def leafed_through(sheets: Iterable[ScanPage]) -> list[ScanPage]:
    """Return pages as one leafs through the copies; those of which nobody knows, and backs, come last."""
    return sorted(
        sheets,
        key=lambda sheet: (not sheet.copy, *_place(sheet), as_people_count(sheet.scan), sheet.scan_id, sheet.number),
    )


def as_people_count(scan: Scan) -> list[tuple[int, str]]:
    """Sort 扫描2.jpg before 扫描10.jpg."""
    parts = re.findall(r"[0-9]+|[^0-9]+", unicodedata.normalize("NFKC", scan.original_name))
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def named(sheets: Iterable[ScanPage]) -> str:
    """Name pages by their files: 扫描件.pdf 第 2–3 页."""
    files: dict[int, tuple[str, list[int]]] = {}
    for sheet in sorted(sheets, key=lambda each: (as_people_count(each.scan), each.scan_id, each.number)):
        files.setdefault(sheet.scan_id, (sheet.scan.original_name, []))[1].append(sheet.number)
    return "、".join(f"{name} 第 {in_words(numbers)} 页" for name, numbers in files.values())


def places_in_words(sheets: Sequence[ScanPage]) -> str:
    """Say which pages of which copies these show, and of files where that is not known."""
    known = sorted({_place(sheet) for sheet in sheets if sheet.copy and sheet.page})
    words = [f"第 {copy} 份正本第 {in_words(pages)} 页" for copy, pages in _by_copy(known)]
    others = [sheet for sheet in sheets if not sheet.copy]
    return "、".join([*words, *([named(others)] if others else [])])


def bare_in_words(sheet: ScanPage) -> str:
    """Say of a page without seals where none stands."""
    sides = [Role(area).label if area in Role.values else area for area in sheet.bare]
    return f"{'、'.join(sides)}签章处没有看到印章或签字"


def read_as(sheet: ScanPage) -> list[Place]:
    """Return which pages of copies the codes on a page name: of one that is unreadable, of this text's copies only, and
    whether it is one of them was not seen."""
    read = [printed_page(code) for code in sheet.picture.seen.get("codes", ())]
    return sorted({(printed.copy, printed.page) for printed in read if printed is not None})


def read_in_words(sheet: ScanPage) -> str:
    """Say for people which pages the codes on a page name, "" without any."""
    return "、".join(f"第 {copy} 份正本第 {in_words(pages)} 页" for copy, pages in _by_copy(read_as(sheet)))


def unknown_in_words(sheet: ScanPage) -> tuple[str, str]:
    """Say of an unreadable page what was read of it all the same, and what helps."""
    if sheet.is_blank:
        return BLANK_BACKS
    read = read_as(sheet)
    if not read:
        return NO_CODE
    what, cure = SEVERAL if len(read) > 1 else NOT_COMPARED
    return what.format(read_in_words(sheet)), cure


def differing_in_words(sheet: ScanPage) -> str:
    """Say of a page of other words where they stand, as ours read there; of one that is bent, where nobody can tell."""
    places = "".join(f"“{words}”" for words in sheet.differing)
    if sheet.is_bent:
        return f"的纸面没有压平，正本上{places}的地方系统看不准"
    return f"的文字和正本不一样，正本上{places}的地方印的是别的字，或者没有字、被盖住了"


def cure_of_differing(sheet: ScanPage) -> str:
    """Say what to do about such a page."""
    return FLATTEN if sheet.is_bent else COMPARE


def pages_expected(agreement: Agreement) -> int:
    """Return how many pages one signed copy has, or 0 while the final copies are not made: then no verb goes on."""
    final = _final(agreement)
    return final.page_count if final else 0


def copies_made(agreement: Agreement) -> list[Counterpart]:
    """Return the final copies, [] while they are not made."""
    final = _final(agreement)
    return list(final.counterparts.all()) if final else []


def _final(agreement: Agreement) -> Rendition | None:
    return agreement.renditions.final().filter(state=Rendition.State.READY).first()


def _place(sheet: ScanPage) -> Place:
    return sheet.copy or 0, sheet.page or 0


def _first_place(scan: Scan) -> tuple[bool, Place]:
    places = [_place(sheet) for sheet in scan.sheets.all() if sheet.counts]
    return not places, min(places, default=(0, 0))


def _by_copy(places: Iterable[Place]) -> list[tuple[int, list[int]]]:
    copies: dict[int, list[int]] = {}
    for copy, page in places:
        copies.setdefault(copy, []).append(page)
    return list(copies.items())
