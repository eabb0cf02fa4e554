"""What an xlsx is made of, as far as its rows need it: the sheets, the shared texts, which looks show days.

Everything else of the package, colours and fonts above all, may be as crooked as it likes. openpyxl reads it all and
finds damage where a program left out what only looks need, wrote backslashes into names, or capitals.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any
from zipfile import ZipFile, ZipInfo

from openpyxl.xml.functions import fromstring

from boundary.refused import TABLE_DAMAGED, UploadRefused

BOOK = "xl/workbook.xml"
STRICT = "http://purl.oclc.org/ooxml/"
IS_STRICT = (
    "这个文件是“Strict Open XML 电子表格”，不能导入。"
    "请用 Excel 打开后另存为“Excel 工作簿（.xlsx）”，不要选“Strict Open XML 电子表格”。"
)
YES = frozenset({"1", "true", "on"})


def named(name: str) -> str:
    """Return a part's name as all of them are compared (ECMA-376, part 2, 6.2.2: whatever the case)."""
    return name.replace("\\", "/").lstrip("/").lower()


@dataclass(frozen=True)
class Sheet:
    """A sheet with rows, and the name of its part."""

    name: str
    part: str
    is_hidden: bool


class Package:
    """A judged archive by its parts. Raises UploadRefused for one that is no workbook of this kind."""

    def __init__(self, file: IO[bytes]) -> None:
        self._archive = ZipFile(file)
        self._parts: dict[str, ZipInfo] = {}
        for part in self._archive.infolist():
            if self._parts.setdefault(named(part.filename), part) is not part:  # which of the two would Excel show?
                raise UploadRefused(TABLE_DAMAGED)
        self._book = self._found_book()
        self._related = dict(self._relations(self._book))
        root = self.parsed(self._book)
        if root.tag.startswith("{" + STRICT):
            raise UploadRefused(IS_STRICT)
        self.counts_from_1904 = any(each.get("date1904", "") in YES for each in _all(root, "workbookPr"))
        self.sheets = list(self._sheets(root))

    @property
    def texts(self) -> str:
        """The part of the shared texts, "" for none."""
        return self._one("sharedstrings", "xl/sharedstrings.xml")

    @property
    def styles(self) -> str:
        """The part of the looks, "" for none."""
        return self._one("styles", "xl/styles.xml")

    def open(self, part: str) -> IO[bytes]:
        """Raises KeyError for a part that is not there."""
        return self._archive.open(self._parts[named(part)])

    def parsed(self, part: str) -> Any:
        """Return a small part as a tree. Raises what XML that is none, or with entities, raises."""
        with self.open(part) as source:
            return fromstring(source.read())

    def close(self) -> None:
        self._archive.close()

    def _found_book(self) -> str:
        said = [part for kind, part in dict(self._relations("")).values() if kind == "officedocument"]
        found = next((part for part in (*said, BOOK) if part in self._parts), "")
        if not found:
            raise UploadRefused(TABLE_DAMAGED)
        return found

    def _relations(self, part: str) -> Iterator[tuple[str, tuple[str, str]]]:
        """Yield the relations of a part by their id: the last word of the kind, and the name of the other part."""
        folder, name = posixpath.split(part)
        beside = posixpath.join(folder, "_rels", f"{name}.rels")
        if beside not in self._parts:
            return
        for each in self.parsed(beside):
            target = named(each.get("Target", "")) if "Target" in each.attrib else ""
            is_absolute = each.get("Target", "")[:1] in ("/", "\\")
            path = target if is_absolute else posixpath.normpath(posixpath.join(folder, target))
            yield each.get("Id", ""), (each.get("Type", "").rpartition("/")[2].lower(), path)

    def _one(self, kind: str, usual: str) -> str:
        said = [part for known, part in self._related.values() if known == kind and part in self._parts]
        return said[0] if said else usual if usual in self._parts else ""

    def _sheets(self, root: Any) -> Iterator[Sheet]:
        """Yield what has rows: charts and old macros have none. Raises UploadRefused for a sheet that is not there."""
        for each in _all(root, "sheet"):
            related = next((value for name, value in each.attrib.items() if name.endswith("}id")), "")
            kind, part = self._related.get(related, ("", ""))
            if kind not in ("worksheet", ""):
                continue
            if part not in self._parts:
                raise UploadRefused(TABLE_DAMAGED)
            yield Sheet(each.get("name", ""), part, each.get("state", "visible") != "visible")


def _all(root: Any, name: str) -> Iterator[Any]:
    return (each for each in root.iter() if isinstance(each.tag, str) and each.tag.rpartition("}")[2] == name)
