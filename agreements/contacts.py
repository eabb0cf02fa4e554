"""Who is whose partner, and may so see whose contacts (`duties.sockets.CONTACT_RULES`)."""

from django.db.models import Q

from accounts.models import User
from agreements.models import Agreement
from institutions.models import Institution, institutions_read_by


def is_partner(user: User, institution: Institution) -> bool:
    """Return whether an institution that the user reads for and this one have settled on a text together."""
    own = institutions_read_by(user).values("pk")
    sides = Q(elder_care=institution, medical__in=own) | Q(medical=institution, elder_care__in=own)
    return Agreement.objects.filter(sides, frozen__isnull=False).exists()
