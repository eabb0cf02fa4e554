"""Who may see and do what with a filing. Views get their filing from here and nowhere else."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import User
from accounts.requests import PersonRequest
from agreements.permissions import can_act
from filing.models import Filing
from institutions.models import Duty, has_duty, reviews_for

P = ParamSpec("P")
FilingView: TypeAlias = Callable[Concatenate[PersonRequest, Filing, P], HttpResponseBase]
AddressedView: TypeAlias = Callable[..., HttpResponseBase]  # request, filing's id and what the view itself takes
Check: TypeAlias = Callable[[User, Filing], bool]


def can_submit(user: User, filing: Filing) -> bool:
    """Whether the user is a clerk of either party. The state is the verb's own guard."""
    return can_act(user, filing.agreement)


def can_review(user: User, filing: Filing) -> bool:
    """Whether the user is a reviewer of that very authority; supervisors and other authorities only read."""
    return reviews_for(user, filing.authority)


def is_official(user: User) -> bool:
    """Whether the person sees filings from the authority's side."""
    return has_duty(user, Duty.REVIEWER, Duty.SUPERVISOR)


def with_filing(view: FilingView[P]) -> AddressedView:
    """Turn the id of the address into a filing that the person may see; 404 for any other."""
    return _guarded(view, None)


def with_own_filing(view: FilingView[P]) -> AddressedView:
    """As `with_filing`; 403 for who may see the filing but is a clerk of neither party."""
    return _guarded(view, can_submit)


def with_review(view: FilingView[P]) -> AddressedView:
    """As `with_filing`; 403 for who may see the filing but is no reviewer of its authority."""
    return _guarded(view, can_review)


def _guarded(view: FilingView[P], check: Check | None) -> AddressedView:
    @wraps(view)
    def guarded(request: PersonRequest, filing: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        visible = Filing.objects.visible_to(request.user).with_parties().with_clock(timezone.localdate())
        found = get_object_or_404(visible, pk=filing)
        if check is not None and not check(request.user, found):
            raise PermissionDenied
        return view(request, found, *args, **kwargs)

    return guarded
