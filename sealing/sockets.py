"""What sealing asks of the apps above it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from regions.models import Region
from sockets import Socket

# The titles of the papers' templates that apply in a region, by their slugs: an authorisation can be limited to them.
TEMPLATES: Socket[Callable[[Region], Mapping[str, str]]] = Socket("sealing.TEMPLATES", is_mandatory=True)
