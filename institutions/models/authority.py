"""The bureaus with which copies are filed."""

from typing import Self

from django.db import models

from regions.models import Region


class AuthorityQuerySet(models.QuerySet["Authority"]):
    def of_kind(self, kind: "Authority.Kind | str") -> Self:
        return self.filter(kind=kind)

    def for_region(self, region: Region, kind: "Authority.Kind | str") -> "Authority | None":
        """Return the authority of that kind in the region or, where none is known, in the nearest region above."""
        chain = self.of_kind(kind).filter(region__code__in=region.chain_codes)
        return chain.select_related("region").order_by("-region__level").first()


class Authority(models.Model):
    class Kind(models.TextChoices):
        HEALTH = "health", "卫生健康部门"
        CIVIL_AFFAIRS = "civil_affairs", "民政部门"

    kind = models.CharField("类别", max_length=20, choices=Kind)
    name = models.CharField("名称", max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="辖区", related_name="authorities")
    phone = models.CharField("联系电话", max_length=30, blank=True)
    is_demo = models.BooleanField("演示数据", default=False)

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        verbose_name = "主管部门"
        ordering = ["region__code", "kind"]
        constraints = [models.UniqueConstraint(fields=["region", "kind"], name="one_authority_of_a_kind_per_region")]

    def __str__(self) -> str:
        return self.name
