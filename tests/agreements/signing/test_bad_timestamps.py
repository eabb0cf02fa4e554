"""An authority that answers rubbish, or nothing, at the ceremony: it costs the level, and never the signature."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import core, tsp
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.documents import issued
from agreements.documents.issued import newest
from agreements.documents.verdicts import verdict_on
from agreements.lifecycle.pages import copies_made
from agreements.models import Agreement
from institutions.models import Institution
from tests.agreements.electronic import signed_on_screen
from tests.authority import Authority, served

MEGABYTES = 10


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authorities") / "ec", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")


@pytest.fixture
def authority(made_once: Authority, settings: Any) -> Iterator[Authority]:
    made_once.heal()
    with served(made_once) as url:
        settings.TSA_URL, settings.TSA_CERTIFICATE = url, str(made_once.folder / "ca.pem")
        yield made_once


def _with_another_nonce(query: bytes) -> bytes:
    read = tsp.TimeStampReq.load(query)
    read["nonce"] = core.Integer(read["nonce"].native + 1)
    return bytes(read.dump())


def _with_another_digest(query: bytes) -> bytes:
    read = tsp.TimeStampReq.load(query)
    read["message_imprint"]["hashed_message"] = os.urandom(32)
    return bytes(read.dump(force=True))


def _garbage(made: Authority) -> None:
    made.spoil = lambda answer: os.urandom(len(answer))


def _page(made: Authority) -> None:
    made.spoil = lambda answer: b"<html>login</html>"


def _too_much(made: Authority) -> None:
    made.spoil = lambda answer: answer + bytes(MEGABYTES * 1024 * 1024)


def _error(made: Authority) -> None:
    made.status = 500


def _nonce(made: Authority) -> None:
    made.misread = _with_another_nonce


def _digest(made: Authority) -> None:
    made.misread = _with_another_digest


def _silence(made: Authority) -> None:
    made.silent_after = b""


def _silence_half_way(made: Authority) -> None:
    made.silent_after = b"\x30\x82\x0f"


FAULTS: list[tuple[Callable[[Authority], None], str]] = [
    (_garbage, "时间戳"),
    (_page, "时间戳"),
    (_too_much, "时间戳"),
    (_error, "时间戳机构没有应答：它报告错误（HTTP 500）"),
    (_nonce, "时间戳机构答复的不是本次请求"),
    (_digest, "时间戳不是为这份内容签发的"),
    (_silence, "时间戳机构没有应答：等候超时"),
    (_silence_half_way, "时间戳机构没有应答：等候超时"),
]


@pytest.mark.parametrize(("fault", "said"), FAULTS)
def test_the_signature_stands_at_a_lower_level_and_is_upgraded_later(
    fault: Callable[[Authority], None],
    said: str,
    authority: Authority,
    on_screen: Agreement,
    elder_care_signatory: User,
    elder_care_institution: Institution,
    settings: Any,
) -> None:
    """All four copies, asked for once: nobody waits four times for what does not answer."""
    settings.TSA_SECONDS = 0.2 if fault in {_silence, _silence_half_way} else 30
    fault(authority)
    row = signed_on_screen(on_screen, elder_care_signatory, elder_care_institution)
    assert (row.state, authority.asked) == (Agreement.State.SIGNING, 1)
    rows = [made for copy in copies_made(row) for made in copy.issued.all()]
    assert [made.level for made in rows] == ["B-B"] * 4
    assert all(made.no_time.startswith(said) for made in rows), rows[0].no_time
    proof = row.signatures.get().proof
    assert (proof["time"], proof["no_time"]) == ("B-B", rows[0].no_time)
    authority.let_go.set()
    authority.heal()
    assert issued.sweep() == 4
    assert {made.level for copy in copies_made(row) if (made := newest(copy)[1])} == {"B-T"}


def test_both_sign_while_its_certificate_has_ended_and_the_agreement_is_complete(
    authority: Authority,
    on_screen: Agreement,
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_signatory: User,
    medical_institution: Institution,
    client: Client,
    tmp_path: Path,
) -> None:
    good = (authority.folder / "tsa.pem").read_bytes()
    (authority.folder / "tsa.pem").write_bytes(_ended(authority))
    try:
        row = signed_on_screen(on_screen, elder_care_signatory, elder_care_institution)
        row = signed_on_screen(row, medical_signatory, medical_institution)
    finally:
        (authority.folder / "tsa.pem").write_bytes(good)
    assert row.state == Agreement.State.IN_FORCE
    client.force_login(elder_care_signatory)
    page = client.get(reverse("agreement-detail", args=[row.number])).content.decode()
    assert "只有签约人自己的时间" in page
    (tmp_path / "shown.pdf").write_bytes(newest(copies_made(row)[0])[0])
    verdict = verdict_on(tmp_path / "shown.pdf")
    assert verdict.is_whole
    for each in verdict.signatures:
        assert "没有取得时间戳：时间戳签发时证书不在有效期内" in each.remarks
        assert "签名人自己的时间" in each.time
    assert issued.sweep() == 4
    assert issued.not_proved() == []


def _ended(authority: Authority) -> bytes:
    """Return the authority's certificate as it would be had it ended yesterday."""
    issuer = x509.load_pem_x509_certificate((authority.folder / "ca.pem").read_bytes())
    own = x509.load_pem_x509_certificate((authority.folder / "tsa.pem").read_bytes())
    key: Any = load_pem_private_key((authority.folder / "ca.key").read_bytes(), None)
    now = datetime.now(UTC)
    purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    made = (
        x509.CertificateBuilder(issuer.subject, own.subject, own.public_key(), own.serial_number)
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now - timedelta(days=1))
        .add_extension(purposes, critical=True)
        .sign(key, SHA256())
    )
    return made.public_bytes(Encoding.PEM)
