"""Where a request came from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """Return the client's address: as our own proxy saw it, else the connection's; None over a local socket."""
    seen = [request.META.get("REMOTE_ADDR", "")]
    if settings.BEHIND_PROXY:
        # A proxy appends what it saw; whatever stands before that came from the client.
        seen.insert(0, request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip())
    return next((address for address in seen if _is_address(address)), None)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
