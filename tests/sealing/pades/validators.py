"""What others say of a signed file: pyHanko and poppler."""

import io
import re
import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from tests.hands import root


class Status(NamedTuple):
    field: str
    holds: bool
    coverage: str
    changed: str
    stamped: bool


def pyhanko(pdf: bytes, roots: Sequence[bytes] = ()) -> list[Status]:
    """Return what pyHanko says of each signature and timestamp, in the order of signing.

    In a thread of its own: pyHanko runs a loop, and where a browser is open the tests' thread has one already.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_pyhanko, pdf, roots).result()


def _pyhanko(pdf: bytes, roots: Sequence[bytes]) -> list[Status]:
    reader = PdfFileReader(io.BytesIO(pdf))
    trusted = [x509.Certificate.load(each) for each in roots or [root()]]
    found = []
    for embedded in reader.embedded_signatures:
        context = ValidationContext(trust_roots=trusted, allow_fetching=False)
        status: Any
        if embedded.sig_object_type == "/DocTimeStamp":
            status = validate_pdf_timestamp(embedded, context)
            holds, stamped = status.valid and status.intact and status.trusted, True
        else:
            status = validate_pdf_signature(embedded, context)
            time = status.timestamp_validity
            holds, stamped = status.bottom_line and (time is None or (time.valid and time.trusted)), time is not None
        level = status.modification_level.name if status.modification_level else "NONE"
        found.append(Status(embedded.field_name, holds, status.coverage.name, level, stamped))
    return sorted(found, key=lambda each: each.coverage == "ENTIRE_FILE")


def poppler(pdf: bytes) -> list[str]:
    """Return what pdfsig says of each signature that is there."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        Path(file.name).write_bytes(pdf)
        done = subprocess.run(["pdfsig", "-nocert", file.name], capture_output=True, text=True, check=False)
    return re.findall(r"Signature Validation: (.*)", done.stdout)
