"""What regions ask of the apps above them."""

from __future__ import annotations

from collections.abc import Mapping

from sockets import Socket

# What the kinds that rules name by key are called. The kinds themselves belong to whoever has institutions.
INSTITUTION_KINDS: Socket[Mapping[str, str]] = Socket("regions.INSTITUTION_KINDS", is_mandatory=True)
AUTHORITY_KINDS: Socket[Mapping[str, str]] = Socket("regions.AUTHORITY_KINDS", is_mandatory=True)
