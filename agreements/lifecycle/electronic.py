"""Signing on screen: one side's signature on every copy at once, or a signatory's no.

What was signed stands. All copies of one side are signed in one transaction: a fault at the last of them leaves none.
The second signature of two brings the agreement into force, for there is no paper that somebody would certify; what
would be refused then is refused before the first (docs/decisions/0038-ceremony.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.names import plain_name, same_name
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
from agreements.lifecycle.overlap import days_lost, in_the_way, in_words
from agreements.lifecycle.pages import copies_made, pages_expected
from agreements.lifecycle.paper import SIGNED_ON, refuse_both_sides
from agreements.lifecycle.pens import Pen, proof_of
from agreements.lifecycle.reading import how_read
from agreements.lifecycle.rounds import close_round
from agreements.lifecycle.seen import refuse_another_text
from agreements.lifecycle.shown import Signatory, appearance
from agreements.lifecycle.transitions import COMPLETE, DECLINE_TO_SIGN, LIFE, SIGN_ELECTRONICALLY
from agreements.lifecycle.ways import has_paper, not_in_turn
from agreements.lifecycle.windows import refuse_closed
from agreements.models import Agreement, Counterpart, HowRead, ShownPage, Signature
from agreements.models.ways import Way
from agreements.permissions import side_signed_for
from audit import timestamping
from institutions.models import Role
from sealing.models import SigningIdentity
from sealing.pades.looks import Appearance
from sealing.pades.signing import Signed, Signing, sign
from sealing.pades.timestamps import stamp_of_one_act
from sealing.permissions import may_bring_into_force
from sealing.seals import Paper, use_seal
from sealing.unlocking import refuse_unusable
from verbs.errors import NotAllowed, Unacceptable

DECLINED_WHY = "请写明不签的原因，双方都会看到，以便修改。"
NOT_FOR_REAL = "演示证书没有法律效力，不能用来签署真实的协议。请先申请正式的签约证书。"


@dataclass(frozen=True)
class Accepted:
    """What the person was told and accepted: by how many days a running agreement ends early, and how far apart the two
    days of signing lie. `text` is the digest of the text that was on the screen."""

    text: str
    days_lost: int = 0
    days_apart: int = 0


@dataclass(frozen=True)
class Act:
    """One side's signature, as it is made: `behalf` is e.g. 徐赟代赵堃签, "" where the text names the signatory."""

    role: Role
    by: User
    pen: Pen
    behalf: str
    day: date


SignedCopies = list[tuple[Counterpart, Signed]]


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
        _sign(row, Act(role, by, pen, on_behalf_of(row, role, by), today), read=read)
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
    named = plain_name(row.contact(role).get("signatory_name", ""))
    return f"{by.full_name.strip()}代{named}签" if named and not same_name(named, by.full_name) else ""


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


def _sign(row: Agreement, act: Act, *, read: HowRead) -> None:
    """Sign every copy, write that down, and keep the files: all of it or nothing."""
    signed = _signed_copies(row, act)
    LIFE.finish(row, SIGN_ELECTRONICALLY, _event(row, act, signed), by=act.by)
    signature = _written_down(row, act, signed, read)
    for copy, each in signed:
        keep(copy, each, signature=signature)
    if act.pen.seal is not None:
        use_seal(act.pen.seal, by=act.by, about=f"合作协议 {row.number}", paper=paper_of(row))
    row.refresh_from_db(fields=[SIGNED_ON[act.role]])


def _signed_copies(row: Agreement, act: Act) -> SignedCopies:
    signing = Signing(
        role=act.role.value,
        name=act.by.full_name,
        reason=f"代表{row.party_name(act.role)}签署合作协议 {row.number}" + (f"（{act.behalf}）" if act.behalf else ""),
        at=timezone.localtime(),
        looks=_looks(row, act),
    )
    stamp = stamp_of_one_act() if timestamping.is_set() else None
    return [(copy, sign(newest(copy)[0], signing, act.pen.hand, stamp=stamp)) for copy in copies_made(row)]


def _event(row: Agreement, act: Act, signed: SignedCopies) -> events.SignedElectronically:
    pen = act.pen
    return events.SignedElectronically(
        revision=row.revision,
        role=act.role,
        on=act.day,
        name=act.by.full_name,
        on_behalf=act.behalf or None,
        level=pen.identity.get_level_display(),
        serial=pen.serial,
        seal=str(pen.seal) if pen.seal else None,
        handwriting=pen.handwriting.kind.label if pen.handwriting else None,
        files=[each.sha256 for _, each in signed],
    )


def _written_down(row: Agreement, act: Act, signed: SignedCopies, read: HowRead) -> Signature:
    text, party = row.frozen, row.party(act.role)
    if text is None or party is None:
        raise ValueError(f"{row} has no frozen text to sign")  # the database allows no such row
    return row.signatures.create(
        frozen=text,
        role=act.role,
        on_behalf_of=party,
        kind=Way.ELECTRONIC,
        person=act.by,
        signatory_name=act.by.full_name,
        day=act.day,
        proof=proof_of(signed, act.pen, act.behalf) | {"read": read.value},
        entered_by=act.by,
    )


def _looks(row: Agreement, act: Act) -> Appearance:
    pen, other = act.pen, getattr(row, SIGNED_ON[act.role.other])
    hand = pen.handwriting.shown if pen.handwriting else None
    signatory = Signatory(act.by.full_name, act.behalf or act.by.full_name, pen.picture, hand)
    lines = lines_of(copies_made(row)[0].rendition, act.role)
    return appearance(signatory, lines, on=act.day, last=max(act.day, other) if other else None)
