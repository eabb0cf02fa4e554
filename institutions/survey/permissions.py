"""Who may see and do what with a survey. Views get their institution or round from here and nowhere else."""

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
    Duty,
    Institution,
    InstitutionQuerySet,
    SurveyRound,
    authorities_of,
    has_duty,
    institutions_held_by,
    memberships_in_use,
    remit_of,
    reviews_for,
)

P = ParamSpec("P")
InstitutionView: TypeAlias = Callable[Concatenate[PersonRequest, Institution, P], HttpResponseBase]
RoundView: TypeAlias = Callable[Concatenate[PersonRequest, SurveyRound, P], HttpResponseBase]
AddressedView: TypeAlias = Callable[..., HttpResponseBase]  # request, id and what the view itself takes


def institutions_filled_by(user: User) -> InstitutionQuerySet:
    """Return the institutions whose survey the person fills in: as their clerk or administrator."""
    held = memberships_in_use(user).filter(duty__in=[Duty.CLERK, Duty.ADMINISTRATOR])
    return Institution.objects.filter(pk__in=held.values("institution"))


def can_fill(user: User, institution: Institution) -> bool:
    return institutions_filled_by(user).filter(pk=institution.pk).exists()


def can_read(user: User, institution: Institution) -> bool:
    """Whether the person belongs to the institution, in any duty, or answers for its area as an official."""
    own = institutions_held_by(user).filter(pk=institution.pk).exists()
    return own or remit_of(user).filter(pk=institution.region_id).exists()


def can_compare(user: User, institution: Institution, other: Institution) -> bool:
    """Whether the person may lay two institutions' services side by side: one is of the other side, and either the
    first is the own one and the second open to all, or both are of an official's remit."""
    if institution.role == other.role:
        return False
    if institutions_held_by(user).filter(pk=institution.pk).exists():
        return other.status == Institution.Status.OPEN
    return can_read(user, institution) and can_read(user, other)


def is_official(user: User) -> bool:
    return has_duty(user, Duty.REVIEWER, Duty.SUPERVISOR)


def can_close(user: User, opened: SurveyRound) -> bool:
    """Whether the person reviews for the very authority that asked."""
    return reviews_for(user, opened.authority)


def with_survey(view: InstitutionView[P]) -> AddressedView:
    """Turn the id of the address into an institution whose survey the person may read; 404 for any other."""

    @wraps(view)
    def guarded(request: PersonRequest, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        found = get_object_or_404(Institution.objects.with_profiles(), pk=pk)
        if not can_read(request.user, found):
            raise Http404
        return view(request, found, *args, **kwargs)

    return guarded


def with_own_survey(view: InstitutionView[P]) -> AddressedView:
    """As `with_survey`; 403 for who may read it but does not fill it in."""

    @with_survey
    def guarded(
        request: PersonRequest, institution: Institution, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if not can_fill(request.user, institution):
            raise PermissionDenied
        return view(request, institution, *args, **kwargs)

    return wraps(view)(guarded)


def for_officials(view: Callable[Concatenate[PersonRequest, P], HttpResponseBase]) -> AddressedView:
    """Refuse (403) who answers for no area."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not is_official(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def for_reviewers(view: Callable[Concatenate[PersonRequest, P], HttpResponseBase]) -> AddressedView:
    """Refuse (403) who reviews for no authority: supervisors only read."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not authorities_of(request.user, Duty.REVIEWER).exists():
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def with_round(view: RoundView[P]) -> AddressedView:
    """Turn the id of the address into a round that an official may see; 404 for any other.

    Institutions see that they are asked, and not who else was and has not answered.
    """

    @wraps(view)
    def guarded(request: PersonRequest, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        visible = SurveyRound.objects.visible_to(request.user).select_related("authority__region", "asked_by")
        found = get_object_or_404(visible, pk=pk)
        if not is_official(request.user):
            raise Http404
        return view(request, found, *args, **kwargs)

    return guarded


def with_own_round(view: RoundView[P]) -> AddressedView:
    """As `with_round`; 403 for who may see the round but does not review for the authority that asked."""

    @with_round
    def guarded(request: PersonRequest, opened: SurveyRound, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not can_close(request.user, opened):
            raise PermissionDenied
        return view(request, opened, *args, **kwargs)

    return wraps(view)(guarded)
