"""What an institution says of itself in a survey (摸底): dated editions that stay, and the rounds that ask for them."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from institutions.models.authority import Authority
from institutions.models.duty import in_use
from institutions.models.institution import Institution, InstitutionQuerySet, Role
from institutions.models.remit import authorities_of, remit_read_by
from regions.models import Region


def _count(label: str, *, help_text: str = "") -> "models.IntegerField[int | None, int | None]":
    return models.PositiveIntegerField(label, null=True, blank=True, help_text=help_text)


class SurveyQuerySet(models.QuerySet["Survey"]):
    def visible_to(self, user: User) -> Self:
        """Return the surveys of the person's own institutions, in any duty there, and for an official of the remit.

        A draft is its institution's alone.
        """
        own = Institution.objects.filter(in_use(user, "memberships")).values("pk")
        handed_in = Q(institution__region__in=remit_read_by(user), state=Survey.State.SAVED)
        return self.filter(Q(institution__in=own) | handed_in)

    def saved(self) -> Self:
        return self.filter(state=Survey.State.SAVED)

    def newest(self) -> Self:
        """Return the edition that counts of each institution."""
        return self.saved().order_by("institution_id", "-edition").distinct("institution_id")


class Survey(models.Model):
    """One edition, or the draft of the next one. Counts only: never what is known of one person."""

    class State(models.TextChoices):
        DRAFT = "draft", "填写中"
        SAVED = "saved", "已提交"

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="surveys")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    edition = models.PositiveIntegerField("第几次", null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="of the draft; whoever saves an older one is refused")
    surveyed_on = models.DateField("统计日期", null=True, blank=True)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="填写人")
    edited_at = models.DateTimeField("填写时间", default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提交人"
    )
    saved_at = models.DateTimeField("提交时间", null=True, blank=True)

    # 基本情况
    beds = _count("床位总数")
    nursing_beds = _count("其中护理型床位")
    residents = _count("入住老年人总数")
    residents_under_60 = _count("60 岁以下")
    residents_60_to_64 = _count("60 至 64 岁")
    residents_65_to_79 = _count("65 至 79 岁")
    residents_80_up = _count("80 岁及以上")
    residents_disabled = _count("其中失能")
    residents_partly_disabled = _count("其中部分失能")
    residents_destitute = _count("其中集中供养特困人员")
    physicians = _count("执业医师")
    general_practitioners = _count("其中全科医师")
    nurses = _count("护士")
    # 基础设施条件
    clinic_rooms = _count("诊室")
    visiting_rooms = _count("其他可供上门服务的诊疗场所")
    # 服务能力, or what is wanted
    services = ArrayField(models.CharField(max_length=40), verbose_name="服务", default=list, blank=True)
    teams = _count("可参加签约的服务团队")
    team_members = _count("团队人员")
    partners_possible = _count("还可以签约的养老服务机构")
    # 服务保障
    has_coordinator = models.BooleanField("已指定专人负责", null=True, blank=True)
    has_fast_track = models.BooleanField("已开通预约就诊绿色通道", null=True, blank=True)
    remark = models.CharField("说明", max_length=500, blank=True)

    objects = SurveyQuerySet.as_manager()

    if TYPE_CHECKING:
        institution_id: int

    class Meta:
        verbose_name = "摸底信息"
        ordering = ["-edition", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["institution"], condition=Q(state="draft"), name="one_survey_draft"),
            models.UniqueConstraint(fields=["institution", "edition"], name="survey_edition"),
            models.CheckConstraint(
                condition=Q(
                    state="saved",
                    edition__gt=0,
                    edition__isnull=False,
                    surveyed_on__isnull=False,
                    saved_at__isnull=False,
                    saved_by__isnull=False,
                )
                | Q(state="draft", edition__isnull=True, saved_at__isnull=True, saved_by__isnull=True),
                name="survey_dated_and_numbered_exactly_when_saved",
            ),
            models.CheckConstraint(
                condition=~Q(state="saved")
                | Q(residents__isnull=True)
                | Q(
                    residents=F("residents_under_60")
                    + F("residents_60_to_64")
                    + F("residents_65_to_79")
                    + F("residents_80_up"),
                    residents_80_up__isnull=False,
                    residents_65_to_79__isnull=False,
                    residents_60_to_64__isnull=False,
                    residents_under_60__isnull=False,
                ),
                name="survey_residents_are_the_sum_of_their_age_bands",
            ),
            models.CheckConstraint(
                condition=~Q(state="saved") | Q(nursing_beds__isnull=True) | Q(nursing_beds__lte=F("beds")),
                name="survey_nursing_beds_are_among_the_beds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.get_state_display()}"


class SurveyRoundQuerySet(models.QuerySet["SurveyRound"]):
    def visible_to(self, user: User) -> Self:
        """Return the rounds that concern the person: those of the remit, and those that ask the own place or area."""
        seats = Q(authorities__in=authorities_of(user))
        held = Region.objects.filter(in_use(user, "institutions__memberships") | seats).distinct()
        above = {code for region in held for code in region.chain_codes}
        return self.filter(Q(authority__region__in=remit_read_by(user)) | Q(authority__region__code__in=above))

    def open(self) -> Self:
        return self.filter(state=SurveyRound.State.OPEN)

    def asking(self, institution: Institution) -> Self:
        """Return the rounds that ask this institution."""
        return self.filter(
            Q(role="") | Q(role=institution.role), authority__region__code__in=institution.region.chain_codes
        )


class SurveyRound(models.Model):
    """An authority asks the institutions of its area to fill in the survey by a day.

    Whoever submits an edition after the round was opened has answered it, and every other open round with it.
    """

    class State(models.TextChoices):
        OPEN = "open", "进行中"
        CLOSED = "closed", "已结束"

    authority = models.ForeignKey(Authority, models.PROTECT, related_name="survey_rounds", verbose_name="发起部门")
    title = models.CharField("名称", max_length=60)
    role = models.CharField("填报对象", max_length=10, choices=Role, blank=True)  # empty: both sides
    remark = models.CharField("填报要求", max_length=500, blank=True)
    due_on = models.DateField("截止日期")
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField("发起时间", default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发起人")
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结束人"
    )

    objects = SurveyRoundQuerySet.as_manager()

    if TYPE_CHECKING:
        authority_id: int

    class Meta:
        verbose_name = "摸底"
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "title"], condition=Q(state="open"), name="one_open_round_of_a_title"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True, closed_by__isnull=True)
                | Q(state="closed", closed_at__isnull=False, closed_by__isnull=False),
                name="survey_round_closed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def asked(self) -> InstitutionQuerySet:
        """Return the open institutions that the round asks."""
        found = Institution.objects.open().filter(region__code__startswith=self.authority.region.prefix)
        return found.filter(role=self.role) if self.role else found

    def answered(self) -> InstitutionQuerySet:
        """Return those of them that have handed an edition in since the round was opened."""
        return self.asked().filter(pk__in=self.editions().values("institution"))

    def unanswered(self) -> InstitutionQuerySet:
        return self.asked().exclude(pk__in=self.editions().values("institution"))

    def is_answered_by(self, institution: Institution) -> bool:
        return self.editions().filter(institution=institution).exists()

    def editions(self) -> SurveyQuerySet:
        """Return the editions that answer the round."""
        since = Survey.objects.saved().filter(saved_at__gte=self.asked_at)
        return since.filter(saved_at__lte=self.closed_at) if self.closed_at else since
