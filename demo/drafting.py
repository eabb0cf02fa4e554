"""The demo's drafts: each goes through the wizard's forms, as a clerk's would."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache
from typing import Any

import yaml
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.drafting.forms import ContactsForm, PartnerForm, StepForm, TemplateForm, TermsForm
from agreements.drafting.saving import save_step
from agreements.fields import CONTACT_FIELDS
from agreements.models import Agreement, TemplateVersion
from agreements.text.schema import TermKind
from demo import life
from demo.loading import DATA, DemoDataError, Row
from demo.people import clerk_of
from institutions.models import Institution, Role

# How far the drafting side gets on its own; every other ending begins with the complete draft.
DRAFTING = ("started", "partner", "template", "terms", "complete")
IN_DAYS = re.compile(r"in (\d+) days")


def drafted(row: Row, institutions: dict[str, Institution]) -> Agreement:
    """Fill in the wizard's pages as far as the row's ending wants."""
    drafter = institutions[row["drafter"]]
    by = clerk_of(drafter)
    agreement = lifecycle.start_draft(drafter, by=by)
    last = DRAFTING.index(row["ending"]) if row["ending"] in DRAFTING else len(DRAFTING) - 1
    if last >= DRAFTING.index("partner"):
        agreement = _save(PartnerForm, "partner", agreement, {"partner": institutions[row["partner"]].pk}, by)
    if last >= DRAFTING.index("template"):
        agreement = _save(TemplateForm, "template", agreement, {"template_version": _version(row).pk}, by)
    if last >= DRAFTING.index("terms"):
        agreement = fill_in_terms(agreement, row, by)
    if last >= DRAFTING.index("complete"):
        agreement = _save(ContactsForm, "contacts", agreement, _contacts(agreement), by)
    return agreement


def fill_in_terms(agreement: Agreement, row: Row, by: User) -> Agreement:
    """Fill in the row's answers, with the term's own days where it is agreed by days and the row is signed."""
    given = {**_answers(row["answers"]), **_term_days(agreement, row)}
    return _save(TermsForm, "terms", agreement, given, by)


def _term_days(agreement: Agreement, row: Row) -> dict[str, str]:
    term = agreement.chosen_version.parsed.term
    if term.kind is not TermKind.DATE_RANGE or not row["signed"]:
        return {}
    years = life.YEARS_OF_DATE_RANGE
    starts = life.signed_on(row["signed"], years)
    ends = life.term_ends_on(row["signed"]) or starts + relativedelta(years=years) - timedelta(days=1)
    return {term.from_blank: starts.isoformat(), term.to_blank: ends.isoformat()}


def _save(form_class: type[StepForm], step: str, agreement: Agreement, given: dict[str, Any], by: User) -> Agreement:
    """Fill in one page over what the wizard proposes, check it as the wizard does, and save it."""
    proposed = {key: value for key, value in form_class.initial_for(agreement).items() if value is not None}
    form = form_class({**proposed, **given, "revision": agreement.revision}, agreement=agreement)
    if not form.is_valid():
        problems = "；".join(f"{field}：{'、'.join(map(str, texts))}" for field, texts in form.errors.items())
        raise DemoDataError(f"演示协议 {agreement.number} 的“{step}”填写有误：{problems}")
    return save_step(agreement, by=by, step=step, revision=agreement.revision, changes=form.changes())


def _version(row: Row) -> TemplateVersion:
    version = TemplateVersion.objects.latest_of_each().filter(template__slug=row["template"]).first()
    if version is None:
        raise DemoDataError(f"缺少范本 {row['template']}，请先运行 load_templates。")
    return version


@cache
def _all_answers() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = yaml.safe_load((DATA / "answers.yaml").read_text(encoding="utf-8"))
    return loaded


def _answers(name: str) -> dict[str, Any]:
    answers = _all_answers()[name] if name else {}
    return {blank: _dated(value) for blank, value in answers.items()}


def remarks_of(row: Row) -> dict[str, dict[str, Any]]:
    """Return what is said of the row's text when it is returned: comments by clause, values by blank."""
    loaded: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load((DATA / "remarks.yaml").read_text(encoding="utf-8"))
    return loaded[row["remarks"]] if row["remarks"] else {}


def _dated(value: Any) -> Any:
    found = IN_DAYS.fullmatch(str(value))
    return (timezone.localdate() + timedelta(days=int(found.group(1)))).isoformat() if found else value


def _contacts(agreement: Agreement) -> dict[str, str]:
    own = contact_of(agreement.drafted_by)
    return {f"{agreement.drafting_role.value}-{name}": own[name] for name in CONTACT_FIELDS}


def contact_of(institution: Institution) -> dict[str, str]:
    """Return who signs for the institution and who is asked about it."""
    return {
        "signatory_name": institution.legal_representative,
        "signatory_title": "院长" if institution.role == Role.ELDER_CARE else "主任",
        "contact_name": clerk_of(institution).full_name,
        "contact_phone": institution.phone,
    }
