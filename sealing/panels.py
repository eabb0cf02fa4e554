"""What an institution's page shows of its signatories and seals, for its own people."""

from __future__ import annotations

from accounts.models import User
from frame.panels import Panel
from institutions.models import Institution
from institutions.permissions import is_of
from sealing.models.identity import WITH_KEY
from sealing.permissions import visible_identities, visible_seals


def signing(institution: Institution, user: User) -> Panel | None:
    """How many sign and which seals there are, with the ways to both; nothing for others."""
    if not is_of(user, institution):
        return None
    own = visible_identities(user).filter(institution=institution)
    context = {
        "institution": institution,
        "signatories": own.filter(state__in=WITH_KEY).count(),
        "on_the_way": own.exclude(state__in=WITH_KEY).filter(ended_at__isnull=True).count(),
        "seals": visible_seals(user).filter(institution=institution, state="in_use").count(),
    }
    return Panel("sealing/_panel.html", context, slug="signing-panel", word="电子签约")
