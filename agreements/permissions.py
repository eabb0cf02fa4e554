"""Who may see and do what with an agreement. Views get their agreement from here and nowhere else."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.requests import PersonRequest
from agreements.models import Agreement
from institutions.models import Role, institutions_of, institutions_read_by

P = ParamSpec("P")
AgreementView: TypeAlias = Callable[Concatenate[PersonRequest, Agreement, P], HttpResponseBase]
AddressedView: TypeAlias = Callable[..., HttpResponseBase]  # request, number and what the view itself takes
Check: TypeAlias = Callable[[User, Agreement], bool]


def can_edit_draft(user: User, agreement: Agreement) -> bool:
    """Whether the user is a clerk of the drafting institution. The state is the verb's own guard."""
    return institutions_of(user).filter(pk=agreement.drafted_by_id).exists()


def can_answer(user: User, agreement: Agreement) -> bool:
    """Whether the user is a clerk of the institution that the text was sent to."""
    partner = agreement.partner
    return partner is not None and institutions_of(user).filter(pk=partner.pk).exists()


def can_act(user: User, agreement: Agreement) -> bool:
    """Whether the user is a clerk of either side. Signatories and officials only read."""
    return institutions_of(user).filter(pk__in=[agreement.medical_id, agreement.elder_care_id]).exists()


def can_sign_for(user: User, agreement: Agreement, role: Role) -> bool:
    """Whether the user is a clerk of the side in this role, and so enters when that side signed."""
    party = agreement.party(role)
    return party is not None and institutions_of(user).filter(pk=party.pk).exists()


def reads_for_a_party(user: User, agreement: Agreement) -> bool:
    """Whether the user belongs to either side, acting or only reading; officials do not."""
    return institutions_read_by(user).filter(pk__in=[agreement.medical_id, agreement.elder_care_id]).exists()


def can_withdraw(user: User, agreement: Agreement) -> bool:
    """Whether the user may give the text up: the drafting side, and once it is frozen either side."""
    return can_act(user, agreement) if agreement.is_frozen else can_edit_draft(user, agreement)


def with_agreement(view: AgreementView[P]) -> AddressedView:
    """Turn the `number` of the address into an agreement that the person may see; 404 for any other."""
    return _guarded(view, None)


def with_draft(view: AgreementView[P]) -> AddressedView:
    """As `with_agreement`; 403 for who may see the agreement but is not on the drafting side."""
    return _guarded(view, can_edit_draft)


def with_answer(view: AgreementView[P]) -> AddressedView:
    """As `with_agreement`; 403 for who may see the agreement but is not on the side that answers."""
    return _guarded(view, can_answer)


def with_withdrawable(view: AgreementView[P]) -> AddressedView:
    """As `with_agreement`; 403 for who may see the agreement but may not withdraw it."""
    return _guarded(view, can_withdraw)


def with_own_agreement(view: AgreementView[P]) -> AddressedView:
    """As `with_agreement`; 403 for who may see the agreement but is a clerk of neither side."""
    return _guarded(view, can_act)


def _guarded(view: AgreementView[P], check: Check | None) -> AddressedView:
    @wraps(view)
    def guarded(request: PersonRequest, number: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        visible = Agreement.objects.visible_to(request.user).with_parties()
        agreement = get_object_or_404(visible, number=number)
        if check is not None and not check(request.user, agreement):
            raise PermissionDenied
        return view(request, agreement, *args, **kwargs)

    return guarded
