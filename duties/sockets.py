"""What people's affairs ask of the apps above them."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import User
from institutions.models import Institution
from sockets import Socket

# Whether a person may be shown an institution's contacts, besides its own people and the officials over it.
CONTACT_RULES: Socket[Callable[[User, Institution], bool]] = Socket("duties.CONTACT_RULES", is_mandatory=True)
