"""What an agreement's page shows of its filings."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from agreements.models.states import HAS_BEEN_IN_FORCE
from agreements.permissions import can_act, reads_for_a_party
from filing import opening
from filing.models import Filing, RescanCall
from filing.rescans import may_ask_unfiled, no_files_wait, not_certified_yet
from filing.states import MOST_URGENT, SETTLED
from filing.viewer import State, ViewedFiling, Viewer
from frame.panels import Panel, Pressing, Step
from frame.templatetags.dates import days_away

# What is awaited of a copy, after the authority's name.
PRESSING = {
    State.DUE: "的一份待报送",
    State.SUBMITTED: "待接收",
    State.UNDER_REVIEW: "审核中",
    State.RETURNED: "退回补正",
}


def filings(agreement: Agreement, user: User) -> Panel | None:
    """Where each authority's copy stands, as far as the person may see."""
    if agreement.state not in HAS_BEEN_IN_FORCE:
        return None
    current = Filing.objects.filter(agreement=agreement).current().visible_to(user).with_parties()
    viewer = Viewer(user)
    found = [viewer.of(filing) for filing in current.with_clock(timezone.localdate()).order_by("authority__kind")]
    if not found:
        return _unfiled(agreement, user)
    steps, pressing = tuple(map(_step, found)), _pressing(found)
    context: dict[str, object] = {"filings": found}
    if all(viewed.state is State.CLOSED for viewed in found) and reads_for_a_party(user, agreement):
        context |= _asking(agreement, user)  # no authority has a page of its own for it
    return Panel("filing/_panel.html", context, "filings", "备案", steps, pressing)


def _unfiled(agreement: Agreement, user: User) -> Panel | None:
    """Where nothing is filed anywhere: why, and what the two sides may do about a bad scan."""
    if not reads_for_a_party(user, agreement) or agreement.filings.exists():
        return None
    context = {"notes": opening.notes(agreement), **_asking(agreement, user)}
    return Panel("filing/_panel_unfiled.html", context, "filings", "备案")


def _asking(agreement: Agreement, user: User) -> dict[str, object]:
    """What the two sides may do about a bad scan that no authority is to have."""
    calls = RescanCall.objects.open().filter(agreement=agreement).select_related("asked_by", "agreement", "authority")
    call, acts = calls.first(), can_act(user, agreement)
    return {
        "agreement": agreement,
        "call": call,
        "acts": acts,
        "may_ask": may_ask_unfiled(agreement, user),
        "may_drop": call is not None and call.filing_id is None and acts and not no_files_wait(call),
    }


def _step(viewed: ViewedFiling) -> Step:
    filing = viewed.filing
    done = timezone.localdate(filing.decided_at) if filing.state in SETTLED and filing.decided_at else None
    word = f"{filing.authority.get_kind_display()}备案"
    return Step(word, done, None if done else filing.clock_on, filing.is_late, is_over=filing.state in SETTLED)


def _pressing(found: list[ViewedFiling]) -> Pressing | None:
    """Return the most urgent of what is owed: what the person does before what others do, late before early."""
    open_ones = [viewed for viewed in found if viewed.filing.clock_on and viewed.filing.state not in SETTLED]
    if not open_ones:
        return _pressing_hand_in(found)
    first = min(
        open_ones, key=lambda viewed: (not _acts(viewed), viewed.filing.clock_on, MOST_URGENT.index(viewed.state))
    )
    on = first.filing.clock_on
    away = f"，{days_away(on)}" if on else ""
    words = f"{first.filing.authority.name}{PRESSING[first.state]}{away}"
    if not _acts(first):
        return Pressing(words, first.filing.is_late)
    if first.state is State.RETURNED and not_certified_yet(first.filing):
        return Pressing(f"{words}，重新上传的扫描件待核验", first.filing.is_late)
    return Pressing(words, first.filing.is_late, first.next_act.word, first.next_act.url)


def _pressing_hand_in(found: list[ViewedFiling]) -> Pressing | None:
    """Return what is awaited of a corrected scan where nothing else is."""
    corrected = [viewed for viewed in found if viewed.is_corrected and viewed.state is State.ACCEPTED]
    if not corrected:
        return None
    first = min(corrected, key=lambda viewed: not (viewed.can_hand_in or viewed.can_take_note))
    words, is_late = f"{first.filing.authority.name}{first.mark.word}", first.filing.is_late
    if first.can_hand_in and not_certified_yet(first.filing):
        return Pressing(f"{words}，重新上传的扫描件待核验", is_late)
    if not (first.can_hand_in or first.can_take_note):
        return Pressing(words, is_late)
    return Pressing(words, is_late, act=first.next_act.word, url=first.next_act.url)


def _acts(viewed: ViewedFiling) -> bool:
    return viewed.can_hand_in or viewed.can_batch
