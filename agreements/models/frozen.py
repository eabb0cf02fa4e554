"""The text that both sides agreed on. A row is never changed nor deleted; one that was given up is voided."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from agreements.models.template import TemplateVersion
from agreements.models.ways import Way
from agreements.text.filling import FilledText
from institutions.models import Role

if TYPE_CHECKING:
    from agreements.models.signing_window import SigningWindow


class FrozenText(models.Model):
    """One freezing. An agreement may have several over time, one edition after the other; at most one stands."""

    agreement = models.ForeignKey("agreements.Agreement", models.PROTECT, related_name="frozen_texts")
    edition = models.PositiveSmallIntegerField("第几次定稿", help_text="counted from 1 within the agreement")
    template_version = models.ForeignKey(TemplateVersion, models.PROTECT, related_name="+")
    body = models.JSONField("定稿文本", help_text="FilledText.to_json()")
    digest = models.CharField("定稿文本 SHA-256", max_length=64, unique=True, help_text="see digest_of")
    party_snapshots = models.JSONField("定稿时双方信息", help_text="role → facts of the institution")
    medical_signs = models.CharField("医疗卫生机构的签章方式", max_length=20, choices=Way, default=Way.PAPER)
    elder_care_signs = models.CharField("养老服务机构的签章方式", max_length=20, choices=Way, default=Way.PAPER)
    frozen_at = models.DateTimeField("定稿时间")
    frozen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    void_reason = models.TextField("作废原因", blank=True)

    if TYPE_CHECKING:
        agreement_id: int
        template_version_id: int

    class Meta:
        verbose_name = "定稿文本"
        ordering = ["agreement", "edition"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "edition"], name="frozen_text_edition"),
            models.UniqueConstraint(
                fields=["agreement"], condition=Q(voided_at__isnull=True), name="one_current_frozen_text"
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")
                | Q(voided_at__isnull=False) & (Q(voided_by__isnull=False) | ~Q(void_reason="")),
                name="voided_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=Q(medical_signs__in=Way.values, elder_care_signs__in=Way.values),
                name="each_side_signs_in_a_known_way",
            ),
            models.CheckConstraint(condition=Q(digest__regex="^[0-9a-f]{64}$"), name="frozen_text_has_a_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} 第 {self.edition} 次定稿"

    @property
    def text(self) -> FilledText:
        return FilledText.from_json(self.body)

    @property
    def ways(self) -> dict[Role, Way]:
        """How each side chose to sign, when the text was agreed on."""
        return {Role.MEDICAL: Way(self.medical_signs), Role.ELDER_CARE: Way(self.elder_care_signs)}

    @property
    def void_in_words(self) -> str:
        """What of it counts no more once it is given up: the paper, the signatures on screen, or both."""
        ways = set(self.ways.values())
        if ways == {Way.PAPER}:
            return "已经打印、签章的纸张和扫描件不能再用。"
        if ways == {Way.ELECTRONIC}:
            return "已经有的电子签名不再算数。"
        return "已经打印、签章的纸张和扫描件不能再用，已经有的电子签名也不再算数。"

    @property
    def window_or_none(self) -> SigningWindow | None:
        """Until when it can be signed electronically; None where nobody signs it so."""
        found: SigningWindow | None = getattr(self, "window", None)  # the other end of a one-to-one: may be missing
        return found

    def is_intact(self, number: str) -> bool:
        """Whether these are still the words, edition and agreement number that the digest was made of."""
        return self.digest == digest_of(number, self.edition, self.text)


def digest_of(number: str, edition: int, text: FilledText) -> str:
    """Return what identifies one freezing: a SHA-256, in hexadecimal.

    Hashed is, as UTF-8, the agreement's number, a line feed, the edition in decimal digits, a line feed, and
    `text.plain`. So the same words frozen again get another digest, and a page of the voided edition is told apart.
    """
    return hashlib.sha256(f"{number}\n{edition}\n{text.plain}".encode()).hexdigest()
