"""The first beat of every verb about an institution: its row, locked, with region and profiles.

The lock stands for the profiles too: whoever changes a profile locks the institution first.
"""

from __future__ import annotations

from institutions.facts import Profile
from institutions.models import ElderCareProfile, Institution, MedicalProfile, Role


def locked(institution: Institution) -> Institution:
    """Return the institution as it stands, locked until the transaction ends.

    Two statements: one that waited for the lock still sees joined rows as they were when it began to wait.
    """
    Institution.objects.select_for_update(no_key=True).only("pk").get(pk=institution.pk)
    return Institution.objects.with_profiles().get(pk=institution.pk)


def profile_or_new(institution: Institution) -> Profile:
    """Return the profile of the institution's side, unsaved where it has none yet."""
    kind = MedicalProfile if institution.role == Role.MEDICAL else ElderCareProfile
    return institution.profile or kind(institution=institution)
