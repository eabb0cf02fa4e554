"""What is said of a file: honest copies are ours and whole, whatever was added to them; nothing else ever is."""

import hashlib
import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pikepdf
import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from pikepdf import Array, Dictionary, Name, Pdf, String
from pyhanko.pdf_utils import generic as typed
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from accounts.models import User
from agreements.documents.issued import (
    NotAsWritten,
    due_for_renewal,
    keep,
    newest,
    not_proved,
    prove,
    renew_due,
    sweep,
)
from agreements.documents.verdicts import Kind, Verdict
from agreements.models import IssuedFile, Template, TemplateVersion
from boundary.revisions import revisions
from institutions.models import Institution, Role
from sealing.pades.signing import sign
from sealing.pades.timestamps import Evidence, stamp_now
from sealing.pades.trial import prepared
from tests import factories
from tests.agreements.documents.papers import bodies, made
from tests.agreements.issuing import Issuing, issuing
from tests.agreements.world import World, rewrite, supersede
from tests.authority import Authority, served
from tests.hands import LATER, NOW, authorities, hand, handwriting, revocation_list, root, signing

generic: Any = typed  # half of it has no types
BOTH = (Role.MEDICAL, Role.ELDER_CARE)
SLUG = "hunan-2020"
FLIPS = 25  # here; bench/forgeries.py tries 2,000


@pytest.fixture
def world(elder_care_institution: Institution, medical_institution: Institution, db: None) -> World:
    template = Template.objects.create(slug="made-up", region=medical_institution.region)
    version = TemplateVersion.objects.create(
        template=template, number=1, title="协议", is_official=False, body={}, digest="c" * 64
    )
    people: tuple[User, User] = factories.UserFactory.create(), factories.UserFactory.create()
    return World(medical_institution, elder_care_institution, version, *people)


@pytest.fixture
def issued(world: World, tmp_path: Path) -> Issuing:
    return issuing(world, made(SLUG, is_filled=True), tmp_path)


@pytest.fixture
def signed(issued: Issuing) -> Issuing:
    for role in BOTH:
        issued.sign(role)
    return issued


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authorities") / "ec", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")


@pytest.fixture
def authority(made_once: Authority, settings: Any) -> Iterator[Authority]:
    made_once.is_down, made_once.spoil = False, bytes
    with served(made_once) as url:
        settings.TSA_URL, settings.TSA_CERTIFICATE = url, str(made_once.folder / "ca.pem")
        yield made_once


def kind_of(verdict: Verdict) -> Kind:
    assert verdict.words
    assert verdict.told["verdict"] == verdict.kind.value
    return verdict.kind


# Honest ones.


@pytest.mark.parametrize("slug", sorted(bodies()))
def test_every_honest_copy_is_whole_after_each_step(slug: str, world: World, tmp_path: Path) -> None:
    issued = issuing(world, made(slug, is_filled=True), tmp_path)
    frozen = issued.shown(issued.content())
    assert (frozen.kind, frozen.words, frozen.signatures) == (Kind.WHOLE, "由本平台签发，完整", ())
    steps = [issued.content()]
    for count, role in enumerate(BOTH, 1):
        issued.sign(role)
        steps.append(issued.content())
        verdict = issued.shown(steps[-1])
        assert verdict.words == "由本平台签发，完整", verdict
        assert len(verdict.signatures) == count
    older = issued.shown(steps[1])
    assert older.is_whole
    assert older.copy is not None
    assert not older.copy.is_newest


def test_a_verdict_says_by_whom_for_whom_when_and_at_what_level(signed: Issuing) -> None:
    verdict = signed.shown(signed.content())
    first, second = verdict.signatures
    assert (first.by, first.for_whom) == ("陈䶮𠅤", f"{signed.agreement.medical}（医疗卫生机构）")
    assert (second.by, second.what) == ("赵堃", "签名有效")
    assert "演示证书，没有法律效力" in first.level
    assert "签名人自己的时间" in first.time
    assert "乙代甲签" in first.remarks
    copy = verdict.copy
    assert copy is not None
    assert (copy.number, copy.is_newest, copy.level) == (signed.agreement.number, True, "只有签约人自己的时间")


def test_timestamps_and_renewals_are_whole_and_said(issued: Issuing, authority: Authority) -> None:
    issued.sign(Role.MEDICAL, stamp=stamp_now)
    authority.is_down = True
    issued.sign(Role.ELDER_CARE, stamp=stamp_now)
    verdict = issued.shown(issued.content())
    assert verdict.is_whole
    stamped, alone = verdict.signatures
    assert "（时间戳，TSA）" in stamped.time
    assert any("没有取得时间戳" in remark for remark in alone.remarks)
    assert [row.field for row in not_proved()] == ["seal-elder_care"]
    assert renew_due(Evidence())[0] == 0
    authority.is_down = False
    assert sweep() == 1
    assert not_proved() == []
    proved = issued.shown(issued.content())
    assert proved.is_whole
    assert [each.is_stamp for each in proved.signatures] == [False, False, True]
    row = newest(issued.copy())[1]
    assert row is not None
    assert row.proved_until is not None
    assert due_for_renewal() == []
    assert due_for_renewal(now=row.proved_until) == [row]
    again = prove(issued.copy(), Evidence())
    assert (again.order, again.field) == (4, "time-2")
    assert issued.shown(issued.content()).is_whole


def test_what_was_proved_too_early_is_proved_again_by_the_next_list(
    issued: Issuing, authority: Authority, world: World
) -> None:
    """The list that there was is older than the signatures; the next one costs one more stamp, and no further."""
    for role in BOTH:
        issued.sign(role, stamp=stamp_now)
    signed_on = dict(issued.agreement.signatures.values_list("role", "day"))
    days = {f"{role.value}_signed_on": signed_on[role] for role in BOTH}
    days |= {"effective_on": date(2026, 3, 4), "starts_on": date(2026, 3, 4), "expires_on": date(2028, 3, 4)}
    rewrite(issued.agreement, state="in_force", certified_at=timezone.now(), template=world.version.template, **days)
    issuer = load_pem_x509_certificate((authority.folder / "ca.pem").read_bytes())
    key = load_pem_private_key((authority.folder / "ca.key").read_bytes(), None)
    roots = (root(), issuer.public_bytes(Encoding.DER))
    early, late = (
        Evidence((root(),), [revocation_list(*by, at=at) for by in (*authorities(2, 0), (issuer, key))], issuers=roots)
        for at in (NOW - timedelta(days=1), LATER)
    )
    for proof, done, level in ((early, 1, "B-T"), (early, 0, "B-T"), (late, 1, "B-LTA"), (late, 0, "B-LTA")):
        assert renew_due(proof) == (done, [])
        row = newest(issued.copy())[1]
        assert row is not None
        assert (row.level, row.order) == (level, 4 if level == "B-LTA" else 3)
    verdict = issued.shown(issued.content())
    assert verdict.is_whole
    assert [each.is_stamp for each in verdict.signatures] == [False, False, True, True]


def test_a_voided_text_is_whole_and_said_to_be_void(signed: Issuing, world: World) -> None:
    content = signed.content()
    supersede(*signed.agreement.signatures.all())
    world.void(signed.agreement)
    rewrite(signed.agreement, state="draft", frozen=None)
    verdict = signed.shown(content)
    assert verdict.is_whole
    assert verdict.copy is not None
    assert (verdict.copy.is_voided, verdict.copy.state) == (True, "文本已作废")


# What is only nearly ours.


def test_flipped_bytes_are_never_whole(signed: Issuing) -> None:
    content, random = signed.content(), Random(14)  # noqa: S311  -- which bytes, the same each time
    for _ in range(FLIPS):
        spoilt = bytearray(content)
        at = random.randrange(len(spoilt))
        spoilt[at] ^= 1 << random.randrange(8)
        assert kind_of(signed.shown(bytes(spoilt))) in {Kind.ALTERED, Kind.UNKNOWN}, at


def test_cut_files_are_never_whole(signed: Issuing) -> None:
    content, random = signed.content(), Random(15)  # noqa: S311  -- as above
    for length in [0, 1, 9, 100, len(content) - 1, *(random.randrange(len(content)) for _ in range(12))]:
        assert not signed.shown(content[:length]).is_whole


def appended(content: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """Return a file with a further revision by another's writer."""
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(content), strict=False)
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def rewritten(content: bytes, change: Callable[[Pdf], None]) -> bytes:
    """Return a file that another's program wrote anew."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        output = io.BytesIO()
        pdf.save(output, deterministic_id=True)
    return output.getvalue()


def fields(pdf: Pdf) -> dict[str, Any]:
    return {str(each.T): each for each in pdf.Root.AcroForm.Fields}


def swap_pages(pdf: Pdf) -> None:
    pdf.pages.reverse()


def add_a_page(pdf: Pdf) -> None:
    pdf.add_blank_page()


def replace_the_seal(pdf: Pdf) -> None:
    fields(pdf)["seal-medical"].AP.N.write(b"1 0 0 rg 0 0 99 99 re f")


def replace_an_edge(pdf: Pdf) -> None:
    fields(pdf)["edge-medical-001"].AP.N.Sealed.write(b"1 0 0 rg 0 0 99 99 re f")


def hide_the_seal(pdf: Pdf) -> None:
    fields(pdf)["seal-medical"].F = 2


def cover_a_page(pdf: Pdf) -> None:
    square = pdf.make_stream(b"1 g 0 0 500 500 re f", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 500, 500])
    note = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=Array([0, 0, 500, 500]), AP=Dictionary(N=square))
    pdf.pages[0].obj.Annots.append(pdf.make_indirect(note))


def hide_by_a_layer(pdf: Pdf) -> None:
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("正文")))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
    pdf.pages[0].obj.Resources.Properties = Dictionary(L=layer)
    pdf.pages[0].contents_add(b"/OC /L BDC", prepend=True)
    pdf.pages[0].contents_add(b"EMC")


def name_two_alike(pdf: Pdf) -> None:
    fields(pdf)["time-2"].T = String("seal-medical")


def take_the_signature_out(pdf: Pdf) -> None:
    del fields(pdf)["seal-medical"].V


CHANGES = [
    *(swap_pages, add_a_page, replace_the_seal, replace_an_edge, hide_the_seal, cover_a_page, hide_by_a_layer),
    *(name_two_alike, take_the_signature_out),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_written_anew_is_never_whole(change: Callable[[Pdf], None], signed: Issuing) -> None:
    assert kind_of(signed.shown(rewritten(signed.content(), change))) is Kind.ALTERED


def note(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Annots"].append(
        writer.add_object(
            generic.DictionaryObject(
                {
                    generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
                    generic.pdf_name("/Subtype"): generic.pdf_name("/Text"),
                    generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 20, 20))),
                    generic.pdf_name("/Contents"): generic.TextStringObject("改"),
                }
            )
        )
    )
    writer.update_container(page["/Annots"])


def shadow(writer: IncrementalPdfFileWriter) -> None:
    """Show another's looks in the field of a signature that stands: what a validator takes for filling in a form."""
    for field in (reference.get_object() for reference in writer.root["/AcroForm"]["/Fields"]):
        if field["/T"] == "seal-medical":
            box = generic.ArrayObject(map(generic.NumberObject, (0, 0, 99, 99)))
            form = generic.StreamObject(
                {
                    generic.pdf_name("/Type"): generic.pdf_name("/XObject"),
                    generic.pdf_name("/Subtype"): generic.pdf_name("/Form"),
                    generic.pdf_name("/BBox"): box,
                },
                stream_data=b"0 0 99 99 re f",
            )
            field["/AP"]["/N"] = writer.add_object(form)
            writer.update_container(field)


@pytest.mark.parametrize("change", [note, shadow])
def test_another_revision_is_never_whole(change: Callable[[IncrementalPdfFileWriter], None], signed: Issuing) -> None:
    assert kind_of(signed.shown(appended(signed.content(), change))) is Kind.ALTERED


def test_bytes_after_the_end_are_never_whole(signed: Issuing) -> None:
    for more in (b"\n", b" ", b"%%EOF\n", b"\x00" * 1000, signed.content()):
        assert kind_of(signed.shown(signed.content() + more)) is Kind.ALTERED


@pytest.mark.parametrize("kind", ["drawn", "typed", "picture"])
def test_handwriting_is_known_as_ours_and_another_in_its_place_is_altered(kind: str, issued: Issuing) -> None:
    first, second = signing("medical").looks, handwriting()["typed" if kind == "drawn" else "drawn"]
    issued.sign(Role.MEDICAL, looks=replace(first, handwriting=handwriting()[kind]))
    content = issued.content()
    assert issued.shown(content).is_whole
    frozen = content[: revisions(content)[0].length]
    other = sign(frozen, signing("medical", looks=replace(first, handwriting=second)), hand("medical"))
    assert kind_of(issued.shown(other.content)) is Kind.ALTERED, "by our own hand"
    assert kind_of(issued.shown(rewritten(content, replace_the_seal))) is Kind.ALTERED


def test_a_store_that_was_emptied_is_never_whole(issued: Issuing, authority: Authority) -> None:
    issued.sign(Role.MEDICAL, stamp=stamp_now)
    prove(issued.copy(), Evidence())

    def empty(pdf: Pdf) -> None:
        del pdf.Root.DSS

    assert kind_of(issued.shown(rewritten(issued.content(), empty))) is Kind.ALTERED
    assert issued.shown(issued.content()).is_whole


@pytest.mark.parametrize("is_trusted", [True, False])
def test_a_timestamp_of_anybody_s_proves_nothing_of_a_stranger_s_file(
    is_trusted: bool, issued: Issuing, authority: Authority, settings: Any, tmp_path: Path
) -> None:
    """Whoever has an old key makes an authority of timestamps as well, and dates by it what they please."""
    forged = sign(issued.content(), signing("medical"), hand("medical"), stamp=stamp_now)
    if not is_trusted:
        other = Authority(tmp_path / "other", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")
        settings.TSA_CERTIFICATE = str(other.folder / "ca.pem")
    with time_machine.travel(NOW + timedelta(days=31)):
        [said] = issued.shown(forged.content).signatures
    [remark] = [each for each in said.remarks if "到期" in each]
    assert ("仍然可以核验" in remark, "不能核验" in remark) == (is_trusted, not is_trusted)
    assert ("未经本平台核对" in said.time) == (not is_trusted)


def test_our_own_hand_on_our_own_copy_is_not_ours_unless_it_is_registered(issued: Issuing) -> None:
    """Whoever has a key and our program, and nobody else: the revision is right, the register knows nothing of it."""
    forged = sign(issued.content(), signing("medical"), hand("medical"))
    assert not any(part.fault for part in revisions(forged.content))
    assert kind_of(issued.shown(forged.content)) is Kind.ALTERED


# What the register itself refuses, and what is found where it was written past `keep`.


def test_what_our_hand_does_not_write_is_never_kept(issued: Issuing) -> None:
    one = sign(issued.content(), signing("medical"), hand("medical"))
    for spoilt in (
        {"content": appended(one.content, note)},
        {"content": rewritten(one.content, replace_the_seal)},
        {"content": one.content[:-1]},
        {"looks": {"seal-medical": "0" * 64}},
        {"field": "seal-elder_care"},
        {"sha256": "0" * 64},
    ):
        with pytest.raises(NotAsWritten):
            keep(issued.copy(), replace(one, **spoilt), signature=None)
    assert not IssuedFile.objects.exists()


def test_a_digest_alone_makes_nothing_whole(issued: Issuing) -> None:
    """A row for a file that is not as we write it: the register has its digest, and it is called altered."""
    one = sign(issued.content(), signing("medical"), hand("medical"))
    for content, looks in (
        (appended(one.content, note), one.looks),
        (one.content, {**one.looks, "seal-medical": "0" * 64}),
    ):
        digest = hashlib.sha256(content).hexdigest()
        signature = issued.agreement.signatures.first() or issued.signature(Role.MEDICAL, digest)
        row = IssuedFile(
            counterpart=issued.copy(),
            order=1,
            signature=signature,
            field="seal-medical",
            sha256=digest,
            size=len(content),
            looks=looks,
            level="B-B",
        )
        row.file.name = default_storage.save("agreements/issuing/forged.pdf", ContentFile(content))
        with transaction.atomic():
            row.save()
            verdict = issued.shown(content)
            transaction.set_rollback(True)
        assert verdict.kind is Kind.ALTERED


# Strangers.


def stranger(change: Callable[[Pdf], None] = lambda pdf: None) -> bytes:
    with Pdf.new() as pdf:
        pdf.add_blank_page()
        change(pdf)
        output = io.BytesIO()
        pdf.save(output)
    return output.getvalue()


def many_fields(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Array([Dictionary(T=String("a"), FT=Name.Sig)] * 5000))


def fields_that_are_none(pdf: Pdf) -> None:
    pdf.Root.AcroForm = Dictionary(Fields=Name.Nothing)


def a_circle(pdf: Pdf) -> None:
    field = pdf.make_indirect(Dictionary(T=String("a")))
    field.Kids = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


def a_signature_of_rubbish(pdf: Pdf) -> None:
    value = Dictionary(Type=Name.Sig, Filter=Name("/Adobe.PPKLite"), SubFilter=Name("/ETSI.CAdES.detached"))
    value.Contents, value.ByteRange = String(b"\x30\x82\xff\xff" + bytes(40)), Array([0, 1, 2, 10**9])
    pdf.Root.AcroForm = Dictionary(Fields=Array([Dictionary(T=String("a"), FT=Name.Sig, V=value)]))


@pytest.mark.parametrize(
    "change", [lambda pdf: None, many_fields, fields_that_are_none, a_circle, a_signature_of_rubbish]
)
def test_a_strangers_file_is_not_ours_and_never_an_error(change: Callable[[Pdf], None], issued: Issuing) -> None:
    assert kind_of(issued.shown(stranger(change))) in {Kind.NOT_OURS, Kind.UNKNOWN}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"not a PDF",
        b"%PDF-1.7\n%%EOF\n" * 500,
        b"%PDF-1.7\n1 0 obj\n<</Type /Catalog>>\nendobj\nstartxref\n0\n%%EOF\n",
        zlib.compress(bytes(1000)),
        b"%PDF-1.7\n" + re.escape(bytes(range(256))) * 50,
    ],
)
def test_what_is_no_file_of_ours_has_its_words(content: bytes, issued: Issuing) -> None:
    verdict = issued.shown(content)
    assert verdict.kind is Kind.UNKNOWN
    assert verdict.words.startswith("无法核验，因为")


def test_a_locked_file_has_its_words(issued: Issuing) -> None:
    with pikepdf.open(io.BytesIO(issued.content())) as pdf:
        output = io.BytesIO()
        pdf.save(output, encryption=pikepdf.Encryption(owner="o", user=""))
    assert not issued.shown(output.getvalue()).is_whole


def test_a_signature_with_another_programs_file_is_told_as_a_claim(issued: Issuing) -> None:
    foreign = sign(prepared(), replace(signing("medical"), role="trial"), hand("medical")).content
    verdict = issued.shown(foreign)
    assert verdict.words == "不是本平台签发的"
    (said,) = verdict.signatures
    assert (said.what, said.is_known) == ("签名有效", False)
    assert said.level == "证书不在本平台信任的范围"
