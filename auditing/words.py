"""The words of an entry. Its event says them (audit.events); here is what only somebody above all apps can say.

That is how the fields of a row are called, what the steps and files of other apps are called, and what a condition of
an eligibility case is called: by the case's own list.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from django.db.models import Field, Model

from agreements.drafting.steps import STEPS
from agreements.events import StepSaved
from audit.events import facts_of
from boundary.events import AccessRefused, FileDownloaded
from eligibility.checklist import Checklist
from eligibility.models import EligibilityCase
from institutions.models import ElderCareProfile, Institution, MedicalProfile
from surveys.models import Survey
from surveys.service_catalogue import catalogue

# What an entry tells of these rows it tells field by field, under the names that the forms have too.
TOLD_BY_FIELD: tuple[type[Model], ...] = (Institution, MedicalProfile, ElderCareProfile, Survey)
CONDITIONS = {"item", "items"}  # facts whose values are conditions of a case
# What stands in addresses, by the names of yiyang/urls.py and the apps' own.
IN_ADDRESSES = {
    "number": "编号",
    "slug": "代号",
    "copy": "份",
    "pages": "页数",
    "digest": "内容摘要",
    "role": "机构类别",
    "scan": "扫描件",
    "filing": "备案编号",
    "authority": "主管部门",
    "case": "资格编号",
    "evidence": "证明材料编号",
    "code": "代码",
}
PARTS: Mapping[tuple[str, str], Mapping[str, str]] = {(AccessRefused.code, "key"): IN_ADDRESSES}
# Values of a closed vocabulary that the event's app does not know, for they are of an app above it.
VALUES: Mapping[tuple[str, str], Mapping[str, str]] = {
    (StepSaved.code, "step"): {step.slug: step.title for step in STEPS},
    (FileDownloaded.code, "file"): {"source": "原表", "marked": "标注问题的表格"},
}


@dataclass(frozen=True)
class Spot:
    """Where something stands in an entry: in which fact of which event and, inside a mapping, under which name."""

    event: str
    fact: str
    part: str = ""
    items: Mapping[str, str] = field(default_factory=dict)  # the conditions of the case that the entry is about

    @property
    def name(self) -> str:
        """Return what people call what stands here."""
        known = facts_of(self.event).get(self.fact)
        if not self.part:
            return known.word if known else _label(self.fact)
        parts = PARTS.get((self.event, self.fact)) or (known.parts if known else {})
        return self.items.get(self.part) or parts.get(self.part) or _label(self.part)

    def in_words(self, value: object) -> str:
        """Return what people call a single value that stands here, or the value itself: most are words already."""
        text, name = str(value), self.part or self.fact
        if name in CONDITIONS:
            return self.items.get(text, text)
        known = None if self.part else facts_of(self.event).get(self.fact)
        label = known.label_of(value) if known else ""
        return label or VALUES.get((self.event, name), {}).get(text) or _choices().get(name, {}).get(text, text)


def items_of(cases: Iterable[object]) -> Mapping[object, Mapping[str, str]]:
    """Return the conditions of each eligibility case by their id, as the case itself keeps them; one query."""
    kept = EligibilityCase.objects.in_bulk({case for case in cases if isinstance(case, int)})
    lists = {key: Checklist.from_json(case.checklist) for key, case in kept.items()}
    return {key: {item.id: item.label for item in checklist.items} for key, checklist in lists.items()}


def _label(name: str) -> str:
    return _labels().get(name, name)


@cache
def _labels() -> Mapping[str, str]:
    return {field.name: str(field.verbose_name) for field in _fields()}


@cache
def _choices() -> Mapping[str, Mapping[str, str]]:
    found = {"services": {service.id: service.label for service in catalogue().services}}
    for each in _fields():
        if each.flatchoices:
            found.setdefault(each.name, {}).update({str(value): str(label) for value, label in each.flatchoices})
    return found


def _fields() -> Iterable["Field[object, object]"]:
    return [field for model in TOLD_BY_FIELD for field in model._meta.concrete_fields]
