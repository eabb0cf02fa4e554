"""Workbooks and texts that are small and would take time or memory without end, or are not what their name says."""

import io
import secrets
import zipfile
from collections.abc import Mapping

MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET, BOOK, TEXTS, STYLES, TYPES = (
    "xl/worksheets/sheet1.xml",
    "xl/workbook.xml",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "[Content_Types].xml",
)
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">%s]>' % b"".join(
    b'<!ENTITY %c "%s">' % (letter + 1, b"&%c;" % letter * 10) for letter in range(97, 106)
)
STRANGER = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>'
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def parts(rows: bytes = b"", **others: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook of one sheet with these rows; `texts` are its shared ones."""
    overrides = {BOOK: "sheet.main", SHEET: "worksheet", TEXTS: "sharedStrings", STYLES: "styles"}
    types = "".join(
        f'<Override PartName="/{name}" ContentType="{KIND}.{kind}+xml"/>' for name, kind in overrides.items()
    )
    targets = (("worksheet", "worksheets/sheet1"), ("sharedStrings", "sharedStrings"), ("styles", "styles"))
    related = "".join(
        f'<Relationship Id="rId{place}" Type="{RELATIONS}/{kind}" Target="{target}.xml"/>'
        for place, (kind, target) in enumerate(targets, 1)
    )
    root = f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="{BOOK}"/>'
    return {
        TYPES: f'<Types xmlns="{PACKAGE}/content-types">{types}</Types>'.encode(),
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{root}</Relationships>'.encode(),
        BOOK: b'<workbook %s xmlns:r="%s"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
        % (MAIN, RELATIONS.encode()),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>'.encode()
        ),
        STYLES: b"<styleSheet %s/>" % MAIN,
        TEXTS: b"<sst %s>%s</sst>" % (MAIN, others.get("texts", b"")),
        SHEET: b"<worksheet %s>%s<sheetData>%s</sheetData></worksheet>" % (MAIN, others.get("before", b""), rows),
    }


def packed(held: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    return out.getvalue()


def by_chance(count: int) -> bytes:
    """Return so many bytes in hexadecimal, which pack no better than honest texts; twice as many characters."""
    return secrets.token_hex(count).encode()


def inline(text: bytes, where: bytes = b"A1") -> bytes:
    return b'<c r="%s" t="inlineStr"><is><t>%s</t></is></c>' % (where, text)


def one_row(cells: bytes) -> bytes:
    return packed(parts(b'<row r="1">%s</row>' % cells))


def honest() -> bytes:
    return one_row(inline("堃".encode()))


def says_it_is_vast() -> bytes:
    """One cell, and a dimension of seventeen thousand million."""
    return packed(parts(b'<row r="1">%s</row>' % inline(b"x"), before=b'<dimension ref="A1:XFD1048576"/>'))


def unpacks_to_much() -> bytes:
    return packed(parts(b"<row/>" * 5_000_000))


def empty_rows() -> bytes:
    """Millions of rows, each with its number, so that they pack no better than honest ones: here from the last on."""
    return packed(parts(b"".join(b'<row r="%d"/>' % number for number in range(800_000, 1_100_000))))


def row_of_ten_millions() -> bytes:
    return packed(parts(b'<row r="1">%s</row><row r="10000000">%s</row>' % (inline(b"x"), inline(b"y", b"A10000000"))))


def rows_of_one_number() -> bytes:
    return packed(parts(b'<row r="1">%s</row>' % inline(b"x") * 2))


def endless_row() -> bytes:
    return packed(parts(b'<row r="1">%s</row>' % b"".join(b'<c r="A1" s="%d"/>' % n for n in range(450_000))))


def endless_columns() -> bytes:
    """A row of a million columns, most of which no sheet has."""
    return packed(parts(b'<row r="1">%s</row>' % b"".join(b"<c><v>%d</v></c>" % n for n in range(1_000_000))))


def deep() -> bytes:
    return packed(parts(b'<row r="1">%s%s</row>' % (b"<x>" * 50_000, b"</x>" * 50_000)))


def large_cell() -> bytes:
    """One of ten megabytes."""
    return one_row(inline(by_chance(5_000_000)))


def large_shared_text() -> bytes:
    texts = b"<si><t>%s</t></si>" % by_chance(5_000_000)
    return packed(parts(b'<row r="1"><c r="A1" t="s"><v>0</v></c></row>', texts=texts))


def text_shared_often() -> bytes:
    """One text of as many characters as a cell may have, in ten thousand cells: a gigabyte of rows."""
    row = b"".join(b'<c t="s"><v>0</v></c>' for _ in range(100))
    texts = "<si><t>{}</t></si>".format("堃" * 32_767).encode()
    return packed(parts(b"".join(b'<row r="%d">%s</row>' % (number, row) for number in range(1, 101)), texts=texts))


def many_shared_texts() -> bytes:
    """More of them than are held in memory, as the list of parts says."""
    return _said(packed(parts(texts=b"<si><t>x</t></si>")), TEXTS, 100 * 1024 * 1024, keeping_the_ratio=True)


def lies_about_its_size() -> bytes:
    return _said(packed(parts(b"".join(b'<row r="%d"/>' % number for number in range(1, 200_000)))), SHEET, 400)


def many_parts() -> bytes:
    return packed(parts() | {f"xl/media/{number}": b"" for number in range(5_000)})


def no_number() -> bytes:
    return one_row(b'<c r="A1"><v>1E999</v></c><c r="B1"><v>%s</v></c>' % (b"9" * 4_000))


def endless_number() -> bytes:
    return one_row(b'<c r="A1"><v>%s</v></c>' % (b"9" * 100_000))


def billion_laughs(part: str = SHEET) -> bytes:
    return _with_entity(part, LAUGHS)


def entity_of_a_file(part: str = SHEET) -> bytes:
    return _with_entity(part, STRANGER)


def cut_off() -> bytes:
    return honest()[:-200]


def with_a_hole() -> bytes:
    """The list of parts stands, one of them does not unpack."""
    rows = b"".join(b'<row r="%d">%s</row>' % (number, inline(b"%d" % number)) for number in range(1, 999))
    content = bytearray(packed(parts(rows)))
    place = content.index(SHEET.encode()) + 200
    content[place : place + 300] = b"\xff" * 300
    return bytes(content)


def with_password() -> bytes:
    return OLD_OFFICE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600


def with_password_of_an_archive() -> bytes:
    content = bytearray(honest())
    place = content.rindex(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def old() -> bytes:
    return OLD_OFFICE + b"\0" * 504 + "Workbook".encode("utf-16-le") + b"\0" * 600


def open_document() -> bytes:
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return packed({"mimetype": kind, "content.xml": b"<x/>", "META-INF/manifest.xml": b"<x/>"})


def word() -> bytes:
    return packed({TYPES: b"<Types/>", "word/document.xml": b"<x/>"})


def with_macros() -> bytes:
    return packed(parts() | {"xl/vbaProject.bin": b"x"})


def empty_lines() -> bytes:
    return b"\n" * 10_000_000


def zeros() -> bytes:
    return b"a,b\0c\n1,2\n"


def slow() -> bytes:
    """Honest, and more than is read in a moment."""
    row = b"".join(b"<c><v>%d</v></c>" for _ in range(40))
    rows = (row % tuple(by_chance(20)) for _ in range(5_000))
    return packed(parts(b"".join(b"<row>%s</row>" % each for each in rows)))


def _with_entity(part: str, declared: bytes) -> bytes:
    held = parts(b'<row r="1">%s</row>' % inline(b"x"))
    content = held[part]
    place = content.rindex(b"</") if b"</" in content else content.rindex(b"/>")
    whole = content if b"</" in content else content.replace(b"/>", b"></styleSheet>")
    place = whole.rindex(b"</")
    return packed(held | {part: declared + whole[:place] + b"&j;" + whole[place:]})


def _said(content: bytes, part: str, size: int, *, keeping_the_ratio: bool = False) -> bytes:
    """Return the archive with another size of one part in its list."""
    out = bytearray(content)
    place = out.rindex(part.encode()) - 46
    if keeping_the_ratio:
        out[place + 20 : place + 24] = (size // 10).to_bytes(4, "little")
    out[place + 24 : place + 28] = size.to_bytes(4, "little")
    return bytes(out)
