"""The register's filters, kept in the address."""

from typing import Any

import django_filters
from django import forms

from accounts.models import User
from agreements.models import Agreement, TemplateVersion
from agreements.models.agreement import AgreementQuerySet
from agreements.register.worklist import KINDS, waiting
from frame import finding
from institutions.models import Role
from institutions.narrowing import in_region, is_wide, region_choices
from regions.models import Region

FOLDED = ("region", "drafted_by", "since", "until")
# What is sorted by → its name in the address.
SORTS = {
    "number": "number",
    "state": "state",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "expires_on": "expires_on",
    "frozen__frozen_at": "agreed_at",
}


class AgreementFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    """Built on `shown_to(user)`; the choices, too, come only from what the person may see."""

    q = django_filters.CharFilter(method="search", **finding.typed("协议编号或机构名称"))
    state = django_filters.ChoiceFilter(**finding.picked("状态", Agreement.State.choices))
    template = django_filters.ChoiceFilter(method="by_template", **finding.picked("范本"))
    region = django_filters.ChoiceFilter(method="in_region", **finding.picked("所在县区"))
    drafted_by = django_filters.ChoiceFilter(field_name="drafted_by__role", **finding.picked("起草方", Role.choices))
    since = django_filters.DateFilter(field_name="created_at", lookup_expr="date__gte", **finding.day("起草日期从"))
    until = django_filters.DateFilter(field_name="created_at", lookup_expr="date__lte", **finding.day("起草日期到"))
    # What a group of the work list holds: the way to all of them, kept in the address and in no field to choose.
    waits = django_filters.ChoiceFilter(
        label="待办", method="waiting", choices=[(kind.slug, kind.title) for kind in KINDS], widget=forms.HiddenInput
    )
    sort = django_filters.OrderingFilter(fields=SORTS, widget=forms.HiddenInput)

    class Meta:
        model = Agreement
        fields: list[str] = []

    def __init__(self, data: Any, *, user: User) -> None:
        self.user = user
        shown = Agreement.objects.shown_to(user).with_parties().with_profiles()
        super().__init__(data, queryset=shown.with_return().with_successor())
        visible = Agreement.objects.visible_to(user).order_by()
        self.filters["template"].extra["choices"] = _template_choices(visible, user)
        used = Region.objects.filter(pk__in=visible.values("region"))
        self.filters["region"].extra["choices"] = region_choices(used, user)
        if len(self.filters["region"].extra["choices"]) < 2:  # narrows nothing; a template does, of drafts without one
            del self.filters["region"]

    def search(self, agreements: AgreementQuerySet, name: str, text: str) -> AgreementQuerySet:
        return agreements.search(text, is_wide=is_wide(self.user))

    def in_region(self, agreements: AgreementQuerySet, name: str, code: str) -> AgreementQuerySet:
        return agreements.filter(region__in=in_region(code))

    def by_template(self, agreements: AgreementQuerySet, name: str, template: str) -> AgreementQuerySet:
        """Of what the person may see whole: which template the other side has chosen since is its own affair."""
        seen = Agreement.objects.visible_to(self.user)
        return agreements.filter(template_version__template_id=template, pk__in=seen.values("pk"))

    def waiting(self, agreements: AgreementQuerySet, name: str, slug: str) -> AgreementQuerySet:
        return agreements.filter(pk__in=waiting(self.user)[slug].values("pk"))

    @property
    def is_of_what_to_sign(self) -> bool:
        """Whether the group of the work list that was asked for is what waits for the person's signature."""
        return bool(self.form.cleaned_data.get("waits", "") == "to-sign")

    @property
    def waits_in_words(self) -> str:
        """The title of the group of the work list that was asked for; "" for none."""
        return {kind.slug: kind.title for kind in KINDS}.get(self.form.cleaned_data.get("waits", ""), "")

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order was asked for."""
        return any(value for name, value in self.form.cleaned_data.items() if name != "sort")

    @property
    def asks_more(self) -> bool:
        """Whether one of the folded filters is in use, or has a mistake in it."""
        return any(self.form.cleaned_data.get(name) or name in self.form.errors for name in FOLDED)

    def in_words(self) -> str:
        """Return what was asked for, for the ledger's notes: 状态：文本已定；范本：养医联合体服务协议."""
        asked = finding.in_words(self.form, (name for name in self.form.cleaned_data if name != "sort"))
        return "；".join(asked) or "全部"


def _template_choices(visible: AgreementQuerySet, user: User) -> list[tuple[int, str]]:
    """What the person's agreements are by; over a province or the nation all there are, used or not."""
    versions = TemplateVersion.objects.all()
    if not is_wide(user):
        versions = versions.filter(template__in=visible.values("template_version__template"))
    return sorted(versions.latest_of_each().values_list("template_id", "title"), key=lambda choice: choice[1])
