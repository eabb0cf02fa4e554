"""The forms of an import: the sheet itself, and what its columns mean. They turn input into values and stop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from django import forms

from boundary.workbooks.tables import LARGEST_BYTES
from imports.columns import COLUMNS, OF_ROLE
from imports.headings import Sheet
from institutions.models import Authority, AuthorityQuerySet, Role

LEFT_OUT = "不导入这一列"
CHOICES = [("", LEFT_OUT), *{column.field: column.heading for column in COLUMNS}.items()]
ROLES = [("", "不导入这张表"), *Role.choices]


class OneColumn(NamedTuple):
    """A column on the page: the field that asks for its meaning, samples, and where it is said that it is a guess."""

    field: forms.BoundField
    samples: list[str]
    guess: str


def select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


class UploadForm(forms.Form):
    authority = forms.ModelChoiceField(Authority.objects.none(), label="以哪个部门的名义导入", empty_label=None)
    sheet = forms.FileField(
        label="选择表格",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=f"Excel 表格（.xlsx）或 CSV 文件，不超过 {LARGEST_BYTES // 1024 // 1024} 兆。",
        error_messages={"required": "请先选择要导入的表格。", "empty": "文件是空的，请重新选择。"},
    )

    def __init__(self, *args: Any, authorities: AuthorityQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["authority"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- tells the type checker what stands above
        field.queryset = own = authorities.acting()
        if own.count() == 1:
            field.initial, field.widget = own.get().pk, forms.HiddenInput()


class ColumnsForm(forms.Form):
    """For each sheet its side, for each of its columns a field."""

    def __init__(self, *args: Any, sheets: Sequence[Sheet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheets = sheets
        for place, sheet in enumerate(sheets):
            if not sheet.headings:
                continue
            self.fields[f"role-{place}"] = forms.ChoiceField(
                label="这张表是", choices=ROLES, required=False, initial=sheet.role, widget=select()
            )
            for column, heading in enumerate(sheet.headings):
                known = sheet.fields[column] if column < len(sheet.fields) else ""
                widget = select()
                if column in sheet.by_content:
                    widget.attrs["aria-describedby"] = f"guess-{place}-{column}"
                self.fields[f"column-{place}-{column}"] = forms.ChoiceField(
                    label=heading or f"第 {column + 1} 列",
                    choices=CHOICES,
                    required=False,
                    initial=known,
                    widget=widget,
                )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        said = self.said()
        if not any(sheet.role for sheet in said):
            raise forms.ValidationError("请至少选择一张要导入的表，并说明它是哪一类机构。")
        for sheet in said:
            for problem in _problems(sheet):
                self.add_error(None, f"{_name(sheet)}{problem}")
        return cleaned

    def said(self) -> list[Sheet]:
        """Return the sheets with what the person said of them."""
        return [self._said(place, sheet) for place, sheet in enumerate(self.sheets)]

    def _said(self, place: int, sheet: Sheet) -> Sheet:
        count = len(sheet.headings)
        fields = [str(self.cleaned_data.get(f"column-{place}-{column}", "")) for column in range(count)]
        role = self.cleaned_data.get(f"role-{place}", "")
        return replace(sheet, role=role, fields=fields, is_sure=True, by_content=[], is_side_by_content=False)

    @property
    def has_guesses(self) -> bool:
        """Whether something is proposed by what a column holds."""
        return any(sheet.by_content or sheet.is_side_by_content for sheet in self.sheets)

    def groups(self) -> Iterator[tuple[Sheet, forms.BoundField, list[OneColumn]]]:
        """Yield for each sheet: itself, the field of its side, and its columns."""
        for place, sheet in enumerate(self.sheets):
            if sheet.headings:
                columns = [
                    OneColumn(
                        self[f"column-{place}-{column}"],
                        sheet.samples[column],
                        f"guess-{place}-{column}" if column in sheet.by_content else "",
                    )
                    for column, heading in enumerate(sheet.headings)
                    if heading or sheet.samples[column]
                ]
                yield sheet, self[f"role-{place}"], columns


def _problems(sheet: Sheet) -> Iterator[str]:
    if not sheet.role:
        return
    known = OF_ROLE[Role(sheet.role)]
    words = {column.field: column.heading for column in COLUMNS}
    chosen = [name for name in sheet.fields if name]
    for name in sorted({name for name in chosen if chosen.count(name) > 1}):
        yield f"有不止一列选了“{words[name]}”，请只留一列。"
    for name in dict.fromkeys(name for name in chosen if name not in known):
        yield f"“{words[name]}”不是{Role(sheet.role).label}的内容，请改选或不导入。"
    if missing := sheet.missing:
        yield f"缺少必需的列：{'、'.join(column.heading for column in missing)}。"


def _name(sheet: Sheet) -> str:
    return f"“{sheet.name}”表" if sheet.name else ""
