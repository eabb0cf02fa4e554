"""The register of seals: what an institution has, who keeps each, who may use it, and every use."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from institutions.models import Duty, Institution, Membership
from uploads.models import Upload


class Kind(models.TextChoices):
    OFFICIAL = "official", "公章"
    CONTRACT = "contract", "合同专用章"
    LEGAL_REPRESENTATIVE = "legal_representative", "法定代表人名章"
    BUSINESS = "business", "业务专用章"


class State(models.TextChoices):
    REGISTERED = "registered", "待确认"
    IN_USE = "in_use", "使用中"
    SUSPENDED = "suspended", "暂停使用"
    DESTROYED = "destroyed", "已销毁"
    REFUSED = "refused", "没有确认"


class Seal(models.Model):
    """What is shown of it is a picture (印章图片), and never called a conforming electronic seal (电子印章)."""

    Kind = Kind
    State = State

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="seals")
    kind = models.CharField("种类", max_length=30, choices=Kind)
    number = models.CharField("印章编码", max_length=30, help_text="刻在印章上或备案证明上的编码；没有的写本单位的编号")
    picture = models.ForeignKey(Upload, models.PROTECT, related_name="+", verbose_name="印章图片")
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="保管人")
    state = models.CharField("状态", max_length=10, choices=State, default=State.REGISTERED)
    registered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    registered_at = models.DateTimeField("登记时间", auto_now_add=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    settled_at = models.DateTimeField("办理时间", null=True, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True, help_text="of the last change of its state")

    if TYPE_CHECKING:
        institution_id: int
        keeper_id: int
        registered_by_id: int

    class Meta:
        verbose_name = "印章"
        ordering = ["institution", "kind", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "number"],
                condition=~Q(state__in=["refused", "destroyed"]),
                name="one_seal_of_a_number",
            ),
            models.CheckConstraint(condition=~Q(confirmed_by=F("registered_by")), name="seal_is_confirmed_by_another"),
            models.CheckConstraint(
                condition=Q(state__in=["registered", "refused"], confirmed_at__isnull=True)
                | ~Q(state__in=["registered", "refused"]) & Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="seal_confirmed_exactly_when_it_is",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["suspended", "destroyed", "refused"]) | ~Q(reason=""),
                name="seal_stopped_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}（{self.number}）"


class SealAuthorisationQuerySet(models.QuerySet["SealAuthorisation"]):
    def holding(self, on: date) -> Self:
        """Return those that hold on a day: begun, not over, not taken back, and neither side of it gone."""
        return self.filter(self.standing(), starts_on__lte=on, ends_on__gte=on, revoked_at__isnull=True)

    def lapsed(self, on: date) -> Self:
        """Return those that would hold on a day or later, but for a side of them that is gone."""
        return self.filter(~self.standing(), ends_on__gte=on, revoked_at__isnull=True)

    def with_standing(self) -> Self:
        return self.annotate(stands=self.standing())

    @staticmethod
    def standing() -> Exists:
        """Return whether one stands: its person is one of the institution's people, and so is whoever gave it, who
        could give it now, as the seal's keeper or an administrator. What somebody has lost goes from nobody's hand."""
        people = Membership.objects.effective().filter(user__is_active=True)
        of_the_house = people.filter(institution=OuterRef("institution"))
        gives = people.filter(institution=OuterRef("seal__institution"), user=OuterRef("given_by"))
        gives = gives.filter(Q(duty=Duty.ADMINISTRATOR) | Q(user=OuterRef("seal__keeper")))
        return Exists(gives.filter(Exists(of_the_house.filter(user=OuterRef(OuterRef("person"))))))


class SealAuthorisation(models.Model):
    """That somebody else than the keeper may use a seal, for a period, and where so said for certain papers only."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="authorisations")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="seal_authorisations", verbose_name="被授权人"
    )
    starts_on = models.DateField("授权起始日期")
    ends_on = models.DateField("授权截止日期", help_text="last day, included")
    templates: ArrayField[Any, Any] = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, verbose_name="限于范本", help_text="none: any"
    )
    agreement = models.CharField("限于协议编号", max_length=20, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="授权人")
    given_at = models.DateTimeField("授权时间", auto_now_add=True)
    # Whoever took it back; none with a time: it ended with a right that it rested on.
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="收回人"
    )
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)
    reason = models.CharField("收回原因", max_length=200, blank=True)

    objects = SealAuthorisationQuerySet.as_manager()

    if TYPE_CHECKING:
        seal_id: int
        person_id: int
        given_by_id: int

    class Meta:
        verbose_name = "用印授权"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="seal_authorisation_ends_after_start"
            ),
            models.CheckConstraint(condition=~Q(given_by=F("person")), name="seal_authorisation_is_given_by_another"),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True, reason="")
                | Q(revoked_at__isnull=False) & ~Q(reason=""),
                name="seal_authorisation_ended_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.seal}"

    def covers(self, *, template: str = "", agreement: str = "") -> bool:
        """Whether it reaches to a paper: of a template's slug, or of an agreement's number."""
        return (not self.templates or template in self.templates) and self.agreement in {"", agreement}


class SealUse(models.Model):
    """One use. `about` is what was sealed, in words and by its number; who acts for whom stands in `authorisation`."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="uses")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="用印人")
    authorisation = models.ForeignKey(
        SealAuthorisation, models.PROTECT, null=True, blank=True, related_name="uses", verbose_name="凭哪份授权"
    )
    about = models.CharField("用在哪里", max_length=200)
    at = models.DateTimeField("用印时间")

    class Meta:
        verbose_name = "用印记录"
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=~Q(about=""), name="seal_use_says_on_what")]

    def __str__(self) -> str:
        return f"{self.seal} {self.about}"
