"""Timestamps in signatures and over whole copies, from a real authority; what happens while there is none."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509 import load_der_x509_crl

from audit.timestamping import NotStamped
from boundary.revisions import revisions
from sealing.pades.looks import Appearance
from sealing.pades.revision import Unreadable
from sealing.pades.signing import Signed, sign
from sealing.pades.timestamps import Evidence, could_prove, fields_left, good_until, stamp_now, upgrade
from tests.agreements.documents.judging import disagreements, failures
from tests.agreements.documents.papers import made
from tests.authority import Authority, served
from tests.hands import NOW, authorities, der, hand, revocation_list, revoked_none, root, signed_by, signing
from tests.proving import rows
from tests.sealing.pades.validators import poppler, pyhanko

VALID = "Signature is Valid."
BOTH = ["seal-medical", "seal-elder_care"]


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authorities") / "rsa", "rsa:2048")


@pytest.fixture
def authority(made_once: Authority, settings: Any) -> Iterator[Authority]:
    made_once.is_down, made_once.spoil = False, bytes
    with served(made_once) as url:
        settings.TSA_URL, settings.TSA_CERTIFICATE = url, str(made_once.folder / "ca.pem")
        yield made_once


def frozen() -> bytes:
    return made("hunan-2020", is_filled=True).copies[0].content


def roots_with(authority: Authority) -> list[bytes]:
    return [
        root(),
        x509.load_pem_x509_certificate((authority.folder / "ca.pem").read_bytes()).public_bytes(Encoding.DER),
    ]


def evidence(authority: Authority) -> Evidence:
    """All lists of revoked certificates that there are, the timestamp authority's among them."""
    issuer = x509.load_pem_x509_certificate((authority.folder / "ca.pem").read_bytes())
    key = load_pem_private_key((authority.folder / "ca.key").read_bytes(), None)
    lists = (*revoked_none(), revocation_list(issuer, key))
    return Evidence((root(),), lists, issuers=roots_with(authority))


def test_signatures_with_timestamps_hold(authority: Authority) -> None:
    once, twice = signed_by(frozen(), stamp=stamp_now)
    assert [(step.level, step.no_time) for step in (once, twice)] == [("B-T", "")] * 2
    found = pyhanko(twice.content, roots_with(authority))
    assert [(status.holds, status.stamped) for status in found] == [(True, True)] * 2
    assert poppler(twice.content) == [VALID, VALID]
    assert failures(twice.content, "2a", "ua1") == []
    assert all(not part.fault for part in revisions(twice.content))


@pytest.mark.parametrize("spoilt", ["down", "rubbish", "cut", "another's", "empty"])
def test_a_failure_costs_the_level_and_is_told(authority: Authority, spoilt: str) -> None:
    other = stamp_now(b"something else")
    authority.is_down = spoilt == "down"
    authority.spoil = {
        "rubbish": lambda answer: b"<html>no</html>",
        "cut": lambda answer: answer[:-200],
        "another's": lambda answer: b"0\x82" + (len(other) + 5).to_bytes(2, "big") + b"0\x03\x02\x01\x00" + other,
        "empty": lambda answer: b"",
    }.get(spoilt, bytes)
    signed = signed_by(frozen(), ["medical"], stamp=stamp_now)[0]
    assert signed.level == "B-B"
    assert "时间戳" in signed.no_time
    assert [(status.holds, status.stamped) for status in pyhanko(signed.content)] == [(True, False)]
    with pytest.raises(NotStamped):
        upgrade(signed.content, Evidence())


def test_the_next_authority_is_asked(authority: Authority, settings: Any) -> None:
    settings.TSA_URL = f"http://127.0.0.1:9/ {settings.TSA_URL}"
    assert signed_by(frozen(), ["medical"], stamp=stamp_now)[0].level == "B-T"


def test_none_is_named(settings: Any) -> None:
    settings.TSA_URL = ""
    signed = signed_by(frozen(), ["medical"], stamp=stamp_now)[0]
    assert (signed.level, signed.no_time) == ("B-B", "没有设置时间戳机构")


def test_what_was_signed_without_is_upgraded_and_renewed_while_there_are_fields(authority: Authority) -> None:
    steps: list[Signed] = signed_by(frozen())
    roots, proof = roots_with(authority), evidence(authority)
    for number in range(1, 5):
        steps.append(upgrade(steps[-1].content, proof))
        newest = steps[-1]
        assert (newest.field, newest.level) == (f"time-{number}", "B-LTA")
        assert failures(newest.content, "2a", "ua1") == []
        assert disagreements(newest.content) == []
        found = {status.field: status for status in pyhanko(newest.content, roots)}
        assert all(status.holds for status in found.values()), found
        assert [found[field].changed for field in BOTH] == ["FORM_FILLING", "LTA_UPDATES"]
        # Debian's poppler does not check timestamps of a whole file.
        assert poppler(newest.content)[:2] == [VALID, VALID]
        assert all(not part.fault for part in revisions(newest.content)), revisions(newest.content)
        assert fields_left(newest.content) == 4 - number
    until = good_until(steps[-1].content)
    assert until is not None
    assert until > dt.datetime.now(dt.UTC) + dt.timedelta(days=3000)
    with pytest.raises(Unreadable):
        upgrade(steps[-1].content, proof)


def test_the_level_is_no_higher_than_the_evidence(authority: Authority) -> None:
    proved = upgrade(signed_by(frozen(), ["medical"])[0].content, Evidence(revoked=revoked_none()))
    assert (proved.level, proved.no_time) == ("B-T", "没有取得全部证书的吊销状态")
    assert good_until(signed_by(frozen(), ["medical"])[0].content) is None


@pytest.mark.parametrize(
    ("is_stamped", "after", "level"),
    [(True, 1, "B-LTA"), (True, -1, "B-T"), (False, -1, "B-T")],
    ids=["revoked after its timestamp", "revoked before its timestamp", "revoked before the first timestamp over all"],
)
def test_a_certificate_that_was_revoked_before_it_is_proved_to_have_signed_is_no_proof(
    is_stamped: bool, after: int, level: str, authority: Authority
) -> None:
    """A list that there is says nothing by itself: the serial is looked for, and since when."""
    signed = signed_by(frozen(), ["medical"], stamp=stamp_now if is_stamped else None)[0]
    own = x509.load_der_x509_certificate(hand("medical").certificate)
    since = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(days=after)
    proof = evidence(authority)
    lists = (revocation_list(*authorities(2, 0)[-1], (own, since)), *proof.revoked)
    first = [each for each in lists if not (each != lists[0] and each in revoked_none()[1:])]
    proved = upgrade(signed.content, replace(proof, revoked=first))
    assert proved.level == level
    assert ("已于" in proved.no_time and "被吊销" in proved.no_time) == (level == "B-T")
    assert all(not part.fault for part in revisions(proved.content))


@pytest.mark.parametrize("is_stamped", [True, False])
def test_a_list_from_before_the_signature_says_nothing_of_it(is_stamped: bool, authority: Authority) -> None:
    """It holds for twenty days; who signed may have been revoked the day after it was made."""
    signed = signed_by(frozen(), ["medical"], stamp=stamp_now if is_stamped else None)[0]
    proof, above = evidence(authority), authorities(2, 0)[-1]
    now = dt.datetime.now(dt.UTC)
    early = revocation_list(*above, at=NOW - dt.timedelta(days=1))
    others = [each for each in proof.revoked if load_der_x509_crl(each).issuer != above[0].subject]
    before = replace(proof, revoked=[early, *others])
    assert not could_prove(signed.content, before, now)
    first = upgrade(signed.content, before)
    assert (first.level, first.no_time) == ("B-T", "吊销清单早于签名，等签发机构的下一份清单")
    assert not could_prove(first.content, before, now)
    assert could_prove(first.content, proof, now)
    second = upgrade(first.content, proof)
    assert (second.field, second.level, second.no_time) == ("time-2", "B-LTA", "")


def test_a_timestamp_over_all_from_before_a_signature_proves_nothing_of_it(authority: Authority) -> None:
    """The second side signs what the first has had stamped, and is revoked before the next stamp over all."""
    first = upgrade(signed_by(frozen(), ["medical"])[0].content, evidence(authority))
    both = sign(first.content, signing("elder_care"), hand("elder_care"))
    own = x509.load_der_x509_certificate(hand("elder_care").certificate)
    since = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    proof = evidence(authority)
    above = authorities(2, 0)[-1]
    others = [each for each in proof.revoked if load_der_x509_crl(each).issuer != above[0].subject]
    proved = upgrade(both.content, replace(proof, revoked=[revocation_list(*above, (own, since)), *others]))
    assert proved.level == "B-T"
    assert "被吊销" in proved.no_time


@pytest.mark.parametrize("since", [None, -1], ids=["names nobody", "names the signer"])
def test_a_list_that_only_bears_the_issuers_name_says_nothing(since: int | None, authority: Authority) -> None:
    signed = signed_by(frozen(), ["medical"], stamp=stamp_now)[0]
    own, issuer = x509.load_der_x509_certificate(hand("medical").certificate), authorities(2, 0)[-1][0]
    named = [] if since is None else [(own, dt.datetime.now(dt.UTC) + dt.timedelta(days=since))]
    forged = revocation_list(issuer, ec.generate_private_key(ec.SECP256R1()), *named)
    proof = evidence(authority)
    alone = upgrade(signed.content, replace(proof, revoked=[forged, revoked_none()[0], proof.revoked[-1]]))
    assert (alone.level, alone.no_time) == ("B-T", "没有取得全部证书的吊销状态")
    assert upgrade(signed.content, replace(proof, revoked=[forged, *proof.revoked])).level == "B-LTA"


def test_lists_from_elsewhere_are_put_only_into_files_of_which_they_tell(authority: Authority) -> None:
    """Those of licensed authorities have megabytes, and most copies are signed by others."""
    signed = signed_by(frozen(), ["medical"], stamp=stamp_now)[0]
    proof, above = evidence(authority), authorities(2, 0)[-1]
    [own] = [each for each in proof.revoked if load_der_x509_crl(each).issuer == above[0].subject]
    stranger = revocation_list(*authorities(3, 0)[-1])
    others = [each for each in proof.revoked if each != own]
    proved = upgrade(signed.content, replace(proof, revoked=others, elsewhere=[stranger, own]))
    assert (proved.level, proved.no_time) == ("B-LTA", "")
    assert (own in proved.content, stranger in proved.content) == (True, False)


def test_the_store_holds_each_piece_of_evidence_once(authority: Authority) -> None:
    proof = evidence(authority)
    first = upgrade(signed_by(frozen(), ["medical"])[0].content, proof)
    second = upgrade(first.content, proof)
    assert len(second.content) - len(first.content) < len(first.content) - len(frozen())
    assert second.content.count(proof.revoked[0]) == 1


def test_many_with_a_long_chain_and_a_large_token_are_all_whole(authority: Authority) -> None:
    """Certificates of 3 KB each, five above the signer's, and a token of more than 4 KB: none is cut.

    The room is what is tried, so a token is asked for once; the last signature has one of its own.
    """
    by, content = hand("medical", length=6, ballast=3000), frozen()
    large = _with_ballast(stamp_now(b"how large"), 3000)
    assert len(large) > 4096
    for number in range(rows(200)):
        signed = sign(content, signing("medical", looks=Appearance(), reason="签" * number), by, stamp=lambda _: large)
        last = revisions(signed.content)[-1]
        assert (signed.level, last.filled, last.fault) == ("B-T", "seal-medical", "")
    signed = sign(content, signing("medical"), by, stamp=lambda data: _with_ballast(stamp_now(data), 3000))
    roots = [*roots_with(authority), der(authorities(6, 3000)[0][0])]
    assert pyhanko(signed.content, roots)[0].holds


def test_a_token_that_is_larger_than_foreseen_has_its_room(authority: Authority) -> None:
    signed = sign(
        frozen(), signing("medical"), hand("medical"), stamp=lambda data: _with_ballast(stamp_now(data), 40_000)
    )
    assert (signed.level, revisions(signed.content)[-1].fault) == ("B-T", "")
    assert pyhanko(signed.content, roots_with(authority))[0].holds


def test_one_that_grows_beyond_its_room_costs_the_level_and_leaves_nothing_half_signed(authority: Authority) -> None:
    """Each token is larger than the room that the one before it wanted."""
    sizes = iter((40_000, 200_000))
    signed = sign(
        frozen(), signing("medical"), hand("medical"), stamp=lambda data: _with_ballast(stamp_now(data), next(sizes))
    )
    assert (signed.level, signed.no_time) == ("B-B", "时间戳太大，放不进签名")
    assert revisions(signed.content)[-1].fault == ""
    assert pyhanko(signed.content)[0].holds


def _with_ballast(token: bytes, size: int) -> bytes:
    """Return a token with a further certificate in it, which is no part of what was signed."""
    read = cms.ContentInfo.load(token)
    more = asn1.Certificate.load(der(authorities(2, size)[0][0]))
    held = [*(each.chosen for each in read["content"]["certificates"]), more]
    read["content"]["certificates"] = cms.CertificateSet(held)
    return bytes(read.dump(force=True))
