"""Agreements made as people make them: by the verbs."""

import io
from datetime import date
from decimal import Decimal
from functools import cache
from hashlib import sha256
from typing import Any

import pikepdf
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements import events, lifecycle
from agreements.documents.copies import copy_labels
from agreements.documents.places import SignatureArea, rows_of
from agreements.documents.renditions import path_of
from agreements.documents.returned import printed_papers
from agreements.drafting.saving import save_step
from agreements.lifecycle.numbering import create_numbered
from agreements.lifecycle.scans import sheets_to_tick
from agreements.lifecycle.seen import Point, Seen, days_of, placing_of
from agreements.models import Agreement, Approval, Counterpart, Rendition, Scan, ScanPage, TemplateVersion
from agreements.text.answers import to_json
from agreements.text.filling import Value
from agreements.text.schema import Blank, BlankKind, TemplateBody
from audit.log import append
from institutions.models import Institution, Role
from tests.uploading import attach_plain_scan

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
        case BlankKind.TELEPHONE:
            return "0575-88000002"
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
    """Return what each step of the wizard saves; the bureaus are those of the drafting side's county."""
    county = f"{own.region.parent}{own.region}"
    bureaus = {blank.id: county for blank in version.parsed.blanks if blank.kind is BlankKind.AUTHORITY}
    return [
        ("partner", {"medical" if own.role == Role.ELDER_CARE else "elder_care": partner}),
        ("template", {"template_version": version}),
        ("terms", {"answers": sample_answers(version.parsed) | bureaus}),
        ("contacts", {"contacts": {own.role: CONTACT}}),
    ]


def sent(agreement: Agreement, *, by: User) -> Agreement:
    """Send a complete draft."""
    return lifecycle.send(agreement, by=by, revision=agreement.revision)


def agreed(agreement: Agreement, *, drafter: User, answerer: User) -> Agreement:
    """Take a complete draft to a frozen text."""
    return lifecycle.agree(sent(agreement, by=drafter), by=answerer, contact=CONTACT, ends_the_old=True)


def printed(agreement: Agreement, pages: int = 3) -> Agreement:
    """Make the copies that were ordered when the text was agreed: the rows that the worker leaves, with blank pages."""
    rendition, text = agreement.renditions.final().get(), agreement.frozen
    assert text is not None
    labels, content = copy_labels(agreement), scan_pdf(pages)
    digest = sha256(content).hexdigest()
    with transaction.atomic():
        Counterpart.objects.bulk_create(
            Counterpart(
                rendition=rendition,
                number=label.number,
                holder=label.holder,
                holder_label=label.label,
                holder_name=label.name,
                file=_kept(rendition, f"copy{label.number}", content),
                sha256=digest,
                page_count=pages,
            )
            for label in labels
        )
        Rendition.objects.filter(pk=rendition.pk, state=Rendition.State.QUEUED).update(
            state=Rendition.State.READY,
            finished_at=timezone.now(),
            text_digest=text.digest,
            page_count=pages,
            areas=signed_on(pages),
            print_file=_kept(rendition, "print", content),
            print_sha256=digest,
        )
        event = events.CopiesRendered(revision=rendition.revision, digest=text.digest, copies=len(labels))
        append(event, by=None, subject=agreement)
    return agreement


def signed_on(page: int) -> list[dict[str, Any]]:
    """Return where each side signs on a page, as a rendition keeps it."""
    every = [
        SignatureArea(role, "block", page, left, 110, 75, 85) for role, left in (("elder_care", 28), ("medical", 109))
    ]
    return rows_of(every)


def _kept(rendition: Rendition, part: str, content: bytes) -> str:
    return default_storage.save(path_of(rendition, part), ContentFile(content))


def ready(agreement: Agreement, *, drafter: User, answerer: User) -> Agreement:
    """Take a complete draft to a frozen text with its copies, which can be signed."""
    return printed(agreed(agreement, drafter=drafter, answerer=answerer))


def scans_of(agreement: Agreement) -> frozenset[int]:
    """Return the scans that whoever opens the page to certify sees."""
    return frozenset(agreement.scans.filter(state=Scan.State.UPLOADED).values_list("pk", flat=True))


def seen_of(agreement: Agreement) -> Seen:
    """Return what whoever opens the page to certify sees and confirms, all of it."""
    row = Agreement.objects.get(pk=agreement.pk)
    return Seen(scans_of(row), placing_of(row), days_of(row), frozenset(Point))


def ticked(agreement: Agreement, *, by: User) -> Agreement:
    """Compare every page that waits and can stand, by the verb."""
    for sheet in sheets_to_tick(agreement).filter(finding__in=ScanPage.CAN_STAND).exclude(ticks__by=by):
        lifecycle.tick_page(agreement, by=by, page=sheet.pk, seen=sheet.place, confirmed=True)
    return agreement


def certified(agreement: Agreement, *, by: User) -> Agreement:
    """Compare each page and certify what stands there now."""
    ticked(agreement, by=by)
    return lifecycle.certify(agreement, by=by, seen=seen_of(agreement))


def rejected(agreement: Agreement, *, by: User, reason: str) -> Agreement:
    """Turn down the scans that stand there now."""
    return lifecycle.reject_scan(agreement, by=by, reason=reason, seen=scans_of(agreement))


def codes_of(agreement: Agreement, copy: int = 1) -> list[str]:
    """Return what the codes of one final copy say, page by page."""
    return [page.code for page in printed_papers(agreement)[copy - 1].pages]


def read_from(agreement: Agreement, copy: int = 1) -> list[dict[str, Any]]:
    """Return what is read of a whole and signed copy (`uploads.models.Page.seen`), page by page."""
    return [
        {"codes": [code], "turned": 0, "compared": {"code": code, "same": False, "ink": {}}}
        for code in codes_of(agreement, copy)
    ]


@cache
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
    row = ready(agreement, drafter=drafter, answerer=answerer)
    on = signed_on or timezone.localdate()
    row = lifecycle.record_signing(row, by=drafter, role=row.drafting_role, on=on)
    row = lifecycle.record_signing(row, by=answerer, role=row.answering_role, on=on)
    attach_plain_scan(row, by=drafter, content=scan_pdf(), name="扫描件.pdf")
    return row


def in_force(agreement: Agreement, *, drafter: User, answerer: User, signed_on: date | None = None) -> Agreement:
    """Take a complete draft into force, by paper."""
    row = signed(agreement, drafter=drafter, answerer=answerer, signed_on=signed_on)
    return certified(row, by=answerer)


def wants_approval(institution: Institution) -> None:
    """Let an institution want its leader's approval before it agrees."""
    Institution.objects.filter(pk=institution.pk).update(needs_approval=True)


def asked_to_approve(agreement: Agreement, *, by: User) -> Approval:
    """Let the drafting institution want an approval, and its clerk ask for it."""
    wants_approval(agreement.drafted_by)
    return lifecycle.ask_for_approval(Agreement.objects.with_parties().get(pk=agreement.pk), by=by)


def approved(agreement: Agreement, *, by: User) -> Approval:
    """Approve what waits for an answer, as it reads."""
    approval = agreement.approvals.waiting().get()
    return lifecycle.approve(approval, by=by, text_seen=agreement.filled_text().digest)
