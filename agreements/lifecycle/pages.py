"""Which pages of which copy the scans show: what is missing, what is there twice, and what nobody has said yet.

A number of pages proves nothing: five loose pages may be five times the same one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agreements.models import Agreement, Rendition, Scan
from agreements.models.scan import NO_PAGE, in_words


@dataclass(frozen=True)
class PagesShown:
    """What scans show of a copy of `expected` pages, counted from 1; `copies` are those that they show pages of."""

    expected: int
    copies: tuple[int, ...]
    missing: tuple[int, ...]
    doubled: tuple[int, ...]
    unplaced: tuple[str, ...]  # names of files of which nobody has said which pages they are
    wanted: tuple[int, ...] = ()  # the copy that was scanned before, where only its pages can be replaced

    @property
    def words(self) -> list[str]:
        """What keeps these from being one whole copy, each with its cure; none for a whole one."""
        found = []
        if self.unplaced:
            found.append(f"还没有标明是第几页的文件：{'、'.join(self.unplaced)}。请由上传的人标明页码。")
        if len(self.copies) > 1:
            which = "、".join(f"第 {copy} 份" for copy in self.copies)
            return [*found, f"扫描件里有{which}正本的页，请只用同一份正本。"]
        if self.wanted and self.copies and self.copies != self.wanted:
            return [*found, f"原来扫描的是第 {self.wanted[0]} 份正本，请仍用那一份重新扫描。"]
        if self.missing:
            found.append(f"{self._copy}共 {self.expected} 页，还缺第 {in_words(self.missing)} 页。")
        if self.doubled:
            found.append(f"{self._copy}的第 {in_words(self.doubled)} 页重复了，请取回多余的文件。")
        return found

    @property
    def _copy(self) -> str:
        return f"第 {self.copies[0]} 份正本" if self.copies else "一份正本"


def pages_shown(scans: Sequence[Scan], expected: int, *, beside: Sequence[Scan] = ()) -> PagesShown:
    """Return what scans show of a copy. Where these bring no page, one of `beside` (certified before) stands."""
    copies = sorted({scan.copy for scan in scans if scan.placed is not None})
    found = Counter(page for scan in scans for page in scan.placed or () if page != NO_PAGE)
    before = {page for scan in beside for page in scan.placed or ()}
    return PagesShown(
        expected,
        copies=tuple(copies),
        missing=tuple(page for page in range(1, expected + 1) if page not in found and page not in before),
        doubled=tuple(sorted(page for page, times in found.items() if times > 1)),
        unplaced=tuple(scan.original_name for scan in scans if scan.placed is None),
        wanted=tuple({scan.copy for scan in beside}),
    )


def standing(scans: Iterable[Scan]) -> list[Scan]:
    """Return those of the certified scans that show a page which none certified later has replaced, in the order of the
    paper's pages."""
    replaced: set[int] = set()
    kept: list[Scan] = []
    for scan in sorted(scans, key=lambda each: (each.checked_at, each.pk), reverse=True):
        own = set(scan.placed or ()) - {NO_PAGE}
        if own - replaced:
            kept.append(scan)
        replaced |= own
    return sorted(kept, key=lambda each: (each.placed or [], each.checked_at, each.pk))


def in_paper_order(scans: Iterable[Scan]) -> list[Scan]:
    """Return scans as one leafs through the paper: the worker is done with the files in any order."""
    return sorted(scans, key=lambda scan: (not scan.placed, scan.placed or [], as_people_count(scan), scan.pk))


def as_people_count(scan: Scan) -> list[tuple[int, str]]:
    """Sort 扫描2.jpg before 扫描10.jpg."""
    parts = re.findall(r"[0-9]+|[^0-9]+", unicodedata.normalize("NFKC", scan.original_name))
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def guessed(page_count: int, expected: int) -> list[int] | None:
    """Return which pages a file shows that is as long as a whole copy; None for a shorter one: somebody has to say.

    What is longer begins with the copy; the second person sees every page.
    """
    if not expected or page_count < expected:
        return None
    return [*range(1, expected + 1), *([NO_PAGE] * (page_count - expected))]


def pages_expected(agreement: Agreement) -> int:
    """Return how many pages one signed copy has, or 0 while the final copies are not made: then no verb goes on."""
    final = agreement.renditions.final().filter(state=Rendition.State.READY).first()
    return final.page_count if final else 0


def copies_made(agreement: Agreement) -> list[int]:
    """Return the numbers of the final copies, [] while they are not made."""
    final = agreement.renditions.final().filter(state=Rendition.State.READY).first()
    return list(final.counterparts.values_list("number", flat=True)) if final else []
