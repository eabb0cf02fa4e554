"""Institutions of both sides, authorities, and the people who act for them."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value

from accounts.models import User
from institutions.uscc import normalise_uscc, validate_uscc
from regions.models import Region


class Role(models.TextChoices):
    """The two sides of an agreement. Never 甲/乙: the template says which role is called which."""

    MEDICAL = "medical", "医疗卫生机构"
    ELDER_CARE = "elder_care", "养老服务机构"


class NameGrams(Func):
    """Single characters and character pairs of a name; its SQL function is made by the first migration.

    pg_trgm needs three characters for its index, and most names are searched by two.
    """

    function = "name_grams"
    output_field = ArrayField(models.TextField())


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def search(self, text: str) -> Self:
        """Return institutions whose name contains `text`, or whose code starts with it. Uses the GIN index."""
        text = text.strip()
        if not text:
            return self
        by_name = Q(name_grams__contains=NameGrams(Value(text)), name__contains=text)
        code = normalise_uscc(text)
        return (
            self.filter(by_name | Q(uscc__startswith=code))
            if len(code) >= 4 and code.isascii()
            else self.filter(by_name)
        )

    def open(self) -> Self:
        return self.filter(status=Institution.Status.OPEN)


class Institution(models.Model):
    class Status(models.TextChoices):
        OPEN = "open", "正常"
        SUSPENDED = "suspended", "暂停"
        CLOSED = "closed", "已关闭"

    class Ownership(models.TextChoices):
        PUBLIC = "public", "公办"
        PRIVATE_NONPROFIT = "private_nonprofit", "民办非营利"
        PRIVATE_FOR_PROFIT = "private_for_profit", "民办营利"

    role = models.CharField("类别", max_length=10, choices=Role)
    name = models.CharField("名称", max_length=100)
    name_grams = models.GeneratedField(
        expression=NameGrams(F("name")), output_field=ArrayField(models.TextField()), db_persist=True
    )
    uscc = models.CharField(
        "统一社会信用代码", max_length=18, blank=True, validators=[validate_uscc], help_text="没有自己的代码时留空"
    )
    operator_name = models.CharField("举办单位", max_length=100, blank=True, help_text="机构没有自己的代码时填写")
    operator_uscc = models.CharField("举办单位代码", max_length=18, blank=True, validators=[validate_uscc])
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="所在县区", related_name="institutions")
    address = models.CharField("地址", max_length=200)
    legal_representative = models.CharField("法定代表人（负责人）", max_length=50)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    ownership = models.CharField("性质", max_length=20, choices=Ownership)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.OPEN)
    closed_on = models.DateField("关闭日期", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = InstitutionQuerySet.as_manager()

    if TYPE_CHECKING:
        region_id: int
        medical_profile: "MedicalProfile"
        elder_care_profile: "ElderCareProfile"

    class Meta:
        verbose_name = "机构"
        ordering = ["name"]
        indexes = [
            GinIndex(fields=["name_grams"], name="institution_name_grams"),
            models.Index(fields=["region", "role"], name="institution_region_role"),
        ]
        constraints = [
            # One legal entity may hold both qualifications: once as each side.
            models.UniqueConstraint(fields=["uscc", "role"], condition=~Q(uscc=""), name="institution_uscc_per_role"),
            models.CheckConstraint(
                condition=Q(status="closed") | Q(closed_on__isnull=True), name="institution_closed_on"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MedicalProfile(models.Model):
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

    institution = models.OneToOneField(Institution, models.CASCADE, related_name="medical_profile")
    kind = models.CharField("机构类型", max_length=30, choices=Kind)
    level = models.PositiveSmallIntegerField("等级", choices=Level, default=Level.NONE)
    is_primary = models.BooleanField("基层医疗卫生机构")
    licence_number = models.CharField("执业许可证登记号", max_length=22, blank=True)
    licence_valid_from = models.DateField("许可证有效期起", null=True, blank=True)
    licence_valid_to = models.DateField("许可证有效期止", null=True, blank=True)
    is_insurance_designated = models.BooleanField("医保定点", default=False)

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


class ElderCareProfile(models.Model):
    class Kind(models.TextChoices):
        RESIDENTIAL_CARE = "residential_care", "养老机构"
        TOWNSHIP_ELDERLY_HOME = "township_elderly_home", "敬老院"
        HOME_COMMUNITY_CARE = "home_community_care", "居家社区养老服务机构"
        DAY_CARE_CENTRE = "day_care_centre", "日间照料中心"
        MUTUAL_AID_HOME = "mutual_aid_home", "互助院"
        ELDERS_CANTEEN = "elders_canteen", "老饭桌"

    institution = models.OneToOneField(Institution, models.CASCADE, related_name="elder_care_profile")
    kind = models.CharField("机构类型", max_length=30, choices=Kind)
    beds = models.PositiveIntegerField("床位数", default=0)
    residents = models.PositiveIntegerField("入住人数", default=0)
    residents_60 = models.PositiveIntegerField("其中 60 岁及以上", default=0)
    residents_65 = models.PositiveIntegerField("其中 65 岁及以上", default=0)
    residents_80 = models.PositiveIntegerField("其中 80 岁及以上", default=0)
    has_own_clinic = models.BooleanField("内设医疗机构", default=False)
    filing_number = models.CharField("备案编号", max_length=60, blank=True)
    filed_on = models.DateField("备案日期", null=True, blank=True)

    class Meta:
        verbose_name = "养老机构信息"
        constraints = [
            models.CheckConstraint(
                condition=Q(residents__gte=F("residents_60"))
                & Q(residents_60__gte=F("residents_65"))
                & Q(residents_65__gte=F("residents_80")),
                name="older_residents_are_among_the_younger",
            )
        ]

    def __str__(self) -> str:
        return str(self.institution)


class Authority(models.Model):
    class Kind(models.TextChoices):
        HEALTH = "health", "卫生健康部门"
        CIVIL_AFFAIRS = "civil_affairs", "民政部门"

    kind = models.CharField("类别", max_length=20, choices=Kind)
    name = models.CharField("名称", max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="辖区", related_name="authorities")
    phone = models.CharField("联系电话", max_length=30, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    class Meta:
        verbose_name = "主管部门"
        ordering = ["region__code", "kind"]
        constraints = [models.UniqueConstraint(fields=["region", "kind"], name="one_authority_of_a_kind_per_region")]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person acting for an institution in one role. Authorities' people come with filing."""

    class Duty(models.TextChoices):
        CLERK = "clerk", "经办人"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    institution = models.ForeignKey(Institution, models.CASCADE, related_name="memberships")
    duty = models.CharField("职责", max_length=20, choices=Duty, default=Duty.CLERK)

    class Meta:
        verbose_name = "任职"
        constraints = [models.UniqueConstraint(fields=["user", "institution", "duty"], name="one_membership_per_duty")]

    def __str__(self) -> str:
        return f"{self.user} · {self.institution}"


def institutions_of(user: User) -> models.QuerySet[Institution]:
    """Return the institutions that the user is a clerk of."""
    return Institution.objects.filter(memberships__user=user, memberships__duty=Membership.Duty.CLERK).distinct()
