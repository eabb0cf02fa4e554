"""Institutions of both sides."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from chinese.dates import cn_day
from institutions.identifiers import licence_warnings, phone_warnings, uscc_warnings
from institutions.models.authority import Authority
from institutions.models.duty import in_use
from institutions.models.remit import remit_read_by
from institutions.problems import Problem, Severity, capacity_problems
from institutions.searching import grams_of, says, searched_grams
from institutions.uscc import normalise_uscc, validate_uscc
from regions.models import Region

if TYPE_CHECKING:
    from institutions.models.profiles import ElderCareProfile, MedicalProfile


SHORTEST_CODE = 4  # characters from which a search text is also taken for the start of a code


class Role(models.TextChoices):
    """The two sides of an agreement. Never 甲/乙: the template says which role is called which."""

    MEDICAL = "medical", "医疗卫生机构"
    ELDER_CARE = "elder_care", "养老服务机构"

    @property
    def other(self) -> "Role":
        return Role.ELDER_CARE if self is Role.MEDICAL else Role.MEDICAL

    @property
    def watched_by(self) -> Authority.Kind:
        """Which bureaus watch over institutions of this side, and over what they must hold."""
        return Authority.Kind.HEALTH if self is Role.MEDICAL else Authority.Kind.CIVIL_AFFAIRS


class UsccField(models.CharField):  # type: ignore[type-arg]  # not subscriptable at run time
    """A unified social credit code (GB 32100), checked. Migrations see a plain text: the check may change."""

    default_validators = [validate_uscc]

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class InstitutionQuerySet(models.QuerySet["Institution"]):
    def search(self, text: str) -> Self:
        """Return institutions whose name, or a former one, contains every word of `text`, or whose code starts with it.

        However a word is typed (`searching`). Stays on indexes: character pairs for names, a pattern index for codes.
        `%` and `_` mean themselves.
        """
        return self.filter(_called(text)) if text.split() else self

    def open(self) -> Self:
        return self.filter(status=Institution.Status.OPEN)

    def of_role(self, role: Role) -> Self:
        return self.filter(role=role)

    def with_profiles(self) -> Self:
        """Fetch region and both profiles with the rows; `problems` then asks the database nothing more."""
        return self.select_related("region", "medical_profile", "elder_care_profile")

    def visible_to(self, user: User) -> Self:
        """Return what a signed-in person may see: every open institution, because its facts are public, and in any
        state those that concern the person.
        """
        return self.filter(Q(status=Institution.Status.OPEN) | _concern(user))

    def concerning(self, user: User) -> Self:
        """Return the institutions at which the person holds any duty and, for an official, those of the remit."""
        return self.filter(_concern(user))


def _called(text: str) -> Q:
    """Return the condition that `search` speaks of, for a text that says something."""
    found, formerly = Q(), Q()
    for word in text.split():
        found &= says("name", word) & Q(name_grams__contains=searched_grams(word))
        formerly &= says("former_names", word) & Q(former_grams__contains=searched_grams(word))
    found |= formerly
    if code := code_in(text):
        found |= Q(uscc__startswith=code)
    return found


def code_in(text: str) -> str:
    """Return the text as the beginning of a code; "" for what cannot be one."""
    code = normalise_uscc(text)
    return code if len(code) >= SHORTEST_CODE and code.isascii() and code.isalnum() else ""


def _concern(user: User) -> Q:
    own = Institution.objects.filter(in_use(user, "memberships")).values("pk")
    return Q(pk__in=own) | Q(region__in=remit_read_by(user))


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
        expression=grams_of(F("name")), output_field=ArrayField(models.TextField()), db_persist=True
    )
    # The names of `past_names`, one a line, for the search only; written by the verb that renames.
    former_names = models.TextField("曾用名", blank=True, default="", db_default="")
    former_grams = models.GeneratedField(
        expression=grams_of(F("former_names")), output_field=ArrayField(models.TextField()), db_persist=True
    )
    uscc = UsccField("统一社会信用代码", max_length=18, blank=True, help_text="没有自己的代码时留空")
    operator_name = models.CharField("举办单位", max_length=100, blank=True, help_text="机构没有自己的代码时填写")
    operator_uscc = UsccField("举办单位代码", max_length=18, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="所在县区", related_name="institutions")
    address = models.CharField("地址", max_length=200)
    legal_representative = models.CharField("法定代表人（负责人）", max_length=50)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    ownership = models.CharField("性质", max_length=20, choices=Ownership)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.OPEN)
    # Coverage of a past day needs it of the kinds that have no filing day; unknown means: as far back as asked.
    opened_on = models.DateField("开业日期", null=True, blank=True)
    suspended_on = models.DateField("暂停日期", null=True, blank=True)
    closed_on = models.DateField("关闭日期", null=True, blank=True)
    status_reason = models.CharField(
        "原因", max_length=200, blank=True, default="", db_default="", help_text="why it is suspended or closed"
    )
    needs_approval = models.BooleanField(
        "同意文本前须负责人审批", default=False, help_text="a leader approves each text before it is sent or agreed to"
    )
    is_demo = models.BooleanField("演示数据", default=False)

    objects = InstitutionQuerySet.as_manager()

    if TYPE_CHECKING:
        region_id: int
        medical_profile: "MedicalProfile"
        elder_care_profile: "ElderCareProfile"

    class Meta:
        verbose_name = "机构"
        ordering = ["name", "id"]
        indexes = [
            GinIndex(fields=["name_grams"], name="institution_name_grams"),
            GinIndex(fields=["former_grams"], name="institution_former_grams"),
            models.Index(fields=["region", "role"], name="institution_region_role"),
            # The list's own order: a page of a very common character is read off this one.
            models.Index(fields=["name", "id"], name="institution_name_order"),
            # LIKE 'prefix%' needs the pattern operators in any collation but C.
            models.Index(fields=["uscc"], name="institution_uscc_prefix", opclasses=["varchar_pattern_ops"]),
        ]
        constraints = [
            # One legal entity may hold both qualifications: once as each side.
            models.UniqueConstraint(fields=["uscc", "role"], condition=~Q(uscc=""), name="institution_uscc_per_role"),
            models.CheckConstraint(
                condition=Q(status="closed") | Q(closed_on__isnull=True), name="institution_closed_on"
            ),
            models.CheckConstraint(
                condition=Q(status="suspended") | Q(suspended_on__isnull=True), name="institution_suspended_on"
            ),
            models.CheckConstraint(
                condition=Q(uscc__regex=r"^([0-9A-HJ-NPQRTUWXY]{18})?$"), name="institution_uscc_characters"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def profile(self) -> "MedicalProfile | ElderCareProfile | None":
        """The facts that only this institution's side has; None when nobody has entered them yet."""
        name = "medical_profile" if self.role == Role.MEDICAL else "elder_care_profile"
        found: MedicalProfile | ElderCareProfile | None = getattr(self, name, None)
        return found

    @property
    def is_primary(self) -> bool:
        """Whether this is a primary medical institution (基层医疗卫生机构)."""
        profile = self.profile
        return bool(profile and getattr(profile, "is_primary", False))

    @property
    def acting_code(self) -> str:
        """The code of the legal entity that signs: its own or, without one, its operator's; "" when unknown."""
        code: str = self.uscc or self.operator_uscc
        return code

    @property
    def watched_by(self) -> Authority.Kind:
        """Which bureaus watch over it."""
        return Role(self.role).watched_by

    def is_in_same_county(self, other: "Institution") -> bool:
        return self.region_id == other.region_id

    def problems(self, on: date) -> list[Problem]:
        """Return what speaks against this party signing on a day, the gravest first; empty when nothing does."""
        problems = self._status_problems() + capacity_problems(self.uscc, self.operator_name, self.operator_uscc)
        if self.profile is None:
            problems.append(
                Problem("profile_missing", Severity.BLOCKS, f"没有登记{self.get_role_display()}的基本信息。")
            )
        else:
            problems += self.profile.problems(on)
        return sorted(problems, key=lambda problem: not problem.blocks)

    def _status_problems(self) -> list[Problem]:
        match self.status:
            case Institution.Status.CLOSED:
                when = f"已于{cn_day(self.closed_on)}" if self.closed_on else "已"
                return [Problem("closed", Severity.BLOCKS, f"该机构{when}关闭，不能签约。")]
            case Institution.Status.SUSPENDED:
                return [Problem("suspended", Severity.BLOCKS, "该机构已暂停服务，恢复后才能签约。")]
        return []

    def identifier_warnings(self) -> list[str]:
        """Return what looks doubtful in code, licence number and phone. None of it is certain enough to refuse."""
        warnings = uscc_warnings(self.uscc, self.ownership) + phone_warnings(self.phone)
        number = getattr(self.profile, "licence_number", "")
        return warnings + licence_warnings(number, self.region.code, self.uscc)


def same_legal_entity(one: Institution, other: Institution) -> bool:
    """Return whether both act as one legal entity, which cannot contract with itself.

    That is the same row, the same code, or a unit without a code of its own run by the other or by a common operator.
    """
    if one.pk is not None and one.pk == other.pk:
        return True
    return bool(one.acting_code) and one.acting_code == other.acting_code
