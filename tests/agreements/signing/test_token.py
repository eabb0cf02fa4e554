"""The whole ceremony with a key that lies in a token (PKCS#11, a real SoftHSM), by its page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.documents.issued import newest
from agreements.documents.verdicts import verdict_on
from agreements.lifecycle import batches
from agreements.lifecycle.pages import copies_made
from agreements.lifecycle.seen import text_shown
from agreements.models import Agreement, SigningBatch
from institutions.models import Institution
from sealing import enrolling, tokens
from sealing.authority import files
from sealing.models import SigningIdentity, SigningKey
from sealing.pades.modules import Place
from tests.agreements.electronic import read_by, signed_on_screen
from tests.sealing.making import requested, signatory_of
from tests.sealing.pades.validators import poppler, pyhanko
from tests.softhsm import LABEL, PIN, generated, softhsm
from verbs.errors import Unacceptable


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with softhsm(tmp_path_factory.mktemp("softhsm")) as module:
        generated(module, "0a")
        yield module


@pytest.fixture
def signs(
    signing_is_open: None,
    made_once: str,
    settings: Any,
    elder_care_institution: Institution,
    institution_administrator: User,
) -> User:
    """The elder-care signatory, whose key lies in the token and waits for them."""
    settings.PKCS11_MODULES = made_once
    person = signatory_of(elder_care_institution, "沈祎")
    row = enrolling.confirm(requested(person, elder_care_institution), by=institution_administrator)
    tokens.attach(row, Place(made_once, LABEL, "0a"))
    return person


def _posted(client: Client, row: Agreement, pin: str) -> Any:
    entered = {"text": text_shown(row), "seal": "none", "intent": "on", "pin": pin}
    return client.post(reverse("agreement-sign-now", args=[row.number]), entered)


def test_one_side_signs_every_copy_by_its_token_and_every_validator_holds_it_valid(
    client: Client,
    on_screen: Agreement,
    signs: User,
    medical_signatory: User,
    medical_institution: Institution,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Before it: a token that is away and a wrong PIN, told at the field, and nothing is signed."""
    tokens.take_up(SigningIdentity.objects.get(person=signs), PIN, by=signs)
    client.force_login(signs)
    read_by(on_screen, signs)
    assert "密码设备的 PIN 码" in client.get(reverse("agreement-sign", args=[on_screen.number])).content.decode()
    (tmp_path / "none.conf").write_text(f"directories.tokendir = {tmp_path}\n", encoding="utf-8")
    with monkeypatch.context() as away:
        away.setenv("SOFTHSM2_CONF", str(tmp_path / "none.conf"))
        refused = _posted(client, on_screen, PIN)
    assert (refused.status_code, "密码设备现在连不上" in refused.content.decode()) == (422, True)
    refused = _posted(client, on_screen, "640275")
    assert (refused.status_code, "这里还可以试 4 次" in refused.content.decode()) == (422, True)
    assert not on_screen.signatures.exists()
    assert _posted(client, on_screen, PIN).status_code == 302
    assert SigningKey.objects.get(certificate__identity__person=signs).wrong_pins == 0
    row = signed_on_screen(on_screen, medical_signatory, medical_institution)
    assert row.state == Agreement.State.IN_FORCE
    roots = [each.public_bytes(Encoding.DER) for each in files.certificates()]
    for copy in copies_made(row):
        content = newest(copy)[0]
        assert [status.holds for status in pyhanko(content, roots)] == [True, True]
        assert poppler(content) == ["Signature is Valid."] * 2
        shown = tmp_path / f"{copy.number}.pdf"
        shown.write_bytes(content)
        assert verdict_on(shown).is_whole


def test_a_token_signs_one_by_one_and_no_batch(
    client: Client, on_screen: Agreement, signs: User, elder_care_institution: Institution
) -> None:
    tokens.take_up(SigningIdentity.objects.get(person=signs), PIN, by=signs)
    client.force_login(signs)
    read_by(on_screen, signs)
    assert "请逐份打开协议签署" in client.get(reverse("signing-batch")).content.decode()
    identity = SigningIdentity.objects.get(person=signs)
    with pytest.raises(Unacceptable, match="逐份"):
        batches.begin_batch(elder_care_institution, [on_screen.frozen_id or 0], by=signs, identity=identity, seal=None)
    assert not SigningBatch.objects.exists()


def test_a_key_made_anew_under_its_identifier_signs_nothing_for_the_old_certificate(
    client: Client,
    on_screen: Agreement,
    signing_is_open: None,
    made_once: str,
    settings: Any,
    elder_care_institution: Institution,
    institution_administrator: User,
) -> None:
    """After it was taken up: its PIN is right, the token signs, and nobody could verify what it signed."""
    settings.PKCS11_MODULES = made_once
    generated(made_once, "0d")
    by = signatory_of(elder_care_institution, "沈祎")
    row = enrolling.confirm(requested(by, elder_care_institution), by=institution_administrator)
    tokens.attach(row, Place(made_once, LABEL, "0d"))
    tokens.take_up(row, PIN, by=by)
    with pkcs11.lib(made_once).get_token(token_label=LABEL).open(rw=True, user_pin=PIN) as session:
        for each in list(session.get_objects({pkcs11.Attribute.ID: bytes.fromhex("0d")})):
            each.destroy()
    generated(made_once, "0d")
    read_by(on_screen, by)
    client.force_login(by)
    refused = _posted(client, on_screen, PIN)
    assert (refused.status_code, "密钥和证书不是一对" in refused.content.decode()) == (422, True)
    assert not on_screen.signatures.exists()
