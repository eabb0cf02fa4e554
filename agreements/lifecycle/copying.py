"""An agreement as the pattern for another: its terms, with a partner yet to be chosen."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from agreements import events
from agreements.lifecycle.numbering import create_numbered
from agreements.lifecycle.proposals import OF_A_SIDE
from agreements.models import Agreement, AgreementKind, TemplateVersion
from agreements.text.schema import Blank, BlankKind, TemplateBody
from audit.log import append
from institutions.models import Institution, institutions_of
from verbs.errors import NotAllowed, WrongState


def start_copy(agreement: Agreement, *, by: User) -> Agreement:
    """Open a new draft for the side that `by` acts for, with the terms and the contact of this agreement's.

    By the newest version of its template that applies there; none where it no longer does, and the wizard asks. Left
    out is what belongs to the one agreement: the partner with the people whom it named, the days of the term, the
    authorities that the copies go to.
    Nothing links the two, and nothing ends. Raises NotAllowed to all but the clerks of its two sides while theirs is
    open, and WrongState for a supplement and for a draft without a template.
    """
    side = _open_side_of(by, agreement)
    if not can_be_copied(agreement):
        raise WrongState("补充协议跟着它的原协议，没有选范本的草稿还没有条款；都不能照着另起一份。")

    def make(number: str) -> Agreement:
        new = Agreement(
            number=number,
            region=side.region,
            drafted_by=side,
            template_version=_version_for(side, agreement),
            answers=_lasting(agreement.answers, agreement.chosen_version.parsed, side),
            contacts={role: kept for role, kept in agreement.contacts.items() if role == side.role},
            created_by=by,
            is_demo=side.is_demo,
        )
        setattr(new, side.role, side)
        return new

    with transaction.atomic():
        copy = create_numbered(make)
        append(events.Drafted(institution=side.name, pattern=agreement.number), by=by, subject=copy)
    return copy


def can_be_copied(agreement: Agreement) -> bool:
    """Whether it has terms of its own that could be another's."""
    return agreement.kind != AgreementKind.SUPPLEMENT and agreement.template_version_id is not None


def _open_side_of(user: User, agreement: Agreement) -> Institution:
    own = institutions_of(user).open().select_related("region")
    side = own.filter(pk__in=[agreement.medical_id, agreement.elder_care_id]).first()
    if side is None:
        raise NotAllowed("只有协议双方的经办人才能照着它另起一份；机构已暂停或关闭的，不能起草。")
    return side


def _version_for(side: Institution, agreement: Agreement) -> TemplateVersion | None:
    offered = TemplateVersion.objects.for_region(side.region)
    return offered.filter(template=agreement.chosen_version.template_id).first()


def _lasting(answers: dict[str, Any], body: TemplateBody, side: Institution) -> dict[str, Any]:
    """Leave out the days of the term, the authorities, which are proposed from the new copies' own holders, and what is
    the other side's: its people are nobody's of the next partner."""
    passing = {body.term.from_blank, body.term.to_blank}
    passing |= {blank.id for blank in body.blanks if blank.kind is BlankKind.AUTHORITY or not _may_go_on(blank, side)}
    return {key: value for key, value in answers.items() if key not in passing}


def _may_go_on(blank: Blank, side: Institution) -> bool:
    return blank.role == side.role or (not blank.role and blank.kind not in OF_A_SIDE)
