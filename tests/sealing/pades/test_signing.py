"""A party signs a frozen copy: every template, one page to forty, either order. Others judge it, and so do we."""

import io
import itertools
import subprocess
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops

from agreements.documents.press import copies_of
from boundary.revisions import revisions
from sealing.pades.edges import slices
from sealing.pades.hands import CannotSign
from sealing.pades.looks import Appearance
from sealing.pades.revision import Revision, Unreadable
from sealing.pades.signing import sign
from tests.agreements.documents.judging import disagreements, failures
from tests.agreements.documents.papers import bodies, long_text, made, paper, simple_text
from tests.hands import hand, handwriting, seal, signed_by, signing, words
from tests.sealing.pades.validators import poppler, pyhanko

ROLES = ("medical", "elder_care")
VALID = "Signature is Valid."


def frozen(slug: str) -> bytes:
    return made(slug, is_filled=True).copies[0].content


@pytest.mark.parametrize(("slug", "first"), list(zip(sorted(bodies()), itertools.cycle(ROLES), strict=False)))
def test_every_template_stays_valid_for_every_validator(slug: str, first: str) -> None:
    roles = sorted(ROLES, key=lambda role: role != first)
    once, twice = signed_by(frozen(slug), roles)
    for step in (once, twice):
        assert failures(step.content, "2a", "ua1") == []
        assert disagreements(step.content) == []
    assert pyhanko(once.content) == [(f"seal-{roles[0]}", True, "ENTIRE_FILE", "NONE", False)]
    assert pyhanko(twice.content) == [
        (f"seal-{roles[0]}", True, "ENTIRE_REVISION", "FORM_FILLING", False),
        (f"seal-{roles[1]}", True, "ENTIRE_FILE", "NONE", False),
    ]
    assert poppler(twice.content) == [VALID, VALID]
    parts = revisions(twice.content)
    assert [(part.filled, part.fault) for part in parts] == [("", ""), *((f"seal-{role}", "") for role in roles)]
    assert [part.looks for part in parts[1:]] == [once.looks, twice.looks]


@pytest.mark.parametrize(("paragraphs", "first"), [(0, "medical"), (120, "elder_care")])
def test_short_and_long_ones_too(paragraphs: int, first: str) -> None:
    content = copies_of(paper(long_text(paragraphs) if paragraphs else simple_text("一段。"))).copies[0].content
    roles = sorted(ROLES, key=lambda role: role != first)
    _, twice = signed_by(content, roles)
    assert failures(twice.content, "2a", "ua1") == []
    assert disagreements(twice.content) == []
    assert [status.holds for status in pyhanko(twice.content)] == [True, True]
    assert poppler(twice.content) == [VALID, VALID]
    assert all(not part.fault for part in revisions(twice.content))
    with pikepdf.open(io.BytesIO(twice.content)) as pdf:
        edges = [field for field in pdf.Root.AcroForm.Fields if str(field.T).startswith("edge-medical-")]
        assert len(edges) == (len(pdf.pages) if len(pdf.pages) > 1 else 0)
        widths = [float(edge.Rect[2] - edge.Rect[0]) * 25.4 / 72 for edge in edges]
        assert all(width >= 4 for width in widths)
        groups = sum(each.number == 0 for each in slices(len(pdf.pages)))
        assert sum(widths) == pytest.approx(42 * groups, abs=0.1)


def test_metadata_stay_as_they_were_frozen() -> None:
    content = frozen("hunan-2020")
    with pikepdf.open(io.BytesIO(content)) as before, pikepdf.open(io.BytesIO(signed_by(content)[1].content)) as after:
        assert before.Root.Metadata.read_bytes() == after.Root.Metadata.read_bytes()
        assert before.docinfo == after.docinfo
        assert after.pdf_version == before.pdf_version
        assert list(after.Root.Extensions.keys()) == ["/ESIC"]
        assert "/Perms" not in after.Root


def test_the_seal_shows_and_its_slices_lie_at_the_edges() -> None:
    before = frozen("shaoxing-2024-consortium")
    after = signed_by(before, ["medical"])[0].content
    shown = pypdfium2.PdfDocument(after)
    shown.init_forms()
    for number, (was, now) in enumerate(zip(pypdfium2.PdfDocument(before), shown, strict=True), 1):
        blank, sealed = was.render(scale=1).to_pil(), now.render(scale=1).to_pil()
        edge = (sealed.width - 42, 0, sealed.width, sealed.height)
        _, green, _ = ImageChops.difference(sealed, blank).crop(edge).split()
        assert any(green.histogram()[100:]), f"page {number} has no slice"


def test_names_are_in_the_file_for_whoever_reads_it() -> None:
    content = signed_by(frozen("hunan-2020"), ["medical"])[0].content
    with Revision(content) as revision:
        value = revision.fields["seal-medical"].V
        assert (str(value.Name), str(value.Reason)) == ("陈䶮𠅤", "乙代甲签")
    done = subprocess.run(["pdfsig", "-nocert", "-"], input=content, capture_output=True, check=False)
    assert done.returncode in {0, 1, 99}


def test_who_signs_without_a_seal_leaves_no_edges() -> None:
    shown = Appearance(None, seal("手写"), words("陈䶮𠅤"))
    signed = sign(frozen("hunan-2020"), signing("medical", looks=shown), hand("medical"))
    assert set(signed.looks) == {"seal-medical"}
    assert [part.fault for part in revisions(signed.content)] == ["", ""]
    assert failures(signed.content, "2a", "ua1") == []


@pytest.mark.parametrize("kind", ["drawn", "typed", "picture"])
def test_handwriting_is_shown_below_the_seal_and_the_file_stays_valid(kind: str) -> None:
    before = frozen("hunan-2020")
    shown = Appearance(seal("medical"), handwriting()[kind], words("陈䶮𠅤", "2026年11月30日"))
    signed = sign(before, signing("medical", looks=shown), hand("medical"))
    twice = sign(signed.content, signing("elder_care"), hand("elder_care"))
    assert failures(twice.content, "2a", "ua1") == []
    assert disagreements(twice.content) == []
    assert [status.holds for status in pyhanko(twice.content)] == [True, True]
    assert poppler(twice.content) == [VALID, VALID]
    assert [part.fault for part in revisions(twice.content)] == ["", "", ""]
    without = sign(before, signing("medical", looks=replace(shown, handwriting=None)), hand("medical"))
    assert without.looks["seal-medical"] != signed.looks["seal-medical"]
    assert without.looks["edge-medical-001"] == signed.looks["edge-medical-001"]
    with pikepdf.open(io.BytesIO(before)) as pdf:
        field = next(each for each in pdf.Root.AcroForm.Fields if each.T == "seal-medical")
        number = next(number for number, page in enumerate(pdf.pages) if page.objgen == field.P.objgen)
        rect = [float(edge) for edge in field.Rect]
    box = ImageChops.difference(_drawn(signed.content, number), _drawn(without.content, number)).getbbox()
    assert box is not None
    height = 297 * 72 / 25.4
    assert rect[0] - 1 <= box[0] < box[2] <= rect[2] + 1
    assert height - rect[3] - 1 <= box[1] < box[3] <= height - rect[1] + 1, "in the party's own place and nowhere else"


def _drawn(content: bytes, number: int) -> Image.Image:
    opened = pypdfium2.PdfDocument(content)
    opened.init_forms()
    try:
        image: Image.Image = opened[number].render(scale=1).to_pil()
    finally:
        opened.close()
    return image


def test_a_party_signs_once_and_only_what_is_prepared() -> None:
    once = signed_by(frozen("hunan-2020"), ["medical"])[0]
    with pytest.raises(Unreadable):
        sign(once.content, signing("medical"), hand("medical"))
    with pytest.raises(Unreadable):
        sign(once.content, replace(signing("medical"), role="stranger"), hand("medical"))
    with pytest.raises(Unreadable):
        sign(once.content[:-9], signing("elder_care"), hand("elder_care"))


def test_an_rsa_key_signs_alike() -> None:
    signed = sign(frozen("hunan-2020"), signing("medical"), hand("medical", is_rsa=True))
    assert pyhanko(signed.content)[0].holds
    assert poppler(signed.content) == [VALID]


def test_a_hand_that_fails_leaves_nothing() -> None:
    class Broken:
        certificate, chain, algorithm = hand("medical").certificate, hand("medical").chain, "sha256_ecdsa"

        def sign(self, digest: bytes) -> bytes:
            raise CannotSign("介质拔出了")

    with pytest.raises(CannotSign, match="介质"):
        sign(frozen("hunan-2020"), signing("medical"), Broken())
