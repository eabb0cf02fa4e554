"""The clerk's home: what waits for whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from agreements.models.agreement import AgreementQuerySet
from agreements.models.states import BEING_SIGNED
from agreements.register.viewer import SOON_DAYS, ViewedAgreement, Viewer
from frame.worklist import Group, first_rows

State = Agreement.State


@dataclass(frozen=True)
class Row:
    viewed: ViewedAgreement
    since: date  # a moment for what waits since then, a day for what ends then


def groups(user: User) -> Iterator[Group[Row]]:
    """Return the groups in the order in which they concern the person, each with its first rows."""
    visible = Agreement.objects.visible_to(user).with_parties()
    to_answer = visible.to_answer_by(user)
    given_back = Agreement.objects.returned_by(user).filter(state=State.DRAFT).exclude(pk__in=visible.values("pk"))
    sent = visible.filter(state=State.NEGOTIATING).exclude(pk__in=to_answer.values("pk"))
    waits_for_them = Agreement.objects.filter(Q(pk__in=sent.values("pk")) | Q(pk__in=given_back.values("pk")))
    drafts = visible.filter(state=State.DRAFT)
    returned = drafts.exclude(return_reason="")
    viewer = Viewer(user)

    def group(slug: str, title: str, empty: str, found: AgreementQuerySet, since: str, state: State) -> Group[Row]:
        rows, total = first_rows(found, lambda each: Row(viewer.of(each), getattr(each, since) or each.updated_at))
        return Group(slug, title, rows, total, f"{reverse('agreement-list')}?state={state}", empty)

    waiting = (to_answer | returned).order_by("updated_at", "id")
    yield group("for-me", "待我处理", "没有等您处理的协议。", waiting, "sent_at", State.NEGOTIATING)
    mine = drafts.filter(return_reason="").order_by("-updated_at", "-id")
    yield group("drafts", "我起草中", "没有未完成的草稿。", mine, "updated_at", State.DRAFT)
    theirs = waits_for_them.with_parties().order_by("sent_at", "id")
    yield group("sent", "等待对方", "没有等对方答复的协议。", theirs, "sent_at", State.NEGOTIATING)
    agreed = visible.filter(state__in=BEING_SIGNED).order_by("frozen__frozen_at", "id")
    soon = timezone.localdate() + timedelta(days=SOON_DAYS)
    ending = visible.filter(state=State.IN_FORCE, expires_on__lte=soon).order_by("expires_on", "id")
    yield group("agreed", "待签章", "没有等待签章的协议。", agreed, "agreed_at", State.AGREED)
    yield group("ending", "即将到期", f"{SOON_DAYS} 天内没有到期的协议。", ending, "expires_on", State.IN_FORCE)
