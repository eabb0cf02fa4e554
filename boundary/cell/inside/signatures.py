"""The signatures of a stranger's PDF: each one's words and whether it holds, and what the file consists of.

Two ask independently: `boundary.revisions` what of it is as we write it, pyHanko whether a signature's mathematics hold
and what changed after it. pyHanko raises for some files; that is said of the signature and not of us.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from itertools import islice
from typing import Any

import pikepdf
import pypdfium2
from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from boundary import revisions
from boundary.cell import bounds
from boundary.cell.inside.kinds import PDF, kind_of
from boundary.refused import NOT_A_PDF, SIGNED_ENCRYPTED, SIGNED_UNREADABLE, UploadRefused

NUMBER = re.compile(r"YY\d{4}-\d{6,8}", re.ASCII)  # as our agreements are numbered
ORGANISATION, COMMON = "organization_name", "common_name"
OURS = "OURS"  # in place of pyHanko's word for what came after a signature


def answer(content: bytes, roots: list[str], counted: Callable[[int], None]) -> dict[str, Any]:
    """Answer {"revisions", "prefixes", "signatures", "ours", "fault"}.

    `roots` are certificates to trust, DER in hex. "ours" says whether the file looks like one of ours, by its fields or
    by a number on its first pages; "fault" in words why the signatures could not be looked at, or "". Raises
    UploadRefused for what is no PDF.
    """
    if not _is_pdf(content):
        raise UploadRefused(NOT_A_PDF)
    counted(bounds.SIGNED_PAGES)
    parts = revisions.revisions(content)
    said: dict[str, Any] = {
        "revisions": [[each.length, each.sha256, each.filled, dict(each.looks), each.fault[:100]] for each in parts],
        "prefixes": revisions.prefixes(content),
        "signatures": [],
        "ours": _looks_like_ours(content),
        "fault": "",
    }
    try:
        # Where every revision is as we write it nothing more lenient need be asked; that takes most of the time.
        is_as_ours = len(parts) > 1 and not any(each.fault for each in parts)
        said["signatures"] = list(_signatures(content, roots, is_as_ours=is_as_ours))
    except _Encrypted:
        said["fault"] = SIGNED_ENCRYPTED
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  -- a stranger's file: whatever a reader stumbles over, it cannot be verified
        said["fault"] = SIGNED_UNREADABLE
    return said


def _is_pdf(content: bytes) -> bool:
    try:
        return kind_of(content) == PDF
    except UploadRefused:
        return False


class _Encrypted(Exception):
    """Nothing is read in such a file."""


def _signatures(content: bytes, roots: list[str], *, is_as_ours: bool) -> Iterator[dict[str, Any]]:
    reader = PdfFileReader(io.BytesIO(content), strict=False)
    if reader.encrypted:
        raise _Encrypted
    trusted = [x509.Certificate.load(bytes.fromhex(each)) for each in roots]
    filled = enumerate_sig_fields(reader, filled_status=True)
    for name, _, reference in islice(filled, bounds.MOST_SIGNATURES):
        yield _signature(reader, name, reference, trusted, is_as_ours=is_as_ours)


def _signature(
    reader: PdfFileReader, name: str, reference: Any, roots: list[x509.Certificate], *, is_as_ours: bool
) -> dict[str, Any]:
    """Return what a signature says and whether it holds; what cannot be read of it stays empty."""
    said: dict[str, Any] = {"field": _text(name), "is_time": False, "holds": False, "whole": False, "fault": ""}
    try:
        embedded = EmbeddedPdfSignature(reader, reference.get_object(), name)
        said |= _claimed(embedded)
        status = _status(embedded, roots, is_as_ours=is_as_ours)
        said["holds"] = bool(status.intact and status.valid)
        said["trusted"] = bool(status.trusted)
        said["whole"] = status.coverage is not None and status.coverage.name == "ENTIRE_FILE"
        level = getattr(status, "modification_level", None)
        said["changed"] = OURS if is_as_ours else level.name if level is not None else ""
        stamped = status if said["is_time"] else getattr(status, "timestamp_validity", None)
        if stamped is not None and stamped.intact and stamped.valid:
            said["stamped"] = _moment(stamped.timestamp)
            said["stamped_by"] = _called(stamped.signing_cert)
            said["stamp_trusted"] = bool(stamped.trusted)
    except MemoryError:
        raise
    except Exception as fault:  # noqa: BLE001  -- as above; what is not known is not whole
        said |= {"holds": False, "whole": False, "fault": type(fault).__name__[:50]}
    return said


def _status(embedded: EmbeddedPdfSignature, roots: list[x509.Certificate], *, is_as_ours: bool) -> Any:
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    validate = validate_pdf_timestamp if embedded.sig_object_type == "/DocTimeStamp" else validate_pdf_signature
    try:
        return validate(embedded, context, skip_diff=is_as_ours)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  -- it could not compare the revisions: then that is not known, and the rest is
        return validate(embedded, context, skip_diff=True)


def _claimed(embedded: EmbeddedPdfSignature) -> dict[str, Any]:
    certificate = embedded.signer_cert
    value = embedded.sig_object
    return {
        "field": _text(embedded.field_name),
        "is_time": embedded.sig_object_type == "/DocTimeStamp",
        "name": _text(value.get("/Name", "")),
        "reason": _text(value.get("/Reason", "")),
        "claimed": _moment(embedded.self_reported_timestamp),
        "signer": _called(certificate),
        "organisation": _text(certificate.subject.native.get(ORGANISATION, "")),
        "issuer": _text(certificate.issuer.native.get(COMMON, "")),
        "certificate": hashlib.sha256(certificate.dump()).hexdigest(),
        "since": _moment(certificate.not_valid_before),
        "until": _moment(certificate.not_valid_after),
    }


def _called(certificate: x509.Certificate) -> str:
    subject = certificate.subject.native
    return _text(subject.get(COMMON) or subject.get(ORGANISATION) or "")


def _text(value: Any) -> str:
    """Return words of a stranger's that can be kept and shown."""
    text = "".join(each for each in str(value) if each.isprintable())
    return text.encode(errors="ignore").decode()[: bounds.LONGEST_CLAIM]


def _moment(value: Any) -> str:
    if not isinstance(value, datetime):
        return ""
    return (value if value.tzinfo is not None else value.astimezone()).isoformat(timespec="seconds")


def _looks_like_ours(content: bytes) -> bool:
    return _has_our_fields(content) or _has_our_number(content)


def _has_our_fields(content: bytes) -> bool:
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            fields = list(pdf.Root.AcroForm.Fields)[: bounds.MOST_FIELDS]
            return revisions.names_of_ours([str(each.T) for each in fields])
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  -- a stranger's file may have anything there, and then it is none of ours
        return False


def _has_our_number(content: bytes) -> bool:
    try:
        with closing(pypdfium2.PdfDocument(content)) as document:
            return any(NUMBER.search(_words(document, page)) for page in range(min(len(document), 2)))
    except pypdfium2.PdfiumError:
        return False


def _words(document: pypdfium2.PdfDocument, number: int) -> str:
    with closing(document[number]) as page, closing(page.get_textpage()) as text:
        words: str = text.get_text_range(0, min(text.count_chars(), bounds.MOST_READ))
        return words
