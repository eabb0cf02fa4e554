"""The proof of when, added to a signed copy: what verifies its signatures, and a timestamp over all of it (B-LTA).

Each goes into a field that was laid at freezing. Before the certificate of the newest one ends another is added, as
long as there are fields.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms as asn1
from asn1crypto import crl, ocsp, x509
from pikepdf import Object

from audit.timestamping import SECONDS, stamp
from sealing.pades import cms
from sealing.pades.revision import Revision, Unreadable, placeholders
from sealing.pades.signing import LARGER, Signed, Stamp, TooLong, covered, declare, filled

AT_THE_CEREMONY = 5.0  # seconds that an authority is waited for while a person waits
TIME = "time-"


@dataclass(frozen=True)
class Evidence:
    """What proves that certificates were good, each DER: certificates, lists of revoked ones, answers of OCSP."""

    certificates: Sequence[bytes] = ()
    revoked: Sequence[bytes] = ()
    answers: Sequence[bytes] = ()


def stamp_now(data: bytes) -> bytes:
    """Return an authority's token while a person waits for their signature. Raises NotStamped."""
    return stamp(data, seconds=AT_THE_CEREMONY)


def stamp_later(data: bytes) -> bytes:
    """Return an authority's token in a job. Raises NotStamped."""
    return stamp(data, seconds=SECONDS)


def upgrade(content: bytes, evidence: Evidence, *, stamp: Stamp = stamp_later) -> Signed:
    """Return a signed copy with the evidence and a timestamp over all of it, and renew it by the same act.

    The level is B-LTA where the evidence says of every certificate that it was not revoked, or else what it was: B-T,
    for the time is proved. Raises NotStamped, and Unreadable for a file with no field left.
    """
    room = cms.TOKEN
    try:
        return _upgraded(content, evidence, stamp, room)
    except TooLong as fault:
        return _upgraded(content, evidence, stamp, LARGER * fault.needed)


def good_until(content: bytes) -> datetime | None:
    """Return when the certificate of a file's newest timestamp ends, None where it has none."""
    with Revision(content) as revision:
        used = [field for name, field in revision.fields.items() if name.startswith(TIME) and "/V" in field]
        return ends(bytes(used[-1].V.Contents)) if used else None


def ends(token: bytes) -> datetime:
    """Return when the certificate ends by which a timestamp was signed. Raises ValueError for a token without it."""
    data = asn1.ContentInfo.load(token)["content"]
    signer = data["signer_infos"][0]["sid"].chosen
    for each in map(x509.Certificate.load, cms.certificates_in(token)):
        if (each.issuer, each.serial_number) == (signer["issuer"], signer["serial_number"].native):
            end: datetime = each.not_valid_after
            return end
    raise ValueError("a timestamp without its certificate")


def fields_left(content: bytes) -> int:
    """Return how many further timestamps a file has room for."""
    with Revision(content) as revision:
        return sum(name.startswith(TIME) and "/V" not in field for name, field in revision.fields.items())


def _upgraded(content: bytes, evidence: Evidence, stamp: Stamp, room: int) -> Signed:
    with Revision(content) as revision:
        empty = [name for name, field in revision.fields.items() if name.startswith(TIME) and "/V" not in field]
        if not empty:
            raise Unreadable("no field left for a timestamp")
        signatures = [field.V for field in revision.fields.values() if "/V" in field and field.FT == "/Sig"]
        values = [bytes(each.Contents) for each in signatures]
        certificates = _each_once([*evidence.certificates, *(one for value in values for one in _brought(value))])
        declare(revision)
        _store(revision, Evidence(certificates, evidence.revoked, evidence.answers))
        kind = b"/Type /DocTimeStamp/Filter /Adobe.PPKLite/SubFilter /ETSI.RFC3161"
        value = revision.add(b"<<%s%s>>" % (kind, placeholders(room)))
        revision.replace(revision.fields[empty[0]], {"/V": value})
        out, hole = revision.written(value.decode(), room)
    token = stamp(covered(out, hole))
    whole = filled(out, hole, token)
    level = "B-LTA" if _is_proved([*certificates, *cms.certificates_in(token)], evidence) else "B-T"
    return Signed(whole, hashlib.sha256(whole).hexdigest(), empty[0], {}, level)


def _store(revision: Revision, evidence: Evidence) -> None:
    """Put the evidence into the file's store (DSS): what is there stays, and what is new comes after it."""
    root = revision.pdf.Root
    known = root.get("/DSS")
    entries: dict[str, bytes] = {}
    for key, held in (("/Certs", evidence.certificates), ("/CRLs", evidence.revoked), ("/OCSPs", evidence.answers)):
        there: list[Object] = list(known.get(key, [])) if known is not None else []
        digests = {hashlib.sha256(each.read_bytes()).digest() for each in there}
        new = [each for each in _each_once(held) if hashlib.sha256(each).digest() not in digests]
        references = [each.unparse() for each in there] + [revision.add_stream(b"", each) for each in new]
        if references:
            entries[key] = b"[%s]" % b" ".join(references)
    if known is not None:
        revision.replace(known, entries)
        return
    body = b"<</Type /DSS%s>>" % b"".join(b"%s %s" % (key.encode(), value) for key, value in entries.items())
    revision.replace(root, {"/DSS": revision.add(body)})


def _is_proved(certificates: Iterable[bytes], evidence: Evidence) -> bool:
    """Whether something says of each certificate, the roots aside, that its issuer had not revoked it."""
    by = {crl.CertificateList.load(each).issuer.hashable for each in evidence.revoked}
    said = {
        one["cert_id"]["serial_number"].native
        for each in evidence.answers
        for one in ocsp.OCSPResponse.load(each).response_data["responses"]
    }
    read = map(x509.Certificate.load, certificates)
    asked = [one for one in read if not one.self_issued]
    return bool(asked) and all(one.issuer.hashable in by or one.serial_number in said for one in asked)


def _brought(value: bytes) -> list[bytes]:
    """Return the certificates in a signature, and in the timestamp that it may have."""
    found = cms.certificates_in(value)
    for attribute in asn1.ContentInfo.load(value)["content"]["signer_infos"][0]["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            found += cms.certificates_in(attribute["values"][0].dump())
    return found


def _each_once(values: Iterable[bytes]) -> list[bytes]:
    return list(dict.fromkeys(values))
