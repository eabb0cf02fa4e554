"""What stands beside a reviewer's decision: the paper on one side, what the platform found on the other."""

from dataclasses import dataclass

from accounts.requests import PersonRequest
from agreements.documents.signed import copy_held, signed_sides
from filing.checks import Check, Verdict, checks
from filing.comparison import compared
from filing.hand_ins import corrections
from filing.models import Filing
from filing.papers import enclosures, own_copy

SCAN, COPY = "scan", "copy"


@dataclass(frozen=True)
class Findings:
    """What was checked: the points that a person should look at, and those that fit."""

    open: tuple[Check, ...]
    fitting: tuple[Check, ...]

    @property
    def in_words(self) -> str:
        """1 项请看，9 项相符."""
        look = f"{len(self.open)} 项请看，" if self.open else ""
        return f"{look}{len(self.fitting)} 项相符"


def beside(request: PersonRequest, filing: Filing) -> dict[str, object]:
    """Return what the panes of a review show. The scan that stands comes first where there is one; the address
    says which paper."""
    papers, corrected = enclosures(filing), corrections(filing, request.user)
    shown = request.GET.get("paper")
    later = {each.slug: each for each in corrected.handed_in}
    if shown not in {SCAN, COPY, *later}:
        first = corrected.shown_first
        shown = first.slug if first else SCAN if papers["scans"] else COPY
    comparison = compared(filing.agreement)
    found = checks(filing, comparison)
    fitting = tuple(check for check in found if check.verdict is Verdict.GOOD)
    findings = Findings(tuple(check for check in found if check.verdict is not Verdict.GOOD), fitting)
    papers |= {"corrections": corrected, "hand_in_shown": later.get(shown)}
    papers["signed"], copy = signed_sides(filing.agreement), own_copy(filing)
    papers["copy_held"] = copy_held(copy) if papers["signed"] and copy else None
    return {**papers, "paper": shown, "comparison": comparison, "findings": findings}
