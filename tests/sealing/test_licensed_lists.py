"""What licensed authorities say of certificates that were brought in: their lists, fetched from a real server."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from agreements.documents.trust import revoked_since
from agreements.models import Signature
from audit.log import history
from sealing import importing, lists, watching
from sealing.authority import elsewhere
from sealing.authority.elsewhere import FOLDER, Standing, told_of
from sealing.evidence import evidence
from sealing.models import Certificate, SigningIdentity
from sealing.unlocking import unlock
from tests.sealing.making import PIN, just_now
from tests.sealing.test_importing import NAME, PASSWORD, Maker, licensed, p12, ready, root, signs  # noqa: F401 -- fixtures
from verbs.errors import Unacceptable, WrongState

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Publisher:
    """Where an authority gives out its list. Empty: it does not answer."""

    content = b""
    url = ""


@pytest.fixture
def publisher(settings: Any) -> Iterator[Publisher]:
    made = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if made.content else 503)
            self.end_headers()
            self.wfile.write(made.content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.LICENSED_LISTS = made.url = f"http://127.0.0.1:{server.server_port}/list.crl"
        yield made
        server.shutdown()
    for name in default_storage.listdir(FOLDER)[1] if default_storage.exists(FOLDER) else ():
        default_storage.delete(f"{FOLDER}/{name}")


def listed(
    maker: Maker,
    *revoked: x509.Certificate,
    at: datetime | None = None,
    since: datetime | None = None,
    key: Any = None,
    of: x509.ExtensionType | None = None,
    number: int | None = None,
) -> bytes:
    """Return a list of the authority that holds for a day from a moment; `of` is a critical extension of it."""
    made = at or timezone.now() - MINUTE
    builder = x509.CertificateRevocationListBuilder(maker.certificate.subject, made, made + DAY)
    for each in revoked:
        entry = x509.RevokedCertificateBuilder(each.serial_number, since or made)
        builder = builder.add_revoked_certificate(entry.build())
    if of is not None:
        builder = builder.add_extension(of, critical=True)
    if number is not None:
        builder = builder.add_extension(x509.CRLNumber(number), critical=False)
    return builder.sign(key or maker.key, SHA256()).public_bytes(Encoding.DER)


@pytest.fixture
def own_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def told_after(publisher: Publisher, content: bytes, own: x509.Certificate, issuer: x509.Certificate) -> Standing:
    publisher.content = content
    elsewhere.fetch()
    return told_of(own, issuer, timezone.now()).standing


def test_what_a_list_says(licensed: Maker, own_key: ec.EllipticCurvePrivateKey, publisher: Publisher) -> None:  # noqa: F811
    """None could be had; those that nobody believes; one that names it not, and one that does."""
    own, issuer = licensed.issued(NAME, own_key.public_key()), licensed.certificate
    nobody_believes = {
        "none could be had": b"",
        "signed by somebody else": listed(licensed, key=own_key),
        "another authority of the same name": listed(root()),
        "it has ended": listed(licensed, at=timezone.now() - 2 * DAY),
        "of a day to come": listed(licensed, at=timezone.now() + DAY),
        "too large": bytes(elsewhere.LARGEST + 1),
    }
    for why, content in nobody_believes.items():
        assert told_after(publisher, content, own, issuer) is Standing.UNKNOWN, why
    pem = x509.load_der_x509_crl(listed(licensed)).public_bytes(Encoding.PEM)
    assert told_after(publisher, pem, own, issuer) is Standing.GOOD
    assert len(evidence().elsewhere) == 1, "and goes into copies that hold a certificate of its issuer"
    assert told_after(publisher, listed(licensed, own), own, issuer) is Standing.REVOKED


def test_what_takes_the_place_of_a_list(
    licensed: Maker,  # noqa: F811
    own_key: ec.EllipticCurvePrivateKey,
    publisher: Publisher,
) -> None:
    """Only a later one of the same issuer; whoever answers there cannot bring back what was said before."""
    own, issuer, now = licensed.issued(NAME, own_key.public_key()), licensed.certificate, timezone.now()
    good = listed(licensed, at=now - 9 * MINUTE, number=3)
    assert told_after(publisher, good, own, issuer) is Standing.GOOD
    assert told_after(publisher, listed(licensed, own, at=now - 5 * MINUTE, number=5), own, issuer) is Standing.REVOKED
    worse = {
        "no list": b"<html>",
        "the one from before": good,
        "a lower number": listed(licensed, number=4),
        "an earlier day": listed(licensed, at=now - 6 * MINUTE, number=6),
        "of another issuer": listed(root("另一家机构")),
        "signed by somebody else": listed(licensed, key=own_key, number=6),
    }
    for why, content in worse.items():
        assert told_after(publisher, content, own, issuer) is Standing.REVOKED, why
        assert len(elsewhere.fetch()) == 1, "and the operator is told"
    assert told_after(publisher, listed(licensed, number=6), own, issuer) is Standing.GOOD


def test_a_list_of_an_issuer_that_is_not_known_yet_waits_and_yields(
    licensed: Maker,  # noqa: F811
    own_key: ec.EllipticCurvePrivateKey,
    publisher: Publisher,
) -> None:
    """An authority between a licensed root and people is known when the first certificate of it is brought in."""
    between = licensed.under("中间机构")
    own = between.issued(NAME, own_key.public_key())
    assert told_after(publisher, listed(between), own, between.certificate) is Standing.GOOD
    assert told_after(publisher, listed(licensed), own, between.certificate) is Standing.UNKNOWN
    assert told_after(publisher, listed(between), own, between.certificate) is Standing.UNKNOWN


def scope(**only: Any) -> x509.IssuingDistributionPoint:
    parts = ("user_certs", "ca_certs", "attribute_certs")
    nothing = dict.fromkeys(("full_name", "relative_name", "only_some_reasons"))
    flags = dict.fromkeys(["indirect_crl", *(f"only_contains_{part}" for part in parts)], False)
    return x509.IssuingDistributionPoint(**{**nothing, **flags, **only})


PARTIAL = {
    "delta": x509.DeltaCRLIndicator(1),
    "indirect": scope(indirect_crl=True),
    "only authorities": scope(only_contains_ca_certs=True),
    "only attribute certificates": scope(only_contains_attribute_certs=True),
    "only some reasons": scope(only_some_reasons=frozenset({x509.ReasonFlags.ca_compromise})),
    "another place": scope(full_name=[x509.UniformResourceIdentifier("http://lists.example/2.crl")]),
    "not understood": x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"),
}


@pytest.mark.parametrize("of", PARTIAL.values(), ids=PARTIAL)
def test_a_list_that_is_not_of_all_says_nothing(
    of: x509.ExtensionType,
    licensed: Maker,  # noqa: F811
    own_key: ec.EllipticCurvePrivateKey,
    settings: Any,
    tmp_path: Path,
) -> None:
    """Neither alone nor beside a full one, which names the certificate; and it is none that goes into a level."""
    own, issuer = licensed.issued(NAME, own_key.public_key()), licensed.certificate
    full, partial = tmp_path / "full.crl", tmp_path / "partial.crl"
    partial.write_bytes(listed(licensed, of=of))
    settings.LICENSED_LISTS = f"{full} {partial}"
    elsewhere.fetch()
    assert told_of(own, issuer, timezone.now()).standing is Standing.UNKNOWN
    assert lists.on(own, issuer, [x509.load_der_x509_crl(partial.read_bytes())]) == []
    full.write_bytes(listed(licensed, own, at=timezone.now() - 5 * MINUTE))
    elsewhere.fetch()
    assert told_of(own, issuer, timezone.now()).standing is Standing.REVOKED


def test_a_list_of_people_tells_of_them(licensed: Maker, own_key: ec.EllipticCurvePrivateKey) -> None:  # noqa: F811
    made = x509.load_der_x509_crl(listed(licensed, of=scope(only_contains_user_certs=True)))
    own, between = licensed.issued(NAME, own_key.public_key()), licensed.under("中间机构").certificate
    assert lists.on(own, licensed.certificate, [made]) == [made]
    assert lists.on(between, licensed.certificate, [made]) == []


def test_faults_are_told_to_the_operator(publisher: Publisher, settings: Any) -> None:
    settings.LICENSED_LISTS = f"{publisher.url} /nowhere/list.crl"
    assert [fault.split(": ", 1)[0] for fault in elsewhere.fetch()] == [publisher.url, "/nowhere/list.crl"]


def test_one_that_is_revoked_is_not_brought_in(
    licensed: Maker,  # noqa: F811
    ready: SigningIdentity,  # noqa: F811
    signs: User,  # noqa: F811
    own_key: ec.EllipticCurvePrivateKey,
    publisher: Publisher,
) -> None:
    own = licensed.issued(NAME, own_key.public_key())
    publisher.content = listed(licensed, own)
    elsewhere.fetch()
    with pytest.raises(Unacceptable, match="清单写明，这张证书或它的上级证书已于"):
        importing.bring_in(ready, p12(own_key, own), PASSWORD, PIN, by=signs)
    assert not Certificate.objects.exists()


@pytest.mark.parametrize(("is_away", "said"), [(True, "撤销状态未能核实"), (False, "签发机构的清单上没有吊销")])
def test_what_could_be_asked_when_it_was_brought_in_is_recorded(
    is_away: bool,
    said: str,
    licensed: Maker,  # noqa: F811
    ready: SigningIdentity,  # noqa: F811
    signs: User,  # noqa: F811
    own_key: ec.EllipticCurvePrivateKey,
    publisher: Publisher,
) -> None:
    publisher.content = b"" if is_away else listed(licensed)
    elsewhere.fetch()
    row = importing.bring_in(ready, p12(own_key, licensed.issued(NAME, own_key.public_key())), PASSWORD, PIN, by=signs)
    (told,) = [entry.data for entry in history(row.institution) if entry.event == "signing_identity.activated"]
    assert told["standing"] == said


def test_one_that_is_revoked_later_signs_nothing_more_and_the_clock_revokes_it(
    licensed: Maker,  # noqa: F811
    ready: SigningIdentity,  # noqa: F811
    signs: User,  # noqa: F811
    own_key: ec.EllipticCurvePrivateKey,
    publisher: Publisher,
) -> None:
    own = licensed.issued(NAME, own_key.public_key())
    row = importing.bring_in(ready, p12(own_key, own), PASSWORD, PIN, by=signs)
    publisher.content = listed(licensed, own)
    elsewhere.fetch()
    with pytest.raises(WrongState, match="签发机构已吊销"):
        unlock(row, PIN, by=signs, confirmed_at=just_now())
    watching.watch()
    row.refresh_from_db()
    assert (row.state, row.reason) == (SigningIdentity.State.REVOKED, "签发机构已吊销这张证书")


def test_a_verdict_goes_by_the_day_that_the_list_says(
    licensed: Maker,  # noqa: F811
    ready: SigningIdentity,  # noqa: F811
    signs: User,  # noqa: F811
    own_key: ec.EllipticCurvePrivateKey,
    publisher: Publisher,
) -> None:
    """Revoked three days ago, and heard of now: before and after the clock has revoked it here."""
    own, now = licensed.issued(NAME, own_key.public_key()), timezone.now()
    row = importing.bring_in(ready, p12(own_key, own), PASSWORD, PIN, by=signs)
    publisher.content = listed(licensed, own, since=now - 3 * DAY)
    elsewhere.fetch()
    proof = {"identity": row.pk, "certificate": f"{own.serial_number:x}"}
    late, early = Signature(proof=proof, entered_at=now - DAY), Signature(proof=proof, entered_at=now - 4 * DAY)
    for _ in range(2):
        assert "证书在签名以前已经被吊销" in revoked_since(late, now - DAY)
        assert "证书在签名以前已经被吊销" in revoked_since(late, None)
        assert "在吊销以前作出的，仍然可以核验" in revoked_since(early, now - 4 * DAY)
        assert "又没有吊销以前的时间戳" in revoked_since(early, now - DAY)
        watching.watch()
    kept = Certificate.objects.get(identity=row)
    assert kept.revoked_at == (now - 3 * DAY).replace(microsecond=0), "a list tells whole seconds"


def test_a_list_is_read_once_until_another_takes_its_place(
    licensed: Maker,  # noqa: F811
    own_key: ec.EllipticCurvePrivateKey,
    publisher: Publisher,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It may have megabytes, and is asked at each signature."""
    own, issuer = licensed.issued(NAME, own_key.public_key()), licensed.certificate
    read, parsed = [], elsewhere._parsed

    def counted(content: bytes) -> lists.List:
        read.append(content)
        return parsed(content)

    monkeypatch.setattr(elsewhere, "_parsed", counted)
    for named, standing in (([], Standing.GOOD), ([own], Standing.REVOKED)):
        publisher.content = listed(licensed, *named)
        assert elsewhere.fetch() == []
        read.clear()
        for _ in range(3):
            assert told_of(own, issuer, timezone.now()).standing is standing
        assert read == [publisher.content]


def test_another_authority_s_list_keeps_the_next_one_of_the_first_from_nobody(
    licensed: Maker,  # noqa: F811
    own_key: ec.EllipticCurvePrivateKey,
    publisher: Publisher,
    settings: Any,
) -> None:
    """Whoever answers there in the authority's stead gives out another's, public and well signed, while its own has
    ended; then the authority's own is to be had again."""
    own, issuer, other = licensed.issued(NAME, own_key.public_key()), licensed.certificate, root("另一家机构")
    both = b"".join(each.public_bytes(Encoding.PEM) for each in (issuer, other.certificate))
    Path(settings.LICENSED_ROOTS).write_bytes(both)
    assert told_after(publisher, listed(licensed, number=1), own, issuer) is Standing.GOOD
    assert told_after(publisher, listed(other), own, issuer) is Standing.GOOD
    assert len(elsewhere.fetch()) == 1, "while the first one's holds the operator is told"
    with time_machine.travel(timezone.now() + 2 * DAY):
        assert told_after(publisher, listed(other), own, issuer) is Standing.UNKNOWN
        assert told_after(publisher, listed(licensed, own, number=2), own, issuer) is Standing.REVOKED
        assert elsewhere.fetch() == []
        publisher.content = listed(licensed, number=1)
        assert len(elsewhere.fetch()) == 1, "an older one takes no place as before"
        assert told_after(publisher, listed(other), own, issuer) is Standing.REVOKED, "both lie there"
