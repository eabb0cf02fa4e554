"""What an uploaded file is, by its content: what is kept, what is refused and why."""

import io
import zipfile
from collections.abc import Callable

import pikepdf
import pytest
from PIL import Image

from boundary import pictures, uploads
from boundary.pictures import page_as_png
from boundary.uploads import UploadRefused, look_at
from tests.agreements.making import scan_pdf

Change = Callable[[pikepdf.Pdf], None]


def picture(image_format: str, size: tuple[int, int] = (620, 877), colour: str = "white") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, image_format)
    return out.getvalue()


def changed(change: Change) -> bytes:
    """Return a one-page scan to which something was done."""
    with pikepdf.open(io.BytesIO(scan_pdf(1))) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def encrypted(user: str) -> bytes:
    with pikepdf.open(io.BytesIO(scan_pdf(1))) as pdf:
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user=user))
        return out.getvalue()


def script() -> pikepdf.Dictionary:
    return pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def with_document_script(pdf: pikepdf.Pdf) -> None:
    names = pikepdf.Array([pikepdf.String("run"), script()])
    pdf.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=names))


def with_opening_script(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = script()


def with_page_script(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].obj.AA = pikepdf.Dictionary(O=script())


def with_launching_link(pdf: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="calc.exe")
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=action)
    pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(link)])


def with_attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["病历.xlsx"] = b"secret"


def opening_at_a_page(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])


def zip_file() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("scan.pdf", scan_pdf(1))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "content_type", "pages"),
    [
        (scan_pdf(3), "application/pdf", 3),
        (scan_pdf(200), "application/pdf", 200),
        (picture("JPEG"), "image/jpeg", 1),
        (picture("PNG"), "image/png", 1),
        (changed(opening_at_a_page), "application/pdf", 1),
    ],
    ids=["pdf", "200-pages", "jpeg", "png", "opens-at-a-page"],
)
def test_kept(content: bytes, content_type: str, pages: int) -> None:
    seen = look_at(content)
    assert (seen.content_type, seen.page_count) == (content_type, pages)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"MZ\x90\x00" + b"\0" * 500, "只能上传"),
        (zip_file(), "只能上传"),
        (b"<html><script>alert(1)</script></html>", "只能上传"),
        (b"\n" + scan_pdf(1), "只能上传"),
        (encrypted("secret"), "密码"),
        (encrypted(""), "密码"),
        (changed(with_document_script), "脚本"),
        (changed(with_opening_script), "脚本"),
        (changed(with_page_script), "脚本"),
        (changed(with_launching_link), "脚本"),
        (changed(with_attachment), "附件"),
        (scan_pdf(3)[:40], "打不开"),
        (b"%PDF-1.7 nothing more", "打不开"),
        (scan_pdf(201), "201 页"),
        (picture("JPEG")[:400], "打不开"),
        (picture("JPEG")[:-900], "打不开"),
        (picture("PNG")[:400], "打不开"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "打不开"),
    ],
    ids=[
        *("empty", "exe-renamed", "zip", "html", "not-at-the-start", "password", "owner-password", "document-script"),
        *("opening-script", "page-script", "launching-link", "attachment", "cut-pdf", "no-pdf", "201-pages"),
        *("head-of-a-jpeg", "cut-jpeg", "cut-png", "no-png"),
    ],
)
def test_refused(content: bytes, words: str) -> None:
    with pytest.raises(UploadRefused, match=words):
        look_at(content)


def test_too_large_a_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST_BYTES", 1024 * 1024)
    with pytest.raises(UploadRefused, match="1 兆"):
        look_at(scan_pdf(1) + b"\0" * 1024 * 1024)


@pytest.mark.parametrize("side", [9_500, 20_000], ids=["90-million-pixels", "400-million-pixels"])
def test_a_picture_that_would_fill_the_memory_is_refused(side: int) -> None:
    """A few kilobytes on disk that unpack to hundreds of megabytes: refused by the head alone."""
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG", optimize=True)
    assert len(out.getvalue()) < 200_000
    with pytest.raises(UploadRefused, match="尺寸过大"):
        look_at(out.getvalue())


@pytest.mark.parametrize(
    ("content", "content_type"),
    [(scan_pdf(2), "application/pdf"), (picture("JPEG"), "image/jpeg"), (picture("PNG"), "image/png")],
    ids=["pdf", "jpeg", "png"],
)
def test_pages_are_shown_as_pictures(content: bytes, content_type: str) -> None:
    with Image.open(io.BytesIO(page_as_png(content, content_type, 1))) as shown:
        assert shown.format == "PNG"
        assert shown.width <= pictures.SHOWN_WIDTH
    for missing in (0, 9):
        with pytest.raises(IndexError):
            page_as_png(content, content_type, missing)


def test_a_page_like_a_ribbon_does_not_fill_the_memory() -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(3, 14400))
        out = io.BytesIO()
        pdf.save(out)
    with Image.open(io.BytesIO(page_as_png(out.getvalue(), "application/pdf", 1))) as shown:
        assert shown.height <= pictures.HIGHEST * pictures.SHOWN_WIDTH
