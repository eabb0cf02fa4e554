"""What leads to a licensed root and what does not, by the rules of RFC 5280, 6: when brought in, and at each use."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.utils import timezone

from accounts.models import User
from sealing import importing, watching
from sealing.authority import elsewhere
from sealing.keys import licensed as licences
from sealing.models import SigningIdentity
from sealing.unlocking import unlock
from tests.sealing.making import PIN, just_now
from tests.sealing.test_importing import (  # noqa: F401  -- fixtures
    NAME,
    NOW,
    PASSWORD,
    YEAR,
    Maker,
    licensed,
    p12,
    ready,
    root,
    signs,
)
from tests.sealing.test_licensed_lists import listed
from verbs.errors import Unacceptable, WrongState

DAY = timedelta(days=1)
WEBSITES = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
MAIL = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION])


def under(
    above: Maker,
    name: str,
    *more: x509.ExtensionType,
    length: int | None = None,
    is_ca: bool = True,
    until: datetime = NOW + YEAR,
) -> Maker:
    """Return what an authority has issued, with more in it than the makers of other tests have."""
    key = ec.generate_private_key(ec.SECP256R1())
    every = (
        *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
    )
    given = {"key_cert_sign", "crl_sign"} if is_ca else {"digital_signature", "content_commitment"}
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(above.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - YEAR)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=length), critical=True)
        .add_extension(x509.KeyUsage(**{each: each in given for each in every}), critical=True)
    )
    for each in more:
        is_critical = isinstance(each, x509.NameConstraints | x509.UnrecognizedExtension)
        builder = builder.add_extension(each, critical=is_critical)
    return Maker(key, builder.sign(above.key, SHA256()))


def names_of_others() -> x509.NameConstraints:
    other = x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "FR")]))
    return x509.NameConstraints(permitted_subtrees=[other], excluded_subtrees=None)


def _plain(top: Maker) -> Sequence[Maker]:
    between = under(top, "二级机构", length=0)
    return under(between, NAME, MAIL, is_ca=False), between


def _too_long(top: Maker) -> Sequence[Maker]:
    first = under(top, "二级机构", length=0)
    second = under(first, "三级机构")
    return under(second, NAME, is_ca=False), second, first


def _of_other_names(top: Maker) -> Sequence[Maker]:
    between = under(top, "二级机构", names_of_others())
    return under(between, NAME, is_ca=False), between


def _not_understood(top: Maker) -> Sequence[Maker]:
    odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    between = under(top, "二级机构", odd)
    return under(between, NAME, is_ca=False), between


def _ended(top: Maker) -> Sequence[Maker]:
    between = under(top, "二级机构", until=NOW - DAY)
    return under(between, NAME, is_ca=False), between


def _under_one_for_websites(top: Maker) -> Sequence[Maker]:
    between = under(top, "二级机构", WEBSITES)
    return under(between, NAME, is_ca=False), between


@pytest.mark.parametrize(
    ("made", "leads"),
    [
        (_plain, True),
        (_too_long, False),
        (_of_other_names, False),
        (_not_understood, False),
        (_ended, False),
        (_under_one_for_websites, False),
    ],
)
def test_each_above_binds_what_stands_below(
    made: Callable[[Maker], Sequence[Maker]],
    leads: bool,
    licensed: Maker,  # noqa: F811
) -> None:
    own, *above = (each.certificate for each in made(licensed))
    found = licences.chain_to_root(own, above, timezone.now())
    assert found == ([*above, licensed.certificate] if leads else None)


@pytest.mark.parametrize("how", ["nothing", "length", "names", "ended"])
def test_a_root_binds_what_stands_below_too(how: str, licensed: Maker, settings: Any, tmp_path: Path) -> None:  # noqa: F811
    """It is trusted as far as it says itself."""
    more = [names_of_others()] if how == "names" else []
    own_root = under(
        licensed,
        "某根",
        *more,
        length=0 if how == "length" else None,
        until=NOW - DAY if how == "ended" else NOW + YEAR,
    )
    (tmp_path / "other.pem").write_bytes(own_root.certificate.public_bytes(Encoding.PEM))
    settings.LICENSED_ROOTS = str(tmp_path / "other.pem")
    between = under(own_root, "二级机构")
    own = under(between, NAME, is_ca=False)
    found = licences.chain_to_root(own.certificate, [between.certificate], timezone.now())
    assert found == ([between.certificate, own_root.certificate] if how == "nothing" else None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("for_what", "is_taken"), [([WEBSITES], False), ([MAIL], True), ([], True)], ids=["websites", "mail", "all"]
)
def test_one_for_websites_signs_no_agreements(
    for_what: list[x509.ExtensionType],
    is_taken: bool,
    licensed: Maker,  # noqa: F811
    ready: SigningIdentity,  # noqa: F811
    signs: User,  # noqa: F811
) -> None:
    own = under(licensed, NAME, *for_what, is_ca=False)
    content = p12(own.key, own.certificate)
    if is_taken:
        assert importing.bring_in(ready, content, PASSWORD, PIN, by=signs).has_key
        return
    with pytest.raises(Unacceptable, match="用途不包括签署文件"):
        importing.bring_in(ready, content, PASSWORD, PIN, by=signs)


@pytest.fixture
def between(licensed: Maker) -> Maker:  # noqa: F811
    return under(licensed, "二级机构", until=NOW + 30 * DAY)


@pytest.fixture
def bring(ready: SigningIdentity, signs: User, between: Maker) -> Callable[[], SigningIdentity]:  # noqa: F811
    """Return how a certificate under the authority between is brought in: in the test, for its keys are made anew."""

    def brought_in() -> SigningIdentity:
        own = under(between, NAME, is_ca=False)
        return importing.bring_in(ready, p12(own.key, own.certificate, [between.certificate]), PASSWORD, PIN, by=signs)

    return brought_in


@pytest.mark.django_db
def test_with_one_above_that_has_ended_nothing_is_signed_any_more(bring: Callable[[], SigningIdentity]) -> None:
    brought_in = bring()
    unlock(brought_in, PIN, by=brought_in.person, confirmed_at=just_now())
    with time_machine.travel(NOW + 31 * DAY), pytest.raises(WrongState, match="上级证书已经到期"):
        unlock(brought_in, PIN, by=brought_in.person, confirmed_at=just_now())


@pytest.mark.django_db
def test_an_authority_that_the_operator_has_taken_out_signs_nothing_any_more(
    bring: Callable[[], SigningIdentity], settings: Any, tmp_path: Path
) -> None:
    brought_in = bring()
    (tmp_path / "other.pem").write_bytes(root("别的机构").certificate.public_bytes(Encoding.PEM))
    for path, said in ((tmp_path / "other.pem", "不再是本平台认可的"), (tmp_path / "gone.pem", "读不出来")):
        settings.LICENSED_ROOTS = str(path)
        with pytest.raises(WrongState, match=said):
            unlock(brought_in, PIN, by=brought_in.person, confirmed_at=just_now())


@pytest.mark.django_db
def test_one_above_that_is_revoked_takes_what_stands_below_with_it(
    bring: Callable[[], SigningIdentity],
    between: Maker,
    licensed: Maker,  # noqa: F811
    settings: Any,
    tmp_path: Path,
) -> None:
    """As its own authority's list says, which tells nothing of the person's certificate."""
    brought_in = bring()
    (tmp_path / "root.crl").write_bytes(listed(licensed, between.certificate))
    settings.LICENSED_LISTS = str(tmp_path / "root.crl")
    assert elsewhere.fetch() == []
    with pytest.raises(WrongState, match="签发机构已吊销"):
        unlock(brought_in, PIN, by=brought_in.person, confirmed_at=just_now())
    watching.watch()
    brought_in.refresh_from_db()
    assert brought_in.state == SigningIdentity.State.REVOKED


@pytest.mark.django_db
def test_one_under_a_revoked_one_is_not_brought_in(
    between: Maker,
    licensed: Maker,  # noqa: F811
    bring: Callable[[], SigningIdentity],
    settings: Any,
    tmp_path: Path,
) -> None:
    (tmp_path / "root.crl").write_bytes(listed(licensed, between.certificate))
    settings.LICENSED_LISTS = str(tmp_path / "root.crl")
    elsewhere.fetch()
    with pytest.raises(Unacceptable, match="上级证书已于"):
        bring()
