"""From the first draft to the frozen text: start, send, return, agree, withdraw, discard."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements import announcements, events
from agreements.documents import renditions
from agreements.lifecycle.approved import lapse, refuse_other_than_offered, refuse_unapproved
from agreements.lifecycle.checking import blocking, findings
from agreements.lifecycle.errors import Incomplete, StaleDraft
from agreements.lifecycle.freezing import freeze, give_up_text
from agreements.lifecycle.numbering import create_numbered
from agreements.lifecycle.rounds import close_round, open_round, remarks_on, was_sent
from agreements.lifecycle.succession import ends_when_in_force
from agreements.lifecycle.transitions import AGREE, DISCARD, LIFE, RETURN, SEND, WITHDRAW
from agreements.lifecycle.ways import refuse_not_offered, ways_of
from agreements.lifecycle.windows import open_window
from agreements.models import Agreement, AgreementKind, TemplateVersion
from agreements.models.ways import Way
from agreements.permissions import can_edit_draft
from agreements.text.filling import Value
from agreements.text.remarks import reason_in_words
from audit.log import append
from institutions.models import Institution, Role, institutions_of
from verbs.errors import NotAllowed, Unacceptable

WITHDRAWN_WHY = "请写明撤回的原因，对方会看到。"
NOTHING_SAID = "请写明退回原因，或者在要改的条款旁写意见、建议改成什么，对方才知道要改什么。"
CHANGED_WHILE_READ = "协议文本在您打开这一页以后改过。请先回协议页面通读最新的文本，再{act}。"


def start_draft(institution: Institution, *, by: User, version: TemplateVersion | None = None) -> Agreement:
    """Open a new draft for the institution that `by` acts for as a clerk, by a template that was chosen already or not.

    Raises NotAllowed for any other institution. A template that does not apply there is left to be chosen again.
    """
    if not institutions_of(by).filter(pk=institution.pk).exists():
        raise NotAllowed(f"只有{institution.name}的经办人才能以它的名义起草协议。")

    def make(number: str) -> Agreement:
        agreement = Agreement(
            number=number,
            region=institution.region,
            drafted_by=institution,
            template_version=version if version and _is_offered(version, institution) else None,
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
        append(events.Drafted(institution=institution.name), by=by, subject=agreement)
    return agreement


def _is_offered(version: TemplateVersion, institution: Institution) -> bool:
    return version in TemplateVersion.objects.for_region(institution.region)


def send(agreement: Agreement, *, by: User, revision: int, way: Way = Way.PAPER) -> Agreement:
    """Hand the complete draft to the partner; `way` is how the drafting side will sign (Unacceptable: not offered).

    `revision` is what the person has checked: StaleDraft if it was changed meanwhile. Raises Incomplete
    while anything required is missing, and NotApproved where the drafting institution wants its leader's approval.
    """
    with transaction.atomic():
        row = LIFE.begin(agreement, SEND, by=by)
        if row.revision != revision:
            raise StaleDraft("这份草稿刚刚在别处修改过，请核对最新内容后再送出。")
        missing = blocking(findings(row))
        if missing:
            raise Incomplete(missing)
        refuse_unapproved(row, row.drafted_by)
        refuse_not_offered(way)
        writes = {"sent_at": timezone.now(), "sent_by": by, "return_reason": "", "drafting_way": way}
        open_round(row, by=by)
        row = LIFE.finish(row, SEND, events.Sent(revision=row.revision), by=by, writes=writes)
        announcements.sent(row, by=by)
    return row


def return_to_drafter(
    agreement: Agreement,
    *,
    by: User,
    reason: str = "",
    comments: Mapping[str, str] | None = None,
    values: Mapping[str, Value | None] | None = None,
    revision: int | None = None,
) -> Agreement:
    """Give the text back to the drafting side, with a reason, comments at passages (by block id) and proposed values
    (typed, by blank id), which change nothing by themselves.

    `revision` is what the person has read: StaleDraft if it was taken back meanwhile and came again changed; None where
    nobody reads. Raises Unacceptable if nothing at all is said.
    """
    with transaction.atomic():
        row = LIFE.begin(agreement, RETURN, by=by)
        if revision is not None and row.revision != revision:
            raise StaleDraft(CHANGED_WHILE_READ.format(act="退回"))
        remarks, reason = remarks_on(row, comments or {}, values or {}), reason.strip()
        if not reason and not remarks:
            raise Unacceptable(NOTHING_SAID)
        lapse(row, by=by, why="文本已退回对方修改。")
        why = reason_in_words(reason, remarks)
        close_round(row, by=by, reason=reason, remarks=remarks)
        event = events.Returned(revision=row.revision, reason=why)
        row = LIFE.finish(row, RETURN, event, by=by, writes={"return_reason": why})
        announcements.returned(row, by=by)
    return row


def agree(
    agreement: Agreement,
    *,
    by: User,
    contact: Mapping[str, str],
    revision: int | None = None,
    text_seen: str | None = None,
    at: datetime | None = None,
    ends_the_old: bool = False,
    way: Way = Way.PAPER,
) -> Agreement:
    """The partner agrees: text, template version and party facts are frozen, and the copies are ordered.

    `contact` is the answering side's signatory and contact (keys as in `Agreement.contact`). `revision` is what the
    person has read: StaleDraft if a colleague returned it meanwhile and it came again changed; None where nobody reads.
    `text_seen` is the digest of its words, likewise: what is registered of a side stands in them, and may change.
    `at` is when it was agreed, by default now; only what brings in old records gives an earlier moment.
    `ends_the_old`: they accept that a replacement ends what it replaces; Unacceptable without it.
    `way` is how the answering side will sign, frozen with what the drafting side said; Unacceptable if not offered.
    Raises Incomplete if something became wrong since sending, e.g. an institution closed meanwhile, and NotAllowed to
    the person who sent it, NotApproved where the answering institution wants its leader's approval of the text,
    Unacceptable where it reads otherwise than what the drafting side's leader approved.
    """
    with transaction.atomic():
        row = LIFE.begin(agreement, AGREE, by=by)
        refuse_the_sender(row, by)
        is_changed = text_seen is not None and text_seen != row.filled_text().digest
        if is_changed or (revision is not None and row.revision != revision):
            raise StaleDraft(CHANGED_WHILE_READ.format(act="确认定稿"))
        if row.kind == AgreementKind.REPLACEMENT and not ends_the_old:
            raise Unacceptable(f"{ends_when_in_force(row)}请先确认同意这一句，再定稿。")
        row.contacts = {**row.contacts, row.answering_role.value: dict(contact)}
        missing = blocking(findings(row, answering=True))
        if missing:
            raise Incomplete(missing)
        if row.partner is not None:
            refuse_unapproved(row, row.partner)
        refuse_other_than_offered(row)
        refuse_not_offered(way)
        text = freeze(row, by=by, at=at or timezone.now(), ways=ways_of(row, answering=way))
        open_window(text)
        event = events.Agreed(revision=row.revision, digest=text.digest)
        row = LIFE.finish(row, AGREE, event, by=by, writes={"frozen": text, "contacts": row.contacts})
        renditions.request(row, by=by)
        announcements.agreed(row, by=by)
        announcements.to_be_signed(row, by=by)
    return row


def refuse_the_sender(agreement: Agreement, by: User) -> None:
    """Raise NotAllowed to whoever sent the text, whatever places they hold: nobody agrees with themselves."""
    if agreement.sent_by_id == by.pk:
        raise NotAllowed("这份协议是您本人送出的，不能再由您代对方确认。请由对方的另一位经办人确认。")


def withdraw(agreement: Agreement, *, by: User, reason: str = "") -> Agreement:
    """Take a text back to draft, under the same number, while it is no contract: not both have signed (民法典 490).

    Before freezing the drafting side may; afterwards either side. A frozen text stays as a voided row, with its digest,
    its copies, its signature and scans; the next freezing is another edition. Raises Unacceptable without a reason that
    is wanted (`wants_reason`), or once both have signed: what binds is dissolved by both or terminated.
    """
    with transaction.atomic():
        row = LIFE.begin(agreement, WITHDRAW, by=by)
        if row.both_signed:
            raise Unacceptable("双方都已签章，协议已经成立，一方不能撤回。双方都不再办理的，请办理合意解除。")
        reason, text = reason.strip(), row.frozen
        if not reason and wants_reason(row, by=by):
            raise Unacceptable(WITHDRAWN_WHY)
        if text is not None:
            give_up_text(row, text, by=by, reason=reason)
        lapse(row, by=by, why="起草方已撤回文本。")
        close_round(row, by=by, reason=reason, is_withdrawn=True)
        event = events.Withdrawn(revision=row.revision, reason=reason or None, digest=text.digest if text else None)
        gives_back = "" if can_edit_draft(by, row) else reason  # what the answering side takes back, it returns
        row = LIFE.finish(row, WITHDRAW, event, by=by, writes={"frozen": None, "return_reason": gives_back})
        announcements.withdrawn(row, by=by, reason=reason, voided=text)
    return row


def wants_reason(agreement: Agreement, *, by: User) -> bool:
    """Whether taking the text back takes a reason: once a side has signed, and of the side that did not draft it."""
    has_signed = any((agreement.medical_signed_on, agreement.elder_care_signed_on))
    return has_signed or not can_edit_draft(by, agreement)


def discard(agreement: Agreement, *, by: User) -> Agreement:
    """Give a draft up for good. It stays in the register; whoever was shown a text of it is told."""
    with transaction.atomic():
        row = LIFE.begin(agreement, DISCARD, by=by)
        lapse(row, by=by, why="草稿已作废。")
        row = LIFE.finish(row, DISCARD, events.Discarded(revision=row.revision), by=by)
        if was_sent(row):
            announcements.discarded(row, by=by)
        return row
