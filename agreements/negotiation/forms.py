"""The forms of the side that answers: agreeing names its signatory, returning says what is to be mended."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from agreements.fields import CONTACT_FIELDS, REQUIRED_CONTACTS, contact_field, field_for
from agreements.lifecycle.approving import NO_REASON
from agreements.lifecycle.negotiation import NOTHING_SAID, WITHDRAWN_WHY
from agreements.lifecycle.succession import ends_when_in_force
from agreements.lifecycle.ways import offered, way_before
from agreements.models import Agreement, AgreementKind
from agreements.models.ways import Way
from agreements.text.answers import values_by_blank
from agreements.text.filling import FilledLine, Value, blanks_in, printed_value
from agreements.text.passages import Passage, clauses, passages_of
from agreements.text.schema import Blank
from boundary.fields import WordsField

COMMENT, VALUE = "comment-", "value-"  # how the fields of a ReturnForm begin
FIXED_TEXT = "这里是范本的固定文字，对方改不了字句，可以换一份范本，或者双方另签补充协议。"


class AgreeForm(forms.Form):
    def __init__(self, data: Mapping[str, Any] | None, *, agreement: Agreement) -> None:
        role = agreement.answering_role
        party = agreement.partner
        known = {"signatory_name": party.legal_representative if party else "", **agreement.contact(role)}
        super().__init__(data, initial=known)
        for name in CONTACT_FIELDS:
            self.fields[name] = contact_field(name, required=name in REQUIRED_CONTACTS)
        if agreement.kind == AgreementKind.REPLACEMENT:
            self.fields["ends_the_old"] = forms.BooleanField(
                label="同意：" + ends_when_in_force(agreement),
                error_messages={"required": "换签要双方都同意原协议提前结束。不同意的，请退回并说明原因。"},
            )
        if len(offered()) > 1:
            self.fields["way"] = forms.ChoiceField(
                label="本方的签章方式",
                choices=[(way.value, way.label) for way in offered()],
                initial=way_before(agreement, role),
                required=False,  # on paper unless it says otherwise: `way_chosen`
                help_text="定稿以后不能再改；要改的，双方签章以前撤回修改，重新确认。",
            )

    @property
    def contact(self) -> dict[str, str]:
        """The answering side's signatory and contact, once the form is valid."""
        return {name: self.cleaned_data[name] for name in CONTACT_FIELDS}


def way_chosen(posted: QueryDict) -> Way:
    """Return in which way the person's side will sign; on paper where the page had nothing to choose."""
    typed = posted.get("way", "")
    return Way(typed) if typed in Way.values else Way.PAPER


class AskApprovalForm(forms.Form):
    words = WordsField(
        label="申请说明（可不填）",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="想让负责人先知道的，例如费用是怎样商定的。只有本单位的人看得到，对方看不到。",
    )


class AnswerApprovalForm(forms.Form):
    """What the leader says; `declines`: then it has to be said why."""

    words = WordsField(
        label="审批意见",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="不同意的，请写明原因，经办人会看到；同意的可不填。只有本单位的人看得到，对方看不到。",
    )

    def __init__(self, data: Mapping[str, Any] | None, *, declines: bool) -> None:
        super().__init__(data)
        self.fields["words"].required = declines
        self.fields["words"].error_messages["required"] = NO_REASON
        self.fields["words"].widget.is_required = False  # one field for both answers: the browser does not insist


class RescindForm(forms.Form):
    reason = WordsField(
        label="解除的原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="对方会看到这段话，同意后一起留在办理经过里。",
        error_messages={"required": "请写明解除的原因，对方要看了才能答复。"},
    )


@dataclass(frozen=True)
class Piece:
    """One line of the text as it was sent, with the fields to comment on it; none at a title."""

    passage: Passage
    line: FilledLine
    fields: tuple[BoundField, ...]

    @property
    def is_open(self) -> bool:
        """Whether something was entered here, or is wrong."""
        return any(field.errors or field.value() for field in self.fields)


class ReturnForm(forms.Form):
    """Comments at passages, other values for blanks, and a reason for the whole: one of all is enough."""

    reason = WordsField(
        label="退回原因",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="说整份协议的。只改个别条款的，在那一条旁边写就可以，这里可不填。对方会看到。",
    )

    def __init__(self, data: Mapping[str, Any] | None, *, agreement: Agreement) -> None:
        super().__init__(data)
        body = agreement.chosen_version.parsed
        self.passages = passages_of(body)
        self.lines = {line.id: line for line in agreement.filled_text().all_lines()}
        self.sent = values_by_blank(body, agreement.answers)
        for passage in clauses(self.passages):
            self.fields[f"{COMMENT}{passage.block.id}"] = _comment_field(passage)
            for blank in passage.blanks:
                field = self.fields[f"{VALUE}{blank.id}"] = _value_field(blank, self.sent[blank.id])
                field.label = agreement.named(str(field.label))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for id_, value in self.values.items():
            if value == self.sent[id_]:
                self.add_error(f"{VALUE}{id_}", "送来的文本就是这样写的。请写建议改成的内容，不改的留空。")
        if not self.errors and not any(cleaned.values()) and not self.values:
            raise forms.ValidationError(NOTHING_SAID)
        return cleaned

    @property
    def comments(self) -> dict[str, str]:
        """What is said of passages, by block id."""
        return {name.removeprefix(COMMENT): text for name, text in self._filled(COMMENT)}

    @property
    def values(self) -> dict[str, Value]:
        """What is proposed, typed, by blank id."""
        return {name.removeprefix(VALUE): value for name, value in self._filled(VALUE)}

    def _filled(self, prefix: str) -> list[tuple[str, Any]]:
        given = self.cleaned_data.items()
        return [(name, value) for name, value in given if name.startswith(prefix) and value not in (None, "")]

    def label_of(self, name: str) -> str:
        """Return what a field is called where it stands alone: a proposal with the clause that it is for."""
        of = {f"{VALUE}{blank.id}": passage.heading for passage in self.passages for blank in passage.blanks}
        label = str(self.fields[name].label)
        return f"{of[name]}：{label}" if name in of else label

    def pieces(self) -> Iterator[Piece]:
        """Yield the text line by line, as it was sent."""
        for passage in self.passages:
            names = [f"{COMMENT}{passage.block.id}", *(f"{VALUE}{blank.id}" for blank in passage.blanks)]
            fields = tuple(self[name] for name in names if name in self.fields)
            yield Piece(passage, self.lines[passage.block.id], fields)

    @property
    def homeless(self) -> list[str]:
        """What was typed at passages that the text does not have any more."""
        return [text for name, text in typed_in(self.data) if name not in self.fields]


def typed_in(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what was typed into the fields of a ReturnForm, by their names, whatever text they were of."""
    of_form = [(name, str(data[name])) for name in data if name == "reason" or name.startswith((COMMENT, VALUE))]
    return [(name, text) for name, text in of_form if text.strip()]


def _comment_field(passage: Passage) -> forms.Field:
    heading = passage.heading if passage.heading.startswith("“") else f"“{passage.heading}”"
    return WordsField(
        label=f"对{heading}的意见",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="" if blanks_in(passage.block.text) else FIXED_TEXT,
    )


def _value_field(blank: Blank, sent: Value | None) -> forms.Field:
    field = field_for(blank)
    field.label = f"{blank.label}建议改为" + (f"（{blank.unit}）" if blank.unit else "")
    field.help_text = (
        f"现在写的是“{printed_value(blank, sent)}”，不改的留空。" if sent is not None else "现在没有填写。"
    )
    if isinstance(field, forms.ChoiceField):
        field.choices = [("", "不建议改"), *((option, option) for option in blank.choices)]
    return field


class WithdrawForm(forms.Form):
    """Taking a text back: with a reason where one is wanted, else with one if the person likes."""

    def __init__(self, data: Mapping[str, Any] | None, *, wants_reason: bool) -> None:
        super().__init__(data)
        self.fields["reason"] = WordsField(
            label="撤回原因" if wants_reason else "撤回原因（可不填）",
            required=wants_reason,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text="请写明哪里要改，对方会看到这段话。",
            error_messages={"required": WITHDRAWN_WHY},
        )
