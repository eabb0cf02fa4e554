"""What happened to one copy, from its first filing on: one line an event, who and when."""

from collections.abc import Callable

from accounts.models import User
from agreements.models import Agreement
from agreements.register.timeline import Line, line_of
from audit.events import ALL
from audit.log import history
from audit.models import Entry
from filing import events
from filing.models import Filing

LEFT_OUT = events.ReceiptDownloaded
OURS = events.AboutFiling, events.AboutRescan
ABOUT_FILINGS = frozenset(event.code for event in ALL.values() if issubclass(event, OURS))


def lines(filing: Filing) -> list[Line]:
    """Return the history of all rounds of this copy, newest first. Downloads are left out."""
    entries = history(filing.agreement, leave_out=[LEFT_OUT.code])
    entries = entries.filter(event__in=ABOUT_FILINGS, data__filing__in=_rounds(filing))
    return [line_of(entry) for entry in entries]


def told(agreement: Agreement, user: User) -> Callable[[Entry], bool]:
    """Return whether the person is told of an entry: of filings those that they may see. Fills
    `agreements.sockets.TOLD`."""
    seen = set(Filing.objects.visible_to(user).filter(agreement=agreement).values_list("pk", flat=True))
    return lambda entry: entry.event not in ABOUT_FILINGS or entry.data.get("filing") in seen


def _rounds(filing: Filing) -> list[int]:
    same = Filing.objects.filter(agreement=filing.agreement, authority=filing.authority)
    return list(same.values_list("pk", flat=True))
