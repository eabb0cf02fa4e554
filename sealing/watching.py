"""What the clock sees to: certificates and mandates that run out, and people who are signatories no more."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from institutions.models import Duty, Membership
from sealing import announcements
from sealing.ending import end, revoke_by_clock
from sealing.enrolling import standing_of
from sealing.lapsing import lapse_all
from sealing.models import Certificate, SigningIdentity
from sealing.models.identity import ON_THE_WAY, WITH_KEY, State
from sealing.unlocking import MOST_WRONG, lock
from verbs.errors import WrongState

UNDER_WAY = timedelta(minutes=10)  # longer than any PIN is looked at, by a token too
RUNGS = (30, 14, 7)  # days before the end on which the person is told; the nearest rung is told
CERTIFICATE_OVER, MANDATE_OVER = "证书已到期", "授权委托书已到期"
REVOKED_ELSEWHERE = "签发机构已吊销这张证书"
NOT_SIGNATORY = "不再担任本机构的授权签约人"


def watch() -> None:
    """End what has run out, revoke what nobody may use any more, remind of what ends soon. Safe to run again."""
    for each in _without_duty(_with_key()):
        with suppress(WrongState):  # somebody was faster
            revoke_by_clock(each, NOT_SIGNATORY, Certificate.Reason.AFFILIATION_CHANGED)
    for each in _without_duty(_asked_for()):
        with suppress(WrongState):
            end(each, reason=NOT_SIGNATORY)
    for each, since in _revoked_elsewhere():
        with suppress(WrongState):
            revoke_by_clock(each, REVOKED_ELSEWHERE, Certificate.Reason.CESSATION, since=since)
    lapse_all()
    today = timezone.localdate()
    for each in _run_out():
        with suppress(WrongState):
            end(each, reason=CERTIFICATE_OVER if each.is_mandated_on(today) else MANDATE_OVER)
    for each in _asked_for().filter(mandate_until__lt=today):
        with suppress(WrongState):
            end(each, reason=MANDATE_OVER)
    for each in _left_at_five():
        lock(each)
    for each in _with_key():
        _remind(each)


def _left_at_five() -> QuerySet[SigningIdentity]:
    """Return those over whose fifth attempt a process died. One that is looked at just now may be right."""
    began = timezone.now() - UNDER_WAY
    left = Q(certificates__key__tried_at=None) | Q(certificates__key__tried_at__lte=began)
    return _with_key().filter(left, state=State.ACTIVE, certificates__key__wrong_pins=MOST_WRONG).distinct()


def _remind(row: SigningIdentity) -> None:
    found = row.certificate
    if found is None:
        return
    days = (found.not_after - timezone.now()).days
    if rung := min((rung for rung in RUNGS if days <= rung), default=0):
        announcements.ends_soon(row, rung)


def _without_duty(among: QuerySet[SigningIdentity]) -> QuerySet[SigningIdentity]:
    """Return those whose person holds the duty there no more. One that waits for its holder's confirmation is held."""
    held = Membership.objects.filter(duty=Duty.SIGNATORY, institution=OuterRef("institution"), user=OuterRef("person"))
    return among.filter(~Exists(held))


def _revoked_elsewhere() -> list[tuple[SigningIdentity, datetime]]:
    """Return those whose licensed authority says that it has revoked the certificate, and since when."""
    brought = _with_key().filter(certificates__is_ours=False).distinct()
    newest = [(each, each.certificate) for each in brought]
    told = [(each, standing_of(found).since) for each, found in newest if found]
    return [(each, since) for each, since in told if since is not None]


def _run_out() -> QuerySet[SigningIdentity]:
    live = Certificate.objects.filter(identity=OuterRef("pk"), not_after__gte=timezone.now())
    return _with_key().filter(Q(mandate_until__lt=timezone.localdate()) | ~Exists(live))


def _with_key() -> QuerySet[SigningIdentity]:
    return SigningIdentity.objects.with_facts().filter(state__in=WITH_KEY).order_by("pk")


def _asked_for() -> QuerySet[SigningIdentity]:
    return SigningIdentity.objects.with_facts().filter(state__in=ON_THE_WAY).order_by("pk")
