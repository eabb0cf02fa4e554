"""Whether a PDF does anything besides showing pages: what a reader would run, fetch, send or unpack, by its meaning.

The file is given out as it came, so what would act in a reader is refused although nothing of it acts here. A link to
a page of the web that somebody may click is harmless; one that opens by itself is not.
"""

from __future__ import annotations

import re
from typing import Any

import pikepdf

from boundary.cell.inside.objects import dictionary, entries, entry, everything, is_holder, name, several, words
from boundary.refused import UploadRefused

ACTS = "这份 PDF 带有脚本、附件或自动动作，不是普通扫描件。请用扫描仪重新扫描。"

# Actions that run, send, or open other files, each with the entries without one of which it does nothing: a name alone
# stands in many places, such as the mark of a paragraph.
REACHING = {
    "/JavaScript": ("/JS",),
    "/Launch": ("/F", "/Win", "/Unix", "/Mac"),
    "/SubmitForm": ("/F",),
    "/ImportData": ("/F",),
    "/GoToR": ("/F",),
    "/GoToE": ("/F", "/T"),
    "/Rendition": ("/R", "/JS", "/OP"),
    "/Movie": ("/Annotation", "/T", "/Operation"),
    "/Sound": ("/Sound",),
    "/RichMediaExecute": ("/TA", "/CMD"),
}
ACTIVE_NOTES = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Screen", "/Sound", "/3D"})
# What may happen by itself: the reader goes to a page. Scanners' software sets such an action for opening.
MOVES = frozenset({"/FirstPage", "/LastPage", "/NextPage", "/PrevPage"})
# An address with one of these, or with no scheme, leads to a page or a mailbox; any other to who knows what.
WEB = re.compile(r"\s*(?:https?:|mailto:|tel:|(?![a-z][a-z0-9+.-]*:))", re.IGNORECASE)
MOST_NEXT = 100


def refuse_acting(pdf: pikepdf.Pdf) -> None:
    """Raises UploadRefused when a reader that opens the file would do more than show it."""
    form = dictionary(pdf.Root, "/AcroForm")
    if _is_form_of_its_own(form) or _does(entry(pdf.Root, "/OpenAction")):
        raise UploadRefused(ACTS)
    if any(_acts(each) for each in everything(pdf)):
        raise UploadRefused(ACTS)


def _acts(value: Any) -> bool:
    """Whether an object, wherever it hangs, is an action that reaches out, or holds or shows a file."""
    if not is_holder(value):
        return False
    kind = name(entry(value, "/S"))
    if kind in REACHING and any(entry(value, key) is not None for key in REACHING[kind]):
        return True
    if kind == "/URI" and not WEB.match(words(entry(value, "/URI"))):
        return True
    if any(_does(action) for _, action in entries(entry(value, "/AA"))):
        return True
    return _is_file(value) or _is_active_note(value)


def _does(action: Any) -> bool:
    """Whether an action that happens by itself does more than show a page. An array is a place in the document."""
    for _ in range(MOST_NEXT):
        if not isinstance(action, pikepdf.Dictionary):
            return isinstance(action, pikepdf.Array) and any(_does_at_all(each) for each in action)
        if _does_at_all(action):
            return True
        action = entry(action, "/Next")
    return True


def _does_at_all(action: Any) -> bool:
    kind = name(entry(action, "/S"))
    return kind in REACHING or kind == "/URI" or (kind == "/Named" and name(entry(action, "/N")) not in MOVES)


def _is_file(value: Any) -> bool:
    """Whether this is a file within the file, or the entry of one."""
    if name(entry(value, "/Type")) == "/EmbeddedFile":
        return True
    return any(isinstance(held, pikepdf.Stream) for _, held in entries(entry(value, "/EF")))


def _is_active_note(value: Any) -> bool:
    return name(entry(value, "/Subtype")) in ACTIVE_NOTES and isinstance(entry(value, "/Rect"), pikepdf.Array)


def _is_form_of_its_own(form: Any) -> bool:
    """Whether a form is one of XML, which brings its own pages and scripts: a stream, or a list of streams."""
    xfa = entry(form, "/XFA")
    return isinstance(xfa, pikepdf.Stream) or any(isinstance(each, pikepdf.Stream) for each in several(xfa))
