"""The queue's groups and filters, kept in the address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import django_filters
from django import forms
from django.db import models
from django.db.models import Case, Count, F, Q, When
from django.forms.boundfield import BoundField
from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from filing.models import Filing, FilingQuerySet
from filing.states import WITH_AUTHORITY
from frame import finding
from frame.following import PER_PAGE, CountingUpTo
from institutions.models import Authority, Duty, authorities_of, is_official
from institutions.narrowing import in_region, is_wide, region_choices
from regions.models import Region

CURRENT_RETURN = Q(state="returned", is_resubmitted=False, is_waived=False)
AT_WORK = Q(is_at_work=True)  # says nothing more, but by an index
# The latter of each `with_hand_ins` adds.
FOR_OFFICIALS = AT_WORK & (Q(state__in=WITH_AUTHORITY) | Q(has_hand_in=True))
FOR_CLERKS = AT_WORK & (Q(state="due") | CURRENT_RETURN | Q(owes_hand_in=True))
FOLDED = ("kind", "since", "until")
# What is sorted by → its name in the address.
SORTS = {"state": "state", "clock_on": "clock_on", "agreement__number": "number"}
DUE_WITHIN = {"7": 7, "30": 30}  # days
OF_SOME_GROUPS = {"due", "since", "until"}  # the others find something in every group


@dataclass(frozen=True)
class Group:
    slug: str
    word: str
    which: Q
    empty: str
    asks: frozenset[str] = frozenset({"due"})  # of the filters of some groups only, those that find something here
    is_long: bool = False  # it also holds what is over, and so grows for ever


OPEN, DECIDED = "open", "decided"
LATE_GROUP = Group("late", "已逾期", AT_WORK & Q(is_late=True), "没有逾期的备案。", asks=frozenset())
RETURNED_GROUP = Group("returned", "已退回待补正", AT_WORK & CURRENT_RETURN, "没有退回后待补正的备案。")
DUE_GROUP = Group("due", "待报送", AT_WORK & Q(state="due"), "没有待报送的备案。")
DECIDED_GROUP = Group(
    DECIDED, "最近办结", Q(state="accepted"), "还没有办结的备案。", asks=frozenset({"since", "until"}), is_long=True
)
HAND_INS_GROUP = Group(
    "hand-ins",
    "补报",
    AT_WORK & (Q(owes_hand_in=True) | Q(has_hand_in=True)),
    "没有待补报或者待查收的扫描件。",
    asks=frozenset(),
)
CLOSED_GROUP = Group(
    "closed", "已结案", Q(state="closed"), "没有免予报送而结案的备案。", asks=frozenset(), is_long=True
)
ALL_GROUP = Group(
    "all",
    "全部",
    Q(),
    "还没有备案。协议生效后，系统为每个部门各建立一件报送任务。",
    asks=frozenset(OF_SOME_GROUPS),
    is_long=True,
)
GROUPS_OF_OFFICIALS = (
    Group(OPEN, "待办理", FOR_OFFICIALS, "没有等待办理的备案。新报送的会出现在这里。"),
    LATE_GROUP,
    Group("submitted", "待接收", AT_WORK & Q(state="submitted"), "没有待接收的备案。"),
    Group("under_review", "审核中", AT_WORK & Q(state="under_review"), "没有正在审核的备案。"),
    RETURNED_GROUP,
    DUE_GROUP,
    HAND_INS_GROUP,
    DECIDED_GROUP,
    CLOSED_GROUP,
    ALL_GROUP,
)
GROUPS_OF_CLERKS = (
    Group(OPEN, "待我方办理", FOR_CLERKS, "没有等您报送或补正的备案。协议生效后，报送任务会出现在这里。"),
    LATE_GROUP,
    DUE_GROUP,
    RETURNED_GROUP,
    Group("with-authority", "部门办理中", FOR_OFFICIALS, "没有部门正在办理的备案。"),
    HAND_INS_GROUP,
    DECIDED_GROUP,
    CLOSED_GROUP,
    ALL_GROUP,
)


@dataclass(frozen=True)
class Tab:
    group: Group
    count: int
    count_in_words: str
    is_here: bool


class FilingFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Built on `visible_to(user)`: the choices, too, come only from what the person may see.

    What cannot narrow is not offered: a choice of one, and in a group what finds nothing there. It is not asked of that
    group either, when the address still carries it from another.
    """

    q = django_filters.CharFilter(method="search", **finding.typed("机构名称、协议编号或备案号"))
    region = django_filters.ChoiceFilter(method="in_region", **finding.picked("所在县区"))
    kind = django_filters.ChoiceFilter(
        field_name="authority__kind", **finding.picked("备案部门", Authority.Kind.choices)
    )
    due = django_filters.ChoiceFilter(
        method="of_some_groups",
        **finding.picked("期限", [("late", "已逾期"), ("7", "7 天内到期"), ("30", "30 天内到期")]),
    )
    sort = django_filters.OrderingFilter(fields=SORTS, widget=forms.HiddenInput)
    since = django_filters.DateFilter(method="of_some_groups", **finding.day("备案日期从"))
    until = django_filters.DateFilter(method="of_some_groups", **finding.day("备案日期到"))

    class Meta:
        model = Filing
        fields: list[str] = []

    def __init__(self, data: Any, *, user: User) -> None:
        visible = Filing.objects.visible_to(user)
        self.user = user
        super().__init__(data, queryset=visible.with_clock(timezone.localdate()))
        used = Region.objects.filter(pk__in=Agreement.objects.filter(filings__in=visible).values("region"))
        self.filters["region"].extra["choices"] = region_choices(used, user)
        self.filters["kind"].extra["choices"] = _kind_choices(visible, user)
        for name in ("region", "kind"):
            if len(self.filters[name].extra["choices"]) < 2:
                del self.filters[name]
        self.groups = _groups_for(user)
        self.group = _chosen(self.groups, self.data.get("group", OPEN))

    def in_region(self, filings: FilingQuerySet, name: str, code: str) -> FilingQuerySet:
        return filings.filter(agreement__region__in=in_region(code))

    def search(self, filings: FilingQuerySet, name: str, text: str) -> FilingQuerySet:
        return filings.search(text, among=Agreement.objects.visible_to(self.user) if is_wide(self.user) else None)

    def of_some_groups(self, filings: FilingQuerySet, name: str, value: object) -> FilingQuerySet:
        """Narrow nothing yet: `_which` does, where the group asks for it."""
        return filings

    def _which(self, group: Group) -> Q:
        """Return what the group holds, narrowed by those filters that are of some groups only."""
        given = {name: value for name, value in self.form.cleaned_data.items() if name in group.asks and value}
        which = group.which
        if "due" in given:
            which &= _due(given["due"])
        if "since" in given:
            which &= Q(state="accepted", decided_at__date__gte=given["since"])
        if "until" in given:
            which &= Q(state="accepted", decided_at__date__lte=given["until"])
        return which

    @property
    def in_line(self) -> list[BoundField]:
        """The fields that can narrow the group, of those that stand above the list."""
        return [self.form[name] for name in self.filters if self._is_offered(name) and name not in FOLDED]

    @property
    def folded(self) -> list[BoundField]:
        """Likewise, of those that are asked for first."""
        return [self.form[name] for name in FOLDED if name in self.filters and self._is_offered(name)]

    def _is_offered(self, name: str) -> bool:
        return name != "sort" and (name not in OF_SOME_GROUPS or name in self.group.asks)

    @property
    def rows(self) -> FilingQuerySet:
        """The filings of the group in their order: late ones first, decided ones newest first."""
        found: FilingQuerySet = self.qs.filter(self._which(self.group)).with_parties()
        if self.form.cleaned_data.get("sort"):
            return found
        return found.order_by("-decided_at", "-id") if self.group.slug == DECIDED else found.by_urgency()

    @property
    def by_acceptance(self) -> FilingQuerySet:
        """The filings of the group as a ledger has them: accepted ones by their day, then the others by urgency."""
        accepted = Case(When(state="accepted", then=F("decided_at")), output_field=models.DateTimeField(null=True))
        return self.rows.by_urgency(accepted.asc(nulls_last=True))

    def tabs(self) -> Iterator[Tab]:
        """Every group with its number of rows: of all that somebody works on in one query, of what is over in one
        each, for a year of that is more than one would count."""
        found: FilingQuerySet = self.qs.order_by()  # first: it reads the form
        at_work = {f"n{i}": Count("pk", filter=self._which(g)) for i, g in enumerate(self.groups) if not g.is_long}
        counts = found.filter(AT_WORK).aggregate(**at_work)
        for i, group in enumerate(self.groups):
            if group.is_long:
                counting = CountingUpTo(found.filter(self._which(group)).order_by("pk"), PER_PAGE)
                number, in_words = counting.count, counting.count_in_words
            else:
                number = counts[f"n{i}"]
                in_words = str(number)
            yield Tab(group, number, in_words, group is self.group)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the group and the order was asked for."""
        return any(value for name, value in self.form.cleaned_data.items() if self._is_offered(name))

    @property
    def asks_more(self) -> bool:
        """Whether one of the folded filters is in use, or has a mistake in it."""
        return any(self.form.cleaned_data.get(name) or name in self.form.errors for name in FOLDED)

    def in_words(self) -> str:
        """Return what was asked for, for the ledger's notes: 分组：待接收；所在县区：越城区."""
        group = [f"分组：{self.group.word}"] if self.group.slug != "all" else []
        asked = finding.in_words(self.form, filter(self._is_offered, self.form.cleaned_data))
        return "；".join([*group, *asked]) or "全部"


def group_for(user: User, slug: str) -> Group:
    """Return one group as this person's list has it."""
    return _chosen(_groups_for(user), slug)


def _chosen(groups: tuple[Group, ...], slug: str) -> Group:
    return next((group for group in groups if group.slug == slug), groups[0])


def _due(choice: str) -> Q:
    if choice == "late":
        return Q(is_late=True)
    today = timezone.localdate()
    return Q(clock_on__range=(today, today + timedelta(days=DUE_WITHIN[choice])))


def _groups_for(user: User) -> tuple[Group, ...]:
    """Return the groups of the person's side; a reviewer's hold only their own authority's, but for the last."""
    if not is_official(user):
        return GROUPS_OF_CLERKS
    own = authorities_of(user, Duty.REVIEWER)
    if not own.exists():
        return GROUPS_OF_OFFICIALS
    ours = Q(authority__in=own)
    return (*(replace(group, which=group.which & ours) for group in GROUPS_OF_OFFICIALS[:-1]), ALL_GROUP)


def _kind_choices(visible: FilingQuerySet, user: User) -> list[tuple[str, str]]:
    if is_wide(user):
        return list(Authority.Kind.choices)
    seen = set(visible.order_by().values_list("authority__kind", flat=True).distinct())
    return [(kind.value, kind.label) for kind in Authority.Kind if kind.value in seen]
