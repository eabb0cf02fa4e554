"""What only one side has: a practice licence, or beds and residents."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from institutions.models.institution import Institution
from institutions.problems import Problem, Severity, filing_problems, licence_problems


class MedicalProfile(models.Model):
    # What the bureau watches: number, first day, last day.
    PERIOD = ("licence_number", "licence_valid_from", "licence_valid_to")

    class Kind(models.TextChoices):
        GENERAL_HOSPITAL = "general_hospital", "综合医院"
        TCM_HOSPITAL = "tcm_hospital", "中医医院"
        SPECIALIST_HOSPITAL = "specialist_hospital", "专科医院"
        REHABILITATION_HOSPITAL = "rehabilitation_hospital", "康复医院"
        NURSING_HOSPITAL = "nursing_hospital", "护理院（站）"
        COMMUNITY_HEALTH_CENTRE = "community_health_centre", "社区卫生服务中心"
        COMMUNITY_HEALTH_STATION = "community_health_station", "社区卫生服务站"
        TOWNSHIP_HEALTH_CENTRE = "township_health_centre", "乡镇卫生院"
        VILLAGE_CLINIC = "village_clinic", "村卫生室"
        CLINIC = "clinic", "诊所、医务室"

    class Level(models.IntegerChoices):
        NONE = 0, "未定级"
        FIRST = 1, "一级"
        SECOND = 2, "二级"
        THIRD = 3, "三级"

    # 基层医疗卫生机构 by their kind: 卫生院, 社区卫生服务中心（站）, 村卫生室, clinics
    PRIMARY_KINDS = frozenset(
        {
            Kind.COMMUNITY_HEALTH_CENTRE,
            Kind.COMMUNITY_HEALTH_STATION,
            Kind.TOWNSHIP_HEALTH_CENTRE,
            Kind.VILLAGE_CLINIC,
            Kind.CLINIC,
        }
    )

    institution = models.OneToOneField(Institution, models.CASCADE, related_name="medical_profile")
    kind = models.CharField("机构类型", max_length=30, choices=Kind)
    level = models.PositiveSmallIntegerField("等级", choices=Level, default=Level.NONE)
    is_primary = models.BooleanField("基层医疗卫生机构")
    licence_number = models.CharField("执业许可证登记号", max_length=22, blank=True)
    licence_valid_from = models.DateField("许可证有效期起", null=True, blank=True)
    licence_valid_to = models.DateField("许可证有效期止", null=True, blank=True)
    is_insurance_designated = models.BooleanField("医保定点", default=False)

    if TYPE_CHECKING:
        institution_id: int

    class Meta:
        verbose_name = "医疗机构信息"
        constraints = [
            models.CheckConstraint(
                condition=Q(licence_valid_to__isnull=True)
                | Q(licence_valid_from__isnull=True)
                | Q(licence_valid_to__gt=F("licence_valid_from")),
                name="licence_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return str(self.institution)

    def problems(self, on: date) -> list[Problem]:
        """Return what is wrong with the licence on a day."""
        return licence_problems(self.licence_number, self.licence_valid_from, self.licence_valid_to, on)


class ElderCareProfile(models.Model):
    PERIOD = ("filing_number", "filed_on", "filing_valid_to")  # as of MedicalProfile

    class Kind(models.TextChoices):
        RESIDENTIAL_CARE = "residential_care", "养老机构"
        TOWNSHIP_ELDERLY_HOME = "township_elderly_home", "敬老院"
        HOME_COMMUNITY_CARE = "home_community_care", "居家社区养老服务机构"
        DAY_CARE_CENTRE = "day_care_centre", "日间照料中心"
        MUTUAL_AID_HOME = "mutual_aid_home", "互助院"
        ELDERS_CANTEEN = "elders_canteen", "老饭桌"

    # Full-day residential care files with civil affairs (老年人权益保障法 43); the others need not.
    KINDS_TO_FILE = frozenset({Kind.RESIDENTIAL_CARE, Kind.TOWNSHIP_ELDERLY_HOME})

    institution = models.OneToOneField(Institution, models.CASCADE, related_name="elder_care_profile")
    kind = models.CharField("机构类型", max_length=30, choices=Kind)
    beds = models.PositiveIntegerField("床位数", default=0)
    residents = models.PositiveIntegerField("入住人数", default=0)
    residents_60 = models.PositiveIntegerField("其中 60 岁及以上", default=0)
    residents_65 = models.PositiveIntegerField("其中 65 岁及以上", default=0)
    residents_80 = models.PositiveIntegerField("其中 80 岁及以上", default=0)
    has_own_clinic = models.BooleanField("内设医疗机构", default=False)
    own_clinic_since = models.DateField("内设医疗机构设立日期", null=True, blank=True)
    own_clinic_until = models.DateField(
        "内设医疗机构停办日期", null=True, blank=True, help_text="最后一天；停办后不再勾选“内设医疗机构”"
    )
    filing_number = models.CharField("备案编号", max_length=60, blank=True)
    filed_on = models.DateField("备案日期", null=True, blank=True)
    filing_valid_to = models.DateField(
        "备案最后有效日", null=True, blank=True, help_text="没有期限的留空；注销或撤销的填最后一天"
    )

    if TYPE_CHECKING:
        institution_id: int

    class Meta:
        verbose_name = "养老机构信息"
        constraints = [
            models.CheckConstraint(
                condition=Q(residents__gte=F("residents_60"))
                & Q(residents_60__gte=F("residents_65"))
                & Q(residents_65__gte=F("residents_80")),
                name="older_residents_are_among_the_younger",
            ),
            models.CheckConstraint(
                condition=Q(own_clinic_until__isnull=True)
                | Q(has_own_clinic=False)
                & (Q(own_clinic_since__isnull=True) | Q(own_clinic_until__gte=F("own_clinic_since"))),
                name="own_clinic_until_only_after_it_closed",
            ),
            models.CheckConstraint(
                condition=Q(filing_valid_to__isnull=True)
                | Q(filed_on__isnull=True)
                | Q(filing_valid_to__gte=F("filed_on")),
                name="filing_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return str(self.institution)

    def problems(self, on: date) -> list[Problem]:
        """Return what is wrong with the institution's own filing (养老机构备案) on a day."""
        if self.kind not in self.KINDS_TO_FILE:
            return []
        if self.filed_on is None and not self.filing_number:
            return [Problem("filing_missing", Severity.WARNS, "没有登记养老机构备案，请先向民政部门备案。")]
        if self.filed_on is not None and self.filed_on > on:
            return [Problem("filing_not_yet", Severity.WARNS, "登记的养老机构备案日期晚于今天，请核对。")]
        return filing_problems(self.filing_valid_to, on)
