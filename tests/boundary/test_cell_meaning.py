"""What a file does decides, not how it is spelled: honest oddities are kept, and no type of a stranger's breaks us."""

import base64
import io
import zipfile
import zlib
from pathlib import Path

import pikepdf
import pytest
from PIL import Image, ImageDraw

from boundary.cell import bounds
from boundary.cell.inside import acting, contents, drawing, jpegs, objects, pages, pictures, streams
from boundary.cell.inside.kinds import FROM_SCANNER, FROM_TELEPHONE, HIDES, JPEG, PDF, PNG, kind_of
from boundary.refused import TOO_COMPLEX, TOO_MANY_PIXELS, UNUSUAL, UploadRefused
from boundary.uploads import look_at
from tests.boundary import bombs
from tests.boundary.bombs import A4, page, pdf, picture_page, plain, stream

LINE = b"0 0 200 100 re f"
WEB = b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (%s) >> >>"


def with_entries(entries: bytes, *more: bytes, catalog: bytes = b"") -> bytes:
    """Return a page of one mark, with entries of its own, and of the catalog; `more` are the objects from 5 on."""
    return page(stream(LINE), *more, entries=entries).replace(b"/Type /Catalog", b"/Type /Catalog " + catalog)


def grey(size: tuple[int, int] = (60, 85)) -> bytes:
    """Return a small picture with something on it, as JPEG."""
    out = io.BytesIO()
    shown = Image.new("L", size, "white")
    ImageDraw.Draw(shown).rectangle((5, 5, size[0] // 2, size[1] // 2), fill="black")
    shown.save(out, "JPEG")
    return out.getvalue()


def ascii85(content: bytes) -> bytes:
    return base64.a85encode(content) + b"~>"


SHOWN = b"/Width 60 /Height 85 "
XML = b'<?xml version="1.0"?><svg/><html><script>x</script></html>'


@pytest.mark.parametrize(
    "content",
    [
        with_entries(b"/Annots [5 0 R]", WEB % b"https://scan.example/"),
        with_entries(b"/Annots [5 0 R]", WEB % b"www.scan.example"),
        with_entries(b"", b"<< /Title (a) /A << /S /URI /URI (mailto:a@b.example) >> >>"),
        with_entries(b"", catalog=b"/OpenAction [3 0 R /Fit]"),
        with_entries(b"", catalog=b"/OpenAction << /S /GoTo /D [3 0 R /Fit] /Next [] >>"),
        with_entries(b"/AA << /O << /S /Named /N /FirstPage >> >>"),
        with_entries(b"", b"<< /Type /StructElem /S /Sound /P 1 0 R >>"),
        with_entries(b"", b"<< /JS 5 /S [/JavaScript] >>"),
        with_entries(b"", catalog=b"/Names << /JavaScript << /Names [] >> /EmbeddedFiles << /Names [] >> >>"),
        with_entries(b"", catalog=b"/AcroForm << /Fields [] /XFA null >>"),
        with_entries(b"/Annots [99 0 R]"),
        with_entries(b"/Annots 99 0 R"),
        with_entries(b"/Annots [[5 0 R]]", b"null"),
        with_entries(b"/Annots [<< /Subtype [/Link] /Rect 3 /A 7 /AA (x) /AP [1] >>]"),
        with_entries(b"/Annots << /Subtype /Link >>"),
        with_entries(b"/Resources 7 /Contents [4 0 R 99 0 R 5]"),
        with_entries(b"", catalog=b"/OpenAction 3 /Names [1] /AcroForm (x) /Outlines /None /AA 4"),
        with_entries(b"/\xd7\xd6 << /\xcb\xce /\xcc\xe5 /S /\xcb\xce /Type /\xcb >>"),
        page(stream(b"/\xcb\xce Do / Do /#00 Do"), bombs.form(LINE), resources=b"<< /XObject << /\xcb\xce 5 0 R >> >>"),
        with_entries(b"", b"<< /Far 99999999999999999999 >>"),
        with_entries(b"/AA [1 2]", b"[/S /JavaScript /JS (x)]"),
        b"\xef\xbb\xbf" + page(stream(LINE)),
        b"From: scanner\r\n" + b"x" * 900 + b"\r\n" + page(stream(LINE)),
        page(stream(LINE)).replace(b"%PDF-1.7\n", b"%PDF-1.7\n%" + XML + b"\n"),
        page(stream(LINE)).replace(b"/Count 1", b"/Count 9"),
        page(stream(LINE)).replace(b"/Count 1", b"/Count (one)"),
        picture_page(grey(), SHOWN + b"/Filter [/DCTDecode] /DecodeParms [null]"),
        picture_page(ascii85(grey()), SHOWN + b"/Filter [/ASCII85Decode /DCTDecode]"),
        page(plain(ascii85(LINE), b"/Filter /ASCII85Decode")),
        page(plain(b"\x05" + LINE[:6] + b"\x09" + LINE[6:] + b"\x80", b"/Filter 5 0 R"), b"/RunLengthDecode"),
        page(stream(LINE, b"/DecodeParms 5 0 R"), b"<< /Predictor 1 /Columns (wide) >>"),
        page(stream(LINE, b"/DecodeParms [5 0 R]"), b"null"),
        page(stream(LINE, b"/DecodeParms 5")),
        bombs.deep_forms(12),
    ],
)
def test_kept(content: bytes) -> None:
    assert look_at(content).page_count == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (with_entries(b"/Annots [5 0 R]", WEB % b"javascript:app.alert(1)"), acting.ACTS),
        (with_entries(b"/Annots [5 0 R]", WEB % b"file:///etc/passwd"), acting.ACTS),
        (with_entries(b"", catalog=b"/OpenAction << /S /URI /URI (https://x.example/) >>"), acting.ACTS),
        (
            with_entries(b"", catalog=b"/OpenAction << /S /GoTo /D [3 0 R] /Next << /S /URI /URI (http://x/) >> >>"),
            "脚本",
        ),
        (with_entries(b"", catalog=b"/OpenAction << /S /Named /N /Print >>"), acting.ACTS),
        (with_entries(b"/AA << /O << /S /URI /URI (https://x.example/) >> >>"), acting.ACTS),
        (with_entries(b"", b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"), acting.ACTS),
        (with_entries(b"", b"<< /#53 /Java#53cript /JS 4 0 R >>"), acting.ACTS),
        (with_entries(b"", b"[[<< /A << /S /Launch /F (calc.exe) >> >>]]"), acting.ACTS),
        (with_entries(b"", b"<< /S /GoToR /F (other.pdf) >>"), acting.ACTS),
        (with_entries(b"", b"<< /Type /Filespec /F (a.exe) /EF << /F 4 0 R >> >>"), acting.ACTS),
        (with_entries(b"", catalog=b"/AcroForm << /XFA [(template) 4 0 R] >>"), acting.ACTS),
        (with_entries(b"/Annots [<< /Subtype /FileAttachment /Rect [0 0 1 1] >>]"), acting.ACTS),
        (page(stream(LINE, b"/DecodeParms << /Predictor 12 /Columns 1500000000 >>")), UNUSUAL),
        (page(stream(LINE, b"/DecodeParms 5 0 R"), b"<< /Predictor 12 /Columns 1500000000 >>"), UNUSUAL),
        (page(plain(LINE, b"/Filter [7]")), UNUSUAL),
        (b"MZ" + page(stream(LINE)), "只能上传"),
        (page(plain(LINE, b"/Filter /\xcb\xce")), UNUSUAL),
        (pdf([b"<< /Type /Catalog /Pages 7 >>"]), "打不开"),
        (pdf([b"<< /Type /Catalog /Pages [1] >>"]), "打不开"),
        (b"x" * 1025 + page(stream(LINE)), "只能上传"),
        (b"\0\0\0\x1cftypheic\0\0\0\0mif1heic" + b"\0" * 99, FROM_TELEPHONE),
        (b"\0\0\0\x18ftypmif1\0\0\0\0heic" + b"\0" * 99, FROM_TELEPHONE),
        (b"II*\0" + b"\0" * 99, FROM_SCANNER),
    ],
)
def test_refused(content: bytes, words: str) -> None:
    with pytest.raises(UploadRefused) as refused:
        look_at(content)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "mark", [b"Exif\0\0<?xml version='1.0'?><x:xmpmeta/>", b"Photoshop 3.0\0<?xml?><!DOCTYPE plist><html>", XML]
)
def test_words_in_the_metadata_of_a_photograph_are_no_file(mark: bytes) -> None:
    content = grey()
    segment = b"\xff\xe1" + (len(mark) + 2).to_bytes(2, "big") + mark
    assert look_at(content[:2] + segment + content[2:]).content_type == JPEG


def test_a_photograph_that_is_a_pdf_too_is_refused() -> None:
    content, inner = grey(), page(stream(LINE))
    segment = b"\xff\xfe" + (len(inner) + 2).to_bytes(2, "big") + inner
    with pytest.raises(UploadRefused, match=HIDES):
        kind_of(content[:2] + segment + content[2:])


def test_the_end_of_an_archive_alone_is_no_archive() -> None:
    out = io.BytesIO()
    zipfile.ZipFile(out, "w").close()
    assert kind_of(grey() + out.getvalue()) == JPEG


# --- counting ------------------------------------------------------------------------------------


def opened(content: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(content), inherit_page_attributes=False)


@pytest.mark.parametrize("count", [200, 201])
def test_a_page_counts_as_often_as_it_is_named(count: int) -> None:
    with opened(bombs.repeated_page(count)) as found:
        if count == 200:
            assert len(pages.pages_of(found)) == 200
            return
        with pytest.raises(UploadRefused, match="201 页"):
            pages.pages_of(found)


def test_the_count_that_stands_in_the_file_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tree = b"<< /Type /Pages /Count 1 /MediaBox %s /Kids [3 0 R 3 0 R [4] null << /Kids [4 0 R] >>] >>" % A4
    content = pdf(
        [b"<< /Type /Catalog /Pages 2 0 R >>", tree, b"<< /Type /Page /Parent 2 0 R >>", b"<< /Type /Page >>"]
    )
    with opened(content) as found:
        assert len(pages.pages_of(found)) == 3
    assert [number for number, _ in drawing.drawn(content, PDF, [1, 2, 3], 100)] == [1, 2, 3]


def reckoned(content: bytes) -> None:
    with opened(content) as found:
        for each in pages.pages_of(found):
            contents.Reckoner().judge(each)


def test_marks_are_counted_as_often_as_they_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    three_times_three = bombs.nested_forms(1, 3)  # calls are marks too: three of what three times calls what marks once
    monkeypatch.setattr(bounds, "MOST_PAINTED", 3 + 3 * 3 + 9)
    reckoned(three_times_three)
    monkeypatch.setattr(bounds, "MOST_PAINTED", 3 + 3 * 3 + 8)
    with pytest.raises(UploadRefused, match=TOO_COMPLEX):
        reckoned(three_times_three)


@pytest.mark.parametrize(
    ("content", "marks", "calls"),
    [
        (b"0 0 9 9 re f", 1, {}),
        (b"0 0 9 9 re f%re f\nS", 3, {}),
        (b"[(a)]TJ(a)Tj", 2, {}),
        (b"/Fm1 Do/Fm#31 Do", 2, {("/XObject", "/Fm1"): 2}),
        (b"/Fm1 % why\n Do", 1, {("/XObject", "/Fm1"): 1}),
        (b"(Fm1)Do", 1, {("/XObject", ""): 1}),
        (b"/Gs gs 1 0 0 scn /P scn", 3, {("/ExtGState", "/Gs"): 1, ("/Pattern", "/P"): 1}),
        (b"/Factor /BfS /Do BT ET ff", 0, {}),
    ],
)
def test_marks_and_calls_of_a_stream(content: bytes, marks: int, calls: dict[tuple[str, str], int]) -> None:
    found = contents.read(content)
    assert (found.marks, found.calls) == (marks, calls)


@pytest.mark.parametrize(("levels", "kept"), [(bounds.DEEPEST_FORMS - 1, True), (bounds.DEEPEST_FORMS, False)])
def test_forms_lie_within_each_other_so_deep_and_no_deeper(levels: int, *, kept: bool) -> None:
    content = bombs.deep_forms(levels)
    if kept:
        return reckoned(content)
    with pytest.raises(UploadRefused, match=TOO_COMPLEX):
        reckoned(content)
    return None


def test_a_form_without_resources_has_those_of_whoever_calls_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same form is cheap on one page and not on the other; what was reckoned for the first is not taken over."""
    inherits = stream(b"/Fm Do", b"/Subtype /Form /BBox %s" % A4)
    dear, cheap = bombs.form(b"0 0 1 1 re f " * 9), bombs.form(b"0 0 1 1 re f")
    monkeypatch.setattr(bounds, "MOST_PAINTED", 9)
    calls = bombs.form(b"/In Do", b"<< /XObject << /In 5 0 R /Fm 6 0 R >> >>")
    other = bombs.form(b"/In Do", b"<< /XObject << /In 5 0 R /Fm 7 0 R >> >>")
    both = b"<< /XObject << /A 8 0 R /B 9 0 R >> >>"
    with pytest.raises(UploadRefused, match=TOO_COMPLEX):
        reckoned(page(stream(b"/A Do /B Do"), inherits, cheap, dear, calls, other, resources=both))


def test_dots_are_counted_with_masks_and_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(picture_page(grey(), b"/Width 600 /Height 10 /Filter /DCTDecode /SMask 5 0 R")) as found:
        picture = objects.entry(objects.dictionary(pages.pages_of(found)[0].Resources, "/XObject"), "/Fm")
        assert contents.dots_of(picture) == 6_000, "what it says"
        picture.Width = 2
        assert contents.dots_of(picture) == 60 * 85, "what is there"
        picture.Width = 100_000
        picture.Height = 100_000
        with pytest.raises(UploadRefused, match=TOO_MANY_PIXELS):
            contents.dots_of(picture)


def test_passes_over_a_jpeg_are_counted_without_decoding() -> None:
    baseline = jpegs.seen(grey())
    assert (baseline.width, baseline.height, baseline.scans) == (60, 85, 1)
    with pytest.raises(UploadRefused, match=TOO_COMPLEX):
        jpegs.seen(bombs.progressive(bounds.MOST_SCANS + 1, (16, 16)))
    assert jpegs.seen(bombs.progressive(bounds.MOST_SCANS - 10, (16, 16))).scans > 80
    assert jpegs.seen(b"\xff\xd8\xff\xe0 nothing more").scans == 0


def test_a_few_passes_over_very_many_dots_are_too_many() -> None:
    small = bombs.progressive(80, (16, 16))
    frame = small.index(b"\xff\xc2") + 5
    large = small[:frame] + (9_000).to_bytes(2, "big") * 2 + small[frame + 4 :]
    with pytest.raises(UploadRefused, match=TOO_COMPLEX):
        jpegs.seen(large)


@pytest.mark.parametrize("name", ["UNPACKED_EACH", "UNPACKED_ALL"])
def test_what_unpacks_is_measured_piece_by_piece(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, name, 2 * bounds.MEGABYTE)
    content = page(stream(b" " * 3 * bounds.MEGABYTE))
    with opened(content) as found, pytest.raises(UploadRefused, match=TOO_MANY_PIXELS):
        streams.refuse_bombs(found, len(content))


@pytest.mark.parametrize(
    ("said", "packed"),
    [
        (b"/Filter [/Fl /FlateDecode]", lambda raw: zlib.compress(zlib.compress(raw))),
        (b"/Filter [/A85 /Fl]", lambda raw: ascii85(zlib.compress(raw))),
        (b"/Filter /RL", lambda raw: b"".join(bytes([0, each]) for each in raw) + b"\x80"),
        (b"/Filter /AHx", lambda raw: raw.hex().encode() + b">"),
        (b"", lambda raw: raw),
        (b"/Filter /FlateDecode", lambda raw: zlib.compress(raw)[:-2]),
    ],
    ids=["twice", "ascii85-deflate", "runs", "hexadecimal", "not-at-all", "cut-short"],
)
def test_whatever_packs_it_the_content_is_read(said: bytes, packed: object) -> None:
    assert callable(packed)
    with opened(page(plain(packed(LINE * 9), said))) as found:
        [holder] = [each for each in found.objects if isinstance(each, pikepdf.Stream)]
        assert streams.unpacked(holder, 10_000) == LINE * 9
        with pytest.raises(UploadRefused, match=TOO_MANY_PIXELS):
            streams.unpacked(holder, 100)


def test_streams_that_lie_over_each_other_are_not_read_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    content = page(stream(LINE))
    with opened(content) as found, pytest.raises(UploadRefused, match=UNUSUAL):
        streams.refuse_bombs(found, 1)


@pytest.mark.parametrize("name", ["MOST_OBJECTS", "MOST_PARTS"])
def test_objects_and_values_are_counted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, name, 3)
    with opened(page(stream(LINE))) as found, pytest.raises(UploadRefused, match=TOO_COMPLEX):
        acting.refuse_acting(found)


# --- how it looks --------------------------------------------------------------------------------


def saved(picture: Image.Image, image_format: str, **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, image_format, **more)
    return out.getvalue()


def test_a_photograph_is_shown_upright() -> None:
    """Orientation 6: the camera was held so that the first row is the right side of what it saw."""
    shown = Image.new("L", (200, 100), "white")
    ImageDraw.Draw(shown).rectangle((0, 0, 40, 99), fill="black")
    for orientation, place in {1: (10, 50), 3: (190, 50), 6: (50, 10), 8: (50, 190)}.items():
        exif = Image.Exif()
        exif[pictures.ORIENTATION] = orientation
        upright = pictures.redrawn(saved(shown, "JPEG", exif=exif), JPEG, 400, 400)
        assert upright.getpixel(place) < 60, orientation  # type: ignore[operator]  # a shade of grey
        assert upright.size == ((200, 100) if orientation in (1, 3) else (100, 200))


@pytest.mark.parametrize("said", ["6", 77, None, (6, 6)])
def test_an_orientation_that_is_none_changes_nothing(said: object, monkeypatch: pytest.MonkeyPatch) -> None:
    content = saved(Image.new("L", (20, 10)), "JPEG")
    monkeypatch.setattr(Image.Image, "getexif", lambda _: {pictures.ORIENTATION: said})
    assert pictures.redrawn(content, JPEG, 400, 400).size == (20, 10)


@pytest.mark.parametrize(
    ("mode", "colour", "shown"),
    [
        ("I;16", 40_000, 155),
        ("I;16", 65_535, 255),
        ("LA", (0, 0), 255),
        ("RGBA", (0, 0, 0, 0), (255, 255, 255)),
        ("RGBA", (10, 20, 30, 255), (10, 20, 30)),
        ("1", 1, 255),
        ("RGB", (1, 2, 3), (1, 2, 3)),
    ],
)
def test_eight_bits_on_white(mode: str, colour: object, shown: object) -> None:
    content = saved(Image.new(mode, (4, 4), colour), "PNG")  # type: ignore[arg-type]  # a colour of any mode
    seen = pictures.redrawn(content, PNG, 9, 9)
    assert seen.mode in ("L", "RGB")
    got = seen.getpixel((0, 0))
    assert got == shown or got == (shown,) * 3


@pytest.mark.parametrize(("colour", "words"), [("white", "白"), ("black", "黑"), ("red", "一种颜色")])
def test_a_page_of_one_colour_is_a_doubt(colour: str, words: str) -> None:
    [doubt] = look_at(saved(Image.new("RGB", (600, 800), colour), "PNG")).doubts
    assert (doubt.page, words in doubt.words) == (1, True)


def test_a_page_with_a_line_of_print_is_none() -> None:
    page_seen = Image.new("L", (1240, 1754), "white")
    for place in range(200, 1000, 20):
        ImageDraw.Draw(page_seen).rectangle((place, 800, place + 12, 820), fill=90)
    assert drawing.doubt(page_seen) == ""
