"""Where a person goes next: only to addresses of our own."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def own_address(request: HttpRequest, wanted: str) -> str:
    """Return `wanted` as a path with its query if it is an address of this site, else ""."""
    if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(wanted)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    # Of http://ours//theirs the path alone, //theirs, leads elsewhere.
    # A word alone would be taken for the name of one of our addresses.
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, None) else ""


def onward(request: HttpRequest) -> str:
    """Return what `next` asks for if it is ours, else the work list."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return own_address(request, wanted) or resolve_url("home")


def came_from(request: HttpRequest) -> str:
    """Return this page for a GET, and for a POST the page with the form; the work list where no browser says which."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    return own_address(request, request.headers.get("Referer", "")) or resolve_url("home")
