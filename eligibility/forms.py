"""The forms of the checklist. They turn what was entered into values and stop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.utils.datastructures import MultiValueDict

from boundary.fields import ACCEPTED, ManyFilesField, ManyFilesInput, WordsField
from chinese.dates import cn_day
from eligibility.answering import Answer
from eligibility.checklist import Checklist
from eligibility.models import EligibilityAnswer, EligibilityCase, EligibilityEvidence
from eligibility.reviewing import Finding
from frame.days import DayField
from frame.numbers import WholeNumberField
from frame.revision import RevisionField
from regions.checklist import ChecklistItem

MOST_WORDS = 500
YES_NO = (("yes", "符合"), ("no", "不符合"))
MET = (("yes", "符合"), ("no", "不符合"), ("", "未核对"))


def _as_yes(text: str) -> bool:
    return text == "yes"


@dataclass(frozen=True)
class ItemRow:
    """One condition on a page: what is asked, what was answered and proved, and the fields of the form if any."""

    item: ChecklistItem
    answer: EligibilityAnswer
    evidence: list[EligibilityEvidence]
    fields: list[BoundField]

    @property
    def answer_in_words(self) -> str:
        given = getattr(self.answer, self.item.answer)
        if given is None:
            return "没有填写"
        if isinstance(given, bool):
            return "符合" if given else "不符合"
        return cn_day(given) if isinstance(given, date) else str(given)

    @property
    def is_doubtful(self) -> bool:
        """Whether the answer itself does not meet the condition."""
        given = getattr(self.answer, self.item.answer)
        return given is False or (self.item.answer == "number" and given is not None and given < self.item.minimum)


def rows(case: EligibilityCase, form: forms.Form | None = None) -> list[ItemRow]:
    """Return the case's conditions in the order of the source; with the form's fields for each, by their prefixes."""
    answers = {each.item: each for each in case.answers.all()}
    files: dict[str, list[EligibilityEvidence]] = {}
    for each in case.evidence.select_related("uploaded_by", "upload").prefetch_related("upload__pages"):
        files.setdefault(each.item, []).append(each)
    items = Checklist.from_json(case.checklist).items
    return [ItemRow(item, answers[item.id], files.get(item.id, []), list(_fields(form, item))) for item in items]


def _fields(form: forms.Form | None, item: ChecklistItem) -> Iterator[BoundField]:
    if form is not None:
        yield from (form[name] for name in form.fields if name.partition("-")[2] == item.id)


def _answer_field(item: ChecklistItem) -> forms.Field:
    match item.answer:
        case "number":
            hint = f"至少 {item.minimum}。"
            wrong = {"invalid": "请填写整数。", "min_value": "不能小于 0。", "max_value": "数字太大，请核对。"}
            return WholeNumberField(
                label="数量", min_value=0, max_value=100_000, required=False, help_text=hint, error_messages=wrong
            )
        case "day":
            return DayField(label="有效期止", required=False)
    return forms.TypedChoiceField(
        label="本机构", choices=YES_NO, coerce=_as_yes, empty_value=None, required=False, widget=forms.RadioSelect
    )


class AnswerForm(forms.Form):
    """Nothing is required: a draft may be half empty. New files and files to take out go with it."""

    revision = RevisionField(min_value=0)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        case: EligibilityCase,
    ) -> None:
        items = Checklist.from_json(case.checklist).items
        super().__init__(data, files, initial=_answered(case, items))
        self.items = items
        for item in items:
            self.fields[f"answer-{item.id}"] = _answer_field(item)
            self.fields[f"words-{item.id}"] = WordsField(
                label="说明", required=False, max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 2})
            )
            self.fields[f"files-{item.id}"] = ManyFilesField(
                label="上传证明材料" if item.evidence else "上传证明材料（可以不传）",
                required=False,
                widget=ManyFilesInput(attrs={"accept": ACCEPTED}),
                help_text="PDF、JPG 或 PNG，可以一次选多个。",
            )
        kept = [(each.pk, each.original_name) for each in case.evidence.all()]
        self.fields["remove"] = forms.TypedMultipleChoiceField(choices=kept, coerce=int, required=False)

    def label_of(self, name: str) -> str:
        """Return what a field is called where it stands alone, with its condition."""
        return _with_condition(self, name, {item.id: item.label for item in self.items})

    @property
    def answers(self) -> dict[str, Answer]:
        return {
            item.id: Answer(
                **{item.answer: self.cleaned_data.get(f"answer-{item.id}")},
                words=self.cleaned_data.get(f"words-{item.id}", ""),
            )
            for item in self.items
        }

    @property
    def new_files(self) -> Iterator[tuple[ChecklistItem, UploadedFile[Any]]]:
        for item in self.items:
            yield from ((item, each) for each in self.cleaned_data.get(f"files-{item.id}", []))


def _with_condition(form: forms.Form, name: str, conditions: Mapping[str, str]) -> str:
    condition, label = conditions.get(name.partition("-")[2], ""), str(form.fields[name].label)
    return f"{condition}：{label}" if condition else label


def _answered(case: EligibilityCase, items: tuple[ChecklistItem, ...]) -> dict[str, Any]:
    words = {True: "yes", False: "no"}
    known = {each.item: each for each in case.answers.all()}
    initial: dict[str, Any] = {"revision": case.revision}
    for item in items:
        given = getattr(known[item.id], item.answer)
        initial[f"answer-{item.id}"] = words[given] if isinstance(given, bool) else given
        initial[f"words-{item.id}"] = known[item.id].words
    return initial


class ReviewForm(forms.Form):
    """What the authority finds of each item; it may stop half-way."""

    revision = RevisionField(min_value=0)

    def __init__(self, *args: Any, case: EligibilityCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {True: "yes", False: "no", None: ""}
        self.fields["revision"].initial = case.revision
        self.conditions = {item.id: item.label for item in Checklist.from_json(case.checklist).items}
        self.kept = [each.item for each in case.answers.all()]
        for each in case.answers.all():
            self.fields[f"met-{each.item}"] = forms.ChoiceField(
                label="核对结果",
                choices=MET,
                required=False,
                widget=forms.RadioSelect,
                initial=words[each.is_met],
            )
            self.fields[f"finding-{each.item}"] = WordsField(
                label="核对意见", required=False, max_length=MOST_WORDS, initial=each.finding
            )

    def label_of(self, name: str) -> str:
        """Return what a field is called where it stands alone, with its condition."""
        return _with_condition(self, name, self.conditions)

    @property
    def findings(self) -> dict[str, Finding]:
        values = {"yes": True, "no": False, "": None}
        data = self.cleaned_data
        return {item: Finding(values[data[f"met-{item}"]], data[f"finding-{item}"]) for item in self.kept}


class ConfirmForm(forms.Form):
    valid_from = DayField(label="有效期起", error_messages={"required": "请填写有效期起。"})
    valid_to = DayField(label="有效期止", error_messages={"required": "请填写有效期止。"})


class ReasonForm(forms.Form):
    reason = WordsField(
        label="原因",
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="机构会看到这段话。",
        error_messages={"required": "请写明原因。"},
    )
