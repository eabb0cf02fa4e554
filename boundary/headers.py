"""What every answer tells the browser besides django-csp's policy: what to keep, lend out and ask the machine for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

# Nothing here uses any of them; a page that is made to ask must not even be asked back.
REFUSED_POWERS = (
    *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media", "geolocation"),
    *("gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment"),
    *("publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
PERMISSIONS_POLICY = ", ".join(f"{power}=()" for power in REFUSED_POWERS)
KEPT_NOWHERE = "private, no-store"


class HeadersMiddleware:
    """Inside the sessions' middleware: it needs to know whether somebody is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # At a shared desk “back” must not show the next person the last one's pages. Views that know better say so.
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", KEPT_NOWHERE)
        return response
