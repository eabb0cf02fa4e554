"""A PDF: whether it is nothing but pages, and few enough to be drawn. Read with pikepdf; nothing is drawn here."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pikepdf

from boundary.cell.inside.acting import refuse_acting
from boundary.cell.inside.contents import Reckoner, dots_of
from boundary.cell.inside.objects import entry, name
from boundary.cell.inside.pages import flattened, pages_of
from boundary.cell.inside.streams import refuse_bombs
from boundary.refused import UploadRefused

PASSWORD = "这份 PDF 加了密码，请重新扫描成不加密的文件。"  # noqa: S105 -- what is said of one
RIGHTS = "这份 PDF 加了密码或权限限制，请重新扫描成不加密的文件。"
NOT_WHOLE = "这份 PDF 打不开，可能没有传完整。请重新扫描后上传。"


def judge(content: bytes, counted: Callable[[int], None]) -> int:
    """Return the number of pages, having told it to `counted` as soon as it was known. Raises UploadRefused."""
    with _opened(content) as pdf:
        if pdf.is_encrypted:
            raise UploadRefused(RIGHTS)
        if _is_cut_off(content):
            raise UploadRefused(NOT_WHOLE)
        pages = pages_of(pdf)
        counted(len(pages))
        refuse_acting(pdf)
        for each in pdf.objects:
            if isinstance(each, pikepdf.Stream) and name(entry(each, "/Subtype")) == "/Image":
                dots_of(each)
        reckoner = Reckoner()
        for page in {page.objgen: page for page in pages}.values():
            reckoner.judge(page)
        refuse_bombs(pdf, len(content))  # last: it takes longest, and what pages are made of was bounded closer
    return len(pages)


def count(content: bytes) -> int:
    """Return the number of pages by reference. Raises UploadRefused."""
    with _opened(content) as pdf:
        return len(pages_of(pdf))


def keep_flattened(content: bytes, path: Path) -> None:
    """Write the file anew with its pages in one plain list that says how many they are. Raises UploadRefused."""
    with _opened(content) as pdf:
        flattened(pdf, pages_of(pdf))
        pdf.save(path)


def _is_cut_off(content: bytes) -> bool:
    """Whether its end is missing, as of a file that was not copied wholly: what says where everything lies stands
    behind the last object. Readers show the pages all the same, and where the rest would be they are white."""
    return content.rfind(b"startxref") < content.rfind(b"endobj")


@contextmanager
def _opened(content: bytes) -> Iterator[pikepdf.Pdf]:
    """Open a PDF, and say of whatever qpdf finds wrong, then or later, that it is not whole."""
    try:
        with pikepdf.open(io.BytesIO(content), inherit_page_attributes=False) as pdf:
            yield pdf
    except pikepdf.PasswordError:
        raise UploadRefused(PASSWORD) from None
    except UploadRefused:  # itself a ValueError
        raise
    except (pikepdf.PdfError, ValueError, OverflowError):  # a number that is none of ours, a key that is no text
        raise UploadRefused(NOT_WHOLE) from None
