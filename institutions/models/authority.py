"""The bureaus with which copies are filed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from regions.models import Region


class AuthorityQuerySet(models.QuerySet["Authority"]):
    def of_kind(self, kind: "Authority.Kind | str") -> Self:
        return self.filter(kind=kind)

    def acting(self) -> Self:
        """Return those that have not been closed."""
        return self.filter(closed_on__isnull=True)

    def answering(self) -> Self:
        """Leave out those whose region another of their kind answers for by now: closed, and then founded there anew.

        What was filed with such a one stays with whoever followed it; the region is the new one's.
        """
        others = Authority.objects.filter(region=OuterRef("region"), kind=OuterRef("kind"))
        later = Q(closed_on__gt=OuterRef("closed_on")) | Q(closed_on=OuterRef("closed_on"), pk__gt=OuterRef("pk"))
        anew = others.filter(Q(closed_on__isnull=True) | Q(later, successor__isnull=False))
        return self.filter(Q(closed_on__isnull=True) | ~Exists(anew))

    def answering_in(self, codes: Iterable[str]) -> Self:
        """Return what may answer in these regions: those that act, and closed ones that another follows, which comes
        along. A region that has both is answered for by the one that acts: it stands first of its region."""
        found = self.filter(Q(closed_on__isnull=True) | Q(successor__isnull=False), region__code__in=list(codes))
        return found.select_related("region", "successor__region").order_by(
            "-region__level", F("closed_on").desc(nulls_first=True), "-pk"
        )

    def for_region(self, region: Region, kind: "Authority.Kind | str") -> "Authority | None":
        """Return the authority of that kind in the region or, where none is known, in the nearest region above.

        Where it was closed, the one that follows it answers.
        """
        nearest = self.of_kind(kind).answering_in(region.chain_codes).first()
        return nearest.now if nearest else None

    def held_now(self, authority: "Authority") -> "Authority":
        """Return one anew, as it is, with whoever answers for it held until the caller's transaction ends."""
        while True:
            row = self.select_related("region", "successor__region").get(pk=authority.pk)
            held = Authority.objects.select_for_update(no_key=True, of=("self",)).get(pk=row.now.pk)
            if held.closed_on is None or held.successor_id is None:
                return row

    def held_for(self, region: Region, kinds: "Iterable[Authority.Kind]") -> "dict[Authority.Kind, Authority]":
        """Return `for_region` of each kind that has any, held against being closed until the caller's transaction ends:
        what is about to rest with them is seen by whoever closes one, or the one that answers then gets it."""
        wanted = list(kinds)
        while True:
            found = {kind: each for kind in wanted if (each := self.for_region(region, kind))}
            keys = {each.pk for each in found.values()}
            acting = Authority.objects.acting().filter(pk__in=keys).order_by("pk")
            if {each.pk for each in acting.select_for_update(no_key=True, of=("self",))} == keys:
                return found


class Authority(models.Model):
    """A bureau of one region. What was filed with it stays its own, also once another follows it."""

    class Kind(models.TextChoices):
        HEALTH = "health", "卫生健康部门"
        CIVIL_AFFAIRS = "civil_affairs", "民政部门"

    kind = models.CharField("类别", max_length=20, choices=Kind)
    name = models.CharField("名称", max_length=100)
    former_names = models.TextField("曾用名", blank=True, default="", help_text="one a line, the newest first")
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="辖区", related_name="authorities")
    phone = models.CharField("联系电话", max_length=30, blank=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True)
    # Always one that acts: where that is closed in turn, whoever follows it follows this one too.
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name="承接部门"
    )
    # What an administrator of the platform has asked for, until another one confirms it or either lets it be.
    closing_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申请撤销的人"
    )
    closing_reason = models.CharField("撤销原因", max_length=200, blank=True, default="")
    closing_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="拟承接部门"
    )
    number_form = models.CharField(
        "备案号的写法", max_length=60, blank=True, default="", help_text="YYYY and Ns for year and number; empty: ours"
    )
    number_key = models.CharField(
        "备案号的辨识", max_length=60, blank=True, default="", help_text="what tells its numbers from all others"
    )
    number_turn = models.PositiveSmallIntegerField("第几次设定", default=0, help_text="each begins a series of its own")
    # Every such sign that numbers of this authority ever had, once it has set its own: nobody else gets them.
    number_keys = ArrayField(models.CharField(max_length=60), blank=True, default=list, verbose_name="用过的辨识")
    is_demo = models.BooleanField("演示数据", default=False)

    objects = AuthorityQuerySet.as_manager()

    if TYPE_CHECKING:
        successor_id: int | None
        closing_asked_by_id: int | None
        closing_to_id: int | None
        region_id: int

    class Meta:
        verbose_name = "主管部门"
        ordering = ["region__code", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["region", "kind"],
                condition=Q(closed_on__isnull=True),
                name="one_authority_of_a_kind_per_region",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(closed_on__isnull=False),
                name="only_a_closed_authority_is_followed",
            ),
            models.UniqueConstraint(
                fields=["number_key"],
                condition=Q(closed_on__isnull=True) & ~Q(number_key=""),
                name="numbers_are_told_apart",
            ),
            models.CheckConstraint(
                condition=Q(closing_asked_by__isnull=False, closed_on__isnull=True) & ~Q(closing_reason="")
                | Q(closing_asked_by__isnull=True, closing_to__isnull=True, closing_reason=""),
                name="closing_is_asked_with_who_and_why",
            ),
            models.CheckConstraint(condition=~Q(successor=F("id")), name="no_authority_follows_itself"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def now(self) -> "Authority":
        """Whoever answers for what is filed with it: itself, or the one that follows it."""
        return self.successor or self
