"""What regions ask of the apps above them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sockets import Socket

KindWords = Callable[[], Mapping[str, str]]  # key → word

# What the kinds that rules name by key are called. The kinds themselves belong to whoever has institutions.
INSTITUTION_KINDS: Socket[KindWords] = Socket("regions.INSTITUTION_KINDS", is_mandatory=True)
AUTHORITY_KINDS: Socket[KindWords] = Socket("regions.AUTHORITY_KINDS", is_mandatory=True)
