"""That one side has signed. Superseded when its day is corrected, never changed nor deleted.

The current rows' days are the agreement's `medical_signed_on` and `elder_care_signed_on`: a trigger enters them there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeAlias

from django.conf import settings
from django.db import models
from django.db.models import Q

from agreements.models.frozen import FrozenText
from agreements.models.ways import Way
from institutions.models import Institution, Role

CURRENT = Q(superseded_at__isnull=True)


class SignatureQuerySet(models.QuerySet["Signature"]):
    def current(self) -> Self:
        """Return the signatures that count: those that no corrected one has replaced."""
        return self.filter(CURRENT)


class Signature(models.Model):
    Kind: TypeAlias = Way  # that which the frozen text says of the side: a trigger refuses any other

    agreement = models.ForeignKey("agreements.Agreement", models.PROTECT, related_name="signatures")
    frozen = models.ForeignKey(FrozenText, models.PROTECT, verbose_name="所签文本", related_name="signatures")
    role = models.CharField("签章方", max_length=20, choices=Role)
    on_behalf_of = models.ForeignKey(Institution, models.PROTECT, verbose_name="代表机构", related_name="+")
    kind = models.CharField("方式", max_length=20, choices=Way)
    # Whom the paper names need have no account; who signs electronically has one.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签章人"
    )
    signatory_name = models.CharField("签约人姓名", max_length=50, blank=True, help_text="as named at signing")
    day = models.DateField("签章日期")
    proof = models.JSONField(
        "凭据",
        default=dict,
        help_text='paper: {"scans": [SHA-256 of each certified]} or {}; electronic: {"file": SHA-256}',
    )
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)
    superseded_at = models.DateTimeField("被更正的时间", null=True, blank=True)

    objects = SignatureQuerySet.as_manager()

    if TYPE_CHECKING:
        agreement_id: int
        entered_by_id: int

    class Meta:
        verbose_name = "签章"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "role"], condition=CURRENT, name="one_signature_per_side"),
            # One natural person never signs for both sides, nor enters both: each has a current row at most once.
            models.UniqueConstraint(
                fields=["agreement", "entered_by"], condition=CURRENT, name="each_side_entered_by_its_own_person"
            ),
            models.UniqueConstraint(
                fields=["agreement", "person"], condition=CURRENT, name="each_side_signed_by_its_own_person"
            ),
            models.CheckConstraint(
                condition=~Q(kind="electronic") | Q(person__isnull=False), name="electronic_signature_has_a_person"
            ),
            # What is signed electronically is a file: the original of that side, known by its digest from the first.
            models.CheckConstraint(
                condition=~Q(kind="electronic") | Q(proof__has_key="file"), name="electronic_signature_names_its_file"
            ),
            models.CheckConstraint(
                condition=~Q(kind="paper") | ~Q(proof__has_key="file"), name="paper_signature_names_no_file"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.get_role_display()} {self.day}"
