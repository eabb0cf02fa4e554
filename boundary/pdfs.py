"""An uploaded PDF: whether it is nothing but pages. Read with pikepdf; nothing in it is run or drawn here."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf

from boundary.refused import MOST_PAGES, MOST_PIXELS, TOO_MANY_PIXELS, UploadRefused
from boundary.unpacking import refuse_bombs

# Keys by which a PDF does something when it is opened, or carries other files.
ACTIVE = ("/AA", "/JavaScript", "/EmbeddedFiles", "/AF", "/XFA")
# What a click may do in a scan: nothing but go to a page. Scanners' software sets such an action for opening, too.
HARMLESS_ACTION = "/GoTo"
ACTIVE_NOTES = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Screen", "/Sound", "/3D"})

# Actions that reach outside the document, wherever they hang: on a link, an outline entry, a form field.
REACHING = frozenset(
    f"/{name}"
    for name in (
        *("JavaScript", "Launch", "URI", "SubmitForm", "ImportData", "GoToR", "GoToE"),
        *("Rendition", "Movie", "Sound", "RichMediaExecute"),
    )
)
DEEPEST = 40  # direct objects within each other; honest files have a handful


def pages_of_pdf(content: bytes) -> int:
    """Return the number of pages. Raises UploadRefused."""
    refuse_bombs(content)
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise UploadRefused("这份 PDF 加了密码或权限限制，请重新扫描成不加密的文件。")
            if _is_active(pdf):
                raise UploadRefused("这份 PDF 带有脚本、附件或自动动作，不是普通扫描件。请用扫描仪重新扫描。")
            pages = len(pdf.pages)
            if 1 <= pages <= MOST_PAGES and _has_huge_picture(pdf):
                raise UploadRefused(TOO_MANY_PIXELS)
    except pikepdf.PasswordError:
        raise UploadRefused("这份 PDF 加了密码，请重新扫描成不加密的文件。") from None
    except pikepdf.PdfError:
        raise UploadRefused("这份 PDF 打不开，可能没有传完整。请重新扫描后上传。") from None
    if not 1 <= pages <= MOST_PAGES:
        raise UploadRefused(f"这份 PDF 有 {pages} 页，应在 1 到 {MOST_PAGES} 页之间。")
    return pages


def _is_active(pdf: pikepdf.Pdf) -> bool:
    root = pdf.Root
    names = root.get("/Names", pikepdf.Dictionary())
    form = root.get("/AcroForm", pikepdf.Dictionary())
    if any(key in place for place in (root, names, form, *pdf.pages) for key in ACTIVE):
        return True
    if _acts(root.get("/OpenAction")) or any(_is_active_note(note) for page in pdf.pages for note in _notes(page)):
        return True
    return any(_reaches_out(each) for each in pdf.objects)


def _reaches_out(thing: pikepdf.Object, depth: int = 0) -> bool:
    """Whether an object, or one that lies directly in it, is an action that reaches outside or a file."""
    if depth > DEEPEST:
        return True
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        if "/JS" in thing or thing.get("/S") in REACHING or thing.get("/Type") == "/EmbeddedFile":
            return True
        inner = [value for _, value in thing.items()]
    elif isinstance(thing, pikepdf.Array):
        inner = list(thing)
    else:
        return False
    held = [each for each in inner if isinstance(each, pikepdf.Object) and not each.is_indirect]
    return any(_reaches_out(each, depth + 1) for each in held)


def _notes(page: pikepdf.Page) -> pikepdf.Object:
    return page.obj.get("/Annots", pikepdf.Array())


def _is_active_note(note: pikepdf.Object) -> bool:
    return note.get("/Subtype") in ACTIVE_NOTES or "/AA" in note or _acts(note.get("/A"))


def _acts(action: pikepdf.Object | None) -> bool:
    """Whether an action does more than show a page: an array is a place in the document, a dictionary an action."""
    return isinstance(action, pikepdf.Dictionary) and (action.get("/S") != HARMLESS_ACTION or "/Next" in action)


def _has_huge_picture(pdf: pikepdf.Pdf) -> bool:
    return any(width * height > MOST_PIXELS for width, height in _sizes_of_pictures(pdf))


def _sizes_of_pictures(pdf: pikepdf.Pdf) -> Iterator[tuple[int, int]]:
    for each in pdf.objects:
        if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Image":
            yield _whole(each.get("/Width")), _whole(each.get("/Height"))


def _whole(number: object) -> int:
    return number if isinstance(number, int) else 0
