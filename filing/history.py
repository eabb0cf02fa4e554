"""What happened to one copy, from its first filing on: one line an event, who and when."""

from agreements.register.timeline import Line, line_of
from audit.events import ALL
from audit.log import history
from filing import events
from filing.models import Filing

LEFT_OUT = events.ReceiptDownloaded


def lines(filing: Filing) -> list[Line]:
    """Return the history of all rounds of this copy, newest first. Downloads are left out."""
    told = [event.code for event in ALL.values() if issubclass(event, events.AboutFiling) and event is not LEFT_OUT]
    entries = history(filing.agreement).filter(event__in=told, data__filing__in=_rounds(filing))
    return [line_of(entry) for entry in entries]


def _rounds(filing: Filing) -> list[int]:
    same = Filing.objects.filter(agreement=filing.agreement, authority=filing.authority)
    return list(same.values_list("pk", flat=True))
