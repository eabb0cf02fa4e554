"""Regions are loaded through the person's remit: any other is 404."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404
from django.http.response import HttpResponseBase

from accounts.models import User
from accounts.requests import PersonRequest
from institutions.models import authorities_of, remit_read_by
from regions.divisions import NATION_CODE
from regions.models import Region

P = ParamSpec("P")
CODE_LENGTH = 6


@dataclass(frozen=True)
class RegionPath:
    """A region that the person may ask about, with those above it that they may ask about too."""

    region: Region
    above: tuple[Region, ...]


def own_regions(user: User) -> list[Region]:
    """Return the regions of the person's authorities, the widest first; empty for whoever has no remit."""
    return list(Region.objects.filter(authorities__in=authorities_of(user)).distinct().order_by("level", "code"))


def path_of(user: User, code: str) -> RegionPath:
    """Return the region of a code with its way down from the top of the remit. Raises Http404 outside it."""
    if not (len(code) == CODE_LENGTH and code.isascii() and code.isdigit()):
        raise Http404
    chain = {NATION_CODE, f"{code[:2]}0000", f"{code[:4]}00", code}
    found = {each.code: each for each in remit_read_by(user).filter(code__in=chain).order_by("level")}
    region = found.pop(code, None)
    if region is None:
        raise Http404
    above = (each for each in found.values() if each.level < region.level and not each.is_grouping)
    return RegionPath(region, tuple(above))


def with_path(
    view: Callable[Concatenate[PersonRequest, RegionPath, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Turn the `code` of the address into a region of the person's remit; 404 for any other."""

    @wraps(view)
    def guarded(request: PersonRequest, code: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, path_of(request.user, code), *args, **kwargs)

    return guarded
