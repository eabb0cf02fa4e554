"""A copy that was returned for a bad scan: the paper is scanned again and looked at again before it is filed again."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from agreements.lifecycle import SCAN
from agreements.models import Agreement, Scan
from filing.models import Filing
from uploads.shown import waits


def wanted(agreement: Agreement) -> str:
    """Return in words which authorities returned the copy and wait for another, "" for none."""
    returned = agreement.filings.current().filter(state=Filing.State.RETURNED).select_related("authority")
    names = "、".join(filing.authority.name for filing in returned)
    return f"{names}退回补正，可以重新上传扫描件。" if names else ""


def where_wanted() -> Q:
    """Return the same as a condition for a query of agreements. Fills `agreements.sockets.RESCANS_WHERE`."""
    returned = Filing.objects.current().filter(agreement=OuterRef("pk"), state=Filing.State.RETURNED)
    return Q(Exists(returned))


def not_certified_yet(filing: Filing) -> str:
    """Say why a returned copy cannot be filed again now: a new scan of it has not been looked at. "" otherwise."""
    agreement = filing.agreement
    if waits(SCAN, agreement.pk) or agreement.scans.filter(state=Scan.State.UPLOADED).exists():
        return "重新上传的扫描件还没有核验。请由没有上传的另一位经办人核验，或者由上传的人取回，再重新报送。"
    return ""
