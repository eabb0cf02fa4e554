"""The papers that go with a filing: the authority's own numbered copy and the certified scans."""

from django.db.models import prefetch_related_objects
from django.utils import timezone

from agreements.lifecycle import has_paper
from agreements.lifecycle.pages import standing, standing_sheets
from agreements.models import Agreement, Counterpart, Rendition, Scan, ScanPage
from filing.letter import copy_label
from filing.models import Filing


def own_copy(filing: Filing) -> Counterpart | None:
    """Return the authority's own final copy with its file, or None while it is not made. Where the template has none
    for it and the region's rule has it filed there all the same, the first copy stands for it."""
    made = final_copies(filing.agreement)
    own = made.get(filing.authority.kind)
    if own is None and made and not copy_label(filing):
        return min(made.values(), key=lambda copy: copy.number)
    return own


def final_copies(agreement: Agreement) -> dict[str, Counterpart]:
    """Return the newest final copies by holder; empty while they are not made."""
    made = Counterpart.objects.filter(
        rendition__in=agreement.renditions.final().filter(state=Rendition.State.READY)
    ).order_by("rendition_id")
    return {copy.holder: copy for copy in made}


def enclosures(filing: Filing, *, anew: bool = False) -> dict[str, object]:
    """Return what a page needs to show what is submitted: whose copy, its file once it is made, and the scans.

    `anew` for what would be submitted now though it was before: pages may have been scanned again since.
    """
    scans = certified_scans(filing, anew=anew)
    return {
        "copy": own_copy(filing),
        "copy_label": copy_label(filing),
        "has_paper": has_paper(filing.agreement),
        "scans": scans,
        "pages": certified_pages(scans),
        "rescanned": _rescanned(filing, scans),
    }


def _rescanned(filing: Filing, scans: list[Scan]) -> frozenset[int]:
    """Return the keys of the scans that the authority had not got when it returned the filing before this one."""
    before = filing.previous.submitted_at if filing.previous else None
    return frozenset(each.pk for each in scans if before and each.checked_at and each.checked_at > before)


def certified_scans(filing: Filing, *, anew: bool = False) -> list[Scan]:
    """Return the certified scans that show the signed paper: as it was submitted, or would be now."""
    until = timezone.now() if anew else filing.submitted_at or timezone.now()
    # Whoever asks for many has fetched them all; of one agreement there are few.
    certified = [scan for scan in filing.agreement.scans.all() if scan.state == Scan.State.CERTIFIED]
    prefetch_related_objects(certified, "sheets")  # asks nothing where they were fetched
    then = [scan for scan in certified if scan.checked_at is not None and scan.checked_at <= until]
    return standing(then or certified)  # old records may have been brought in with a later day of certifying


def certified_pages(scans: list[Scan]) -> list[ScanPage]:
    """Return the pages of such scans that show the paper, as one leafs through it, with their pictures."""
    prefetch_related_objects(scans, "sheets__picture__upload", "checked_by")
    return standing_sheets(scans)
