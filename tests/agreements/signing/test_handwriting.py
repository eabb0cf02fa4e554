"""Handwriting on the signature line: what can be drawn, whose it is, and what of it is kept."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw

from accounts.models import User
from agreements import lifecycle
from agreements.documents.issued import newest
from agreements.lifecycle.batches import begin_batch
from agreements.lifecycle.handwriting import (
    MOST_POINTS,
    MOST_STROKES,
    NOT_STROKES,
    NOTHING_DRAWN,
    TOO_MUCH,
    TOO_SMALL,
    handwriting_of,
    offered_to,
    strokes_of,
    typed,
)
from agreements.lifecycle.pages import copies_made
from agreements.lifecycle.seen import text_shown
from agreements.models import Agreement, SigningBatch
from agreements.models.handwriting import Handwritten
from audit.models import Entry
from boundary.refused import UploadRefused
from institutions.models import Institution
from sealing import handwriting
from sealing.models import SigningIdentity
from sealing.pades.pictures import Picture
from sealing.pictures import PEN
from tests.agreements.electronic import accepted, pen, read_by
from tests.agreements.making import scan_pdf
from tests.hands import DRAWN
from tests.sealing.making import PIN
from tests.sealing.picture import picture
from uploads.at_once import as_file, judged
from verbs.errors import NotAllowed, Unacceptable

Drawn = Handwritten.DRAWN


def on_paper(*, ink: bool = True) -> bytes:
    """Return a photograph of a name on white paper, or of the paper alone."""
    image = Image.new("RGB", (600, 250), "white")
    if ink:
        ImageDraw.Draw(image).line([(60, 40), (300, 200), (420, 60), (560, 190)], fill=(20, 20, 60), width=12)
    output = io.BytesIO()
    image.save(output, "PNG")
    return output.getvalue()


def sent(by: User, content: bytes, name: str = "签名.png") -> None:
    judged(handwriting.send(by=by, file=as_file(content, name), onward="/agreements/"))


def refusal(said: str) -> str:
    with pytest.raises(Unacceptable) as refused:
        strokes_of(said)
    assert refused.value.field == "handwriting", "said at the field"
    return str(refused.value)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", NOTHING_DRAWN),
        ("[]", NOTHING_DRAWN),
        ("[[[5,5],[9,9]]]", TOO_SMALL),
        ("[[[0,0],[901,5]]]", NOT_STROKES),
        ("[[[0,0],[5,351]]]", NOT_STROKES),
        ("[[[0,0],[-1,5]]]", NOT_STROKES),
        ("[[[0,0],[1.5,5]]]", NOT_STROKES),
        ("[[[0,0],[true,5]]]", NOT_STROKES),
        ("[[[0,0],[1,2,3]]]", NOT_STROKES),
        ('[[[0,0],"100 0 l S"]]', NOT_STROKES),
        ("[[]]", NOT_STROKES),
        ('{"a":1}', NOT_STROKES),
        ("[[[0,0]", NOT_STROKES),
        ("[" * 70_000, NOT_STROKES),
        (json.dumps([[[0, 0]]] * (MOST_STROKES + 1)), TOO_MUCH),
        (json.dumps([[[0, 0]] * (MOST_POINTS + 1)]), TOO_MUCH),
        (" " * 100_000, TOO_MUCH),
    ],
)
def test_what_is_no_handwriting_is_refused_in_words(said: str, why: str) -> None:
    assert refusal(said) == why


def test_strokes_are_drawn_from_the_bottom_left_of_what_is_written() -> None:
    drawn = strokes_of("[[[100,50],[200,150]],[[300,60]]]")
    assert drawn.path.split("\n") == ["0 100 m", "100 0 l", "200 90 m", "200 90 l"]
    assert (drawn.width, drawn.height) == (200, 100)


@pytest.mark.parametrize("kind", list(Handwritten))
def test_each_kind_is_signed_and_kept_with_the_signature(
    kind: Handwritten, on_screen: Agreement, elder_care_signatory: User, elder_care_institution: Institution
) -> None:
    by = elder_care_signatory
    if kind is Handwritten.PICTURE:
        sent(by, on_paper())
    hand = handwriting_of(by, kind.value, strokes_of(DRAWN))
    assert hand is not None
    read_by(on_screen, by)
    own = replace(pen(by, elder_care_institution), handwriting=hand)
    row = lifecycle.sign_electronically(on_screen, by=by, pen=own, accepted=accepted(on_screen))
    proof = row.signatures.get().proof
    assert proof["handwriting"] == {"kind": kind.value, "sha256": hand.shown.sha256}
    content, file = newest(copies_made(row)[0])
    assert (b"/Hand" in content) is (kind is Handwritten.PICTURE)
    assert (b" S Q" in content) is (kind is Drawn)
    assert file is not None
    assert file.looks["seal-elder_care"]
    said = Entry.objects.filter(event="agreement.signed_electronically").latest("pk")
    assert kind.label in json.dumps(said.data, ensure_ascii=False)


def test_nobody_signs_with_another_s_hand(
    on_screen: Agreement, elder_care_signatory: User, elder_care_institution: Institution, medical_signatory: User
) -> None:
    read_by(on_screen, elder_care_signatory)
    own = replace(pen(elder_care_signatory, elder_care_institution), handwriting=typed(medical_signatory))
    with pytest.raises(NotAllowed, match="您本人的手写签名"):
        lifecycle.sign_electronically(on_screen, by=elder_care_signatory, pen=own, accepted=accepted(on_screen))
    assert not on_screen.signatures.exists()


def test_a_picture_is_kept_for_its_own_signatory(
    elder_care_signatory: User, medical_signatory: User, elder_care_clerk: User, client: Client
) -> None:
    with pytest.raises(NotAllowed, match="授权签约人"):
        sent(elder_care_clerk, on_paper())
    assert offered_to(elder_care_signatory) == (Drawn, Handwritten.TYPED)
    for content, why in ((on_paper(ink=False), "看不到签名"), (scan_pdf(1), "PNG 或 JPG")):
        with pytest.raises(UploadRefused, match=why):
            sent(elder_care_signatory, content)
    with pytest.raises(Unacceptable, match="还没有上传"):
        handwriting_of(elder_care_signatory, "picture")
    sent(elder_care_signatory, on_paper())
    assert offered_to(elder_care_signatory) == tuple(Handwritten)
    assert offered_to(elder_care_signatory, is_batch=True) == (Handwritten.TYPED, Handwritten.PICTURE)
    assert Handwritten.PICTURE not in offered_to(medical_signatory)
    address = reverse("signing-handwriting-picture")
    client.force_login(elder_care_signatory)
    shown = client.get(address)
    with Image.open(io.BytesIO(shown.content)) as cut:
        assert (shown["Content-Type"], cut.mode) == ("image/png", "RGBA")
        assert cut.getchannel("A").getpixel((0, cut.height - 1)) == 0, "the paper is left out"
    page = client.get(reverse("signing-handwriting"), {"next": "/agreements/"}).content.decode()
    assert 'href="/agreements/"' in page
    elsewhere = client.get(reverse("signing-handwriting"), {"next": "https://evil.example/"}).content.decode()
    assert '="https://evil.example' not in elsewhere
    client.force_login(medical_signatory)
    assert client.get(address).status_code == 404


def test_no_picture_of_a_seal_is_printed_red_as_handwriting(elder_care_signatory: User) -> None:
    sent(elder_care_signatory, picture(), "公章.png")
    hand = handwriting_of(elder_care_signatory, "picture")
    assert hand is not None
    assert isinstance(hand.shown, Picture)
    dots = set(zip(hand.shown.colours[::3], hand.shown.colours[1::3], hand.shown.colours[2::3], strict=True))
    assert dots == {tuple(PEN)}


def test_the_page_shows_what_is_chosen_and_says_at_the_field_what_is_wrong(
    client: Client, on_screen: Agreement, elder_care_signatory: User
) -> None:
    client.force_login(elder_care_signatory)
    read_by(on_screen, elder_care_signatory)
    page = client.get(reverse("agreement-sign", args=[on_screen.number])).content.decode()
    assert "份只有每页页脚的执存方和二维码不同" in page
    assert "落款处的姓名字样：沈祎" in page
    assert 'value="picture"' not in page, "none was uploaded"
    entered = {"seal": "none", "intent": "on", "pin": PIN, "text": text_shown(on_screen)}

    def post(**facts: str) -> tuple[int, str]:
        answer = client.post(reverse("agreement-sign-now", args=[on_screen.number]), entered | facts)
        return answer.status_code, answer.content.decode()

    for kind, strokes, why in (
        ("drawn", "", NOTHING_DRAWN),
        ("drawn", "[[[0,0]", NOT_STROKES),
        ("picture", "", "请重新选择手写签名的方式。"),
    ):
        status, page = post(handwriting=kind, strokes=strokes)
        assert status == 422
        assert f'd-block">{why}' in page
    status, page = post(handwriting="drawn", strokes=DRAWN, pin="111222")
    assert "签名密码不对" in page
    assert DRAWN in page, "and need not be drawn again"
    assert post(handwriting="drawn", strokes=DRAWN)[0] == 302
    shown = client.get(reverse("agreement-signing", args=[on_screen.number])).content.decode()
    assert "落款处有现场手写的签名" in shown


def test_a_batch_keeps_which_and_takes_nothing_that_is_drawn(
    on_screen: Agreement, elder_care_signatory: User, elder_care_institution: Institution
) -> None:
    identity = SigningIdentity.objects.get(person=elder_care_signatory)
    read_by(on_screen, elder_care_signatory)
    assert on_screen.frozen_id is not None
    facts: dict[str, Any] = {"by": elder_care_signatory, "identity": identity, "seal": None}
    with pytest.raises(Unacceptable, match="不能现场手写"):
        begin_batch(elder_care_institution, [on_screen.frozen_id], handwriting="drawn", **facts)
    begin_batch(elder_care_institution, [on_screen.frozen_id], handwriting="typed", **facts)
    assert SigningBatch.objects.get().handwriting == "typed"
