"""An authorisation to use a seal ends for good with a right that it rests on: no later duty brings it back."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from audit.log import append
from sealing import announcements, events
from sealing.models import SealAuthorisation

LAPSED = "授权人或被授权人已离岗，或者授权人不再保管这枚印章"


def lapse_of(person: User) -> None:
    """End what the person gave or was given and what stands no more, within the transaction that took the right."""
    _lapse(Q(given_by=person) | Q(person=person))


def lapse_all() -> None:
    """End whatever stands no more: a net below the acts that say so themselves. Safe to run again."""
    _lapse(Q())


def _lapse(among: Q) -> None:
    found = SealAuthorisation.objects.lapsed(timezone.localdate()).filter(among).order_by("pk")
    for row in found.select_related("seal__institution", "seal__keeper", "person", "given_by"):
        ended = SealAuthorisation.objects.filter(pk=row.pk, revoked_at=None)
        if not ended.update(revoked_at=timezone.now(), reason=LAPSED):
            continue  # somebody took it back a moment ago
        seal = row.seal
        event = events.SealUseLapsed(seal=seal.pk, number=seal.number, person=row.person.full_name, reason=LAPSED)
        append(event, by=None, subject=seal.institution)
        if seal.keeper_id != row.person_id:  # who keeps it now needs none
            row.reason = LAPSED
            announcements.use_lapsed(row)
