"""One chip for all filings of an agreement: what is most urgent of them."""

from collections.abc import Mapping, Sequence

from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from filing.models import Filing
from filing.states import MOST_URGENT
from filing.viewer import CHIPS, State, ViewedFiling
from frame.chips import Chip


def filed(agreements: Sequence[Agreement], user: User) -> Mapping[int, Chip]:
    """Return how far those filings of each agreement are that the person may see, by its key: late ones first.

    Officials of a party's county may see an agreement and not what was filed of it elsewhere.
    """
    current = Filing.objects.visible_to(user).filter(agreement__in=agreements).current()
    found: dict[int, list[Filing]] = {}
    for filing in current.with_clock(timezone.localdate()):
        found.setdefault(filing.agreement_id, []).append(filing)
    return {key: _of(filings) for key, filings in found.items()}


def _of(filings: list[Filing]) -> Chip:
    late = [filing for filing in filings if filing.is_late]
    if late:
        longest = min(late, key=lambda filing: filing.clock_on or timezone.localdate())
        return ViewedFiling(longest, submits=False, reviews=False).mark
    states = {State(filing.state) for filing in filings}
    return CHIPS[next(state for state in MOST_URGENT if state in states)]
