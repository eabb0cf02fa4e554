"""Timestamps and evidence of what was signed on screen: proved for long, also where the authority was away at first."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from django.utils import timezone

from accounts.models import User
from agreements.documents import issued
from agreements.documents.issued import newest, not_proved
from agreements.documents.trust import trust_in
from agreements.documents.verdicts import Verdict, verdict_on
from agreements.lifecycle.pages import copies_made
from agreements.models import Agreement
from institutions.models import Institution
from sealing import ending
from sealing.evidence import evidence, roots
from sealing.models import Certificate, SigningIdentity
from tests.agreements.electronic import signed_on_screen
from tests.authority import Authority, served
from tests.hands import revocation_list

AFTER_ITS_END = timedelta(days=800)


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authorities") / "ec", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")


@pytest.fixture
def authority(made_once: Authority, settings: Any, tmp_path: Path) -> Iterator[Authority]:
    made_once.is_down = False
    issuer = x509.load_pem_x509_certificate((made_once.folder / "ca.pem").read_bytes())
    key = load_pem_private_key((made_once.folder / "ca.key").read_bytes(), None)
    listed = x509.load_der_x509_crl(revocation_list(issuer, key))
    (tmp_path / "lists.pem").write_bytes(listed.public_bytes(Encoding.PEM))
    with served(made_once) as url:
        settings.TSA_URL, settings.TSA_CERTIFICATE = url, str(made_once.folder / "ca.pem")
        settings.TSA_REVOCATION_LISTS = str(tmp_path / "lists.pem")
        yield made_once


def _verdict(row: Agreement, folder: Path, copy: int = 0) -> Verdict:
    path = folder / "shown.pdf"
    path.write_bytes(newest(copies_made(row)[copy])[0])
    return verdict_on(path)


def test_every_copy_reaches_the_longest_proof_and_outlives_its_certificates(
    on_screen: Agreement,
    authority: Authority,
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_signatory: User,
    medical_institution: Institution,
    tmp_path: Path,
) -> None:
    """The authority is away for the second signature: the level is lost, nothing else, and the hour makes it good."""
    row = signed_on_screen(on_screen, elder_care_signatory, elder_care_institution)
    assert not_proved() == [], "a timestamp over all of it waits for the other side"
    authority.is_down = True
    row = signed_on_screen(row, medical_signatory, medical_institution)
    assert row.state == Agreement.State.IN_FORCE
    assert issued.sweep() == 0
    with time_machine.travel(timezone.now() + AFTER_ITS_END):
        stamped, alone = _verdict(row, tmp_path).signatures
        assert any("到期以前作出的，仍然可以核验" in remark for remark in stamped.remarks)
        assert any("又没有到期以前的时间戳" in remark for remark in alone.remarks)
    authority.is_down = False
    assert issued.sweep() == 4
    assert issued.sweep() == 0
    levels = {made.level for copy in copies_made(row) if (made := newest(copy)[1]) is not None}
    assert levels == {"B-LTA"}
    verdict = _verdict(row, tmp_path, 3)
    assert verdict.is_whole, verdict.words
    assert [said.is_stamp for said in verdict.signatures] == [False, False, True]
    with time_machine.travel(timezone.now() + AFTER_ITS_END):
        later = _verdict(row, tmp_path)
        assert later.is_whole
        for said in later.signatures[:2]:
            assert any("到期以前作出的，仍然可以核验" in remark for remark in said.remarks)


def test_a_certificate_that_was_revoked_after_it_signed_is_told_so(
    on_screen: Agreement,
    authority: Authority,
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_signatory: User,
    medical_institution: Institution,
    tmp_path: Path,
) -> None:
    """With a timestamp from before, and with none."""
    row = signed_on_screen(on_screen, elder_care_signatory, elder_care_institution)
    authority.is_down = True
    row = signed_on_screen(row, medical_signatory, medical_institution)
    for person, later in ((medical_signatory, 0), (elder_care_signatory, 5)):  # a timestamp tells whole seconds
        identity = SigningIdentity.objects.get(person=person)
        with time_machine.travel(timezone.now() + timedelta(seconds=later)):
            ending.revoke(identity, Certificate.Reason.KEY_COMPROMISE, by=person, reason="密码被人看见")
    stamped, alone = _verdict(row, tmp_path).signatures
    assert any("被吊销" in remark and "在吊销以前作出的" in remark for remark in stamped.remarks)
    assert any("被吊销" in remark and "没有吊销以前的时间戳" in remark for remark in alone.remarks)
    authority.is_down = False
    assert issued.sweep() == 4
    proved = _verdict(row, tmp_path)
    assert proved.is_whole
    assert any("没有达到长期证明：证书“徐赟”已于" in remark for remark in proved.signatures[-1].remarks)
    assert proved.copy is not None
    assert "B-LTA" not in {made.level for copy in copies_made(row) for made in copy.issued.all()}


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        ({"level": "licensed", "standing": "unknown"}, "签发的证书（签名时撤销状态未能核实）"),
        ({"level": "licensed"}, "签发的证书（签名时撤销状态未能核实）"),
        ({"level": "licensed", "standing": "good"}, "签发的证书"),
        ({"level": "agreed", "standing": ""}, "双方约定采用的证书"),
        ({}, ""),
    ],
)
def test_whether_its_authority_could_be_asked_stands_with_the_level(proof: dict[str, str], said: str) -> None:
    assert trust_in(proof).endswith(said)
    assert ("未能核实" in trust_in(proof)) == ("未能核实" in said)


@pytest.mark.django_db
def test_a_list_that_has_ended_or_cannot_be_read_proves_nothing(
    signing_is_open: None, authority: Authority, settings: Any, tmp_path: Path
) -> None:
    assert len(evidence().revoked) == 2, "our own, and the timestamp authority's"
    assert evidence().certificates[0] in roots()
    with time_machine.travel(timezone.now() + timedelta(days=40)):
        assert evidence().revoked == []
    (tmp_path / "lists.pem").write_bytes(b"-----BEGIN X509 CRL-----\nhalf a l")
    assert len(evidence().revoked) == 1
    settings.TSA_REVOCATION_LISTS = str(tmp_path / "none.pem")
    assert len(evidence().revoked) == 1
