"""Who may see and do what with an eligibility case. Views get their case from here and nowhere else."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.requests import PersonRequest
from institutions.models import (
    EligibilityCase,
    Institution,
    institutions_of,
    institutions_read_by,
    remit_of,
    reviews_for,
)

P = ParamSpec("P")
CaseView: TypeAlias = Callable[Concatenate[PersonRequest, EligibilityCase, P], HttpResponseBase]
InstitutionView: TypeAlias = Callable[Concatenate[PersonRequest, Institution, P], HttpResponseBase]
AddressedView: TypeAlias = Callable[..., HttpResponseBase]  # request, id and what the view itself takes
Check: TypeAlias = Callable[[User, EligibilityCase], bool]


def can_answer(user: User, case: EligibilityCase) -> bool:
    """Whether the user is a clerk of the institution. The state is the verb's own guard."""
    return institutions_of(user).filter(pk=case.institution_id).exists()


def can_review(user: User, case: EligibilityCase) -> bool:
    """Whether the user is a reviewer of that very health authority; other officials of the remit only read."""
    return reviews_for(user, case.authority)


def can_begin(user: User, institution: Institution) -> bool:
    return institutions_of(user).filter(pk=institution.pk).exists()


def can_read(user: User, institution: Institution) -> bool:
    """Whether the person reads the institution's papers or answers for its area as an official."""
    own = institutions_read_by(user).filter(pk=institution.pk).exists()
    return own or remit_of(user).filter(pk=institution.region_id).exists()


def with_case(view: CaseView[P]) -> AddressedView:
    """Turn the id of the address into a case that the person may see; 404 for any other."""
    return _guarded(view, None)


def with_own_case(view: CaseView[P]) -> AddressedView:
    """As `with_case`; 403 for who may see the case but is no clerk of its institution."""
    return _guarded(view, can_answer)


def with_review(view: CaseView[P]) -> AddressedView:
    """As `with_case`; 403 for who may see the case but is no reviewer of its authority."""
    return _guarded(view, can_review)


def _guarded(view: CaseView[P], check: Check | None) -> AddressedView:
    @wraps(view)
    def guarded(request: PersonRequest, case: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        visible = EligibilityCase.objects.visible_to(request.user).with_places()
        found = get_object_or_404(visible, pk=case)
        if check is not None and not check(request.user, found):
            raise PermissionDenied
        return view(request, found, *args, **kwargs)

    return guarded


def with_institution(view: InstitutionView[P]) -> AddressedView:
    """Turn the id of the address into an institution whose cases the person may read; 404 for any other."""

    @wraps(view)
    def guarded(request: PersonRequest, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        found = get_object_or_404(Institution.objects.with_profiles(), pk=pk)
        if not can_read(request.user, found):
            raise Http404
        return view(request, found, *args, **kwargs)

    return guarded
