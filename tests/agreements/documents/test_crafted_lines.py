"""The lines for name and day, in the hands of somebody who would have them say something else: told by their bytes."""

import io
from collections.abc import Callable

import pikepdf
import pytest

from boundary.revisions import revisions
from sealing.pades import signing
from sealing.pades.looks import Appearance, Looks
from sealing.pades.revision import Revision
from sealing.pades.signing import _show
from tests.agreements.documents.test_crafted import field, number_of, written
from tests.agreements.documents.test_crafted_more import WHITE, as_a_timestamp, as_we_write, beside, size_of
from tests.agreements.documents.test_signature_lines import signed

SLUG = "shaoxing-2024-consortium"
NAME, DAY, PARTNER = "line-medical-name", "line-medical-day", "line-elder_care-name"
Craft = Callable[[bytes], bytes]


def look_of(name: str) -> Callable[[pikepdf.Pdf], pikepdf.Object]:
    return lambda pdf: field(name)(pdf).AP.N.Sealed


def changed(name: str, **entries: bytes) -> Craft:
    def craft(content: bytes) -> bytes:
        number, body = written(content, field(name), **entries)
        return as_we_write(content, {number: body})

    return craft


def another_name(content: bytes) -> bytes:
    return as_we_write(content, {number_of(content, look_of(NAME)): WHITE})


def the_day_where_the_name_was(content: bytes) -> bytes:
    """What shows the day is shown as the name, too: nothing new is drawn."""
    day = number_of(content, look_of(DAY))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        off = field(NAME)(pdf).AP.N.Off.unparse()
    return changed(NAME, AP=b"<</N<</Off %s/Sealed %d 0 R>>>>" % (off, day))(content)


def a_partner_s_line(revision: Revision) -> None:
    line = revision.fields[PARTNER]
    _show(revision, line, Looks(revision, Appearance()).of_a_line(line, ()))


def a_partner_s_line_with_a_timestamp(content: bytes) -> bytes:
    return as_a_timestamp(content, a_partner_s_line)


def another_name_with_a_timestamp(content: bytes) -> bytes:
    return as_a_timestamp(content, beside(number_of(content, look_of(NAME)), WHITE))


def a_second_name_with_a_timestamp(content: bytes) -> bytes:
    def change(revision: Revision) -> None:
        states = b"<</N<</Off null/Sealed %s>>>>" % revision.add_stream(b"/Type/XObject/Subtype/Form", b"")
        revision.replace(revision.fields[NAME], {"/AP": states})

    return as_a_timestamp(content, change)


def in_other_letters(content: bytes) -> bytes:
    """One more field of a name that stands there, in UTF-16."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        fields = b" ".join(each.unparse() for each in pdf.Root.AcroForm.Fields)
    at = size_of(content)
    twin = b"<</T<%s>/FT/Sig/Subtype/Widget/Rect[0 0 9 9]>>" % ("\ufeff" + NAME).encode("utf-16-be").hex().encode()
    number, form = written(content, lambda pdf: pdf.Root.AcroForm, Fields=b"[%s %d 0 R]" % (fields, at))
    return as_we_write(content, {number: form, at: twin})


CRAFTED: dict[str, Craft] = {
    "another name": another_name,
    "the day for a name": the_day_where_the_name_was,
    "a name put out": changed(NAME, AS=b"/Off", V=b"/Off"),
    "a name out of sight": changed(NAME, F=b"2"),
    "a name elsewhere": changed(NAME, Rect=b"[0 0 9 9]"),
    "a name of another page": changed(NAME, P=b"null"),
    "a partner's line put on": changed(PARTNER, AS=b"/Sealed", V=b"/Sealed"),
    "a partner's line with a timestamp": a_partner_s_line_with_a_timestamp,
    "another name with a timestamp": another_name_with_a_timestamp,
    "a second name with a timestamp": a_second_name_with_a_timestamp,
    "one name in other letters": in_other_letters,
}


def test_what_lines_say_is_changed_by_nobody() -> None:
    content = signed(SLUG, "medical").content
    assert not any(part.fault for part in revisions(content))
    assert not any(part.fault for part in revisions(as_a_timestamp(content, lambda _: None)))
    told = {name: revisions(craft(content))[-1] for name, craft in CRAFTED.items()}
    assert {name for name, part in told.items() if not part.fault} == set()


@pytest.mark.parametrize("when", ["before the partner signs", "after"])
def test_nobody_fills_the_lines_of_the_other_side(when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By our own hand, within a signature that is otherwise as we write it."""
    first = signed(SLUG, "medical") if when == "after" else None
    declare, other = signing.declare, NAME if first else PARTNER

    def and_more(revision: Revision) -> None:
        declare(revision)
        line = revision.fields[other]
        shown = Looks(revision, Appearance()).of_a_line(line, ())
        off = b"null" if first else line.AP.N.Off.unparse()
        revision.replace(
            line, {"/AP": b"<</N<</Off %s/Sealed %s>>>>" % (off, shown), "/V": b"/Sealed", "/AS": b"/Sealed"}
        )

    monkeypatch.setattr(signing, "declare", and_more)
    role = "elder_care" if first else "medical"
    assert revisions(signed(SLUG, role, on=first).content)[-1].fault
