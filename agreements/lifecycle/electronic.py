"""Signing on screen: one side's signature on every copy at once, or a signatory's no.

What was signed stands. All copies of one side are signed in one transaction: a fault at the last of them leaves none.
The second signature of two brings the agreement into force, for there is no paper that somebody would certify; what
would be refused then is refused before the first (docs/decisions/0038-ceremony.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements import announcements, events
from agreements.documents.issued import keep, newest
from agreements.documents.places import lines_of
from agreements.lifecycle.approved import lapse
from agreements.lifecycle.days_apart import refuse_far_apart
from agreements.lifecycle.entering import (
    enter_force,
    main_first,
    one_after_the_other,
    refuse_signatures_of_another_text,
    term_agreed,
)
from agreements.lifecycle.errors import EndsEarly
from agreements.lifecycle.freezing import give_up_text
from agreements.lifecycle.handwriting import Handwriting
from agreements.lifecycle.overlap import days_lost, in_the_way, in_words
from agreements.lifecycle.pages import copies_made, pages_expected
from agreements.lifecycle.paper import SIGNED_ON, refuse_both_sides
from agreements.lifecycle.reading import how_read
from agreements.lifecycle.rounds import close_round
from agreements.lifecycle.seen import refuse_another_text
from agreements.lifecycle.shown import Signatory, appearance
from agreements.lifecycle.transitions import COMPLETE, DECLINE_TO_SIGN, LIFE, SIGN_ELECTRONICALLY
from agreements.lifecycle.ways import has_paper, not_in_turn
from agreements.lifecycle.windows import refuse_closed
from agreements.models import Agreement, Counterpart, HowRead, ShownPage
from agreements.models.ways import Way
from agreements.permissions import side_signed_for
from audit import timestamping
from institutions.models import Role
from sealing.enrolling import standing_of
from sealing.models import Seal, SigningIdentity
from sealing.pades.hands import Hand
from sealing.pades.looks import Appearance
from sealing.pades.pictures import Picture
from sealing.pades.signing import Signed, Signing, sign
from sealing.pades.timestamps import stamp_of_one_act
from sealing.permissions import may_bring_into_force
from sealing.pictures import picture_of
from sealing.seals import Paper, use_seal
from sealing.unlocking import Unlocked, refuse_unusable
from verbs.errors import NotAllowed, Unacceptable

DECLINED_WHY = "请写明不签的原因，双方都会看到，以便修改。"
NOT_FOR_REAL = "演示证书没有法律效力，不能用来签署真实的协议。请先申请正式的签约证书。"


@dataclass(frozen=True)
class Pen:
    """What a signatory signs with: their key, opened a moment ago, and the seal, None for a signature alone.

    `confirmed_at` is when they last proved who they are with the second factor; it is kept with the signature.
    """

    identity: SigningIdentity
    hand: Hand
    serial: str  # of the certificate, hexadecimal
    confirmed_at: datetime
    seal: Seal | None = None
    picture: Picture | None = None  # of the seal
    handwriting: Handwriting | None = None


def pen_of(
    unlocked: Unlocked, *, confirmed_at: datetime, seal: Seal | None = None, handwriting: Handwriting | None = None
) -> Pen:
    """Return what somebody signs with whose key a PIN has opened. Raises UploadRefused for a seal without a picture."""
    serial = f"{unlocked.certificate.serial_number:x}"
    picture = picture_of(seal) if seal else None
    return Pen(unlocked.identity, unlocked.hand, serial, confirmed_at, seal, picture, handwriting)


@dataclass(frozen=True)
class Accepted:
    """What the person was told and accepted: by how many days a running agreement ends early, and how far apart the two
    days of signing lie. `text` is the digest of the text that was on the screen."""

    text: str
    days_lost: int = 0
    days_apart: int = 0


def sign_electronically(agreement: Agreement, *, by: User, pen: Pen, accepted: Accepted) -> Agreement:
    """Put one side's signature, with its seal, to every copy of the frozen text, today.

    Raises NotAllowed to whoever is no signatory of exactly one side, Unacceptable where the page has to be changed or
    something is not as it should be, EndsEarly and FarApart as `record_signing`, CannotSign where the key does not
    sign. Raises WrongState, signed by another hand a moment ago, like every verb, and where mandate, licence or
    certificate does not hold at this moment or the person proved who they are too long ago.
    """
    today = timezone.localdate()
    with transaction.atomic():
        main_first(agreement)
        row = LIFE.begin(agreement, SIGN_ELECTRONICALLY, by=by)
        one_after_the_other(row)
        role = _side(row, by)
        read = _refuse(row, role, by, pen, accepted)
        lost = days_lost(row, {role: today})
        if lost and lost != accepted.days_lost:
            raise EndsEarly(row, today, lost)
        refuse_far_apart(today, getattr(row, SIGNED_ON[role.other]), seen=accepted.days_apart)
        _sign(row, role, by=by, pen=pen, read=read)
        announcements.nobody_waits_to_sign(row, role)
        if row.both_signed and not has_paper(row):
            term = term_agreed(row)
            refuse_signatures_of_another_text(row)
            return enter_force(row, COMPLETE, events.CompletedOnScreen, term, by=by, at=timezone.now())
        announcements.signed_electronically(row, by=by, role=role)
    return row


def decline_to_sign(agreement: Agreement, *, by: User, reason: str, text_seen: str | None = None) -> Agreement:
    """A signatory will not sign: the text is voided with every signature on it, and goes back to draft with the reason.

    Raises Unacceptable without a reason, for another text than was on the screen, and once both have signed.
    """
    with transaction.atomic():
        row = LIFE.begin(agreement, DECLINE_TO_SIGN, by=by)
        role, reason, text = _side(row, by), reason.strip(), row.frozen
        refuse_another_text(row, text_seen)
        if text is None or row.both_signed:
            raise Unacceptable("双方都已签章，协议已经成立，不能拒绝签署。双方都不再办理的，请办理合意解除。")
        if text.ways[role] is not Way.ELECTRONIC:
            raise Unacceptable(f"{role.label}在纸上签章，请由经办人撤回。")
        if not reason:
            raise Unacceptable(DECLINED_WHY)
        give_up_text(row, text, by=by, reason=reason)
        lapse(row, by=by, why="签约人没有签署，文本已退回修改。")
        close_round(row, by=by, reason=reason, is_withdrawn=True, declined_by=role)
        event = events.SigningDeclined(revision=row.revision, role=role, reason=reason, digest=text.digest)
        row = LIFE.finish(row, DECLINE_TO_SIGN, event, by=by, writes={"frozen": None, "return_reason": reason})
        announcements.signing_declined(row, by=by, role=role, reason=reason, voided=text)
    return row


def show_page(agreement: Agreement, *, by: User, page: int) -> None:
    """Note that a page of the frozen text was shown to a signatory. Safe to say twice."""
    if agreement.frozen_id is not None:
        ShownPage.objects.bulk_create(
            [ShownPage(frozen_id=agreement.frozen_id, person=by, page=page)], ignore_conflicts=True
        )


def unread_pages(agreement: Agreement, *, by: User) -> list[int]:
    """Return which pages of the frozen text the person has not been shown, in their order."""
    shown = set(ShownPage.objects.filter(frozen=agreement.frozen_id, person=by).values_list("page", flat=True))
    return [page for page in range(1, pages_expected(agreement) + 1) if page not in shown]


def on_behalf_of(row: Agreement, role: Role, by: User) -> str:
    """Return "乙代甲签" where somebody else signs than the text names, else ""."""
    named = row.contact(role).get("signatory_name", "").strip()
    own = by.full_name.strip()
    return f"{own}代{named}签" if named and named != own else ""


def paper_of(row: Agreement) -> Paper:
    """Return what is sealed, as far as an authorisation to use a seal asks."""
    return Paper(template=row.chosen_version.template.slug, agreement=row.number)


def _side(row: Agreement, by: User) -> Role:
    role = side_signed_for(by, row)
    if role is None:
        raise NotAllowed("您现在同时代表双方，或者不是签约人。请先在右上角切换到您要代表的机构，再签署。")
    return role


def _refuse(row: Agreement, role: Role, by: User, pen: Pen, accepted: Accepted) -> HowRead:
    """Raise what speaks against signing now; return how the person has read the text."""
    refuse_another_text(row, accepted.text)
    identity = pen.identity
    if row.frozen is None or row.frozen.ways[role] is not Way.ELECTRONIC:
        raise Unacceptable(f"{role.label}在定稿时选择了{Way.PAPER.label}，请打印、签章，再登记签章日期。")
    if getattr(row, SIGNED_ON[role]) is not None:
        raise Unacceptable(f"{row.party_name(role)}已经签署，不需要再签。")
    if words := not_in_turn(row, role):
        raise Unacceptable(words)
    party = row.party(role)
    if party is None or identity.person_id != by.pk or identity.institution_id != party.pk:
        raise NotAllowed("请用您本人在这家机构的签约证书签署。")
    if pen.seal is not None and pen.seal.institution_id != party.pk:
        raise NotAllowed("只能加盖您代表的这家机构的印章。")
    if pen.handwriting is not None and pen.handwriting.person != by.pk:
        raise NotAllowed("只能用您本人的手写签名。")
    if not may_bring_into_force(identity):
        raise Unacceptable(NOT_FOR_REAL)
    # Again at this moment: key and page were opened before, and a licence may have ended or a certificate been revoked.
    usable = SigningIdentity.objects.with_facts().get(pk=identity.pk)
    refuse_unusable(usable, by=by, confirmed_at=pen.confirmed_at)
    refuse_closed(row)
    refuse_both_sides(row, role, by)
    read = how_read([row], by=by).get(row.pk)
    if read is None:
        unread = unread_pages(row, by=by)
        raise Unacceptable(f"还有第 {'、'.join(map(str, unread))} 页没有看过，请看完再签。")
    other = in_the_way(row, on=timezone.localdate())
    if other is not None:
        raise Unacceptable(f"{in_words(other)}这一份可以撤回；要用这一份的，请先终止 {other}。")
    return read


def _sign(row: Agreement, role: Role, *, by: User, pen: Pen, read: HowRead) -> None:
    text, party, today = row.frozen, row.party(role), timezone.localdate()
    if text is None or party is None:
        raise ValueError(f"{row} has no frozen text to sign")  # the database allows no such row
    behalf = on_behalf_of(row, role, by)
    signing = Signing(
        role=role.value,
        name=by.full_name,
        reason=f"代表{row.party_name(role)}签署合作协议 {row.number}" + (f"（{behalf}）" if behalf else ""),
        at=timezone.localtime(),
        looks=_looks(row, role, by, pen, behalf),
    )
    stamp = stamp_of_one_act() if timestamping.is_set() else None
    signed = [(copy, sign(newest(copy)[0], signing, pen.hand, stamp=stamp)) for copy in copies_made(row)]
    event = events.SignedElectronically(
        revision=row.revision,
        role=role,
        on=today,
        name=by.full_name,
        on_behalf=behalf or None,
        level=pen.identity.get_level_display(),
        serial=pen.serial,
        seal=str(pen.seal) if pen.seal else None,
        handwriting=pen.handwriting.kind.label if pen.handwriting else None,
        files=[each.sha256 for _, each in signed],
    )
    LIFE.finish(row, SIGN_ELECTRONICALLY, event, by=by)
    signature = row.signatures.create(
        frozen=text,
        role=role,
        on_behalf_of=party,
        kind=Way.ELECTRONIC,
        person=by,
        signatory_name=by.full_name,
        day=today,
        proof=_proof(signed, pen, behalf) | {"read": read.value},
        entered_by=by,
    )
    for copy, each in signed:
        keep(copy, each, signature=signature)
    if pen.seal is not None:
        use_seal(pen.seal, by=by, about=f"合作协议 {row.number}", paper=paper_of(row))
    row.refresh_from_db(fields=[SIGNED_ON[role]])


def _looks(row: Agreement, role: Role, by: User, pen: Pen, behalf: str) -> Appearance:
    hand = pen.handwriting.shown if pen.handwriting else None
    today, other = timezone.localdate(), getattr(row, SIGNED_ON[role.other])
    signatory = Signatory(by.full_name, behalf or by.full_name, pen.picture, hand)
    lines = lines_of(copies_made(row)[0].rendition, role)
    return appearance(signatory, lines, on=today, last=max(today, other) if other else None)


def _standing(identity: SigningIdentity) -> str:
    """Return what its authority says of a certificate that was brought in; "" for one of ours, which we know."""
    found = identity.certificate
    return "" if found is None or found.is_ours else standing_of(found).standing.value


def _proof(signed: Sequence[tuple[Counterpart, Signed]], pen: Pen, behalf: str) -> dict[str, Any]:
    """Return what is kept with the signature: its files, and what the person had proved at that moment."""
    first = signed[0][1]
    until = pen.identity.mandate_until
    return {
        "file": first.sha256,
        "files": [each.sha256 for _, each in signed],
        "level": pen.identity.level,
        "identity": pen.identity.pk,
        "certificate": pen.serial,
        "standing": _standing(pen.identity),
        "seal": str(pen.seal) if pen.seal else "",
        "handwriting": pen.handwriting.facts if pen.handwriting else {},
        "words": behalf,
        "confirmed_at": pen.confirmed_at.isoformat(),
        "mandate_until": until.isoformat() if until else "",
        "time": first.level,
        "no_time": first.no_time,
    }
