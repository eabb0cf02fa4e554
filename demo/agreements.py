"""The demo's agreements: each goes through the wizard's forms and the verbs, as a clerk's would."""

import re
from datetime import timedelta
from functools import cache
from typing import Any

import yaml
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.drafting.forms import CONTACT_FIELDS, ContactsForm, PartnerForm, StepForm, TemplateForm, TermsForm
from agreements.drafting.saving import save_step
from agreements.models import Agreement, TemplateVersion
from demo.loading import DATA, DemoDataError, Row, rows_of
from demo.people import clerk_of
from institutions.models import Institution, Role

# How far the drafting side gets on its own; every other ending begins with the complete draft.
DRAFTING = ("started", "partner", "template", "terms", "complete")
IN_DAYS = re.compile(r"in (\d+) days")


def load_agreements(institutions: dict[str, Institution]) -> int:
    """Make all demo agreements unless there are some already; return how many were made."""
    if Agreement.objects.filter(is_demo=True).exists():
        return 0
    rows = rows_of("agreements")
    for row in rows:
        _load(row, institutions)
    return len(rows)


def _load(row: Row, institutions: dict[str, Institution]) -> None:
    drafter = institutions[row["drafter"]]
    by = clerk_of(drafter)
    agreement = lifecycle.start_draft(drafter, by=by)
    if row["ending"] == "started":
        return
    partner = institutions[row["partner"]]
    agreement = _drafted(agreement, partner, row, by)
    _finish(agreement, row, by=by, partner_clerk=clerk_of(partner))


def _drafted(agreement: Agreement, partner: Institution, row: Row, by: User) -> Agreement:
    """Fill in the wizard's pages as far as the row's ending wants."""
    last = DRAFTING.index(row["ending"]) if row["ending"] in DRAFTING else len(DRAFTING) - 1
    agreement = _save(PartnerForm, "partner", agreement, {"partner": partner.pk}, by)
    if last >= DRAFTING.index("template"):
        agreement = _save(TemplateForm, "template", agreement, {"template_version": _version(row).pk}, by)
    if last >= DRAFTING.index("terms"):
        agreement = _save(TermsForm, "terms", agreement, _answers(row["answers"]), by)
    if last >= DRAFTING.index("complete"):
        agreement = _save(ContactsForm, "contacts", agreement, _contacts(agreement), by)
    return agreement


def _finish(agreement: Agreement, row: Row, *, by: User, partner_clerk: User) -> None:
    """Take a complete draft to its ending by the verbs."""
    ending = row["ending"]
    if ending == "discarded":
        lifecycle.discard(agreement, by=by)
    if ending in DRAFTING or ending == "discarded":
        return
    agreement = lifecycle.send(agreement, by=by, revision=agreement.revision)
    if ending in {"returned", "resent"}:
        agreement = lifecycle.return_to_drafter(agreement, by=partner_clerk, reason=row["remark"])
    if ending == "resent":
        lifecycle.send(agreement, by=by, revision=agreement.revision)
    if ending == "withdrawn":
        lifecycle.withdraw(agreement, by=by)
    if ending == "agreed":
        partner = agreement.partner
        if partner is None:
            raise DemoDataError(f"{agreement.number} 没有合作机构。")
        lifecycle.agree(agreement, by=partner_clerk, contact=_contact(partner))


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


def _dated(value: Any) -> Any:
    found = IN_DAYS.fullmatch(str(value))
    return (timezone.localdate() + timedelta(days=int(found.group(1)))).isoformat() if found else value


def _contacts(agreement: Agreement) -> dict[str, str]:
    own = _contact(agreement.drafted_by)
    return {f"{agreement.drafting_role.value}-{name}": own[name] for name in CONTACT_FIELDS}


def _contact(institution: Institution) -> dict[str, str]:
    """Return who signs for the institution and who is asked about it."""
    return {
        "signatory_name": institution.legal_representative,
        "signatory_title": "院长" if institution.role == Role.ELDER_CARE else "主任",
        "contact_name": clerk_of(institution).full_name,
        "contact_phone": institution.phone,
    }
