"""What follows an agreement: a renewal, a replacement, supplements. Each is a new agreement linked to the old one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements import events
from agreements.lifecycle.numbering import create_numbered
from agreements.lifecycle.proposals import next_term, stored
from agreements.lifecycle.ways import way_before
from agreements.models import Agreement, AgreementKind, TemplateVersion
from agreements.models.states import GIVEN_UP, RENEWABLE
from agreements.text.schema import TemplateBody
from audit.log import append
from chinese.dates import cn_day
from institutions.models import Institution, Role, institutions_of
from verbs.errors import NotAllowed, WrongState

RENEWAL_OPENS = timedelta(days=180)  # before the end of the term
SUPPLEMENT_SLUG = "supplement"


def start_renewal(agreement: Agreement, *, by: User) -> Agreement:
    """Open the renewal of an agreement that ends soon or has expired, or return the one already open.

    Same parties, the newest version of its template, the answers that still make sense. A renewal is renewed
    like any other; its notice dates come from its own term. Raises NotAllowed to all but the clerks of both sides, and
    WrongState when it is too early or too late.
    """
    with transaction.atomic():
        old = Agreement.objects.select_for_update(no_key=True, of=["self"]).with_parties().get(pk=agreement.pk)
        side = _side_of(by, old)
        existing = _living_successor(old)
        if existing is not None:
            return existing
        _may_renew(old)
        return _taking_its_place(old, AgreementKind.RENEWAL, side=side, by=by)


def start_replacement(agreement: Agreement, *, by: User) -> Agreement:
    """Open what takes the place of an agreement long before it ends (换签), or return what already takes it.

    Like a renewal: when it enters force the old one ends the day before, which both sides are told and accept. Raises
    NotAllowed to all but the clerks of both sides, and WrongState for one that is not in force or a supplement.
    """
    with transaction.atomic():
        old = Agreement.objects.select_for_update(no_key=True, of=["self"]).with_parties().get(pk=agreement.pk)
        side = _side_of(by, old)
        existing = _living_successor(old)
        if existing is not None:
            return existing
        if not can_be_replaced(old):
            raise WrongState(f"这份协议现在是“{old.state_words}”，生效中的主协议才能换签。")
        return _taking_its_place(old, AgreementKind.REPLACEMENT, side=side, by=by)


def start_supplement(agreement: Agreement, *, by: User) -> Agreement:
    """Open a supplementary agreement (补充协议) to one in force. There may be several."""
    with transaction.atomic():
        main = Agreement.objects.select_for_update(no_key=True, of=["self"]).with_parties().get(pk=agreement.pk)
        side = _side_of(by, main)
        if main.state != Agreement.State.IN_FORCE or main.kind == AgreementKind.SUPPLEMENT:
            raise WrongState(f"这份协议现在是“{main.state_words}”，生效中的协议才能签补充协议。")
        versions = TemplateVersion.objects.filter(template__slug=SUPPLEMENT_SLUG).order_by("-number")
        answers = {"main_number": main.number, "main_title": main.chosen_version.title}
        return _linked(main, AgreementKind.SUPPLEMENT, versions.first(), answers, side=side, by=by)


def can_be_replaced(agreement: Agreement) -> bool:
    """Whether something may take the agreement's place: it is in force, and no supplement."""
    return agreement.state == Agreement.State.IN_FORCE and agreement.kind != AgreementKind.SUPPLEMENT


def ends_when_in_force(agreement: Agreement) -> str:
    """Say what ends when a renewal or a replacement enters force; "" for one by which nothing ends."""
    old = agreement.predecessor
    if agreement.kind not in AgreementKind.taking_a_place() or old is None or old.state != Agreement.State.IN_FORCE:
        return ""
    return f"这一份生效后，原协议 {old}（期限到{cn_day(old.expires_on)}）在它开始的前一天结束，由这一份接替。"


def renewal_is_open(agreement: Agreement, *, on: date) -> bool:
    """Whether the agreement can be renewed on a day: it ends soon or has expired, and is no supplement."""
    renewable = agreement.state in RENEWABLE and agreement.kind != AgreementKind.SUPPLEMENT
    return renewable and agreement.expires_on is not None and on >= agreement.expires_on - RENEWAL_OPENS


def _may_renew(old: Agreement) -> None:
    if old.kind == AgreementKind.SUPPLEMENT:
        raise WrongState("补充协议随原协议一起续签，请在原协议上续签。")
    if old.state not in RENEWABLE or old.expires_on is None:
        raise WrongState(f"这份协议现在是“{old.state_words}”，不能续签。")
    opens = old.expires_on - RENEWAL_OPENS
    if timezone.localdate() < opens:
        raise WrongState(
            f"这份协议到期前 {RENEWAL_OPENS.days} 天内（{cn_day(opens)}起）才能续签；现在就要换一份的，请办理换签。"
        )


def _living_successor(old: Agreement) -> Agreement | None:
    taking = old.successors.filter(kind__in=AgreementKind.taking_a_place())
    return taking.exclude(state__in=GIVEN_UP).first()


def _taking_its_place(old: Agreement, kind: AgreementKind, *, side: Institution, by: User) -> Agreement:
    version = TemplateVersion.objects.for_region(old.region).filter(template=old.chosen_version.template).first()
    answers = _without_dates(old.answers, old.chosen_version.parsed)
    if kind is AgreementKind.RENEWAL and version is not None:
        answers |= stored(next_term(old, version.parsed))
    return _linked(old, kind, version, answers, side=side, by=by)


def _linked(
    old: Agreement,
    kind: AgreementKind,
    version: TemplateVersion | None,
    answers: dict[str, Any],
    *,
    side: Institution,
    by: User,
) -> Agreement:
    def make(number: str) -> Agreement:
        return Agreement(
            number=number,
            kind=kind,
            predecessor=old,
            region=old.region,
            drafted_by=side,
            medical=old.medical,
            elder_care=old.elder_care,
            template_version=version,
            answers=answers,
            contacts=old.contacts,
            drafting_way=way_before(old, Role(side.role)),
            created_by=by,
            is_demo=old.is_demo,
        )

    new = create_numbered(make)
    append(events.Drafted(predecessor=old.number, kind=kind), by=by, subject=new)
    return new


def _side_of(user: User, agreement: Agreement) -> Institution:
    side = institutions_of(user).filter(pk__in=[agreement.medical_id, agreement.elder_care_id]).first()
    if side is None:
        raise NotAllowed("只有协议双方的经办人才能续签或签补充协议。")
    return side


def _without_dates(answers: dict[str, Any], body: TemplateBody) -> dict[str, Any]:
    """Leave out the old term's own dates: copied, they would be wrong in every renewal."""
    return {key: value for key, value in answers.items() if key not in {body.term.from_blank, body.term.to_blank}}
