"""The platform's authority: its files, what it issues, its list, and what the console does with it."""

import re
import stat
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey, generate_private_key
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from audit.models import Entry
from institutions.models import Institution
from sealing import checks, ending, enrolling
from sealing.authority import files, issuing, keeping
from sealing.authority.files import AuthorityClosed
from sealing.authority.profiles import Subject
from sealing.evidence import evidence
from sealing.keys import pepper
from sealing.models import Certificate, Level, RevocationList, SigningIdentity
from tests.reading import words
from tests.sealing.making import PIN, active, requested, set_up, signatory_of
from verbs.errors import WrongState

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(settings: Settings, tmp_path: Path) -> Path:
    """A folder without authority and pepper, of this test alone."""
    settings.SIGNING_AUTHORITY_FOLDER = tmp_path / "authority"
    settings.PIN_PEPPER_FILE = str(tmp_path / "pepper")
    return tmp_path


@pytest.fixture
def identity(elder_care_institution: Institution, institution_administrator: User) -> SigningIdentity:
    return active(signatory_of(elder_care_institution), elder_care_institution, institution_administrator)


def listed() -> x509.CertificateRevocationList:
    newest = issuing.newest_list()
    assert newest is not None
    return x509.load_der_x509_crl(bytes(newest.content))


def test_it_is_made_once_for_us_alone(keys: Path) -> None:
    call_command("signing_authority", "init", stdout=StringIO())
    before = {path: path.read_bytes() for path in keys.rglob("*") if path.is_file()}
    call_command("signing_authority", "init", stdout=StringIO())
    assert {path: path.read_bytes() for path in keys.rglob("*") if path.is_file()} == before
    assert {stat.S_IMODE(path.stat().st_mode) for path in before} == {0o600}
    assert Entry.objects.filter(event="signing_authority.made").count() == 1
    assert RevocationList.objects.count() == 1
    root = files.opened().certificate
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert not files.why_closed()


def test_a_person_s_certificate_names_person_institution_and_code_and_leads_to_the_authority(
    identity: SigningIdentity,
) -> None:
    row = identity.certificate
    assert row is not None
    made = row.parsed
    [root] = row.parsed_chain
    made.verify_directly_issued_by(root)
    named = {each.oid: each for each in made.subject}
    assert named[NameOID.COMMON_NAME].value == identity.person.full_name
    assert named[NameOID.ORGANIZATION_NAME].value == identity.institution.name
    assert named[NameOID.ORGANIZATION_IDENTIFIER].value == f"NTRCN-{identity.institution.uscc}"
    assert {named[each]._type.name for each in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)} == {"UTF8String"}
    assert isinstance(made.public_key(), EllipticCurvePublicKey)
    usage = made.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.content_commitment
    assert usage.value.digital_signature
    assert not usage.value.key_cert_sign
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert 365 <= (row.not_after - row.not_before).days <= 731
    points = made.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert reverse("revocation-list") in str(points)


def test_a_demo_s_certificate_says_so_in_its_subject(
    settings: Settings, elder_care_institution: Institution, institution_administrator: User
) -> None:
    settings.DEMO = True
    signatory = signatory_of(elder_care_institution)
    made = active(signatory, elder_care_institution, institution_administrator, Level.DEMO).certificate
    assert made is not None
    assert "演示证书" in made.subject


def test_what_is_revoked_stands_in_the_list_with_its_reason_at_once(
    identity: SigningIdentity, institution_administrator: User, client: Client
) -> None:
    before = listed()
    row = identity.certificate
    assert row is not None
    ending.revoke(identity, Certificate.Reason.KEY_COMPROMISE, by=institution_administrator, reason="密码外泄")
    now = listed()
    assert before.get_revoked_certificate_by_serial_number(row.parsed.serial_number) is None
    found = now.get_revoked_certificate_by_serial_number(row.parsed.serial_number)
    assert found is not None
    assert found.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.key_compromise
    assert now.is_signature_valid(files.opened().key.public_key())
    numbers = [each.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number for each in (before, now)]
    assert numbers[0] < numbers[1]
    answer = client.get(reverse("revocation-list"))
    assert (answer["Content-Type"], "max-age" in answer["Cache-Control"]) == ("application/pkix-crl", True)
    assert x509.load_der_x509_crl(answer.content) == now


def test_the_clock_makes_another_list_before_the_last_one_ends() -> None:
    set_up()
    newest = issuing.newest_list()
    assert newest is not None
    assert issuing.publish_due() is None
    with time_machine.travel(newest.made_at + timedelta(days=1, minutes=1)):
        made = issuing.publish_due()
        assert made is not None
        assert made.number == newest.number + 1
        assert made.made_at < newest.next_update


def test_evidence_for_what_was_signed_since_is_a_list_that_tells_of_it() -> None:
    set_up()
    newest = issuing.newest_list()
    assert newest is not None
    later = newest.made_at + timedelta(hours=3)
    with time_machine.travel(later):
        assert evidence(told_from=newest.made_at).revoked == [bytes(newest.content)]
        made = x509.load_der_x509_crl(evidence(told_from=later - timedelta(hours=1)).revoked[0])
        assert made.last_update_utc >= later - timedelta(hours=1)
        assert issuing.newest_list() != newest


def test_renewed_it_keeps_its_key_and_what_was_issued_leads_to_both_certificates(
    keys: Path, elder_care_institution: Institution, institution_administrator: User
) -> None:
    held = active(signatory_of(elder_care_institution), elder_care_institution, institution_administrator).certificate
    assert held is not None
    before = files.opened().certificate
    with time_machine.travel(before.not_valid_after_utc - timedelta(days=30)):
        assert [each.id for each in checks.check_signing(None)] == ["sealing.W002"]
        with pytest.raises(AuthorityClosed, match="renew"):
            issuing.issue(
                held.identity, generate_private_key(SECP256R1()).public_key(), Subject("某人", "某机构", "", "测试")
            )
        call_command("signing_authority", "renew", stdout=StringIO())
        assert not checks.check_signing(None)
        now, former = files.certificates()
        assert former == before
        held.parsed.verify_directly_issued_by(now)
        held.parsed.verify_directly_issued_by(former)
        assert listed().is_signature_valid(files.opened().key.public_key())


def test_a_backup_opens_again_and_a_lost_key_is_never_made_anew(
    keys: Path, settings: Settings, elder_care_institution: Institution, institution_administrator: User
) -> None:
    active(signatory_of(elder_care_institution), elder_care_institution, institution_administrator)
    out = StringIO()
    call_command("signing_authority", "backup", str(keys / "copy"), stdout=out)
    with pytest.raises(CommandError, match="不是空文件夹"):
        call_command("signing_authority", "backup", str(keys / "copy"))
    present = files.opened().certificate
    (keys / "authority" / files.KEY).unlink()
    said = StringIO()
    call_command("signing_authority", "init", stdout=StringIO(), stderr=said)
    assert "从备份恢复" in said.getvalue()
    assert not (keys / "authority" / files.KEY).exists()
    [gone] = checks.check_signing_files(None, databases=["default"])
    assert gone.id == "sealing.W006"
    settings.SIGNING_AUTHORITY_FOLDER = keys / "copy"
    settings.PIN_PEPPER_FILE = str(keys / "copy" / "pepper")
    assert files.opened().certificate == present
    assert len(pepper.read()) == pepper.BYTES


@pytest.mark.parametrize(
    ("file", "content", "named"),
    [
        (files.KEY, b"rubbish", "sealing.W001"),
        (files.CERTIFICATE, b"rubbish", "sealing.W001"),
        (files.KEY, None, "sealing.W001"),
        ("../pepper", b"rubbish", "sealing.W003"),
    ],
)
def test_what_cannot_be_used_closes_signing_with_the_reason_and_the_start_goes_on(
    keys: Path, file: str, content: bytes | None, named: str
) -> None:
    keeping.set_up()
    path = keys / "authority" / file
    path.unlink() if content is None else path.write_bytes(content)
    found = checks.check_signing(None)
    assert [each.id for each in found] == [named]
    assert not any(each.is_serious() and each.level >= 40 for each in found)


def test_what_others_can_read_is_named(keys: Path) -> None:
    keeping.set_up()
    (keys / "authority" / files.KEY).chmod(0o644)
    assert [each.id for each in checks.check_signing(None)] == ["sealing.W004"]


def test_while_it_is_closed_nobody_gets_a_certificate_and_nothing_is_half_written(
    keys: Path, elder_care_institution: Institution, institution_administrator: User
) -> None:
    signatory = signatory_of(elder_care_institution)
    ready = enrolling.confirm(requested(signatory, elder_care_institution), by=institution_administrator)
    with pytest.raises(WrongState, match="电子签约暂不开放"):
        enrolling.activate(ready, PIN, by=signatory)
    ready.refresh_from_db()
    assert ready.state == SigningIdentity.State.CONFIRMED
    assert not Certificate.objects.exists()


def test_the_public_page_names_levels_and_fingerprint(client: Client) -> None:
    set_up()
    page = client.get(reverse("signing-authority"))
    assert keeping.fingerprint(files.opened().certificate) in page.content.decode()
    assert "不是依法取得许可的电子认证服务提供者" in page.content.decode()
    given = client.get(reverse("authority-certificate"))
    assert x509.load_der_x509_certificate(given.content) == files.opened().certificate


def test_who_looks_after_certificates_is_told_how_many_there_are(
    client: Client,
    identity: SigningIdentity,
    elder_care_institution: Institution,
    platform_administrator: User,
    authority_administrator: User,
    health_reviewer: User,
    other_reviewer: User,
    elder_care_clerk: User,
) -> None:
    """The platform all, a bureau its own remit, nobody else any."""
    requested(signatory_of(elder_care_institution), elder_care_institution)
    address = reverse("signing-authority")

    def figures(user: User) -> list[str]:
        client.force_login(user)
        page = words(client.get(address).content.decode())
        told = page.partition("签约证书数量")[2].partition("三种级别")[0]
        return re.findall(r"\d+(?= [张项家])", told)

    for user in (platform_administrator, authority_administrator, health_reviewer):
        assert figures(user) == ["1", "1", "0", "1", "0", "0"], user
    assert figures(other_reviewer) == ["0"] * 6
    assert figures(elder_care_clerk) == []
    client.logout()
    assert "签约证书数量" not in client.get(address).content.decode()
    client.force_login(platform_administrator)
    assert f'href="{address}"' in client.get(reverse("platform")).content.decode()
    client.force_login(authority_administrator)
    assert f'href="{address}"' in client.get(reverse("people-list")).content.decode()


def test_status_says_what_there_is(identity: SigningIdentity) -> None:
    out = StringIO()
    call_command("signing_authority", "status", stdout=out)
    assert "已签发 1 张，已吊销 0 张" in out.getvalue()
    assert timezone.localtime().strftime("%Y") in out.getvalue()
