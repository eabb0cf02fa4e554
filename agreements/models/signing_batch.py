"""Many agreements signed with one PIN: what was chosen, what became of each, and whether somebody is at it now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from agreements.models.agreement import Agreement
from agreements.models.frozen import FrozenText
from agreements.models.handwriting import Handwritten
from agreements.models.reading import HowRead
from institutions.models import Institution, Role, keys_signed_for_by
from sealing.models import Seal, SigningIdentity


class SigningBatchQuerySet(models.QuerySet["SigningBatch"]):
    def visible_to(self, user: User) -> Self:
        """Return the person's own, for the institutions whose signatory they are."""
        return self.filter(person=user, institution__in=keys_signed_for_by(user))

    def unfinished(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def done(self) -> Self:
        return self.filter(ended_at__isnull=False)

    def with_counts(self) -> Self:
        """Add `total`, `signed`, `left_out`, `failed` and `waiting`: how many agreements are in it, and how far."""
        counted = {each.value: Count("items", filter=Q(items__state=each)) for each in SigningItem.State}
        return self.annotate(total=Count("items"), **counted).order_by("-id")


class SigningBatch(models.Model):
    """What one person signs for one institution with one key, and one seal or none.

    The key is in no row: a thread of one web process holds it, for as long as the proof of who the person is holds.
    `run` is raised whenever a PIN is given and whenever somebody stops it, so that an older thread finds that its time
    is over; `beat_at` is when the thread last did something, none while there is none. `halt`: why it stands still.
    """

    LONGEST_SILENCE = timedelta(seconds=30)  # then the thread is thought dead, and the PIN is asked for again

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="签约人")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="+", verbose_name="代表机构")
    identity = models.ForeignKey(SigningIdentity, models.PROTECT, related_name="+", verbose_name="签约证书")
    seal = models.ForeignKey(
        Seal, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="印章", help_text="none: no seal"
    )
    handwriting = models.CharField(
        "手写签名", max_length=10, choices=Handwritten, blank=True, help_text="none: name and day alone"
    )
    begun_at = models.DateTimeField("开始时间", auto_now_add=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    run = models.PositiveSmallIntegerField("第几次", default=0)
    beat_at = models.DateTimeField("最近一次动静", null=True, blank=True)
    halt = models.TextField("停下的原因", blank=True)

    objects = SigningBatchQuerySet.as_manager()

    if TYPE_CHECKING:
        person_id: int
        institution_id: int
        identity_id: int
        # Added by `with_counts`.
        total: int
        signed: int
        left_out: int
        failed: int
        waiting: int

    class Meta:
        verbose_name = "批量签署"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(beat_at__isnull=True, halt=""),
                name="signing_batch_ended_is_at_rest",
            ),
            models.CheckConstraint(
                condition=Q(beat_at__isnull=True) | Q(halt=""), name="signing_batch_at_work_or_halted"
            ),
            # What is drawn for one agreement is kept nowhere, so that a batch could not go on with it.
            models.CheckConstraint(
                condition=Q(handwriting__in=["", "typed", "picture"]), name="signing_batch_handwriting_lasts"
            ),
        ]

    def __str__(self) -> str:
        return f"批量签署 {self.pk}"

    @property
    def is_at_work(self) -> bool:
        """Whether a thread signs now, as far as can be seen from here."""
        return self.beat_at is not None and timezone.now() - self.beat_at < self.LONGEST_SILENCE


class SigningItem(models.Model):
    """One agreement of a batch, as its text stood when it was chosen, and what became of it in words."""

    class State(models.TextChoices):
        WAITING = "waiting", "还没有签"
        SIGNED = "signed", "已签署"
        LEFT_OUT = "left_out", "没有签"
        FAILED = "failed", "没有签成"

    batch = models.ForeignKey(SigningBatch, models.PROTECT, related_name="items", db_index=False)
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="+", verbose_name="协议")
    frozen = models.ForeignKey(FrozenText, models.PROTECT, related_name="+", verbose_name="定稿文本")
    position = models.PositiveSmallIntegerField("第几份")
    how_read = models.CharField("怎样看过", max_length=10, choices=HowRead, blank=True, help_text="empty: not read")
    state = models.CharField("结果", max_length=10, choices=State, default=State.WAITING)
    words = models.TextField("说明", blank=True)
    done_at = models.DateTimeField("办理时间", null=True, blank=True)

    if TYPE_CHECKING:
        batch_id: int
        agreement_id: int
        frozen_id: int

    class Meta:
        verbose_name = "批量签署的一份"
        ordering = ["batch", "position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="signing_item_position"),
            models.UniqueConstraint(fields=["batch", "agreement"], name="signing_item_is_in_a_batch_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", words="", done_at__isnull=True)
                | ~Q(state="waiting") & ~Q(words="") & Q(done_at__isnull=False),
                name="signing_item_in_words_exactly_when_done",
            ),
            models.CheckConstraint(
                condition=Q(how_read__in=HowRead.values) | Q(how_read="", state="left_out"),
                name="signing_item_was_read_or_is_left_out",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.get_state_display()}"

    @property
    def medical_name(self) -> str:
        """As the agreement says it."""
        return self.agreement.party_name(Role.MEDICAL)

    @property
    def elder_care_name(self) -> str:
        return self.agreement.party_name(Role.ELDER_CARE)
