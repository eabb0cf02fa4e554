"""How long a text waits to be signed electronically: opened at freezing, put off by a clerk, ended by the clock.

On paper nobody is pressed, for copies travel by post; what is signed on screen can wait for nobody's post. A text that
is not signed in time goes back to draft with all that was negotiated, and both sides are told who had signed.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements import announcements, events
from agreements.lifecycle.freezing import give_up_text
from agreements.lifecycle.rounds import close_round
from agreements.lifecycle.transitions import LAPSE, LIFE, SIGN_ELECTRONICALLY
from agreements.lifecycle.ways import waits_for_the_other
from agreements.models import Agreement, FrozenText, SigningWindow
from agreements.models.states import BEING_SIGNED
from agreements.models.ways import Way
from agreements.permissions import can_extend_signing
from audit.log import append
from chinese.dates import cn_day
from institutions.models import Role
from jobs import rounds
from verbs.errors import NotAllowed, Unacceptable, WrongState

OVER = "签署期限已过"


def open_window(text: FrozenText) -> None:
    """Give a text that has just been frozen its last day, where a side signs it electronically."""
    if Way.ELECTRONIC in text.ways.values():
        last = timezone.localdate(text.frozen_at) + timedelta(days=SigningWindow.DAYS)
        SigningWindow.objects.create(frozen=text, closes_on=last)


def window_of(agreement: Agreement) -> SigningWindow | None:
    """Return the window of the text that an agreement shows, None where nobody signs it electronically."""
    if agreement.frozen_id is None:
        return None
    return SigningWindow.objects.filter(frozen=agreement.frozen_id).select_related("frozen").first()


def extend_window(agreement: Agreement, *, by: User, until: date) -> SigningWindow:
    """Put the last day off; by a clerk or signatory of either side. Both sides are told.

    Raises Unacceptable for a day that is not later, or later than can be, and once both have signed.
    """
    with transaction.atomic():
        row = Agreement.objects.select_for_update(no_key=True, of=["self"]).with_parties().get(pk=agreement.pk)
        if not can_extend_signing(by, row):
            raise NotAllowed("签署期限由双方的经办人或授权签约人延长。")
        LIFE.check(row, SIGN_ELECTRONICALLY)
        window = window_of(row)
        if window is None:
            raise WrongState("这份协议双方都在纸上签章，没有签署期限。")
        _refuse(row, window, until)
        window.closes_on, window.extended_by, window.extended_at = until, by, timezone.now()
        window.extensions += 1
        window.save(update_fields=["closes_on", "extended_by", "extended_at", "extensions"])
        append(events.WindowExtended(revision=row.revision, until=until), by=by, subject=row)
        announcements.window_extended(row, by=by, until=until)
    return window


def _refuse(row: Agreement, window: SigningWindow, until: date) -> None:
    if row.both_signed:
        raise Unacceptable("双方都已签署，不需要再延长。")
    if until <= max(window.closes_on, timezone.localdate()):
        raise Unacceptable(f"请填写比{cn_day(max(window.closes_on, timezone.localdate()))}更晚的日期。")
    if until > window.latest:
        raise Unacceptable(f"最晚可以延长到{cn_day(window.latest)}（定稿后 {SigningWindow.MOST_DAYS} 天）。")


def refuse_closed(row: Agreement) -> None:
    """Raise Unacceptable when the last day to sign has gone by: the clock has only not come to it yet."""
    window = window_of(row)
    if window is not None and window.is_over:
        raise Unacceptable(f"{OVER}（{cn_day(window.closes_on)}）。可以先延长期限，再签署。")


def lapse_due(*, within: rounds.Slice | None = None) -> int:
    """Send back to draft what was not signed by its last day; return how many. For the clock, safe to run twice.

    What a slice has no time for the next one finds: what went back is not found again.
    """
    over = SigningWindow.objects.filter(closes_on__lt=timezone.localdate(), frozen__voided_at__isnull=True)
    waiting = Agreement.objects.filter(state__in=BEING_SIGNED, frozen__in=over.values("frozen")).order_by("pk")
    unsigned = [
        pk
        for pk, one, other in waiting.values_list("pk", "medical_signed_on", "elder_care_signed_on")
        if one is None or other is None
    ]
    return sum(_lapse(pk) for pk in (within or rounds.Whole()).of(unsigned))


def _lapse(pk: int) -> bool:
    with transaction.atomic():
        try:
            row = LIFE.begin(Agreement(pk=pk), LAPSE, by=None)
        except WrongState:
            return False
        window, text = window_of(row), row.frozen
        if text is None or window is None or not window.is_over or row.both_signed:
            return False
        reason = _who_had_signed(row, window)
        give_up_text(row, text, by=None, reason=reason)
        close_round(row, by=None, reason=reason, is_withdrawn=True)
        event = events.SigningLapsed(revision=row.revision, reason=reason, digest=text.digest)
        row = LIFE.finish(row, LAPSE, event, by=None, writes={"frozen": None, "return_reason": reason})
        announcements.signing_lapsed(row, reason=reason, voided=text)
    return True


def _who_had_signed(row: Agreement, window: SigningWindow) -> str:
    days = {Role.MEDICAL: row.medical_signed_on, Role.ELDER_CARE: row.elder_care_signed_on}
    later = waits_for_the_other(row)
    said = [f"{row.party_name(role)}{'已签' if day else '没有签'}" for role, day in days.items() if role is not later]
    said += [f"{row.party_name(later)}按约定后签，还没有轮到"] if later else []
    return f"到{cn_day(window.closes_on)}没有签完：{'，'.join(said)}。"
