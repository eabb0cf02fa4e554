"""The forms of the survey. They turn what was typed into values and stop; what is missing is the verb's to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from boundary.fields import WordsField
from frame.days import DayField
from frame.numbers import WholeNumberField
from frame.revision import RevisionField
from institutions.models import Authority, Duty, Role, authorities_of
from surveys.models import Survey
from surveys.questions import HEADINGS, SERVICES_WORD, Question, questions
from surveys.saving import fields_of
from surveys.service_catalogue import catalogue

MOST = 100_000
YES_NO = (("yes", "是"), ("no", "否"))
MOST_WORDS = 500


def _as_yes(text: str) -> bool:
    return text == "yes"


class CountField(WholeNumberField):
    default_error_messages = {
        "invalid": "请填写整数，例如 120。",
        "min_value": "不能小于 0。",
        "max_value": f"最多填 {MOST}，请核对。",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=MOST, required=False, **kwargs)


def _field_of(question: Question) -> forms.Field:
    if question.is_count:
        return CountField(label=f"{question.label}（{question.unit}）", help_text=question.hint)
    return forms.TypedChoiceField(
        label=question.label,
        choices=YES_NO,
        coerce=_as_yes,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text=question.hint,
    )


class SurveyForm(forms.Form):
    """Nothing is required here: a draft may be half empty."""

    revision = RevisionField(min_value=0)
    are_confirmed = forms.BooleanField(label="已经核对，情况属实", required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, draft: Survey) -> None:
        super().__init__(data, initial=_initial(draft))
        role = draft.institution.role
        self.institution, self.draft = draft.institution, draft
        self.fields["surveyed_on"] = DayField(label="统计日期", required=False, help_text="以下数字是哪一天的情况。")
        for question in questions(role):
            self.fields[question.field] = _field_of(question)
        self.fields["services"] = forms.MultipleChoiceField(
            label=SERVICES_WORD[Role(role)],
            choices=[(service.id, service.label) for service in catalogue().services],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["remark"] = WordsField(
            label="说明", required=False, max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 3})
        )

    def groups(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Yield the headings of the notice with their fields, for the template."""
        for heading in HEADINGS:
            asked = [self[each.field] for each in questions(self.institution.role) if each.heading == heading]
            if asked:
                yield heading, asked

    @property
    def values(self) -> dict[str, Any]:
        return {field: self.cleaned_data.get(field) for field in fields_of(self.institution.role)}

    def renewed(self, newer: Survey) -> SurveyForm:
        """Return the form with what was typed, now beside the newest survey; it still has to be checked."""
        typed = cast("QueryDict", self.data).copy()
        typed["revision"] = str(newer.revision)
        return SurveyForm(typed, draft=self.draft)

    def as_survey(self) -> Survey:
        """Return what was typed as a survey that is saved nowhere, to compare with another."""
        return Survey(institution=self.institution, **{k: v for k, v in self.values.items() if v is not None})


def _initial(draft: Survey) -> dict[str, Any]:
    words = {True: "yes", False: "no"}
    values = {field: getattr(draft, field) for field in fields_of(draft.institution.role)}
    plain = {field: words[value] if isinstance(value, bool) else value for field, value in values.items()}
    return {**plain, "revision": draft.revision}


class AskForm(forms.Form):
    """Opening a round. Whoever reviews for several authorities chooses one."""

    authority = forms.ModelChoiceField(label="发起部门", queryset=Authority.objects.none(), empty_label=None)
    title = forms.CharField(
        label="名称",
        max_length=60,
        help_text="例如：2026年下半年医养签约摸底",
        error_messages={"required": "请填写这次摸底的名称。"},
    )
    role = forms.ChoiceField(label="填报对象", choices=[("", "两类机构都填"), *Role.choices], required=False)
    due_on = DayField(label="截止日期", error_messages={"required": "请填写截止日期。"})
    remark = WordsField(
        label="填报要求",
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="会写进给各机构的提醒里，可以不填。",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = authorities_of(user, Duty.REVIEWER).acting().select_related("region").order_by("name")
        choice = self.fields["authority"]
        assert isinstance(choice, forms.ModelChoiceField)  # noqa: S101  -- narrows the declared field's type
        choice.queryset = own
        choice.initial = own.first()

    def clean_due_on(self) -> Any:
        due = self.cleaned_data["due_on"]
        if due < timezone.localdate():
            raise forms.ValidationError("截止日期不能早于今天。")
        return due
