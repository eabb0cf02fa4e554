"""The choices with which a draft begins: the partner and the template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils import timezone

from agreements.drafting.forms.step import StepForm
from agreements.lifecycle.candidates import Candidate, assess
from agreements.lifecycle.overlap import running_by_template, what_may_follow
from agreements.lifecycle.proposals import (
    filed_elsewhere,
    with_proposals,
)
from agreements.lifecycle.rounds import was_sent
from agreements.models import Agreement, TemplateVersion
from institutions.models import Institution, Role
from regions.models import Region


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

    def offers(self) -> list[tuple[TemplateVersion, Agreement | None, str]]:
        """Return each template on offer, with what the two have in force by it already and what may follow that."""
        running, today = running_by_template(self.agreement), timezone.localdate()
        beside = [(version, running.get(version.template_id)) for version in self.offered]
        return [
            (version, other, what_may_follow(other, "请在那份协议上", on=today) if other else "")
            for version, other in beside
        ]

    def changes(self) -> dict[str, Any]:
        version: TemplateVersion = self.cleaned_data["template_version"]
        return {"template_version": version, "answers": with_proposals(self.agreement, version.parsed)}
