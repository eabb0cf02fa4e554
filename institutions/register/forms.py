"""The forms of an institution's facts. They turn what was entered into values and stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from django import forms
from django.db import models
from django.db.models import Q
from django.utils.datastructures import MultiValueDict

from accounts.models import User
from boundary.fields import PrintedField
from institutions.facts import Profile
from institutions.identifiers import licence_warnings, phone_warnings, plain_phone, uscc_warnings
from institutions.lifecycle.locking import profile_or_new
from institutions.models import Duty, ElderCareProfile, Institution, MedicalProfile, authorities_of
from institutions.permissions import (
    OWN,
    OWN_OF_PROFILE,
    REGISTERED,
    REGISTERED_OF_PROFILE,
    RESIDENTS,
    Rights,
)
from institutions.uscc import normalise_uscc, validate_uscc
from regions.models import Region

LONGEST_CODE = 40  # as typed, with spaces or hyphens
# Which entered fields may raise which doubts.
DOUBTED = {"uscc": "uscc", "ownership": "uscc", "phone": "phone", "licence_number": "licence", "region": "licence"}
# What stands on papers as it was entered.
PRINTED = ("name", "operator_name", "address", "legal_representative")
EARLIEST = date(1900, 1, 1)


class Facts(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """Some fields of one row, each with the value that was seen, so that a save says what was meant to change."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True
            field.error_messages["required"] = f"请填写{field.label}。"
            if isinstance(field, forms.DateField):
                field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
                field.error_messages["invalid"] = "请填写存在的日期，例如 2026年11月22日。"
            if isinstance(field, forms.IntegerField):
                field.widget = forms.TextInput(attrs={"inputmode": "numeric"})  # as `frame.numbers` says
                field.error_messages |= {
                    "invalid": "请填写数字。",
                    "min_value": "不能小于 0。",
                    "max_value": "数字太大，请核对。",
                }

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or self.cleaned_data
        for name, value in list(entered.items()):
            if isinstance(value, date) and value < EARLIEST:
                self.add_error(name, "年份不对，请核对。")
        return entered

    def _post_clean(self) -> None:
        """Nothing is put into the row here: the verb writes, under its lock."""

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """What was changed: field → (seen, wanted)."""
        return {name: (self._seen(name), self.cleaned_data[name]) for name in self.changed_data}

    def _seen(self, name: str) -> Any:
        field = self.fields[name]
        raw = field.hidden_widget().value_from_datadict(self.data, self.files, self.add_initial_prefix(name))
        try:
            return field.to_python(raw)  # what was there need not be what may be entered today
        except forms.ValidationError:  # the page was tampered with
            return None


class InstitutionFacts(Facts):
    uscc = forms.CharField(
        label="统一社会信用代码", required=False, max_length=LONGEST_CODE, help_text="没有自己的代码时留空。"
    )
    operator_uscc = forms.CharField(label="举办单位代码", required=False, max_length=LONGEST_CODE)

    class Meta:
        model = Institution
        fields = ["name", *OWN, *REGISTERED]
        field_classes = dict.fromkeys(PRINTED, PrintedField)

    def clean_uscc(self) -> str:
        code = _checked_code(self.cleaned_data["uscc"])
        others = Institution.objects.filter(uscc=code, role=self.instance.role).exclude(pk=self.instance.pk)
        if code and others.exists():
            raise forms.ValidationError(f"这个代码已登记给同类别的另一家机构：{others[0].name}。")
        return code

    def clean_phone(self) -> str:
        return plain_phone(self.cleaned_data["phone"])

    def clean_operator_uscc(self) -> str:
        return _checked_code(self.cleaned_data["operator_uscc"])


def _checked_code(text: str) -> str:
    """Return a code without spaces and hyphens, in capitals; "" where there is none. Raises ValidationError."""
    code = normalise_uscc(text)
    if code:
        validate_uscc(code)
    return code


class MedicalFacts(Facts):
    class Meta:
        model = MedicalProfile
        fields = [*REGISTERED_OF_PROFILE[MedicalProfile], *MedicalProfile.PERIOD]
        field_classes = {"licence_number": PrintedField}

    def clean(self) -> dict[str, Any]:
        entered = super().clean()
        start, end = entered.get("licence_valid_from"), entered.get("licence_valid_to")
        if start and end and end <= start:
            self.add_error("licence_valid_to", "有效期止应当晚于有效期起。")
        return entered


class ElderCareFacts(Facts):
    class Meta:
        model = ElderCareProfile
        fields = [
            *REGISTERED_OF_PROFILE[ElderCareProfile],
            *OWN_OF_PROFILE[ElderCareProfile],
            *ElderCareProfile.PERIOD,
        ]
        field_classes = {"filing_number": PrintedField}

    def clean(self) -> dict[str, Any]:
        entered = super().clean()
        numbers = [(name, entered.get(name)) for name in RESIDENTS]
        for (_, more), (name, fewer) in pairwise(numbers):
            if more is not None and fewer is not None and fewer > more:
                self.add_error(name, "不能多于上一项的人数。")
        self._clean_clinic(entered)
        filed_on, valid_to = entered.get("filed_on"), entered.get("filing_valid_to")
        if filed_on and valid_to and valid_to < filed_on:
            self.add_error("filing_valid_to", "最后有效日不能早于备案日期。")
        return entered

    def _clean_clinic(self, entered: Mapping[str, Any]) -> None:
        since, until = entered.get("own_clinic_since"), entered.get("own_clinic_until")
        if until and entered.get("has_own_clinic"):
            self.add_error("own_clinic_until", "已经停办的，请不再勾选“内设医疗机构”；仍在办的，请清空停办日期。")
        if since and until and until < since:
            self.add_error("own_clinic_until", "停办日期不能早于设立日期。")


class RegionField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    """The counties in which a reviewer keeps the register, and the one that is registered."""

    def __init__(self, user: User, now: Region | None) -> None:
        seats = authorities_of(user, Duty.REVIEWER).answering().values_list("region__code", "region__level")
        within = Q(pk=now.pk) if now else Q(pk__in=[])
        for code, level in seats:
            within |= Q(code__startswith=code[: 2 * level])
        found = Region.objects.lowest().filter(within).order_by("code")
        super().__init__(found, label="所在县区", empty_label="请选择", error_messages={"required": "请选择所在县区。"})
        self.show_hidden_initial = True

    def label_from_instance(self, obj: Region) -> str:
        return f"{obj.full_name}（{obj.code}）"


class FactsForms:
    """The forms of one institution's two rows as one: what this person may change, and the doubts it raises."""

    def __init__(self, institution: Institution, user: User, data: Any = None, *, rights: Rights) -> None:
        profile = profile_or_new(institution)
        kind = MedicalFacts if isinstance(profile, MedicalProfile) else ElderCareFacts
        self.institution = institution
        self.data = data
        self.of_institution = InstitutionFacts(data, instance=institution)
        self.of_profile = kind(data, instance=profile)
        _keep(self.of_institution, rights.of_institution)
        _keep(self.of_profile, rights.of_profile(type(profile)))
        if "region" in self.of_institution.fields:
            now = institution.region if institution.region_id else None
            self.of_institution.fields["region"] = RegionField(user, now)

    def __iter__(self) -> Iterator[Facts]:
        return (form for form in (self.of_institution, self.of_profile) if form.fields)

    @property
    def is_bound(self) -> bool:
        return self.data is not None

    def filled_in(self) -> tuple[Institution, Profile]:
        """Return the two rows with what was entered, for one that is newly registered."""
        for form in self:
            for name, value in form.cleaned_data.items():
                setattr(form.instance, name, value)
        profile: Profile = self.of_profile.instance
        return self.institution, profile

    def is_valid(self) -> bool:
        verdicts = [form.is_valid() for form in self]  # every form says its errors
        return all(verdicts)

    @property
    def errors(self) -> bool:
        return any(form.errors for form in self)

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        return {name: pair for form in self for name, pair in form.changes.items()}

    def value_of(self, name: str) -> Any:
        """Return what a fact will be: as entered, else as registered."""
        for form in self:
            if name in getattr(form, "cleaned_data", {}):
                return form.cleaned_data[name]
        profile = self.institution.profile
        return getattr(self.institution, name, getattr(profile, name, ""))

    @property
    def doubts(self) -> list[str]:
        """What looks doubtful in what was changed. A person looks again and ticks."""
        asked = {DOUBTED[name] for name in self.changes if name in DOUBTED}
        found: list[str] = []
        if "uscc" in asked:
            found += uscc_warnings(self.value_of("uscc"), self.value_of("ownership"))
        if "phone" in asked:
            found += phone_warnings(self.value_of("phone"))
        if "licence" in asked or "uscc" in asked:
            region = self.value_of("region")
            found += licence_warnings(self.value_of("licence_number") or "", region.code, self.value_of("uscc"))
        return found

    @property
    def doubts_are_accepted(self) -> bool:
        """Whether there are none, or exactly these were shown and the person ticked that they looked again."""
        return not self.doubts or ("looked" in self.data and self.data.getlist("doubt") == self.doubts)


def merged(entered: FactsForms, fresh: Institution) -> MultiValueDict[str, Any]:
    """Return data for the form after somebody else was quicker: what was changed here, everything else as it is now.

    What is now becomes what was seen, so that the next save is a decision made in knowledge of it.
    """
    data: MultiValueDict[str, Any] = MultiValueDict()
    for form in entered:
        row = fresh if form is entered.of_institution else profile_or_new(fresh)
        for name in form.fields:
            now = _key(getattr(row, name))
            data[form.add_initial_prefix(name)] = now
            data[name] = _key(form.cleaned_data[name]) if name in form.changed_data else now
    return data


def _key(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def _keep(form: Facts, names: Sequence[str]) -> None:
    """Leave the form those fields, in that order."""
    form.fields = {name: form.fields[name] for name in names}
