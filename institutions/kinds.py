"""What the kinds of institutions and authorities are called: fills `regions.sockets`."""

from __future__ import annotations

from institutions.models import Authority, ElderCareProfile, MedicalProfile


def institution_kinds() -> dict[str, str]:
    """Return the word for each kind of institution, of either side, by its key."""
    return dict([*MedicalProfile.Kind.choices, *ElderCareProfile.Kind.choices])


def authority_kinds() -> dict[str, str]:
    """Return the word for each kind of authority by its key."""
    return dict(Authority.Kind.choices)
