"""Official documents that data files cite: where they lie, and what of them is noise when words are compared.

Knows nothing of Django. The documents are kept byte for byte; nothing of them is ever corrected.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

OFFICIAL = Path(__file__).resolve().parent / "data" / "official"
LARGEST = 20 * 1024 * 1024  # bytes
# What a document may have and a transcription need not, in this order; every other character counts.
NOISE = (
    ("标题前的井号", re.compile(r"^#+[ \t]+", re.MULTILINE), ""),
    ("Markdown 转义的反斜杠", re.compile(r"\\([_\-])"), r"\1"),
    ("空白、换行和分页", re.compile(r"\s+"), ""),
)


@dataclass(frozen=True)
class Document:
    """An official document as it was published."""

    name: str
    digest: str  # SHA-256 of its bytes, hex
    text: str

    @property
    def words(self) -> str:
        """The document without its noise."""
        return words_of(self.text)


def words_of(text: str) -> str:
    """Return a document's text without its noise."""
    for _, pattern, instead in NOISE:
        text = pattern.sub(instead, text)
    return text


def without_space(text: str) -> str:
    """Return a text without white space, and nothing else changed."""
    return re.sub(r"\s+", "", text)


def folders(cited_in: Path) -> tuple[Path, ...]:
    """Return where a document cited in a data file may lie, the nearest first."""
    return cited_in.parent, cited_in.parent.parent / "official", OFFICIAL


def document(name: str, *, cited_in: Path) -> Document | None:
    """Return a document by its file's name; None where there is none."""
    found = next((folder / name for folder in folders(cited_in) if (folder / name).is_file()), None)
    if found is None or Path(name).name != name:
        return None
    with found.open("rb") as file:
        raw = file.read(LARGEST)  # of a longer one the digest differs
    return Document(name, hashlib.sha256(raw).hexdigest(), raw.decode("utf-8", errors="replace"))


def missing(name: str, *, cited_in: Path) -> str:
    """Say that a document is not there, and where it belongs."""
    return f"没有找到来源文件“{name}”：请把它放进 {folders(cited_in)[1]}（UTF-8 文本，一字不改）"


def wrong_digest(found: Document) -> str:
    """Say what the digest of a document is."""
    return f"与来源文件 {found.name} 不符；这个文件的 SHA-256 是 {found.digest}，核对文件无误后照此填写"
