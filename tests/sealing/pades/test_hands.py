"""A key on a token signs like one in memory; the trial seal finds a hand that does not."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pkcs11
import pytest
from asn1crypto import keys
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key

from sealing.pades import trial
from sealing.pades.hands import CannotSign, KeyHand, TokenHand
from sealing.pades.signing import sign
from tests.agreements.documents.papers import made
from tests.hands import hand, signing
from tests.sealing.pades.validators import poppler, pyhanko
from tests.softhsm import LABEL, PIN, softhsm


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pkcs11.Token]:
    with softhsm(tmp_path_factory.mktemp("softhsm")) as library:
        yield pkcs11.lib(library).get_token(token_label=LABEL)


@pytest.mark.parametrize("is_rsa", [False, True])
def test_a_key_on_a_token_signs(token: pkcs11.Token, *, is_rsa: bool) -> None:
    own = hand("medical", is_rsa=is_rsa)
    der = own.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    decode = decode_rsa_private_key if is_rsa else decode_ec_private_key
    if not is_rsa:
        der = keys.ECPrivateKey.load(der).dump()
    with token.open(rw=True, user_pin=PIN) as session:
        key: Any = session.create_object(decode(der) | {pkcs11.Attribute.SENSITIVE: True})
        content = made("hunan-2020", is_filled=True).copies[0].content
        signed = sign(content, signing("medical"), TokenHand(own.certificate, own.chain, key))
        trial.try_out(TokenHand(own.certificate, own.chain, key))
    assert pyhanko(signed.content)[0].holds
    assert poppler(signed.content) == ["Signature is Valid."]


def test_a_token_that_was_taken_out_signs_nothing(token: pkcs11.Token) -> None:
    own = hand("medical")
    with token.open(rw=True, user_pin=PIN) as session:
        der = own.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        key: Any = session.create_object(decode_ec_private_key(der))
    with pytest.raises(CannotSign, match="密码设备"):
        TokenHand(own.certificate, own.chain, key).sign(bytes(32))


@pytest.mark.parametrize("is_rsa", [False, True])
def test_what_another_key_signs_is_put_into_no_file(*, is_rsa: bool) -> None:
    other = hand("elder_care", is_rsa=is_rsa).key
    content = made("hunan-2020", is_filled=True).copies[0].content
    with pytest.raises(CannotSign, match="不是一对"):
        sign(content, signing("medical"), replace(hand("medical", is_rsa=is_rsa), key=other))


def test_the_trial_seal_holds() -> None:
    trial.try_out()
    trial.try_out(hand("medical", is_rsa=True))
    assert trial.why_closed() == ""


def test_the_trial_seal_finds_a_key_that_is_not_the_certificates() -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(trial.TrialFailed, match="签名无效"):
        trial.try_out(replace(hand("medical"), key=other))


def test_electronic_signing_is_closed_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    other = KeyHand(hand("medical").certificate, (), ec.generate_private_key(ec.SECP256R1()))
    trial.why_closed.cache_clear()
    monkeypatch.setattr(trial, "passing_hand", lambda: other)
    said = trial.why_closed()
    trial.why_closed.cache_clear()
    assert said.startswith("电子签约暂时关闭。")
    assert "纸质签章" in said
