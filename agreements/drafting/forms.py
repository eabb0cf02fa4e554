"""The wizard's forms. Each turns one page of answers into changes of the draft row; saving is `saving.save_step`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from dateutil.relativedelta import relativedelta
from django import forms
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.functional import cached_property

from agreements.drafting.two_windows import snapshot
from agreements.fields import CONTACT_FIELDS, REQUIRED_CONTACTS, contact_field, field_for
from agreements.lifecycle.candidates import Candidate, assess
from agreements.lifecycle.clashes import Clash, clashes
from agreements.lifecycle.overlap import running_by_template
from agreements.lifecycle.proposals import (
    Remembered,
    filed_elsewhere,
    proposals,
    remembered_answers,
    remembered_contact,
    with_proposals,
)
from agreements.lifecycle.rounds import Answered, answered_remarks, was_sent
from agreements.models import Agreement, TemplateVersion
from agreements.text.answers import to_json
from agreements.text.filling import FilledLine, Value, fill_block
from agreements.text.passages import Passage, asking, passages_of
from agreements.text.schema import Blank, BlankKind, Block, TemplateBody, TermKind
from chinese.capitals import in_capitals
from frame.revision import RevisionField
from institutions.models import Institution, Role
from regions.models import Region

LONGEST_TERM_YEARS = 20


class StepForm(forms.Form):
    """What every step carries: the draft it belongs to, and at which revision and with what the page was opened."""

    revision = RevisionField(min_value=0)
    opened = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    def __init__(self, data: Mapping[str, Any] | None, *, agreement: Agreement) -> None:
        remembered = self.remembered_for(agreement)
        shown = {**self.initial_for(agreement), **{name: each.value for name, each in remembered.items()}}
        super().__init__(data, initial={"revision": agreement.revision, "opened": snapshot(shown), **shown})
        self.agreement = agreement
        self.remembered = remembered

    def mark_remembered(self) -> None:
        """Say at each field that holds what was written another time that it is to be looked at."""
        for name, each in self.remembered.items():
            self.fields[name].help_text = f"{each.mark}{self.fields[name].help_text}"

    @property
    def asked_fields(self) -> list[str]:
        """The names of the fields that a person fills in."""
        return [name for name in self.fields if name not in ("revision", "opened")]

    def label_of(self, name: str) -> str:
        """Return what a field is called where it stands alone."""
        return str(self.fields[name].label)

    def anchor(self, name: str) -> str:
        """Return the id of the first element of a field, to which a link leads; of radio buttons it is the first."""
        return str(self[name].subwidgets[0].id_for_label)

    @property
    def doubts(self) -> list[Clash]:
        """What is odd in a valid page and was not so in what is saved: told once, and saved when it is meant."""
        return []

    @staticmethod
    def initial_for(agreement: Agreement) -> dict[str, Any]:
        raise AssertionError("each step says what it shows")

    @staticmethod
    def remembered_for(agreement: Agreement) -> dict[str, Remembered]:
        """Return by field what was written another time, for fields of which nothing was saved."""
        return {}

    def changes(self) -> dict[str, Any]:
        """Return the model fields that this page's answers change."""
        raise AssertionError("each step says what it changes")


class PartnerForm(StepForm):
    partner = forms.ModelChoiceField(
        Institution.objects.none(),
        label="合作机构",
        error_messages={"required": "请选择一家合作机构。", "invalid_choice": "没有这家机构，请重新搜索选择。"},
    )

    def __init__(self, data: Mapping[str, Any] | None, *, agreement: Agreement) -> None:
        super().__init__(data, agreement=agreement)
        # Every institution, so that choosing one's own side or a closed one is explained rather than "not found".
        cast(
            "forms.ModelChoiceField[Institution]", self.fields["partner"]
        ).queryset = Institution.objects.with_profiles()

    @staticmethod
    def initial_for(agreement: Agreement) -> dict[str, Any]:
        return {"partner": agreement.partner}

    def clean_partner(self) -> Institution:
        partner: Institution = self.cleaned_data["partner"]
        if was_sent(self.agreement) and partner != self.agreement.partner:
            raise forms.ValidationError(
                "这份协议已经送过对方，不能再换合作机构。要和别家签的，请作废这一份，另起一份。"
            )
        candidate: Candidate = assess(self.agreement.drafted_by, partner, leave_out=self.agreement)
        if candidate.refusals:
            raise forms.ValidationError([verdict.in_full for verdict in candidate.refusals])
        return partner

    def changes(self) -> dict[str, Any]:
        partner: Institution = self.cleaned_data["partner"]
        if self.agreement.drafting_role is Role.MEDICAL:
            facts = {"elder_care": partner, "region": partner.region}
            return {**facts, **self._contacts(partner), **self._filed_in(partner.region)}
        return {"medical": partner, **self._contacts(partner)}

    def _filed_in(self, region: Region) -> dict[str, Any]:
        """Name the bureaus of the county that the partner is in, where the draft was of another."""
        version = self.agreement.template_version
        if version is None or region == self.agreement.region:
            return {}
        return {"answers": filed_elsewhere(self.agreement, region, version.parsed)}

    def _contacts(self, partner: Institution) -> dict[str, Any]:
        """Leave out whom the former partner named: they are nobody's of this one."""
        if self.agreement.partner in (None, partner):
            return {}
        own = self.agreement.drafting_role
        return {"contacts": {own.value: self.agreement.contact(own)}}


class TemplateForm(StepForm):
    template_version = forms.ModelChoiceField(
        TemplateVersion.objects.none(),
        label="范本",
        error_messages={"required": "请选择一份范本。", "invalid_choice": "这份范本不适用于本县区，请重新选择。"},
    )

    def __init__(self, data: Mapping[str, Any] | None, *, agreement: Agreement) -> None:
        super().__init__(data, agreement=agreement)
        self.offered = list(TemplateVersion.objects.for_region(agreement.region))
        field = cast("forms.ModelChoiceField[TemplateVersion]", self.fields["template_version"])
        field.queryset = TemplateVersion.objects.filter(pk__in=[version.pk for version in self.offered])

    @staticmethod
    def initial_for(agreement: Agreement) -> dict[str, Any]:
        return {"template_version": agreement.template_version_id}

    def offers(self) -> list[tuple[TemplateVersion, Agreement | None]]:
        """Return each template on offer, with what the two have in force by it already."""
        running = running_by_template(self.agreement)
        return [(version, running.get(version.template_id)) for version in self.offered]

    def changes(self) -> dict[str, Any]:
        version: TemplateVersion = self.cleaned_data["template_version"]
        return {"template_version": version, "answers": with_proposals(self.agreement, version.parsed)}


@dataclass(frozen=True)
class ClauseGroup:
    """The questions of one clause, the clause as it will read, and what the other side said of it last."""

    block: Block
    heading: str
    fields: tuple[BoundField, ...]
    line: FilledLine
    said: Answered | None
    before: tuple[FilledLine, ...]  # what stands before it and asks nothing


class TermsForm(StepForm):
    def __init__(self, data: Mapping[str, Any] | None, *, agreement: Agreement) -> None:
        self.body: TemplateBody = agreement.chosen_version.parsed
        super().__init__(data, agreement=agreement)
        for blank in self.asked:
            field = self.fields[blank.id] = field_for(blank)
            field.label, field.help_text = agreement.named(str(field.label)), agreement.named(str(field.help_text))
        self.mark_remembered()

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
                self.add_error(clash.field, clash.text)
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
        said = {answered.remark.block: answered for answered in self.remarks}
        before: list[FilledLine] = []
        for passage, line in self._passages:
            if not passage.blanks:
                before.append(line)
                continue
            block, fields = passage.block, tuple(self[blank.id] for blank in passage.blanks)
            yield ClauseGroup(block, passage.heading, fields, line, said.get(block.id), tuple(before))
            before = []

    @cached_property
    def _passages(self) -> list[tuple[Passage, FilledLine]]:
        values = self.agreement.values(self.shown())
        blanks = {blank.id: blank for blank in self.body.blanks}
        return [(passage, fill_block(passage.block, blanks, values)) for passage in passages_of(self.body)]

    @property
    def lines_after(self) -> list[FilledLine]:
        """What stands after the last question."""
        last = max((at for at, (passage, _) in enumerate(self._passages) if passage.blanks), default=-1)
        return [line for _, line in self._passages[last + 1 :]]

    @cached_property
    def remarks(self) -> list[Answered]:
        """What the other side said when it gave this draft back; nothing of one that did not come back so."""
        return answered_remarks(self.agreement) if self.agreement.return_reason else []

    @property
    def remarks_elsewhere(self) -> list[Answered]:
        """What it said of clauses that the text now chosen does not ask about."""
        here = {passage.block.id for passage in asking(passages_of(self.body))}
        return [answered for answered in self.remarks if answered.remark.block not in here]

    def proposed_for(self, name: str) -> str:
        """Return what the other side proposes for a blank, as a browser sends it; "" where it proposes nothing."""
        proposals = (taken.proposal for answered in self.remarks for taken in answered.taken)
        return next((str(proposal.value) for proposal in proposals if proposal.blank == name), "")

    @property
    def capitals(self) -> dict[str, str]:
        """Money being entered, in Chinese capitals, by blank id; "" while it is no amount."""
        amounts = {blank.id: self.cleaned_data.get(blank.id) for blank in self.asked if blank.kind is BlankKind.MONEY}
        return {id_: "" if amount is None else in_capitals(amount) for id_, amount in amounts.items()}


class ContactsForm(StepForm):
    def __init__(self, data: Mapping[str, Any] | None, *, agreement: Agreement) -> None:
        super().__init__(data, agreement=agreement)
        for role in Role:
            for name in CONTACT_FIELDS:
                field = contact_field(name, required=False)
                must = role is agreement.drafting_role and name in REQUIRED_CONTACTS
                field.label = f"{field.label}{'（必填）' if must else '（可不填）'}"
                self.fields[f"{role.value}-{name}"] = field
        self.mark_remembered()

    @staticmethod
    def initial_for(agreement: Agreement) -> dict[str, Any]:
        initial: dict[str, Any] = {}
        for role in Role:
            party = agreement.party(role)
            known = {"signatory_name": party.legal_representative if party else ""}
            for name in CONTACT_FIELDS:
                initial[f"{role.value}-{name}"] = agreement.contact(role).get(name) or known.get(name, "")
        return initial

    @staticmethod
    def remembered_for(agreement: Agreement) -> dict[str, Remembered]:
        own = agreement.drafting_role.value
        return {f"{own}-{name}": each for name, each in remembered_contact(agreement).items()}

    def label_of(self, name: str) -> str:
        """Return what a field is called, with the party whose it is."""
        role = Role(name.partition("-")[0])
        return f"{self.agreement.party_name(role)}的{CONTACT_FIELDS[name.partition('-')[2]][0]}"

    def groups(self) -> Iterator[tuple[Role, Institution | None, list[BoundField]]]:
        """Yield each side with its institution and its fields, the drafting side first."""
        first = self.agreement.drafting_role
        for role in sorted(Role, key=lambda role: role is not first):
            yield role, self.agreement.party(role), [self[f"{role.value}-{name}"] for name in CONTACT_FIELDS]

    def changes(self) -> dict[str, Any]:
        return {
            "contacts": {
                role.value: {name: self.cleaned_data[f"{role.value}-{name}"] for name in CONTACT_FIELDS}
                for role in Role
            }
        }
