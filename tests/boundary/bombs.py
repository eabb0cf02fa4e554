"""Files that are small and would take a reader's time or memory without end, made as an attacker would make them."""

import io
import zlib
from collections.abc import Iterable
from functools import cache

from PIL import Image

from boundary.cell import bounds

A4 = b"[0 0 595 842]"
TILE = b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /Resources << >> "


def pdf(objects: Iterable[bytes]) -> bytes:
    """Return a PDF of these objects, the first of which is the catalog; they are numbered from 1."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, table)
    return bytes(out)


def stream(content: bytes, said: bytes = b"") -> bytes:
    """Return a stream, packed."""
    packed = zlib.compress(content, 9)
    head = b"<< /Length %d /Filter /FlateDecode %s >>" % (len(packed), said)
    return head + b"\nstream\n" + packed + b"\nendstream"


def plain(content: bytes, said: bytes = b"") -> bytes:
    """Return a stream that is packed as `said` tells, or not at all."""
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), said, content)


def page(content: bytes, *more: bytes, resources: bytes = b"<< >>", entries: bytes = b"") -> bytes:
    """Return a PDF of one page; `more` are the objects from 5 on, to which its resources and entries may refer."""
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Contents 4 0 R /Resources %s %s >>" % (A4, resources, entries)
    kids = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", kids, leaf, content, *more])


def form(content: bytes, resources: bytes = b"<< >>") -> bytes:
    return stream(content, b"/Type /XObject /Subtype /Form /BBox %s /Resources %s" % (A4, resources))


def xobject(number: int) -> bytes:
    return b"<< /XObject << /Fm %d 0 R >> >>" % number


def fills(count: int = 120_000) -> bytes:
    """Some kilobytes: the whole page is filled over and over."""
    return page(stream(b"0 0 595 842 re f\n" * count))


def nested_forms(levels: int = 30, each: int = 8) -> bytes:
    """Less than two kilobytes for ten levels: each form draws the next several times, and the last marks the page."""
    call = b"/Fm Do " * each
    inner = [form(call, xobject(6 + level)) for level in range(levels)]
    return page(stream(call), *inner, form(b"0 0 1 1 re f"), resources=xobject(5))


def form_in_itself() -> bytes:
    return page(stream(b"/Fm Do"), form(b"/Fm Do /Fm Do", xobject(5)), resources=xobject(5))


def deep_forms(levels: int) -> bytes:
    """Each form draws the next once: nothing but depth."""
    return nested_forms(levels, each=1)


def repeated_page(count: int = 350_000) -> bytes:
    """One page that the list of pages names over and over; the list is packed, so that the file has some kilobytes."""
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox %s >>" % A4
    tree = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, b"3 0 R " * count)
    return in_object_stream([b"<< /Type /Catalog /Pages 2 0 R >>", tree, leaf])


def pages_of_pages(levels: int = 40, each: int = 10) -> bytes:
    """A list of the same list of the same list: more pages than there are numbers for, in a short time or never."""
    tree = [b"<< /Type /Pages /Count 1 /Kids [%s] >>" % (b"%d 0 R " % (level + 3) * each) for level in range(levels)]
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", *tree, b"<< /Type /Page /MediaBox %s >>" % A4])


def pages_in_a_circle() -> bytes:
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>"])


def in_object_stream(objects: list[bytes]) -> bytes:
    """Return a PDF whose objects, from 1 on, lie packed in one stream."""
    places, body = [], b""
    for number, each in enumerate(objects, 1):
        places.append(b"%d %d" % (number, len(body)))
        body += each + b" "
    head = b" ".join(places) + b" "
    holder, table = len(objects) + 1, len(objects) + 2
    said = b"/Type /ObjStm /N %d /First %d" % (len(objects), len(head))
    out = b"%PDF-1.7\n"
    at = len(out)
    out += b"%d 0 obj\n%s\nendobj\n" % (holder, stream(head + body, said))
    start = len(out)
    rows = [(0, 0, 255), *((2, holder, index) for index in range(len(objects))), (1, at, 0), (1, start, 0)]
    packed = b"".join(bytes([kind]) + where.to_bytes(4, "big") + bytes([which]) for kind, where, which in rows)
    said = b"/Type /XRef /W [1 4 1] /Size %d /Root 1 0 R" % (table + 1)
    return out + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, stream(packed, said), start)


@cache
def progressive(scans: int = 5_000, size: tuple[int, int] = (1600, 1600)) -> bytes:
    """A JPEG whose last pass is repeated thousands of times: every time, a reader goes over all dots."""
    out = io.BytesIO()
    Image.new("L", size, "white").save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * scans + b"\xff\xd9"


def picture_page(picture: bytes, said: bytes, calls: int = 1) -> bytes:
    """Return a PDF whose page shows a picture so many times."""
    holder = plain(picture, b"/Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 8 " + said)
    return page(stream(b"q 595 0 0 842 0 0 cm /Fm Do Q\n" * calls), holder, resources=xobject(5))


def progressive_in_pdf() -> bytes:
    return picture_page(progressive(), b"/Width 1600 /Height 1600 /Filter /DCTDecode")


def large_picture_often() -> bytes:
    """One honest picture, drawn two thousand times on one page."""
    out = io.BytesIO()
    Image.new("L", (2480, 3508), "white").save(out, "JPEG")
    return picture_page(out.getvalue(), b"/Width 2480 /Height 3508 /Filter /DCTDecode", 2_000)


def fills_in_an_annotation() -> bytes:
    """The page itself is empty; what lies on it is drawn too."""
    note = b"<< /Type /Annot /Subtype /Stamp /Rect %s /AP << /N 6 0 R >> >>" % A4
    return page(stream(b""), note, form(b"0 0 595 842 re f\n" * 120_000), entries=b"/Annots [5 0 R]")


def fills_in_a_mask() -> bytes:
    mask = b"<< /ExtGState << /Gs << /SMask << /S /Alpha /G 5 0 R >> >> >> >>"
    return page(stream(b"/Gs gs 0 0 9 9 re f"), form(b"0 0 595 842 re f\n" * 120_000), resources=mask)


def fills_in_a_pattern() -> bytes:
    said = (
        b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox %s /XStep 595 /YStep 842 /Resources << >>" % A4
    )
    tile = stream(b"0 0 595 842 re f\n" * 120_000, said)
    painted = stream(b"/Pattern cs /Fm scn 0 0 595 842 re f")
    return page(painted, tile, resources=b"<< /Pattern << /Fm 5 0 R >> >>")


def called_by_a_text() -> bytes:
    """A reader takes a text for the name of a form."""
    return page(stream(b"(Fm) Do"), form(b"0 0 595 842 re f\n" * 120_000), resources=xobject(5))


def called_by_an_old_name() -> bytes:
    """The form's name is written as Chinese programs did before UTF-8."""
    fills_of = form(b"0 0 595 842 re f\n" * 120_000)
    return page(stream(b"/\xcb\xce Do"), fills_of, resources=b"<< /XObject << /\xcb\xce 5 0 R >> >>")


def fills_by_many_streams() -> bytes:
    """One stream that the page names hundreds of times."""
    kids = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Contents [%s] >>" % (A4, b"4 0 R " * 500)
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", kids, leaf, stream(b"0 0 595 842 re f\n" * 1_000)])


def deep_values(levels: int = 450) -> bytes:
    return page(stream(b""), b"[" * levels + b"]" * levels)


def deflated(megabytes: int = 400) -> bytes:
    """A page of spaces that unpacks to hundreds of megabytes."""
    packer = zlib.compressobj(9)
    first = packer.compress(b" " * bounds.MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(b" " * bounds.MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    return page(plain(first + again * (megabytes - 1) + packer.flush(), b"/Filter /FlateDecode"))


def run_lengths(megabytes: int = 400) -> bytes:
    """Another packing than deflate, around deflate: what zlib does not see at once."""
    runs = b"\x81 " * (megabytes * 1024 * 1024 // 128)
    return page(plain(zlib.compress(runs, 9), b"/Filter [/FlateDecode /RunLengthDecode]"))


def slow_drawing() -> bytes:
    """Nothing that is counted is too much, and yet no reader comes to an end: a tile of a dot's hundredth."""
    tile = stream(b"0 0 1 1 re f", TILE + b"/BBox [0 0 1 1] /XStep 0.001 /YStep 0.001")
    painted = stream(b"/Pattern cs /Fm scn 0 0 595 842 re f " * 40)
    return page(painted, tile, resources=b"<< /Pattern << /Fm 5 0 R >> >>")
