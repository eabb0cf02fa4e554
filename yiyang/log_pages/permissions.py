"""The log is the auditor's alone: not the platform administrator's, and nobody's beside another duty in use."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http.response import HttpResponseBase

from accounts.requests import PersonRequest
from institutions.models import Duty, has_duty

Rest = ParamSpec("Rest")
View = Callable[Concatenate[PersonRequest, Rest], HttpResponseBase]


def auditor_only(view: View[Rest]) -> View[Rest]:
    """Forbid the view to whoever is not acting as an auditor."""

    @wraps(view)
    def guarded(request: PersonRequest, /, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponseBase:
        if not has_duty(request.user, Duty.AUDITOR):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
