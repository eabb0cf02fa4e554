"""Where a request came from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

HOST_BITS = 64  # of an IPv6 address: what a customer chooses freely


def address_of(request: HttpRequest) -> str | None:
    """Return the client's address: as our own proxy saw it, else the connection's; None over a local socket."""
    seen = [request.META.get("REMOTE_ADDR", "")]
    if settings.BEHIND_PROXY:
        # A proxy appends what it saw; whatever stands before that came from the client.
        seen.insert(0, request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip())
    return next((address for address in seen if _is_address(address)), None)


def counted_address(request: HttpRequest) -> str | None:
    """Return the address under which attempts are counted: of IPv6 the network, for one customer has all of a /64."""
    seen = address_of(request)
    if seen is None:
        return None
    address = ipaddress.ip_address(seen)
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Address(int(address) >> HOST_BITS << HOST_BITS))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
