"""What an uploaded file is, by its content: what is kept, what is refused and why."""

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from agreements.lifecycle.seen import text_shown
from agreements.models import Agreement
from audit.models import Entry
from boundary import events, uploads
from boundary.cell import bounds
from boundary.cell.door import Kind, draw
from boundary.uploads import UploadRefused, look_at
from tests.agreements.making import scan_pdf, signed
from tests.boundary import bombs
from tests.uploading import judge_all

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


def with_outline_to_the_web(pdf: pikepdf.Pdf) -> None:
    """A link that somebody may click, or not."""
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://evil.example/")
    entry = pdf.make_indirect(pikepdf.Dictionary(Title="目录", A=action))
    pdf.Root.Outlines = pdf.make_indirect(pikepdf.Dictionary(First=entry, Last=entry, Count=1))


def with_outline_that_runs(pdf: pikepdf.Pdf) -> None:
    """An action that hangs on no page: on an entry of the outline, written into it directly."""
    with_outline_to_the_web(pdf)
    pdf.Root.Outlines.First.A = script()


def with_script_after_a_page(pdf: pikepdf.Pdf) -> None:
    """Harmless at first sight: goes to a page, and then runs."""
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.GoTo, D=[pdf.pages[0].obj], Next=script())


def with_loose_file(pdf: pikepdf.Pdf) -> None:
    """A file that no list of attachments names."""
    pdf.Root.Loose = pdf.make_stream(b"MZ", Type=pikepdf.Name.EmbeddedFile)


def with_form_of_its_own(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AcroForm = pikepdf.Dictionary(XFA=pdf.make_stream(b"<xdp/>"))


def with_video(pdf: pikepdf.Pdf) -> None:
    note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.RichMedia, Rect=[0, 0, 9, 9])
    pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(note)])


def with_huge_picture(pdf: pikepdf.Pdf) -> None:
    """Says to have 10 thousand million dots; no reader may find out by making room for them."""
    image = pdf.make_stream(b"x", Subtype=pikepdf.Name.Image, Width=100_000, Height=100_000, BitsPerComponent=8)
    pdf.pages[0].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=image))


def said_by_exif() -> bytes:
    """A picture whose EXIF claims another size, another program and another way up."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0100], exif[0x0101], exif[0x0131], exif[0x0112] = 65_000, 65_000, "<script>alert(1)</script>"[8:], 6
    Image.new("RGB", (620, 877), "white").save(out, "JPEG", exif=exif)
    return out.getvalue()


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
        (changed(with_outline_to_the_web), "application/pdf", 1),
        (said_by_exif(), "image/jpeg", 1),
    ],
    ids=["pdf", "200-pages", "jpeg", "png", "opens-at-a-page", "outline-to-the-web", "exif-says-otherwise"],
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
        (b"\n" * 1025 + scan_pdf(1), "只能上传"),
        (encrypted("secret"), "密码"),
        (encrypted(""), "密码"),
        (changed(with_document_script), "脚本"),
        (changed(with_opening_script), "脚本"),
        (changed(with_page_script), "脚本"),
        (changed(with_launching_link), "脚本"),
        (changed(with_attachment), "附件"),
        (changed(with_outline_that_runs), "自动动作"),
        (changed(with_script_after_a_page), "脚本"),
        (changed(with_loose_file), "附件"),
        (changed(with_form_of_its_own), "脚本"),
        (changed(with_video), "脚本"),
        (changed(with_huge_picture), "尺寸过大"),
        (bombs.deflated(), "尺寸过大"),
        (scan_pdf(1) + zip_file(), "另一种文件"),
        (picture("PNG") + zip_file(), "另一种文件"),
        (b"\xff\xd8\xff\xe0<html><script>alert(1)</script>", "打不开"),
        (b"\xff\xd8\xff\xe0" + scan_pdf(1), "另一种文件"),
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
        *("opening-script", "page-script", "launching-link", "attachment", "outline", "next", "loose-file", "xfa"),
        *(
            "video",
            "huge-picture",
            "bomb",
            "pdf-zip",
            "png-zip",
            "jpeg-html",
            "jpeg-pdf",
            "cut-pdf",
            "no-pdf",
            "201-pages",
        ),
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


def drawn(content: bytes, folder: Path, page: int = 1, width: int = 1000) -> bytes:
    """Return one page of an uploaded file as a picture."""
    (folder / "file").write_bytes(content)
    into = folder / "drawn"
    into.mkdir(exist_ok=True)
    _, pages = draw(folder / "file", Kind.SCAN, widths=(width, 100), into=into)
    return pages[page - 1].large.read_bytes()


@pytest.mark.parametrize("content", [scan_pdf(2), picture("JPEG"), picture("PNG")], ids=["pdf", "jpeg", "png"])
def test_pages_are_shown_as_pictures(content: bytes, tmp_path: Path) -> None:
    with Image.open(io.BytesIO(drawn(content, tmp_path))) as shown:
        assert shown.format == "JPEG"
        assert shown.width <= 1000


def test_a_page_like_a_ribbon_does_not_fill_the_memory(tmp_path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(3, 14400))
        out = io.BytesIO()
        pdf.save(out)
    with Image.open(io.BytesIO(drawn(out.getvalue(), tmp_path))) as shown:
        assert shown.height <= bounds.HIGHEST * 1000


def test_nothing_but_dots_is_shown_of_a_picture(tmp_path: Path) -> None:
    shown = drawn(said_by_exif(), tmp_path)
    with Image.open(io.BytesIO(shown)) as picture_shown:
        assert picture_shown.size == (877, 620), "upright, as the camera was held; no other word of it counts"
        assert not picture_shown.getexif()
        assert not {name for name in picture_shown.info if not str(name).startswith(("jfif", "dpi"))}
    assert b"alert" not in shown


@pytest.mark.django_db
def test_a_refused_upload_is_told_logged_and_not_kept(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    agreement = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    kept = agreement.scans.count()
    client.force_login(elder_care_clerk)
    upload = SimpleUploadedFile("../../扫描.pdf", changed(with_document_script), content_type="image/png")
    sent = {"scans": [upload], "text": text_shown(agreement)}
    response = client.post(reverse("scan-attach", args=[agreement.number]), sent)
    judge_all()
    assert "脚本" in client.get(response["Location"]).content.decode()
    entry = Entry.objects.get(event=events.UploadRefused.code)
    assert (entry.actor_id, entry.subject_id) == (elder_care_clerk.pk, agreement.pk)
    assert entry.data["name"] == "扫描.pdf"
    assert agreement.scans.count() == kept


def not_wholly_copied(content: bytes) -> bytes:
    """Return a PDF without its end: its pages are there, and what stands on them is lost."""
    cut = content[: content.rfind(b"endobj") + len(b"endobj")]
    with pikepdf.open(io.BytesIO(cut)) as pdf:
        assert len(pdf.pages) == 6, "a reader makes do with it"
    return cut


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件是空的，请重新扫描后上传。"),
        (b"MZ", "只能上传扫描成 PDF、JPG 或 PNG 的文件；改了后缀名的其他文件不行。"),
        (picture("PNG") + zip_file(), "这个文件里还藏着另一种文件，不是普通扫描件。请用扫描仪重新扫描后上传。"),
        (encrypted("secret"), "这份 PDF 加了密码，请重新扫描成不加密的文件。"),
        (encrypted(""), "这份 PDF 加了密码或权限限制，请重新扫描成不加密的文件。"),
        (changed(with_attachment), "这份 PDF 带有脚本、附件或自动动作，不是普通扫描件。请用扫描仪重新扫描。"),
        (b"%PDF-1.7 nothing more", "这份 PDF 打不开，可能没有传完整。请重新扫描后上传。"),
        (not_wholly_copied(scan_pdf(6)), "这份 PDF 打不开，可能没有传完整。请重新扫描后上传。"),
        (scan_pdf(201), "这份 PDF 有 201 页，应在 1 到 200 页之间。"),
        (scan_pdf(0), "这份 PDF 有 0 页，应在 1 到 200 页之间。"),
        (picture("JPEG")[:400], "这张图片打不开，可能没有传完整。请重新扫描后上传。"),
    ],
    ids=[
        "empty",
        "other",
        "two",
        "password",
        "owner",
        "active",
        "cut",
        "no-end",
        "201-pages",
        "no-page",
        "cut-picture",
    ],
)
def test_a_refusal_says_the_reason_and_the_cure(content: bytes, sentence: str) -> None:
    with pytest.raises(UploadRefused) as refusal:
        look_at(content)
    assert str(refusal.value) == sentence


def test_what_is_known_of_an_upload() -> None:
    for content, kind, ending in (
        (scan_pdf(2), "application/pdf", "pdf"),
        (picture("JPEG"), "image/jpeg", "jpg"),
        (picture("PNG"), "image/png", "png"),
    ):
        seen = look_at(content)
        assert (seen.content_type, seen.ending, seen.sha256) == (kind, ending, hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("mark", [b"<HTML", b"<script", b"<?xml", b"%PDF-"])
def test_the_word_of_another_kind_makes_no_other_kind(mark: bytes) -> None:
    assert look_at(picture("PNG") + mark).content_type == "image/png"


@pytest.mark.parametrize(("width", "height"), [(300, 424), (1000, 1414)])
def test_a_page_is_drawn_as_wide_as_asked(width: int, height: int, tmp_path: Path) -> None:
    with Image.open(io.BytesIO(drawn(scan_pdf(2), tmp_path, 2, width))) as shown:
        assert shown.mode == "RGB"
        assert shown.width == width
        assert abs(shown.height - height) <= 2


def test_a_small_picture_stays_as_it_is_and_a_large_one_is_shown_smaller(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("CMYK", (3000, 1500)).save(out, "JPEG")
    with Image.open(io.BytesIO(drawn(out.getvalue(), tmp_path))) as shown:
        assert (shown.size, shown.mode) == ((1000, 500), "RGB")
    with Image.open(io.BytesIO(drawn(out.getvalue(), tmp_path, 1, 2400))) as shown:
        assert shown.size == (2400, 1200)


@pytest.mark.django_db
def test_a_refusal_is_logged_with_what_was_sent(draft: Agreement, elder_care_clerk: User) -> None:
    refusal = UploadRefused("文件是空的。")
    sent = io.BytesIO(b"abc")
    sent.read(2)  # as whoever refused it left it
    uploads.note_refused(refusal, by=elder_care_clerk, subject=draft, name="名" * 210, file=sent, size=3)
    entry = Entry.objects.get(event=events.UploadRefused.code)
    assert (entry.actor_id, entry.subject_id) == (elder_care_clerk.pk, draft.pk)
    digest = hashlib.sha256(b"abc").hexdigest()
    assert entry.data == {"reason": "文件是空的。", "name": "名" * 200, "bytes": 3, "sha256": digest}
