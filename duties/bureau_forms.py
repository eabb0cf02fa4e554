"""The forms of bureaus: one, its new name, its closing, and a list of many copied from a sheet."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from boundary.fields import PrintedField, WordsField
from boundary.printing import printed
from duties.bureaus import may_follow, refuse_unless_free
from institutions.identifiers import phone_warnings, plain_phone
from institutions.models import Authority
from regions.models import Region
from verbs.errors import Unacceptable

NAME_LENGTH = Authority._meta.get_field("name").max_length or 0
MOST_ROWS = 500
MOST_SIGNS = 60_000
SHOWN = 5  # regions of one name that are told
# What a sheet calls the kinds: whole words, their short forms, and what the names of bureaus hold.
KINDS = {
    Authority.Kind.HEALTH: ("卫生健康", "卫健", "卫生", "health"),
    Authority.Kind.CIVIL_AFFAIRS: ("民政", "civil"),
}
NAME = 2  # the place of the name in a line
HEADINGS = ("地区", "行政区划", "县区", "区划代码", "辖区")


def place_called(text: str) -> Region:
    """Return the region of today that a text names. Raises ValidationError with what to write instead."""
    found = list(Region.objects.valid_on(timezone.localdate()).search(text).select_related("successor")[: SHOWN + 1])
    exact = [each for each in found if text in {each.code, each.full_name}] or [
        each for each in found if each.name == text
    ]
    if len(exact) == 1:
        return exact[0]
    if not found:
        raise ValidationError(f"没有找到“{text}”。请填行政区划的全称或 6 位代码，例如 浙江省绍兴市越城区 或 330602。")
    if len(found) == 1:
        return found[0]
    likely = exact or found
    names = "、".join(f"{each.full_name}（{each.code}）" for each in likely[:SHOWN])
    more = "等" if len(likely) > SHOWN else ""
    raise ValidationError(f"“{text}”可能是{names}{more}，请填全称或 6 位代码。")


def phone_of(text: str) -> str:
    """Return a number to call as it is kept. Raises ValidationError with the right forms."""
    phone = plain_phone(text)
    if doubts := phone_warnings(phone):
        raise ValidationError(doubts)
    return phone


def _name_field(label: str = "名称", help_text: str = "") -> forms.CharField:
    errors = {"required": f"请填写{label}。", "max_length": "名称最多 %(limit_value)d 个字。"}
    return PrintedField(label=label, max_length=NAME_LENGTH, help_text=help_text, error_messages=errors)


def _reason_field() -> forms.CharField:
    return WordsField(
        label="原因",
        max_length=200,
        help_text="例如：机构改革，文号写在这里。记入日志。",
        error_messages={"required": "请写明原因。", "max_length": "原因最多 %(limit_value)d 个字。"},
    )


class BureauForm(forms.Form):
    region = forms.CharField(
        label="辖区",
        max_length=120,
        help_text="行政区划的全称或 6 位代码，例如 浙江省绍兴市越城区 或 330602。",
        error_messages={"required": "请填写辖区。"},
    )
    kind = forms.ChoiceField(
        label="类别",
        choices=Authority.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择类别。"},
    )
    name = _name_field(help_text="印在协议、备案材料和回执上，例如 绍兴市越城区卫生健康局。")
    phone = forms.CharField(
        label="咨询电话", required=False, max_length=30, help_text="写明区号。可以不填，由这个部门的管理员以后登记。"
    )

    def clean_region(self) -> Region:
        return place_called(self.cleaned_data["region"])

    def clean_phone(self) -> str:
        return phone_of(self.cleaned_data["phone"])


class BureauRenameForm(forms.Form):
    to = _name_field("新名称")
    reason = _reason_field()


class BureauChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    def label_from_instance(self, obj: Authority) -> str:
        return f"{obj.name}（{obj.region.full_name or obj.region.name}）"


class BureauCloseForm(forms.Form):
    successor = BureauChoice(
        Authority.objects.none(),
        label="承接部门",
        required=False,
        empty_label="没有部门承接",
        help_text="没有办结的由它接着办，办过的由它答复。编号、文件和办理记录都不变。",
    )
    reason = _reason_field()

    def __init__(self, *args: Any, bureau: Authority, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = may_follow(bureau)
        field = self.fields["successor"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101  -- narrows the declared field's type
        field.queryset = Authority.objects.filter(pk__in=[each.pk for each in others]).select_related("region")
        field.choices = [("", "没有部门承接"), *((each.pk, field.label_from_instance(each)) for each in others)]


@dataclass(frozen=True)
class SheetRow:
    """One line of a list: what it says, or in `fault` what is wrong with it."""

    number: int
    texts: Sequence[str]
    region: Region | None = None
    kind: str = ""
    name: str = ""
    phone: str = ""
    fault: str = ""

    @property
    def kind_in_words(self) -> str:
        return Authority.Kind(self.kind).label if self.kind else ""


class BureauListForm(forms.Form):
    """Lines as Excel copies them: region, kind, name, number to call, by tabs; a line of headings is passed over."""

    lines = WordsField(
        label="名单",
        max_length=MOST_SIGNS,
        strip=False,  # the first cell of the first line may be empty
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text="在 Excel 里选中四列，复制，粘贴到这里。四列依次是：地区（全称或 6 位代码）、类别（卫健或民政）、"
        "名称、咨询电话（可以空着）。",
        error_messages={
            "required": "请把名单粘贴到这里。",
            "max_length": f"一次最多 {MOST_ROWS} 行，请分几次粘贴。",
        },
    )

    def clean_lines(self) -> list[SheetRow]:
        rows = [row for row in _cells(self.cleaned_data["lines"]) if any(row[1])]
        if rows and any(word in rows[0][1][0] for word in HEADINGS):
            rows = rows[1:]
        if not rows:
            raise ValidationError("名单里没有内容，请粘贴至少一行。")
        if len(rows) > MOST_ROWS:
            raise ValidationError(f"一次最多 {MOST_ROWS} 行，这里有 {len(rows)} 行，请分几次粘贴。")
        return list(_free(_read(number, texts) for number, texts in rows))


def _cells(text: str) -> list[tuple[int, list[str]]]:
    """Return the cells of each line without needless spaces, and of one width but for the name, which is printed."""
    return [
        (number, [_plain(cell, is_name=place == NAME) for place, cell in enumerate(line.split("\t"))])
        for number, line in enumerate(text.splitlines(), 1)
    ]


def _plain(cell: str, *, is_name: bool) -> str:
    return " ".join((cell if is_name else unicodedata.normalize("NFKC", cell)).split())


def _read(number: int, texts: Sequence[str]) -> SheetRow:
    texts = [*texts, "", "", "", ""]  # a line may end before its last cells
    place, kind, name, phone, *_ = texts
    try:
        if not (place and name):
            raise ValidationError("缺少地区或名称。每行依次是：地区、类别、名称、咨询电话。")
        if len(name) > NAME_LENGTH:
            raise ValidationError(f"名称最多 {NAME_LENGTH} 个字。")
        printed(name)
        return SheetRow(number, texts, place_called(place), _kind(kind, name), name, phone_of(phone))
    except ValidationError as wrong:
        return SheetRow(number, texts, fault=" ".join(wrong.messages))


def _free(rows: Iterable[SheetRow]) -> Iterator[SheetRow]:
    """Yield the rows with what registering them would be refused for: who stands there already, in the list or out."""
    lines: dict[tuple[int, str] | str, int] = {}
    for row in rows:
        if row.region is None:
            yield row
            continue
        same = [lines[key] for key in ((row.region.pk, row.kind), row.name) if key in lines]
        fault = f"与第 {same[0]} 行重复，同一地区同一类别只登记一个，名称也不能相同。" if same else ""
        try:
            refuse_unless_free(row.region, row.kind, row.name)
        except Unacceptable as refusal:
            fault = str(refusal)
        yield replace(row, fault=fault)
        if not fault:
            lines |= {(row.region.pk, row.kind): row.number, row.name: row.number}


def _kind(word: str, name: str) -> str:
    """Return the kind that the cell names or, where it is empty, the bureau's own name."""
    asked = (word or name).lower()
    for kind, words in KINDS.items():
        if any(each in asked for each in words):
            return kind.value
    raise ValidationError("类别请写“卫健”或“民政”。")
