"""Certificates of a licensed authority: what is taken, and in which words the rest is refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12PrivateKeyTypes, serialize_key_and_certificates
from cryptography.x509.oid import NameOID
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from boundary.refused import UploadRefused
from institutions.models import Institution
from sealing import enrolling, importing
from sealing.models import Certificate, Level, SigningIdentity, SigningKey
from sealing.unlocking import unlock
from tests.sealing.making import PIN, just_now, requested, set_up, signatory_of
from verbs.errors import Unacceptable, WrongState

pytestmark = pytest.mark.django_db
PASSWORD = "证书密码-Pw1"
NAME = "沈祎"
NOW = timezone.now()
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Maker:
    """An authority of this test: its key and certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def under(self, name: str, *, is_ca: bool = True) -> "Maker":
        key = ec.generate_private_key(ec.SECP256R1())
        return Maker(key, self.issued(name, key.public_key(), is_ca=is_ca))

    def issued(
        self,
        name: str,
        public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
        *,
        is_ca: bool = False,
        until: timedelta = YEAR,
        signs: bool = True,
    ) -> x509.Certificate:
        return _made(name, public, self.certificate.subject, self.key, is_ca=is_ca, until=until, signs=signs)


def _made(
    name: str,
    public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    *,
    is_ca: bool,
    until: timedelta = YEAR,
    signs: bool = True,
) -> x509.Certificate:
    off = dict.fromkeys(["key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"])
    usage = dict.fromkeys(off, False) | {"key_cert_sign": is_ca, "crl_sign": is_ca}
    usage |= {"digital_signature": signs, "content_commitment": signs}
    if not signs and not is_ca:
        usage["key_encipherment"] = True
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 2 * YEAR)
        .not_valid_after(NOW + until)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(key, SHA256())
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def root(name: str = "某电子认证服务机构") -> Maker:
    key = ec.generate_private_key(ec.SECP256R1())
    return Maker(key, _made(name, key.public_key(), _named(name), key, is_ca=True))


@pytest.fixture
def licensed(settings: Settings, tmp_path: Path) -> Maker:
    """An authority that the operator has named as licensed."""
    made = root()
    path = tmp_path / "roots.pem"
    path.write_bytes(made.certificate.public_bytes(Encoding.PEM))
    settings.LICENSED_ROOTS = str(path)
    return made


@pytest.fixture
def signs(elder_care_institution: Institution) -> User:
    return signatory_of(elder_care_institution, NAME)


@pytest.fixture
def ready(
    licensed: Maker, signs: User, elder_care_institution: Institution, institution_administrator: User
) -> SigningIdentity:
    set_up()
    row = requested(signs, elder_care_institution, Level.LICENSED)
    return enrolling.confirm(row, by=institution_administrator)


def p12(
    key: PKCS12PrivateKeyTypes | None,
    certificate: x509.Certificate | None,
    others: list[x509.Certificate] | None = None,
    password: str = PASSWORD,
) -> bytes:
    return serialize_key_and_certificates(
        NAME.encode(), key, certificate, others, BestAvailableEncryption(password.encode())
    )


def keys() -> Iterator[ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey]:
    yield ec.generate_private_key(ec.SECP256R1())
    yield rsa.generate_private_key(65537, 2048)


@pytest.mark.parametrize("kind", [0, 1], ids=["P-256", "RSA"])
def test_one_that_leads_to_a_licensed_root_is_taken_and_opens_with_the_pin(
    kind: int, licensed: Maker, ready: SigningIdentity, signs: User
) -> None:
    """Through an authority between, with certificates beside it that have nothing to do with it."""
    key = [*keys()][kind]
    between = licensed.under("二级机构")
    own = between.issued([NAME, f"051@{NAME}@1"][kind], key.public_key())  # as authorities write several facts into one
    content = p12(key, own, [root("别的机构").certificate, between.certificate])
    row = importing.bring_in(ready, content, PASSWORD, PIN, by=signs)
    assert (row.state, row.level) == (SigningIdentity.State.ACTIVE, Level.LICENSED)
    unlocked = unlock(row, PIN, by=signs, confirmed_at=just_now())
    assert unlocked.certificate == own
    assert unlocked.chain == [between.certificate, licensed.certificate]
    assert unlocked.key.public_key() == key.public_key()
    kept = row.certificate
    assert kept is not None
    assert not kept.is_ours


def _refused(case: str, maker: Maker) -> tuple[bytes, str]:
    """Return a file and the password that is typed for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    good = maker.issued(NAME, key.public_key())
    other = root("自己建的机构")
    files: dict[str, bytes] = {
        "wrong password": p12(key, good, password="another"),
        "no file of this kind": b"%PDF-1.7",
        "cut off": p12(key, good)[:-200],
        "no key": p12(None, None, [good]),
        "expired": p12(key, maker.issued(NAME, key.public_key(), until=-timedelta(days=1))),
        "a self-made authority": p12(key, other.issued(NAME, key.public_key()), [other.certificate]),
        "no authority between may issue": _by_somebody(maker, key),
        "for encryption": p12(key, maker.issued(NAME, key.public_key(), signs=False)),
        "another's": p12(key, maker.issued("别人", key.public_key())),
        "another's whose name begins alike": p12(key, maker.issued(f"{NAME}文", key.public_key())),
        "too large": b"\x30" * 70_000,
    }
    if case == "a curve that is not known here":
        odd = ec.generate_private_key(ec.SECP384R1())
        return p12(odd, maker.issued(NAME, odd.public_key())), PASSWORD
    if case == "a short RSA key":
        short = rsa.generate_private_key(65537, 1024)  # noqa: S505 -- that it is short is what is tried
        return p12(short, maker.issued(NAME, short.public_key())), PASSWORD
    return files[case], PASSWORD


def _by_somebody(maker: Maker, key: ec.EllipticCurvePrivateKey) -> bytes:
    """A certificate that another person's certificate has signed."""
    somebody = maker.under("某人", is_ca=False)
    return p12(key, somebody.issued(NAME, key.public_key()), [somebody.certificate])


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("wrong password", "密码不对"),
        ("no file of this kind", "不是证书文件"),
        ("cut off", "密码不对"),
        ("no key", "没有私钥"),
        ("expired", "到期"),
        ("a self-made authority", "不是由本平台认可的持证"),
        ("no authority between may issue", "不是由本平台认可的持证"),
        ("for encryption", "不是签名证书"),
        ("another's", "不能确认是您的"),
        ("another's whose name begins alike", "不能确认是您的"),
        ("too large", "太大"),
        ("a curve that is not known here", "RSA（2048 位以上）和 P-256"),
        ("a short RSA key", "RSA（2048 位以上）和 P-256"),
    ],
)
def test_what_will_not_do_is_refused_with_the_reason_and_nothing_is_kept(
    case: str, said: str, licensed: Maker, ready: SigningIdentity, signs: User
) -> None:
    content, password = _refused(case, licensed)
    with pytest.raises((Unacceptable, UploadRefused), match=said):
        importing.bring_in(ready, content, password, PIN, by=signs)
    ready.refresh_from_db()
    assert ready.state == SigningIdentity.State.CONFIRMED
    assert not Certificate.objects.exists()
    assert not SigningKey.objects.exists()


def test_one_certificate_is_brought_in_once(
    licensed: Maker,
    ready: SigningIdentity,
    signs: User,
    elder_care_institution: Institution,
    institution_administrator: User,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    content = p12(key, licensed.issued(NAME, key.public_key()))
    importing.bring_in(ready, content, PASSWORD, PIN, by=signs)
    second = enrolling.ask_again(ready, by=signs, is_forgotten=True)
    second = enrolling.confirm(second, by=institution_administrator)
    with pytest.raises(Unacceptable, match="已经登记过"):
        importing.bring_in(second, content, PASSWORD, PIN, by=signs)


def test_no_certificate_of_ours_is_ever_called_licensed(ready: SigningIdentity, signs: User) -> None:
    with pytest.raises(WrongState, match="导入"):
        enrolling.activate(ready, PIN, by=signs)


def test_a_file_raises_no_agreed_one_to_licensed(
    licensed: Maker, signs: User, elder_care_institution: Institution, institution_administrator: User
) -> None:
    set_up()
    agreed = enrolling.confirm(requested(signs, elder_care_institution), by=institution_administrator)
    key = ec.generate_private_key(ec.SECP256R1())
    content = p12(key, licensed.issued(NAME, key.public_key()))
    with pytest.raises(WrongState, match="持证机构证书"):
        importing.bring_in(agreed, content, PASSWORD, PIN, by=signs)
