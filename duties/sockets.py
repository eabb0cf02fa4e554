"""What people's affairs ask of the apps above them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User
from duties.sealed import SealedLetter
from institutions.models import Authority, Institution
from regions.models import Region
from sockets import Socket


@dataclass(frozen=True)
class Lacking:
    """A region in which `waiting` agreements wait for a bureau of this kind, here or above it."""

    region: Region
    kind: Authority.Kind
    waiting: int


# Whether a person may be shown an institution's contacts, besides its own people and the officials over it.
CONTACT_RULES: Socket[Callable[[User, Institution], bool]] = Socket("duties.CONTACT_RULES", is_mandatory=True)
# Agreements in force that have nobody to be filed with, by region and kind of bureau: for whoever makes bureaus known.
WITHOUT_BUREAU: Socket[Callable[[], list[Lacking]]] = Socket("duties.WITHOUT_BUREAU")
# A sealed letter as PDF of one page. Raises WrongState for characters that cannot be printed.
LETTER_PDF: Socket[Callable[[SealedLetter], bytes]] = Socket("duties.LETTER_PDF", is_mandatory=True)
