"""Agreements made as people make them: by the verbs."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pikepdf
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements import events, lifecycle
from agreements.drafting.saving import save_step
from agreements.lifecycle.numbering import create_numbered
from agreements.models import Agreement, TemplateVersion
from agreements.text.answers import to_json
from agreements.text.filling import Value
from agreements.text.schema import Blank, BlankKind, TemplateBody
from audit.log import append
from institutions.models import Institution, Role

CONTACT = {
    "signatory_name": "赵堃",
    "signatory_title": "院长",
    "contact_name": "陈喆",
    "contact_phone": "0575-88000002",
}


def sample_value(blank: Blank) -> Value:
    """Return a valid value for an asked blank."""
    match blank.kind:
        case BlankKind.INTEGER:
            return max(blank.minimum or 0, min(3, blank.maximum or 3))
        case BlankKind.MONEY:
            return Decimal(max(blank.minimum or 0, 12000)).quantize(Decimal("0.01"))
        case BlankKind.CHOICE:
            return blank.choices[0]
        case BlankKind.DATE:
            return date(2099, 12, 31) if blank.id.endswith("to") else date(2098, 1, 1)
        case _:
            return "绍兴市越城区" if blank.kind is BlankKind.AUTHORITY else "沈祎"


def sample_answers(body: TemplateBody) -> dict[str, Any]:
    """Return an answer, as stored, for every blank that the wizard asks."""
    return {blank.id: to_json(sample_value(blank)) for blank in body.blanks if blank.is_asked}


def save(agreement: Agreement, *, by: User, step: str, **changes: Any) -> Agreement:
    """Save one step at the draft's present revision."""
    return save_step(agreement, by=by, step=step, revision=agreement.revision, changes=changes)


def drafted_by_steps(own: Institution, partner: Institution, version: TemplateVersion, *, by: User) -> Agreement:
    """Return a draft with nothing missing, made as the wizard makes it."""
    agreement = lifecycle.start_draft(own, by=by)
    for step, changes in _steps(own, partner, version):
        agreement = save(agreement, by=by, step=step, **changes)
    return agreement


def complete_draft(own: Institution, partner: Institution, version: TemplateVersion, *, by: User) -> Agreement:
    """Return a draft with nothing missing: the rows that `drafted_by_steps` leaves, for it stands before 600 tests."""
    steps = _steps(own, partner, version)
    facts = {name: value for _, changes in steps for name, value in changes.items()}
    facts |= {"region": own.region, "drafted_by": own, "created_by": by, own.role: own, "revision": len(steps)}
    with transaction.atomic():
        row = create_numbered(lambda number: Agreement(number=number, is_demo=own.is_demo, **facts))
        append(events.Drafted(institution=own.name), by=by, subject=row)
        for revision, (step, _) in enumerate(steps, 1):
            append(events.StepSaved(step=step, revision=revision), by=by, subject=row)
    return Agreement.objects.with_parties().get(pk=row.pk)


def _steps(own: Institution, partner: Institution, version: TemplateVersion) -> list[tuple[str, dict[str, Any]]]:
    """Return what each step of the wizard saves."""
    return [
        ("partner", {"medical" if own.role == Role.ELDER_CARE else "elder_care": partner}),
        ("template", {"template_version": version}),
        ("terms", {"answers": sample_answers(version.parsed)}),
        ("contacts", {"contacts": {own.role: CONTACT}}),
    ]


def sent(agreement: Agreement, *, by: User) -> Agreement:
    """Send a complete draft."""
    return lifecycle.send(agreement, by=by, revision=agreement.revision)


def agreed(agreement: Agreement, *, drafter: User, answerer: User) -> Agreement:
    """Take a complete draft to a frozen text."""
    return lifecycle.agree(sent(agreement, by=drafter), by=answerer, contact=CONTACT)


def reopened(withdrawn: Agreement) -> Agreement:
    """Take a withdrawn agreement up again as a draft, as no verb does yet."""
    Agreement.objects.filter(pk=withdrawn.pk).update(state=Agreement.State.DRAFT, frozen=None, end_reason="")
    return Agreement.objects.with_parties().get(pk=withdrawn.pk)


def scan_pdf(pages: int = 3) -> bytes:
    """Return a plain PDF with blank A4 pages, as a scanner makes it: the same bytes whenever it is asked for."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
        return out.getvalue()


def signed(agreement: Agreement, *, drafter: User, answerer: User, signed_on: date | None = None) -> Agreement:
    """Take a complete draft to both dates entered and the scan uploaded by the drafting side."""
    row = agreed(agreement, drafter=drafter, answerer=answerer)
    on = signed_on or timezone.localdate()
    row = lifecycle.record_signing(row, by=drafter, role=row.drafting_role, on=on)
    row = lifecycle.record_signing(row, by=answerer, role=row.answering_role, on=on)
    lifecycle.attach_scan(row, by=drafter, content=scan_pdf(), name="扫描件.pdf")
    return row


def in_force(agreement: Agreement, *, drafter: User, answerer: User, signed_on: date | None = None) -> Agreement:
    """Take a complete draft into force, by paper."""
    row = signed(agreement, drafter=drafter, answerer=answerer, signed_on=signed_on)
    return lifecycle.certify(row, by=answerer)
