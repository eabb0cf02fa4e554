"""What people's affairs ask of the apps above them."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import User
from duties.sealed import SealedLetter
from institutions.models import Institution
from sockets import Socket

# Whether a person may be shown an institution's contacts, besides its own people and the officials over it.
CONTACT_RULES: Socket[Callable[[User, Institution], bool]] = Socket("duties.CONTACT_RULES", is_mandatory=True)
# A sealed letter as PDF of one page. Raises WrongState for characters that cannot be printed.
LETTER_PDF: Socket[Callable[[SealedLetter], bytes]] = Socket("duties.LETTER_PDF", is_mandatory=True)
