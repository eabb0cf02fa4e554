"""What licensed authorities say of certificates that were brought in: their lists, fetched from a real server."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.models import User
from audit.log import history
from sealing import importing, watching
from sealing.authority import elsewhere
from sealing.authority.elsewhere import FOLDER, Standing, told_of
from sealing.evidence import evidence
from sealing.models import Certificate, SigningIdentity
from sealing.unlocking import unlock
from tests.sealing.making import PIN, just_now
from tests.sealing.test_importing import NAME, PASSWORD, Maker, licensed, p12, ready, root, signs  # noqa: F401 -- fixtures
from verbs.errors import Unacceptable, WrongState

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


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


def listed(maker: Maker, *revoked: x509.Certificate, at: datetime | None = None, key: Any = None) -> bytes:
    """Return a list of the authority that holds for a day from a moment."""
    made = at or timezone.now() - timedelta(minutes=1)
    builder = x509.CertificateRevocationListBuilder(maker.certificate.subject, made, made + DAY)
    for each in revoked:
        entry = x509.RevokedCertificateBuilder(each.serial_number, made)
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(key or maker.key, SHA256()).public_bytes(Encoding.DER)


@pytest.fixture
def own_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def test_what_a_list_says(licensed: Maker, own_key: ec.EllipticCurvePrivateKey, publisher: Publisher) -> None:  # noqa: F811
    """None could be had; one that names it not, one that does, and those that nobody believes."""
    own, issuer = licensed.issued(NAME, own_key.public_key()), licensed.certificate

    def told(content: bytes) -> Standing:
        publisher.content = content
        elsewhere.fetch()
        return told_of(own, issuer, timezone.now()).standing

    assert told(b"") is Standing.UNKNOWN
    assert told(listed(licensed)) is Standing.GOOD
    assert told(listed(licensed, own)) is Standing.REVOKED
    assert told(b"<html>") is Standing.REVOKED, "the list from before stays"
    assert told(listed(licensed, key=own_key)) is Standing.UNKNOWN, "signed by somebody else"
    assert told(listed(root(), own)) is Standing.UNKNOWN, "another authority of the same name"
    assert told(listed(licensed, at=timezone.now() - 2 * DAY)) is Standing.UNKNOWN, "it has ended"
    assert told(bytes(elsewhere.LARGEST + 1)) is Standing.UNKNOWN
    pem = x509.load_der_x509_crl(listed(licensed)).public_bytes(Encoding.PEM)
    assert told(pem) is Standing.GOOD
    assert len(evidence().revoked) >= 1, "and goes into signed copies"


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
    with pytest.raises(Unacceptable, match="清单写明，这张证书已于"):
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
