"""What waits for whom: groups for the home of an official and of a clerk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from filing.filters import CURRENT_RETURN
from filing.models import Filing, FilingQuerySet
from filing.states import WITH_AUTHORITY
from filing.viewer import ViewedFiling, Viewer
from frame.worklist import Group, first_rows
from institutions.models import Duty, authorities_of, institutions_of

DUE_SOON = timedelta(days=14)


def groups_for_official(user: User) -> Iterator[Group[ViewedFiling]]:
    """Return what waits for the person's own authorities, late ones first; supervisors have nothing to decide."""
    today = timezone.localdate()
    ours = _clocked(today).filter(authority__in=authorities_of(user, Duty.REVIEWER))
    working = ours.filter(state__in=WITH_AUTHORITY)
    late = working.filter(Q(is_late=True))
    viewer = Viewer(user)
    on_time = working.filter(Q(is_late=False))
    yield _group("filing-late", "已逾期的备案", "没有逾期未办的备案。", late, viewer, "late")
    arrived = on_time.filter(state="submitted")
    yield _group("filing-arrived", "待接收的备案", "没有待接收的备案。", arrived, viewer, "submitted")
    mine = on_time.filter(state="under_review", taken_up_by=user)
    yield _group("filing-mine", "我正在审核", "您手上没有正在审核的备案。", mine, viewer, "under_review")


def groups_for_clerk(user: User) -> Iterator[Group[ViewedFiling]]:
    """Return what the person's institutions have to submit or correct."""
    today = timezone.localdate()
    mine = institutions_of(user)
    ours = _clocked(today).filter(Q(agreement__medical__in=mine) | Q(agreement__elder_care__in=mine))
    viewer = Viewer(user)
    returned = ours.filter(CURRENT_RETURN)
    yield _group("filing-returned", "退回补正的备案", "没有被退回的备案。", returned, viewer, "returned")
    due = ours.filter(state="due", due_on__lte=today + DUE_SOON)
    yield _group("filing-due", "快到期和已逾期的报送", "近两周没有到期的报送。", due, viewer, "due")


def next_to_review(user: User, *, after: Filing) -> Filing | None:
    """Return the most urgent other filing that the person may take up or has taken up, or None."""
    ours = _clocked(timezone.localdate()).filter(authority__in=authorities_of(user, Duty.REVIEWER))
    waiting = ours.filter(Q(state="submitted") | Q(state="under_review", taken_up_by=user))
    return waiting.exclude(pk=after.pk).by_urgency().first()


def _clocked(today: date) -> FilingQuerySet:
    return Filing.objects.with_clock(today).with_parties()


def _group(slug: str, title: str, empty: str, found: FilingQuerySet, viewer: Viewer, more: str) -> Group[ViewedFiling]:
    rows, total = first_rows(found.by_urgency(), viewer.of)
    return Group(slug, title, rows, total, f"{reverse('filing-list')}?group={more}", empty)
