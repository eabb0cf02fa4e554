"""How views are guarded: 404 for a row that the person may not see, 403 for what they may see and not do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, Generic, ParamSpec, TypeAlias, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

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
