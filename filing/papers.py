"""The papers that go with a filing: the authority's own numbered copy and the certified scans."""

from agreements.models import Agreement, Counterpart, Rendition, Scan
from filing.letter import copy_label
from filing.models import Filing


def own_copy(filing: Filing) -> Counterpart | None:
    """Return the authority's own final copy with its file, or None while it is not made."""
    return final_copies(filing.agreement).get(filing.authority.kind)


def final_copies(agreement: Agreement) -> dict[str, Counterpart]:
    """Return the newest final copies by holder; empty while they are not made."""
    made = Counterpart.objects.filter(
        rendition__in=agreement.renditions.final().filter(state=Rendition.State.READY)
    ).order_by("rendition_id")
    return {copy.holder: copy for copy in made}


def enclosures(filing: Filing) -> dict[str, object]:
    """Return what a page needs to show what is submitted: whose copy, its file once it is made, and the scans."""
    return {
        "copy": own_copy(filing),
        "copy_label": copy_label(filing),
        "scans": certified_scans(filing.agreement),
    }


def certified_scans(agreement: Agreement) -> list[Scan]:
    """Return the scans of the signed paper that a second person certified."""
    # Whoever asks for many has fetched them all; of one agreement there are few.
    return [scan for scan in agreement.scans.all() if scan.state == Scan.State.CERTIFIED]
