"""What eligibility cases wait for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from eligibility.confirmation import NOTICE_DAYS
from eligibility.models import EligibilityCase, EligibilityCaseQuerySet
from frame.worklist import Group, first_rows
from institutions.models import Duty, authorities_of, institutions_of, works_at

State = EligibilityCase.State


@dataclass(frozen=True)
class Row:
    case: EligibilityCase
    url: str
    word: str  # of the act


def groups_for_official(user: User) -> Iterator[Group[Row]]:
    """Yield what waits to be checked by the person; nothing when nothing does. Their own waits for a colleague."""
    ours = EligibilityCase.objects.filter(authority__in=authorities_of(user, Duty.REVIEWER))
    their_own = Q(submitted_by=user) | Q(institution__in=works_at(user))
    waiting = ours.filter(state=State.SUBMITTED).exclude(their_own).order_by("submitted_at", "pk")
    yield from _group("eligibility", "待核对的资格条件", waiting, "eligibility-review", "核对")


def groups_for_clerk(user: User) -> Iterator[Group[Row]]:
    """Yield what the person's institutions have begun, got back, or must renew."""
    own = EligibilityCase.objects.filter(institution__in=institutions_of(user))
    soon = timezone.localdate() + timedelta(days=NOTICE_DAYS)
    newest = own.order_by("institution_id", "-round").distinct("institution_id")
    concerns = Q(state__in=[State.DRAFT, State.RETURNED]) | Q(state=State.CONFIRMED, valid_to__lte=soon)
    waiting = own.filter(concerns, pk__in=newest.values("pk")).order_by("pk")
    yield from _group("eligibility", "资格条件", waiting, "eligibility-case", "查看")


def _group(slug: str, title: str, found: EligibilityCaseQuerySet, address: str, word: str) -> Iterator[Group[Row]]:
    rows, total = first_rows(found.with_places(), lambda case: Row(case, reverse(address, args=[case.pk]), word))
    if rows:
        yield Group(slug, title, rows, total, reverse("eligibility-list"))
