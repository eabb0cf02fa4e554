"""The filters of the institution list, kept in the address."""

import django_filters
from django import forms
from django.db.models import Q

from institutions.models import Institution, InstitutionQuerySet, Role
from regions.models import Region

MOST_REGIONS = 20  # a text that fits more is no place name


class InstitutionFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter is untyped
    q = django_filters.CharFilter(
        label="名称或统一社会信用代码",
        method="search",
        widget=forms.TextInput(attrs={"type": "search", "maxlength": 100}),
    )
    role = django_filters.ChoiceFilter(label="类别", choices=Role.choices, empty_label="全部")
    region = django_filters.CharFilter(
        label="所在地区的名称或代码", method="in_region", widget=forms.TextInput(attrs={"maxlength": 60})
    )

    class Meta:
        model = Institution
        fields: list[str] = []

    def search(self, institutions: InstitutionQuerySet, name: str, text: str) -> InstitutionQuerySet:
        return institutions.search(text)

    def in_region(self, institutions: InstitutionQuerySet, name: str, text: str) -> InstitutionQuerySet:
        """Keep institutions in any region found by the text, or below one."""
        found = Region.objects.search(text)[:MOST_REGIONS]
        below = Q(pk__in=[])
        for region in found:
            below |= Q(region__code__startswith=region.prefix)
        return institutions.filter(below)

    @property
    def is_narrowed(self) -> bool:
        return any(self.form.cleaned_data.values())
