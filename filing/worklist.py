"""What waits for whom: groups for the home of an official and of a clerk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from filing.filters import AT_WORK, CURRENT_RETURN, FOR_OFFICIALS, HAND_INS_GROUP, LATE_GROUP, group_for
from filing.models import Filing, FilingQuerySet
from filing.states import OWED, WITH_AUTHORITY
from filing.viewer import ViewedFiling, Viewer
from frame.worklist import Group, first_rows
from institutions.models import Duty, authorities_of, works_at

DUE_SOON = timedelta(days=14)
MOST_COUNTED = 100  # beyond which the menu says 99+


def groups(user: User, *, reviews: bool) -> Iterator[Group[ViewedFiling]]:
    """Yield what is overdue, by whomever, as the list itself has it under 已逾期; then what waits for the person.

    Supervisors, who decide nothing, have no work list.
    """
    viewer, late = Viewer(user), group_for(user, LATE_GROUP.slug)
    rows, total = first_rows(_visible(user).filter(late.which).by_urgency(), viewer.of)
    yield Group("filing-late", "已逾期的备案", rows, total, _list_of(late.slug), late.empty, is_late=True)
    # What is late stands above and nowhere else: beside it the groups below lack "others", not "any".
    yield from (_of_reviewer if reviews else _of_clerk)(user, viewer, "其他" if total else "")


def _of_reviewer(user: User, viewer: Viewer, other: str) -> Iterator[Group[ViewedFiling]]:
    on_time = _visible(user).filter(
        AT_WORK & Q(is_late=False), authority__in=viewer.decides_for, state__in=WITH_AUTHORITY
    )
    arrived = on_time.filter(state="submitted")
    yield _group("filing-arrived", "待接收的备案", f"没有{other}待接收的备案。", arrived, viewer, "submitted")
    corrected = _visible(user).filter(
        AT_WORK & Q(has_hand_in=True, is_late=False), authority__in=viewer.decides_for, state="accepted"
    )
    yield _group("filing-hand-ins", "待查收的补报", "", corrected, viewer, HAND_INS_GROUP.slug)
    mine = on_time.filter(state="under_review", taken_up_by=user)
    yield _group("filing-mine", "我正在审核", f"您手上没有{other}正在审核的备案。", mine, viewer, "under_review")


def _of_clerk(user: User, viewer: Viewer, other: str) -> Iterator[Group[ViewedFiling]]:
    """What the person's institutions have to submit or correct."""
    own = Q(agreement__medical__in=viewer.acts_for) | Q(agreement__elder_care__in=viewer.acts_for)
    ours = _visible(user).filter(AT_WORK & Q(is_late=False), own)
    returned = ours.filter(CURRENT_RETURN)
    yield _group("filing-returned", "退回补正的备案", f"没有{other}被退回的备案。", returned, viewer, "returned")
    yield _group(
        "filing-hand-ins", "待补报的扫描件", "", ours.filter(Q(owes_hand_in=True)), viewer, HAND_INS_GROUP.slug
    )
    due = ours.filter(state="due", due_on__lte=timezone.localdate() + DUE_SOON)
    yield _group("filing-due", "快到期的报送", f"近两周没有{other}到期的报送。", due, viewer, "due")


def how_many_wait(user: User, *, reviews: bool) -> int:
    """Return how many filings stand under the first heading of the person's list; not counted beyond 100.

    One question for every page: `reviews` says of whom it is, which the frame knows already.
    """
    seen = Filing.objects.visible_to(user).with_hand_ins()
    if reviews:
        seen = seen.filter(FOR_OFFICIALS, authority__in=authorities_of(user, Duty.REVIEWER))
    else:
        # FOR_CLERKS, without what tells why a return is answered.
        seen = seen.current().filter(AT_WORK & (Q(state__in=OWED) | Q(owes_hand_in=True)))
    return seen.order_by()[:MOST_COUNTED].count()


def next_to_review(user: User, *, after: Filing) -> Filing | None:
    """Return the most urgent other filing that the person may take up or has taken up, or None."""
    ours = _visible(user).filter(authority__in=authorities_of(user, Duty.REVIEWER))
    waiting = ours.filter(AT_WORK).filter(Q(state="submitted") | Q(state="under_review", taken_up_by=user))
    own = works_at(user)
    their_own = Q(submitted_by=user) | Q(agreement__medical__in=own) | Q(agreement__elder_care__in=own)
    return waiting.exclude(pk=after.pk).exclude(their_own).by_urgency().first()


def _visible(user: User) -> FilingQuerySet:
    return Filing.objects.visible_to(user).with_clock(timezone.localdate()).with_parties()


def _list_of(slug: str) -> str:
    return f"{reverse('filing-list')}?group={slug}"


def _group(slug: str, title: str, empty: str, found: FilingQuerySet, viewer: Viewer, more: str) -> Group[ViewedFiling]:
    rows, total = first_rows(found.by_urgency(), viewer.of)
    return Group(slug, title, rows, total, _list_of(more), empty)
