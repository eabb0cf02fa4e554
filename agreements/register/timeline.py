"""An agreement's history in plain Chinese: one line an event, who and when."""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from agreements import events
from agreements.models import Agreement
from audit.events import ALL
from audit.log import history
from audit.models import Entry
from institutions.models import Role

# The other side has no business with how a draft came about.
DRAFTING = (events.Drafted.code, events.StepSaved.code)
# Why a text came back, or one side wanted to dissolve it, is said to the other side alone; what was scanned amiss is
# theirs: whoever else reads is told that it happened, and when.
BETWEEN_THEM = frozenset(
    event.code
    for event in (
        *(events.Returned, events.Withdrawn, events.RescissionAsked, events.RescissionDropped),
        *(events.ScanAttached, events.ScanPlaced, events.ScanTakenBack, events.ScanRejected),
        *(events.PageTicked, events.TickTakenBack, events.PagesSentBack),
    )
)
INTERNAL = frozenset(event.code for event in ALL.values() if issubclass(event, events.OfApproval))


@dataclass(frozen=True)
class Line:
    who: str
    what: str
    at: datetime
    detail: str = ""


def lines(
    agreement: Agreement,
    *,
    for_drafting_side: bool,
    sides: Collection[Role] = (),
    told: Sequence[Callable[[Entry], bool]] = (),
) -> list[Line]:
    """Return the history, newest first; savings of one person in a row become one line, and so do pages compared.

    What passed within one side before it agreed is told to the people of that side alone: `sides` are the reader's.
    `told` are what apps above say of entries of theirs (`sockets.TOLD`).
    """
    entries = history(agreement, leave_out=() if for_drafting_side else DRAFTING)
    shown = (entry for entry in entries if entry.event not in INTERNAL or entry.data["role"] in sides)
    shown = (entry for entry in shown if all(is_told(entry) for is_told in told))
    return list(_told(shown, without_detail=() if sides else BETWEEN_THEM))


def line_of(entry: Entry) -> Line:
    """Return one entry as a history tells it: in the sentence and with the details that its event declares."""
    event = entry.happened
    if event is None:
        return Line(entry.actor_name, entry.words, entry.at)
    return Line(entry.actor_name, event.sentence, entry.at, "，".join(event.details()))


def _told(entries: Iterable[Entry], without_detail: Container[str]) -> Iterator[Line]:
    for (code, _), run in groupby(entries, lambda entry: (entry.event, entry.actor_name)):
        first, *more = map(line_of, run)
        if code in without_detail:
            run_of = [first] if code == events.PageTicked.code else [first, *more]
            yield from (replace(line, detail="") for line in run_of)
        elif code == events.StepSaved.code and more:
            yield replace(first, what=f"{first.what}（{len(more) + 1} 次）", detail="")
        elif code == events.PageTicked.code and more:
            pages = "、".join(line.detail for line in (*reversed(more), first))
            yield replace(first, what=f"{first.what}（{len(more) + 1} 页）", detail=pages)
        else:
            yield from (first, *more)
