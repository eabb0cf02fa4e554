"""The clerk's home: what waits for whom."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements.leaders import to_answer_as_leader
from agreements.lifecycle.rescanning import where_wanted
from agreements.models import Agreement, Approval, SigningBatch
from agreements.models.agreement import AgreementQuerySet
from agreements.models.states import BEING_SIGNED, HAS_BEEN_IN_FORCE
from agreements.register.turns import last_answer, own_approvals, with_approvals, with_scans
from agreements.register.viewer import SOON_DAYS, ViewedAgreement, Viewer
from frame.worklist import Group, first_rows
from institutions.models import keys_acted_for_by, keys_read_by

State = Agreement.State


@dataclass(frozen=True)
class Row:
    viewed: ViewedAgreement
    since: date  # a moment for what waits since then, a day for what ends then
    dated: str  # what the day is: 收到, 送出


@dataclass(frozen=True)
class Kind:
    """One group: its name in addresses, its title, what is said where it is empty, and what it waits since."""

    slug: str
    title: str
    empty: str
    since: str
    dated: str
    is_for: Callable[[Viewer], bool] = lambda _: True  # whose first page has it


ANSWERS = {"to-approve", "to-sign", "for-me"}  # somebody waits for the person's answer
KINDS = (
    Kind("to-approve", "待您审批", "没有等您审批的协议文本。", "approval_since", "收到", lambda viewer: viewer.leads),
    Kind("to-sign", "待我签署", "没有等您签署的协议。", "agreed_at", "定稿", lambda viewer: bool(viewer.signs_for)),
    Kind("for-me", "待我处理", "没有等您处理的协议。", "sent_at", "收到"),
    Kind("agreed", "待签章", "没有等待签章的协议。", "agreed_at", "定稿"),
    Kind(
        "for-us",
        "待本方经办人处理",
        "",
        "sent_at",
        "收到",
        lambda viewer: bool(viewer.reads_for - viewer.acts_for),
    ),
    Kind("drafts", "起草中", "没有未完成的草稿。", "updated_at", "修改"),
    Kind("ending", "即将到期", f"{SOON_DAYS} 天内没有到期的协议。", "expires_on", "到期"),
    Kind(
        "approving",
        "等待审批",
        "没有等负责人审批的协议文本。",
        "approval_since",
        "申请",
        lambda viewer: viewer.wants_approval,
    ),
    Kind("sent", "等待对方", "没有等对方答复的协议。", "sent_at", "送出"),
)


def waiting(user: User) -> dict[str, AgreementQuerySet]:
    """Return what stands in each group, by its slug, the most urgent first."""
    is_approving = Exists(own_approvals(user).waiting().filter(agreement=OuterRef("pk")))
    is_to_approve = Exists(to_answer_as_leader(user).filter(agreement=OuterRef("pk")))
    visible = Agreement.objects.visible_to(user).with_parties().alias(answered_as=last_answer(user, "state"))
    own, mine = keys_acted_for_by(user), keys_read_by(user)
    to_answer = visible.to_answer_by(user)
    for_colleagues = visible.to_answer_at(mine).exclude(pk__in=to_answer.values("pk"))
    given_back = Agreement.objects.returned_by(user).filter(state=State.DRAFT).exclude(pk__in=visible.values("pk"))
    sent = visible.filter(state=State.NEGOTIATING).exclude(
        Q(pk__in=to_answer.values("pk")) | Q(pk__in=for_colleagues.values("pk")) | is_approving
    )
    ours = Agreement.objects.filter(Q(medical__in=mine) | Q(elder_care__in=mine))  # by an index, before all else
    waits_for_them = ours.filter(Q(pk__in=sent.values("pk")) | Q(pk__in=given_back.values("pk")))
    drafts = visible.filter(state=State.DRAFT)
    returned = drafts.exclude(return_reason="")
    answered = drafts.filter(answered_as__in=[Approval.State.APPROVED, Approval.State.DECLINED])
    asked = visible.asked_to_rescind(user)
    rescanned = visible.to_recertify_by(user).filter(where_wanted())
    to_sign = visible.to_sign_by(user)
    being_signed = visible.filter(state__in=BEING_SIGNED).exclude(pk__in=asked.values("pk"))
    soon = timezone.localdate() + timedelta(days=SOON_DAYS)
    for_me = to_answer | (returned | answered).filter(drafted_by__in=own) | asked | rescanned
    for_us = for_colleagues | (returned | answered).exclude(drafted_by__in=own)
    signed_elsewhere = being_signed.exclude(pk__in=to_sign.values("pk"))
    in_answered = Q(pk__in=answered.values("pk"))
    return {
        "to-approve": visible.filter(is_to_approve).order_by("updated_at", "id"),
        "for-me": for_me.exclude(is_approving).order_by("updated_at", "id"),
        "for-us": for_us.exclude(is_approving).order_by("updated_at", "id"),
        "approving": visible.filter(is_approving).exclude(is_to_approve).order_by("updated_at", "id"),
        "drafts": drafts.filter(return_reason="").exclude(is_approving | in_answered).order_by("-updated_at", "-id"),
        "sent": waits_for_them.with_parties().order_by("sent_at", "id"),
        "to-sign": to_sign.order_by("frozen__window__closes_on", "id"),
        "agreed": signed_elsewhere.order_by("frozen__frozen_at", "id"),
        "ending": visible.filter(state=State.IN_FORCE, expires_on__lte=soon).order_by("expires_on", "id"),
    }


def groups(user: User) -> Iterator[Group[Row]]:
    """Return the groups in the order in which they concern the person, each with its first rows."""
    viewer, found = Viewer(user), waiting(user)

    def shown(rows: AgreementQuerySet) -> AgreementQuerySet:
        return with_approvals(with_scans(rows.with_return().with_follower(user), user), user)

    for kind in [kind for kind in KINDS if kind.is_for(viewer)]:
        rows, total = first_rows(found[kind.slug], partial(_row, viewer, kind), shown)
        more = f"{reverse('agreement-list')}?waits={kind.slug}"
        yield Group(kind.slug, kind.title, rows, total, more, kind.empty)


def unfinished_batches(user: User) -> Iterator[Group[SigningBatch]]:
    """Yield what the person has chosen to sign in one go and is not done with."""
    if Viewer(user).signs_for:
        found = SigningBatch.objects.visible_to(user).unfinished().with_counts().select_related("institution")
        rows, total = first_rows(found, lambda batch: batch)
        if rows:
            yield Group("signing-batches", "没有签完的批量签署", rows, total, reverse("signing-batch"))


def _row(viewer: Viewer, kind: Kind, agreement: Agreement) -> Row:
    viewed = viewer.of(agreement)
    came_back = agreement.came_back_on if agreement.state == State.DRAFT and kind.slug != "drafts" else None
    if came_back is not None:
        return Row(viewed, came_back, "退回")
    rescanned: datetime | None = getattr(agreement, "scan_since", None)
    if kind.slug == "for-me" and agreement.state in HAS_BEEN_IN_FORCE and rescanned is not None:
        return Row(viewed, rescanned, "重新扫描")
    return Row(viewed, getattr(agreement, kind.since) or agreement.updated_at, kind.dated)
