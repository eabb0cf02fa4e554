"""The blanks of the clauses, each at the clause that asks for it, with what the other side said of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.functional import cached_property

from agreements.drafting.forms.step import StepForm
from agreements.fields import field_for
from agreements.lifecycle.clashes import Clash, clashes
from agreements.lifecycle.proposals import (
    Remembered,
    proposals,
    remembered_answers,
)
from agreements.lifecycle.rounds import Answered, answered_remarks
from agreements.models import Agreement
from agreements.text.answers import to_json
from agreements.text.filling import FilledLine, Value, blanks_in, fill_block
from agreements.text.passages import Passage, passages_of
from agreements.text.schema import Blank, BlankKind, Block, TemplateBody, TermKind
from chinese.capitals import in_capitals

LONGEST_TERM_YEARS = 20


@dataclass(frozen=True)
class Unasked:
    """A line between the questions, with what the other side said of it last."""

    line: FilledLine
    said: Answered | None
    is_fixed: bool  # the template's own words alone: no answer changes them


@dataclass(frozen=True)
class Between:
    """The lines between two questions, folded unless something was said of one."""

    lines: tuple[Unasked, ...]

    @property
    def is_open(self) -> bool:
        return any(each.said for each in self.lines)


@dataclass(frozen=True)
class ClauseGroup:
    """The questions of one clause, the clause as it will read, and what the other side said of it last."""

    block: Block
    heading: str
    fields: tuple[BoundField, ...]
    line: FilledLine
    said: Answered | None
    before: Between


class TermsForm(StepForm):
    def __init__(self, data: Mapping[str, Any] | None, *, agreement: Agreement) -> None:
        self.body: TemplateBody = agreement.chosen_version.parsed
        super().__init__(data, agreement=agreement)
        for blank in self.asked:
            field = self.fields[blank.id] = field_for(blank)
            field.label, field.help_text = agreement.named(str(field.label)), agreement.named(str(field.help_text))
        self.mark_remembered()

    def label_of(self, name: str) -> str:
        """Return what a field is called where it stands alone: two clauses may ask for the same."""
        labels = [str(self.fields[blank.id].label) for blank in self.asked]
        label = super().label_of(name)
        of = {blank.id: passage.heading for passage in passages_of(self.body) for blank in passage.blanks}
        return f"{of[name]}：{label}" if labels.count(label) > 1 else label

    @cached_property
    def asked(self) -> list[Blank]:
        return [blank for blank in self.body.blanks if blank.is_asked]

    @staticmethod
    def initial_for(agreement: Agreement) -> dict[str, Any]:
        body = agreement.chosen_version.parsed
        return {**proposals(agreement, body), **agreement.values()}

    @staticmethod
    def remembered_for(agreement: Agreement) -> dict[str, Remembered]:
        return remembered_answers(agreement)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        term = self.body.term
        starts, ends = cleaned.get(term.from_blank), cleaned.get(term.to_blank)
        if term.kind is TermKind.DATE_RANGE and isinstance(starts, date) and isinstance(ends, date):
            if ends <= starts:
                self.add_error(term.to_blank, "截止日期必须晚于开始日期。")
            elif ends > starts + relativedelta(years=LONGEST_TERM_YEARS):
                self.add_error(term.to_blank, f"合作期限最长 {LONGEST_TERM_YEARS} 年，请核对日期。")
        for clash in clashes(self.agreement, cleaned, on=timezone.localdate()):
            if clash.certain and clash.field not in self.errors:
                self.add_error(clash.field or None, clash.text)
        return cleaned

    @cached_property
    def doubts(self) -> list[Clash]:
        """What is odd in these answers and was not so in the saved ones."""
        today = timezone.localdate()
        known = clashes(self.agreement, self.agreement.values(), on=today)
        found = clashes(self.agreement, self.cleaned_data, on=today)
        return [clash for clash in found if not clash.certain and clash not in known]

    def changes(self) -> dict[str, Any]:
        given = {blank.id: to_json(self.cleaned_data[blank.id]) for blank in self.asked}
        return {"answers": {**self.agreement.answers, **given}}

    def shown(self) -> Mapping[str, Value | None]:
        """Return the answers that the page shows: what is valid of those being entered, else the saved or proposed."""
        if not self.is_bound:
            return self.initial
        self.is_valid()
        return {blank.id: self.cleaned_data.get(blank.id) for blank in self.asked}

    def groups(self) -> Iterator[ClauseGroup]:
        """Yield one group per clause that has a blank to fill, each blank at its first clause only."""
        before: list[Unasked] = []
        for passage, line in self._passages:
            if not passage.blanks:
                before.append(self._unasked(passage, line))
                continue
            block, fields = passage.block, tuple(self[blank.id] for blank in passage.blanks)
            yield ClauseGroup(block, passage.heading, fields, line, self._said.get(block.id), Between(tuple(before)))
            before = []

    @cached_property
    def _passages(self) -> list[tuple[Passage, FilledLine]]:
        values = self.agreement.values(self.shown())
        blanks = {blank.id: blank for blank in self.body.blanks}
        return [(passage, fill_block(passage.block, blanks, values)) for passage in passages_of(self.body)]

    @property
    def after(self) -> Between:
        """What stands after the last question."""
        last = max((at for at, (passage, _) in enumerate(self._passages) if passage.blanks), default=-1)
        return Between(tuple(self._unasked(passage, line) for passage, line in self._passages[last + 1 :]))

    def _unasked(self, passage: Passage, line: FilledLine) -> Unasked:
        return Unasked(line, self._said.get(passage.block.id), is_fixed=not blanks_in(passage.block.text))

    @cached_property
    def _said(self) -> dict[str, Answered]:
        return {answered.remark.block: answered for answered in self.remarks}

    @cached_property
    def remarks(self) -> list[Answered]:
        """What the other side said when it gave this draft back; nothing of one that did not come back so."""
        return answered_remarks(self.agreement) if self.agreement.return_reason else []

    @property
    def remarks_elsewhere(self) -> list[Answered]:
        """What it said of clauses that the text now chosen does not have."""
        here = {passage.block.id for passage, _ in self._passages}
        return [answered for answered in self.remarks if answered.remark.block not in here]

    def proposed_for(self, name: str) -> str:
        """Return what the other side proposes for a blank, as a browser sends it; "" where it proposes nothing."""
        proposals = (taken.proposal for answered in self.remarks for taken in answered.taken)
        return next((str(proposal.value) for proposal in proposals if proposal.blank == name), "")

    @cached_property
    def filled_in(self) -> frozenset[str]:
        """The blanks that are being entered as the other side proposes, and are not saved so."""
        if not self.is_bound:
            return frozenset()
        return frozenset(
            taken.proposal.blank
            for answered in self.remarks
            for taken in answered.taken
            if taken.proposal.blank in self.fields
            and to_json(self.shown().get(taken.proposal.blank)) == taken.proposal.value
        )

    @property
    def capitals(self) -> dict[str, str]:
        """Money being entered, in Chinese capitals, by blank id; "" while it is no amount."""
        amounts = {blank.id: self.cleaned_data.get(blank.id) for blank in self.asked if blank.kind is BlankKind.MONEY}
        return {id_: "" if amount is None else in_capitals(amount) for id_, amount in amounts.items()}
