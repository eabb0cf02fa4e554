"""Who imports, and who only looks on. Views get their import from here and nowhere else."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.requests import PersonRequest
from institutions.models import Authority, Duty, InstitutionImport, authorities_of
from institutions.models.duty import OF_AUTHORITIES

P = ParamSpec("P")
ImportView: TypeAlias = Callable[Concatenate[PersonRequest, InstitutionImport, P], HttpResponseBase]
AddressedView: TypeAlias = Callable[..., HttpResponseBase]  # request, the import's id and what the view itself takes


def imports_for(user: User) -> QuerySet[Authority]:
    """Return the authorities for whose region the user imports: as reviewer or administrator. Supervisors read."""
    return authorities_of(user, Duty.REVIEWER, Duty.ADMINISTRATOR)


def can_import(user: User) -> bool:
    return imports_for(user).exists()


def reads_imports(user: User) -> bool:
    return authorities_of(user, *OF_AUTHORITIES).exists()


def can_act_on(user: User, run: InstitutionImport) -> bool:
    return imports_for(user).filter(pk=run.authority_id).exists()


def with_import(view: ImportView[P]) -> AddressedView:
    """Turn the `pk` of the address into an import of the person's own authority; 404 for any other."""
    return _guarded(view, may_act=False)


def with_own_import(view: ImportView[P]) -> AddressedView:
    """As `with_import`; 403 for who only reads."""
    return _guarded(view, may_act=True)


def for_importers(view: Callable[Concatenate[PersonRequest, P], HttpResponseBase]) -> AddressedView:
    """403 for who imports for no authority."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not can_import(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def _guarded(view: ImportView[P], *, may_act: bool) -> AddressedView:
    @wraps(view)
    def guarded(request: PersonRequest, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        visible = InstitutionImport.objects.visible_to(request.user).with_people()
        run = get_object_or_404(visible, pk=pk)
        if may_act and not can_act_on(request.user, run):
            raise PermissionDenied
        return view(request, run, *args, **kwargs)

    return guarded
