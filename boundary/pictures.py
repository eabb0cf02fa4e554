"""One page of a stored file as a picture for the screen, drawn in a cell (`boundary.cell`)."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpResponse

from boundary.cell.door import IN_A_REQUEST, draw
from boundary.refused import UploadRefused

SHOWN_WIDTH = 1000  # pixels of a page on screen
LARGE_WIDTH = 2400  # pixels of a page that is looked at closely
KEPT_SECONDS = 600  # a page never changes, but whoever signs in next at the same desk must not find it
UNPROCESSABLE = 422


def answer_with_page(file: FieldFile, page: int, *, is_large: bool) -> HttpResponse:
    """Answer with one page, counted from 1, of a file that was judged when it was kept. Raises Http404.

    The picture is redrawn: only its dots come from the file. What cannot be drawn within the limits is answered with
    the reason in words.
    """
    try:
        picture = page_as_png(file, page, width=LARGE_WIDTH if is_large else SHOWN_WIDTH)
    except IndexError:
        raise Http404 from None
    except UploadRefused as refusal:
        return HttpResponse(str(refusal), status=UNPROCESSABLE, content_type="text/plain; charset=utf-8")
    kept = {"Cache-Control": f"private, max-age={KEPT_SECONDS}"}
    return HttpResponse(picture, content_type="image/png", headers=kept)


def page_as_png(file: FieldFile, page: int, *, width: int = SHOWN_WIDTH) -> bytes:
    """Return one page (from 1) as a picture, `width` pixels wide. Raises IndexError, UploadRefused."""
    with TemporaryDirectory(prefix="yiyang-page-") as folder:
        into = Path(folder) / "drawn"
        into.mkdir()
        [drawn] = draw(_path_of(file, Path(folder)), [page], width=width, into=into, patience=IN_A_REQUEST)
        return drawn.file.read_bytes()


def _path_of(file: FieldFile, folder: Path) -> Path:
    """Return where a file lies, having copied it from its bucket: a cell reads files, no network."""
    try:
        return Path(file.path)
    except NotImplementedError:
        path = folder / "given"
        with file.open("rb") as source, path.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        return path
