"""The proof of when, added to a signed copy: what verifies its signatures, and a timestamp over all of it (B-LTA).

Each goes into a field that was laid at freezing. Before the certificate of the newest one ends another is added, as
long as there are fields.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from asn1crypto import cms as asn1
from asn1crypto import ocsp, x509
from cryptography.x509 import Certificate, load_der_x509_certificate, load_der_x509_crl
from cryptography.x509.oid import NameOID
from django.conf import settings
from pikepdf import Object
from pikepdf.models.metadata import decode_pdf_date

from audit.timestamping import SECONDS, NotStamped, stamp
from sealing import lists
from sealing.pades import cms
from sealing.pades.revision import Revision, Unreadable, placeholders
from sealing.pades.signing import LARGER, Signed, Stamp, TooLong, covered, declare, filled

TIME = "time-"
DOC_TIME = "/DocTimeStamp"
REVOKED = "证书“{called}”已于{day}被吊销，不能证明签名时它有效"
NOT_TOLD = "没有取得全部证书的吊销状态"
TOO_EARLY = "吊销清单早于签名，等签发机构的下一份清单"


@dataclass(frozen=True)
class Brought:
    """A certificate that a signature brought. `proved`: when it is proved to have been there, None where nothing does;
    `told_from`: the evidence has to be of no earlier day, None where that is not asked."""

    certificate: bytes
    proved: datetime | None
    told_from: datetime | None = None


@dataclass(frozen=True)
class Evidence:
    """What proves that certificates were good, each DER: certificates, lists of revoked ones, answers of OCSP.

    `issuers` are put into no file: a list is believed as far as one of them, or of the file's own, has signed it. Of
    `elsewhere`, lists that may have megabytes, a file gets those by whose issuer it holds a certificate.
    """

    certificates: Sequence[bytes] = ()
    revoked: Sequence[bytes] = ()
    answers: Sequence[bytes] = ()
    issuers: Sequence[bytes] = ()
    elsewhere: Sequence[bytes] = ()

    def for_file(self, brought: Iterable[Brought]) -> Evidence:
        """Return what is of use for a file that holds these certificates."""
        names = {load_der_x509_certificate(each.certificate).issuer for each in brought} if self.elsewhere else set()
        theirs = [each for each in self.elsewhere if load_der_x509_crl(each).issuer in names]
        return replace(self, revoked=[*self.revoked, *theirs], elsewhere=())


def could_prove(content: bytes, evidence: Evidence, now: datetime) -> bool:
    """Whether the evidence says of every certificate in a signed copy what the level B-LTA wants: worth a field."""
    with Revision(content) as revision:
        signatures = [field.V for field in revision.fields.values() if "/V" in field and field.FT == "/Sig"]
        brought = _brought_by(signatures)
        return not _why_not_proved(brought, evidence.for_file(brought), now)


def stamp_now(data: bytes) -> bytes:
    """Return an authority's token while a person waits for their signature. Raises NotStamped."""
    return stamp(data, seconds=settings.TSA_SECONDS)


def stamp_of_one_act() -> Stamp:
    """Return what stamps the copies of one signature: where no authority answered for one it is not waited for again.

    The act holds locks, and its person waits. What has no timestamp then gets one by the job.
    """
    refused: list[NotStamped] = []

    def stamped(data: bytes) -> bytes:
        if refused:
            raise refused[0]
        try:
            return stamp_now(data)
        except NotStamped as fault:
            refused.append(fault)
            raise

    return stamped


def stamp_later(data: bytes) -> bytes:
    """Return an authority's token in a job. Raises NotStamped."""
    return stamp(data, seconds=SECONDS)


def upgrade(content: bytes, evidence: Evidence, *, stamp: Stamp = stamp_later) -> Signed:
    """Return a signed copy with the evidence and a timestamp over all of it, and renew it by the same act.

    The level is B-LTA where the evidence says of every certificate that it was not revoked when it signed, or else what
    it was: B-T, for the time is proved, and `no_time` says why it is not more. Raises NotStamped, and Unreadable for a
    file with no field left.
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
        brought = _brought_by(signatures)
        evidence = evidence.for_file(brought)
        certificates = _each_once([*evidence.certificates, *(each.certificate for each in brought)])
        declare(revision)
        _store(revision, Evidence(certificates, evidence.revoked, evidence.answers))
        kind = b"/Type /DocTimeStamp/Filter /Adobe.PPKLite/SubFilter /ETSI.RFC3161"
        value = revision.add(b"<<%s%s>>" % (kind, placeholders(room)))
        revision.replace(revision.fields[empty[0]], {"/V": value})
        out, hole = revision.written(value.decode(), room)
    token = stamp(covered(out, hole))
    whole = filled(out, hole, token)
    now = _moment(token)
    brought += [Brought(one, now) for one in (*evidence.certificates, *cms.certificates_in(token))]
    why_not = _why_not_proved(brought, evidence, now)
    return Signed(whole, hashlib.sha256(whole).hexdigest(), empty[0], {}, "B-T" if why_not else "B-LTA", why_not)


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


def _why_not_proved(brought: Iterable[Brought], evidence: Evidence, now: datetime) -> str:
    """Return why the evidence does not say of each certificate, the roots aside, that it was good at its moment; ""
    where it does. One that was revoked afterwards was good when it signed.

    What was said before somebody signed tells nothing of that moment, though it may hold still.
    """
    try:
        asked = [(load_der_x509_certificate(each.certificate), each) for each in brought]
        issuers = [*map(load_der_x509_certificate, _each_once(evidence.issuers)), *(one for one, _ in asked)]
        held = list(map(load_der_x509_crl, evidence.revoked))
    except ValueError:  # what cannot be read proves nothing
        return NOT_TOLD
    answers, is_told, is_early = _answers(evidence), True, False
    for one, each in asked:
        if one.issuer == one.subject:
            continue
        telling = _telling(one, issuers, held)
        answered = [said for said in answers if said["cert_id"]["serial_number"].native == one.serial_number]
        since = min([*_listed(one, telling), *filter(None, map(_revoked_since, answered))], default=None)
        if since is not None and since <= (each.proved or now):
            return REVOKED.format(called=_called(one), day=f"{since:%Y-%m-%d}")
        days = [*(made.last_update_utc for made in telling), *(said["this_update"].native for said in answered)]
        is_told = is_told and bool(days)
        is_early = is_early or (bool(days) and each.told_from is not None and max(days) < each.told_from)
    return NOT_TOLD if not is_told else TOO_EARLY if is_early else ""


def _telling(one: Certificate, issuers: Iterable[Certificate], held: Sequence[lists.List]) -> list[lists.List]:
    """Return the lists that tell of a certificate. Of its issuer there may be several, as after a renewal."""
    above = {each for each in issuers if each.subject == one.issuer}
    return [made for issuer in above for made in lists.on(one, issuer, held)]


def _listed(one: Certificate, telling: Iterable[lists.List]) -> list[datetime]:
    entries = [made.get_revoked_certificate_by_serial_number(one.serial_number) for made in telling]
    return [entry.revocation_date_utc for entry in entries if entry is not None]


def _revoked_since(answer: ocsp.SingleResponse) -> datetime | None:
    """Return since when an answer of OCSP says that its certificate is revoked; None for any other answer."""
    if answer["cert_status"].name != "revoked":
        return None
    since: datetime = answer["cert_status"].chosen["revocation_time"].native
    return since


def _answers(evidence: Evidence) -> list[ocsp.SingleResponse]:
    read = map(ocsp.OCSPResponse.load, evidence.answers)
    return [one for each in read for one in each.response_data["responses"]]


def _called(certificate: Certificate) -> str:
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        for named in certificate.subject.get_attributes_for_oid(kind):
            return str(named.value)
    return str(certificate.serial_number)


def _brought_by(values: Sequence[Object]) -> list[Brought]:
    """Return the certificates that signatures brought, each with the moment at which it is proved to have been there.

    That is the signature's own timestamp, or the first over the whole file after it; one before it proves nothing. Of
    who signed it the evidence has to be no older than the signature, by its timestamp or else by its own word.
    """
    over_all = sorted((_end(each), _moment(bytes(each.Contents))) for each in values if each.Type == DOC_TIME)
    found: list[Brought] = []
    for each in values:
        value, is_stamp = bytes(each.Contents), each.Type == DOC_TIME
        later = [at for end, at in over_all if end >= _end(each)]
        own = None if is_stamp else _own_stamp(value)
        at = _moment(own) if own is not None else min(later, default=None)
        signed = None if is_stamp else _moment(own) if own is not None else _claimed(each)
        told_from = None if signed is None else signed.replace(microsecond=0)  # lists tell whole seconds
        found += [Brought(one, at, told_from if one in _signers(value) else None) for one in _brought(value)]
    return found


def _claimed(value: Object) -> datetime | None:
    """Return when a signature says itself that it was made, None where it does not."""
    return decode_pdf_date(str(value.M)) if "/M" in value else None


def _signers(value: bytes) -> list[bytes]:
    """Return the certificate by which a signature was made, of those that it brought."""
    named = asn1.ContentInfo.load(value)["content"]["signer_infos"][0]["sid"].chosen
    of = (named["issuer"], named["serial_number"].native)
    every = ((each, x509.Certificate.load(each)) for each in cms.certificates_in(value))
    return [each for each, read in every if (read.issuer, read.serial_number) == of]


def _end(value: Object) -> int:
    """Return up to which byte a signature reaches."""
    return int(value.ByteRange[2]) + int(value.ByteRange[3])


def _moment(token: bytes) -> datetime:
    at: datetime = asn1.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    return at


def _own_stamp(value: bytes) -> bytes | None:
    """Return the timestamp that a signature has, None for one without."""
    for attribute in asn1.ContentInfo.load(value)["content"]["signer_infos"][0]["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            return bytes(attribute["values"][0].dump())
    return None


def _brought(value: bytes) -> list[bytes]:
    """Return the certificates in a signature, and in the timestamp that it may have."""
    found, own = cms.certificates_in(value), _own_stamp(value)
    if own is not None:
        found += cms.certificates_in(own)
    return found


def _each_once(values: Iterable[bytes]) -> list[bytes]:
    return list(dict.fromkeys(values))
