"""The agreement row: draft answers first, frozen facts later."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from agreements.models.template import TemplateVersion
from institutions.models import Institution, Role, institutions_of
from regions.models import Region


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: User) -> Self:
        """Return what a clerk may see: own institution's agreements; the partner's drafts only once sent."""
        mine = institutions_of(user)
        own_draft = Q(drafted_by__in=mine)
        partner = ~Q(state__in=[Agreement.State.DRAFT, Agreement.State.DISCARDED]) & (
            Q(medical__in=mine) | Q(elder_care__in=mine)
        )
        return self.filter(own_draft | partner)

    def to_answer_by(self, user: User) -> Self:
        """Return what was sent to an institution of the user's and waits for its answer."""
        mine = institutions_of(user)
        return self.filter(
            Q(drafted_by=F("medical"), elder_care__in=mine) | Q(drafted_by=F("elder_care"), medical__in=mine),
            state=Agreement.State.NEGOTIATING,
        )

    def search(self, text: str) -> Self:
        """Return agreements whose number contains `text`, or a party of which is or was called so."""
        text = text.strip()
        if not text:
            return self
        parties = Institution.objects.search(text)
        return self.filter(
            Q(number__icontains=text)
            | Q(medical__in=parties)
            | Q(elder_care__in=parties)
            | Q(party_snapshots__medical__name__contains=text)
            | Q(party_snapshots__elder_care__name__contains=text)
        )

    def with_parties(self) -> Self:
        return self.select_related("medical", "elder_care", "drafted_by", "template_version__template", "region")


class Agreement(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", "起草中"
        NEGOTIATING = "negotiating", "待对方确认"
        AGREED = "agreed", "文本已定"
        WITHDRAWN = "withdrawn", "已撤回"
        DISCARDED = "discarded", "已作废"

    number = models.CharField("协议编号", max_length=30, unique=True)
    state = models.CharField("状态", max_length=20, choices=State, default=State.DRAFT)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="所在县区", related_name="agreements")
    drafted_by = models.ForeignKey(
        Institution, models.PROTECT, verbose_name="起草方", related_name="drafted_agreements"
    )
    medical = models.ForeignKey(
        Institution, models.PROTECT, null=True, verbose_name="医疗卫生机构", related_name="agreements_as_medical"
    )
    elder_care = models.ForeignKey(
        Institution, models.PROTECT, null=True, verbose_name="养老服务机构", related_name="agreements_as_elder_care"
    )
    template_version = models.ForeignKey(
        TemplateVersion, models.PROTECT, null=True, verbose_name="范本版本", related_name="agreements"
    )
    answers = models.JSONField("填写内容", default=dict, encoder=DjangoJSONEncoder, help_text="blank id → value")
    contacts = models.JSONField("签约人与联系人", default=dict, help_text="role → signatory and contact")
    revision = models.PositiveIntegerField("修订号", default=0, help_text="raised by every save of the draft")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("最近修改", auto_now=True)
    sent_at = models.DateTimeField("送出时间", null=True)
    return_reason = models.TextField("退回原因", blank=True)
    agreed_at = models.DateTimeField("定稿时间", null=True)
    frozen_text = models.JSONField("定稿文本", null=True, help_text="FilledText.to_json() at freezing")
    text_digest = models.CharField("定稿文本 SHA-256", max_length=64, blank=True)
    party_snapshots = models.JSONField("定稿时双方信息", null=True, help_text="role → facts of the institution")
    is_demo = models.BooleanField("演示数据", default=False)

    objects = AgreementQuerySet.as_manager()

    if TYPE_CHECKING:
        medical_id: int | None
        elder_care_id: int | None
        template_version_id: int | None
        drafted_by_id: int
        region_id: int

    class Meta:
        verbose_name = "协议"
        ordering = ["-updated_at", "-id"]
        indexes = [
            models.Index(fields=["state", "region"], name="agreement_state_region"),
            models.Index(fields=["-updated_at", "-id"], name="agreement_recent"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(medical__isnull=True) | Q(elder_care__isnull=True) | ~Q(medical=F("elder_care")),
                name="two_different_parties",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"])
                | Q(medical__isnull=False, elder_care__isnull=False, template_version__isnull=False),
                name="beyond_draft_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["draft", "discarded", "negotiating", "withdrawn"],
                    frozen_text__isnull=True,
                    agreed_at__isnull=True,
                    party_snapshots__isnull=True,
                    text_digest="",
                )
                | (
                    ~Q(state__in=["draft", "discarded", "negotiating", "withdrawn"])
                    & Q(frozen_text__isnull=False, agreed_at__isnull=False, party_snapshots__isnull=False)
                    & ~Q(text_digest="")
                ),
                name="frozen_exactly_from_agreed_on",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def party(self, role: Role) -> Institution | None:
        return self.medical if role is Role.MEDICAL else self.elder_care

    @property
    def drafting_role(self) -> Role:
        return Role(self.drafted_by.role)

    @property
    def answering_role(self) -> Role:
        return Role.ELDER_CARE if self.drafting_role is Role.MEDICAL else Role.MEDICAL

    @property
    def partner(self) -> Institution | None:
        """The side that did not draft."""
        return self.party(self.answering_role)

    @property
    def is_frozen(self) -> bool:
        return self.frozen_text is not None

    def contact(self, role: Role) -> dict[str, Any]:
        """Return signatory_name, signatory_title, contact_name, contact_phone of one side, as far as given."""
        found: dict[str, Any] = self.contacts.get(role.value, {})
        return found
