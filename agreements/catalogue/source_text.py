"""Whether a template prints what its official document says, character for character.

Only what `regions.official.NOISE` lists counts for nothing. A template that is not equal is no official text: its file
is refused as long as it says that it is, and each difference is named at the block in which it stands.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import accumulate
from unicodedata import category

from agreements.catalogue.mistake import Mistake, Path
from agreements.text.filling import FilledLine, fill
from agreements.text.schema import TemplateBody
from regions.datafile import UNSEEN
from regions.official import Document, without_space, words_of

MOST_NAMED = 8  # of the differences of one file: of a wholly other text the first are enough
AROUND = 6  # characters shown before a difference


class NotFound(ValueError):
    """The document has no such text. The message says what was looked for; `path` where the file names it."""

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path


def differences(body: TemplateBody, document: Document) -> Iterator[Mistake]:
    """Yield where the template's blank text is not the document's, in the order of the text."""
    try:
        wanted = words_of(official_text(body, document))
    except NotFound as missing:
        yield missing.path, str(missing)
        return
    lines = [(path, without_space(line.text)) for path, line in _printed(body)]
    printed = "".join(text for _, text in lines)
    if printed != wanted:
        ends = list(accumulate(len(text) for _, text in lines))
        for said, at in _unlike(wanted, printed):
            yield lines[min(bisect_right(ends, at), len(lines) - 1)][0], said


def official_text(body: TemplateBody, document: Document) -> str:
    """Return the part of the document that the template transcribes: from its title's line to that of `source.until`.

    Raises NotFound when one of the two is no line of the document.
    """
    lines = document.text.splitlines()
    words = [words_of(line) for line in lines]
    title, until = words_of(body.title), words_of(body.source.until)
    if title not in words:
        raise NotFound(("title",), f"来源文件 {document.name} 里没有单独成行的标题“{body.title}”，请照原文写")
    start = words.index(title)
    if not until:
        return "\n".join(lines[start:])
    if until not in words[start:]:
        message = f"来源文件 {document.name} 里，标题之后没有单独成行的“{body.source.until}”，请照原文写"
        raise NotFound(("source", "until"), message)
    return "\n".join(lines[start : words.index(until, start)])


def _printed(body: TemplateBody) -> Iterator[tuple[Path, FilledLine]]:
    """Yield every line of the blank text with its path in the file."""
    text = fill(body, {})
    for index, line in enumerate(text.lines):
        yield ("blocks", index, "text"), line
    for index, signature in enumerate(text.signatures):
        shared = index == len(body.signature.parties)
        above: Path = ("signature", "shared_lines") if shared else ("signature", "parties", index, "lines")
        yield from (((*above, number), line) for number, line in enumerate(signature.lines))


def _unlike(wanted: str, printed: str) -> Iterator[tuple[str, int]]:
    """Yield each difference in words, with its offset in the printed text."""
    compared = SequenceMatcher(None, wanted, printed, autojunk=False).get_opcodes()
    changes = [change for change in compared if change[0] != "equal"]
    for kind, start, end, at, until in changes[:MOST_NAMED]:
        before = printed[max(0, at - AROUND) : at]
        place = f"“{before}”后面" if before else "开头"
        there, here = _shown(wanted[start:end]), _shown(printed[at:until])
        match kind:
            case "delete":
                yield f"与官方原文不同：{place}缺少“{there}”，请照原文补上", at
            case "insert":
                yield f"与官方原文不同：{place}多出“{here}”，请照原文删去", at
            case _:
                yield f"与官方原文不同：{place}原文是“{there}”，这里是“{here}”，请照原文改", at


def _shown(text: str) -> str:
    """Return a text in which what nobody sees is named."""
    return "".join(f"（看不见的字符 U+{ord(char):04X}）" if category(char) in UNSEEN else char for char in text)
