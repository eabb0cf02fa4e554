"""From the first draft to the frozen text: start, send, return, agree, withdraw, discard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements import announcements
from agreements.documents import renditions
from agreements.lifecycle.checking import blocking, findings
from agreements.lifecycle.errors import Incomplete, StaleDraft, Unacceptable
from agreements.lifecycle.numbering import create_numbered
from agreements.lifecycle.transitions import AGREE, DISCARD, RETURN, SEND, WITHDRAW, locked, moved
from agreements.models import Agreement
from audit.log import append
from audit.models import Event
from institutions.models import Institution, Role


def start_draft(institution: Institution, *, by: User) -> Agreement:
    """Open a new draft for the institution that `by` acts for."""

    def make(number: str) -> Agreement:
        agreement = Agreement(
            number=number,
            region=institution.region,
            drafted_by=institution,
            created_by=by,
            is_demo=institution.is_demo,
        )
        if institution.role == Role.MEDICAL:
            agreement.medical = institution
        else:
            agreement.elder_care = institution
        return agreement

    with transaction.atomic():
        agreement = create_numbered(make)
        append(Event.AGREEMENT_DRAFTED, by=by, subject=agreement, institution=institution.name)
    return agreement


def send(agreement: Agreement, *, by: User, revision: int) -> Agreement:
    """Hand the complete draft to the partner.

    `revision` is what the person has checked: StaleDraft if it was changed meanwhile. Raises Incomplete
    while anything required is missing.
    """
    with transaction.atomic():
        row = locked(agreement, SEND)
        if row.revision != revision:
            raise StaleDraft("这份草稿刚刚在别处修改过，请核对最新内容后再送出。")
        missing = blocking(findings(row))
        if missing:
            raise Incomplete(missing)
        row = moved(row, SEND, by=by, writes={"sent_at": timezone.now(), "return_reason": ""})
        announcements.sent(row, by=by)
    return row


def return_to_drafter(agreement: Agreement, *, by: User, reason: str) -> Agreement:
    """Give the text back to the drafting side with a reason."""
    with transaction.atomic():
        row = locked(agreement, RETURN)
        row = moved(row, RETURN, by=by, writes={"return_reason": reason}, reason=reason)
        announcements.returned(row, by=by)
    return row


def agree(agreement: Agreement, *, by: User, contact: Mapping[str, str], revision: int | None = None) -> Agreement:
    """The partner agrees: text, template version and party facts are frozen, and the copies are ordered.

    `contact` is the answering side's signatory and contact (keys as in `Agreement.contact`). `revision` is what the
    person has read: StaleDraft if a colleague returned it meanwhile and it came again changed; None where nobody reads.
    Raises Incomplete if something became wrong since sending, e.g. an institution closed meanwhile.
    """
    with transaction.atomic():
        row = locked(agreement, AGREE)
        if revision is not None and row.revision != revision:
            raise StaleDraft("协议文本在您打开这一页以后改过。请先回协议页面通读最新的文本，再确认定稿。")
        row.contacts = {**row.contacts, row.answering_role.value: dict(contact)}
        missing = blocking(findings(row, answering=True))
        if missing:
            raise Incomplete(missing)
        text = row.filled_text()
        writes = {
            "frozen_text": text.to_json(),
            "text_digest": text.digest,
            "party_snapshots": {role.value: snapshot(row.party(role)) for role in Role},
            "agreed_at": timezone.now(),
            "contacts": row.contacts,
        }
        row = moved(row, AGREE, by=by, writes=writes, digest=text.digest)
        renditions.request(row, by=by)
        announcements.agreed(row, by=by)
    return row


def withdraw(agreement: Agreement, *, by: User, reason: str = "") -> Agreement:
    """Give up for good a text that is no contract yet, i.e. that not both sides have signed (民法典 490).

    Before freezing the drafting side may; afterwards either side, with a reason, and the frozen text stays. Raises
    Unacceptable without that reason, or once both have signed: what binds is terminated, not withdrawn.
    """
    with transaction.atomic():
        row = locked(agreement, WITHDRAW)
        if row.medical_signed_on and row.elder_care_signed_on:
            raise Unacceptable("双方都已签章，协议已经成立，不能撤回。不再合作的，请在核验生效后办理终止。")
        if row.is_frozen and not reason:
            raise Unacceptable("文本已经定稿，撤回要写明原因，对方会看到。")
        facts = {"reason": reason} if reason else {}
        row = moved(row, WITHDRAW, by=by, writes={"end_reason": reason}, **facts)
        announcements.withdrawn(row, by=by)
    return row


def discard(agreement: Agreement, *, by: User) -> Agreement:
    """Give up a draft. It stays in the register of the drafting side."""
    with transaction.atomic():
        return moved(locked(agreement, DISCARD), DISCARD, by=by)


def snapshot(institution: Institution | None) -> dict[str, Any]:
    """Return the facts of a party as they are frozen: a later renaming changes nothing issued."""
    if institution is None:
        raise ValueError("both parties must be chosen before freezing")
    facts = ("name", "uscc", "operator_name", "operator_uscc", "address", "legal_representative", "phone")
    return {"id": institution.pk, "region": institution.region.code, **{f: getattr(institution, f) for f in facts}}
