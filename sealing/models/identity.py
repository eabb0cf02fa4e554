"""A person who signs for an institution: asked for by themself, confirmed by others, then with a key of their own."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from institutions.models import Institution
from uploads.models import Upload

if TYPE_CHECKING:
    from sealing.models.certificate import Certificate


class Level(models.TextChoices):
    """What a signature rests on, honestly named wherever it is shown."""

    DEMO = "demo", "演示证书（无法律效力）"
    AGREED = "agreed", "约定证书（双方约定采用）"
    LICENSED = "licensed", "持证机构证书"


class State(models.TextChoices):
    REQUESTED = "requested", "待本单位确认"
    CONFIRMED = "confirmed", "本单位已确认"
    VOUCHED = "vouched", "主管部门已核实"
    ACTIVE = "active", "可以签约"
    LOCKED = "locked", "签名密码已锁定"
    REVOKED = "revoked", "已吊销"
    ENDED = "ended", "已结束"
    REFUSED = "refused", "没有确认"


ON_THE_WAY = (State.REQUESTED, State.CONFIRMED, State.VOUCHED)
WITH_KEY = (State.ACTIVE, State.LOCKED)
SETTLED = (State.REVOKED, State.ENDED, State.REFUSED)


class SigningIdentityQuerySet(models.QuerySet["SigningIdentity"]):
    def with_facts(self) -> Self:
        """Fetch what pages and verbs show of each."""
        about = ("institution__region", "institution__medical_profile", "institution__elder_care_profile")
        return self.select_related(*about, "person", "confirmed_by", "vouched_by", "ended_by", "mandate")


class SigningIdentity(models.Model):
    State = State
    Level = Level

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="signing_identities")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="signing_identities", verbose_name="签约人"
    )
    level = models.CharField("证书级别", max_length=10, choices=Level)
    state = models.CharField("状态", max_length=10, choices=State, default=State.REQUESTED)
    # Whose word the person's right to sign is: the law's for the legal representative, else a mandate.
    is_legal_representative = models.BooleanField("法定代表人本人")
    mandate = models.ForeignKey(
        Upload, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="授权委托书"
    )
    mandate_until = models.DateField("授权截止日期", null=True, blank=True, help_text="last day, included")
    requested_at = models.DateTimeField("申请时间", auto_now_add=True)
    # None with a time: made-up data.
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    # 电子签名法 13, second paragraph: the institution's consent to what it regards as a reliable electronic signature.
    consent_version = models.CharField("约定条款版本", max_length=20, blank=True)
    consent_text = models.TextField("约定条款", blank=True)
    consented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="约定人"
    )
    consented_at = models.DateTimeField("约定时间", null=True, blank=True)
    vouched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="核实人"
    )
    vouched_at = models.DateTimeField("核实时间", null=True, blank=True)
    activated_at = models.DateTimeField("启用时间", null=True, blank=True)
    # None with a time: the clock.
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)

    objects = SigningIdentityQuerySet.as_manager()

    if TYPE_CHECKING:
        institution_id: int
        person_id: int
        confirmed_by_id: int | None

    class Meta:
        verbose_name = "签约人身份"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "person", "level"],
                condition=Q(state__in=ON_THE_WAY),
                name="one_signing_identity_on_the_way",
            ),
            models.UniqueConstraint(
                fields=["institution", "person", "level"],
                condition=Q(state__in=WITH_KEY),
                name="one_signing_identity_with_a_key",
            ),
            models.CheckConstraint(
                condition=Q(is_legal_representative=True, mandate__isnull=True, mandate_until__isnull=True)
                | Q(is_legal_representative=False, mandate__isnull=False),
                name="signing_identity_by_law_or_by_mandate",
            ),
            models.CheckConstraint(
                condition=~Q(confirmed_by=models.F("person")) & ~Q(vouched_by=models.F("person")),
                name="signing_identity_is_confirmed_by_others",
            ),
            models.CheckConstraint(
                condition=Q(vouched_by__isnull=True) | ~Q(vouched_by=models.F("confirmed_by")),
                name="signing_identity_is_vouched_by_a_third",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.REQUESTED, *SETTLED]) | Q(confirmed_at__isnull=False),
                name="signing_identity_confirmed_before_it_goes_on",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True)
                | ~Q(level=Level.AGREED)
                | ~Q(consent_text="") & ~Q(consent_version="") & Q(consented_at__isnull=False),
                name="signing_identity_agreed_with_consent",
            ),
            models.CheckConstraint(
                condition=Q(state__in=SETTLED, ended_at__isnull=False) & ~Q(reason="")
                | ~Q(state__in=SETTLED) & Q(ended_at__isnull=True, ended_by__isnull=True, reason=""),
                name="signing_identity_ended_with_when_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=WITH_KEY) | Q(activated_at__isnull=False),
                name="signing_identity_activated_with_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.institution}"

    @property
    def certificate(self) -> Certificate | None:
        """The newest certificate, whatever became of it; None before the first."""
        return self.certificates.order_by("-pk").first()

    @property
    def is_on_token(self) -> bool:
        """Whether the newest certificate's key lies in a token."""
        newest = self.certificates.select_related("key").order_by("-pk").first()
        return newest is not None and newest.key.kind == newest.key.Kind.TOKEN

    @property
    def is_on_the_way(self) -> bool:
        return self.state in ON_THE_WAY

    @property
    def has_key(self) -> bool:
        return self.state in WITH_KEY

    def is_mandated_on(self, day: date) -> bool:
        """Whether the person's right to sign has not run out on a day. What the law gives does not run out."""
        return self.mandate_until is None or day <= self.mandate_until
