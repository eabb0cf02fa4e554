"""How views are guarded: 404 for a row that the person may not see, 403 for what they may see and not do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeAlias, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.requests import PersonRequest

P = ParamSpec("P")
Row = TypeVar("Row", bound=Model)
View: TypeAlias = Callable[Concatenate[PersonRequest, P], HttpResponseBase]
RowView: TypeAlias = Callable[Concatenate[PersonRequest, Row, ...], HttpResponseBase]
AddressedView: TypeAlias = Callable[..., HttpResponseBase]  # request, what the address names, what the view takes


def only_for(may: Callable[[User], bool]) -> Callable[[View[P]], View[P]]:
    """Refuse the view (403) to whoever `may` says no of."""

    def decorator(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: PersonRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not may(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorator


def sent_from(page: str, *words: str) -> Callable[[View[P]], View[P]]:
    """Give the view what is sent to it; whoever opens its address is led to `page`, whose form sends there.

    That is how a browser loads a refused form again, and what a person keeps of it. `words`: what the address of the
    page takes of this one. Stands beneath the guard of the row: a stranger is told that there is none.
    """

    def decorator(view: View[P]) -> View[P]:
        @wraps(view)
        def sent(request: PersonRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method != "GET":
                return view(request, *args, **kwargs)
            named = request.resolver_match.kwargs if request.resolver_match else {}
            return HttpResponseRedirect(reverse(page, kwargs={word: named[word] for word in words}))

        return require_http_methods(["GET", "POST"])(sent)

    return decorator


@dataclass(frozen=True)
class Addressed(Generic[Row]):
    """The rows that views are given by their address. `word` is what the address calls the row's `field`."""

    visible: Callable[[User], QuerySet[Row]]
    word: str = "pk"
    field: str = "pk"

    def guard(self, may: Callable[[User, Row], bool] | None = None) -> Callable[[RowView[Row]], AddressedView]:
        """Give the view the row that its address names: 404 for one that is not visible, 403 where `may` says no."""

        def decorator(view: RowView[Row]) -> AddressedView:
            @wraps(view)
            def guarded(request: PersonRequest, **named: Any) -> HttpResponseBase:
                row = get_object_or_404(self.visible(request.user), **{self.field: named.pop(self.word)})
                if may is not None and not may(request.user, row):
                    raise PermissionDenied
                return view(request, row, **named)

            return guarded

        return decorator
