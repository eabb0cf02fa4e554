"""One chip for all filings of an agreement: what is most urgent of them, and what the reader has to do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from agreements.sockets import Filed
from filing.models import Filing
from filing.states import MOST_URGENT
from filing.viewer import CHIPS, ViewedFiling, Viewer
from frame.chips import Chip


def filed(agreements: Sequence[Agreement], user: User) -> Mapping[int, Filed]:
    """Return how far those filings of each agreement are that the person may see, by its key: late ones first.

    Officials of a party's county may see an agreement and not what was filed of it elsewhere.
    """
    of = {agreement.pk: agreement for agreement in agreements}
    current = Filing.objects.visible_to(user).filter(agreement__in=agreements).current()
    filings = list(current.with_clock(timezone.localdate()))
    if not filings:
        return {}
    viewer = Viewer(user)
    found: dict[int, list[ViewedFiling]] = {}
    for filing in filings:
        filing.agreement = of[filing.agreement_id]  # with its parties, as the list has fetched it
        found.setdefault(filing.agreement_id, []).append(viewer.of(filing))
    return {key: _of(filings) for key, filings in found.items()}


def _of(filings: list[ViewedFiling]) -> Filed:
    # What the person hands in comes before what others do.
    owed = sorted((viewed for viewed in filings if viewed.can_hand_in), key=_urgency)
    act = owed[0].next_act if owed else None
    return Filed(_chip(filings), act.word, act.url) if act else Filed(_chip(filings))


def _chip(filings: list[ViewedFiling]) -> Chip:
    late = [viewed for viewed in filings if viewed.filing.is_late]
    if late:
        return replace(min(late, key=_urgency), submits=False).mark
    first = min(filings, key=lambda viewed: (MOST_URGENT.index(viewed.state), not viewed.is_corrected))
    return CHIPS[first.state] if first.state != Filing.State.ACCEPTED else first.chip


def _urgency(viewed: ViewedFiling) -> tuple[date, int]:
    return viewed.filing.clock_on or date.max, MOST_URGENT.index(viewed.state)
