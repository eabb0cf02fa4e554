"""The first beat of every verb about an institution: its row, locked, with region and profiles.

The lock stands for the profiles too: whoever changes a profile locks the institution first.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from institutions.models import ElderCareProfile, Institution, MedicalProfile, Role

Profile = MedicalProfile | ElderCareProfile


def locked(institution: Institution) -> Institution:
    """Return the institution as it stands, locked until the transaction ends.

    Two statements: one that waited for the lock still sees joined rows as they were when it began to wait.
    """
    Institution.objects.select_for_update().only("pk").get(pk=institution.pk)
    return Institution.objects.with_profiles().get(pk=institution.pk)


def profile_or_new(institution: Institution) -> Profile:
    """Return the profile of the institution's side, unsaved where it has none yet."""
    kind = MedicalProfile if institution.role == Role.MEDICAL else ElderCareProfile
    return institution.profile or kind(institution=institution)


def holder_of(name: str, institution: Institution, profile: Profile) -> models.Model:
    """Return the row that has a field of that name: no name is on both. Raises FieldDoesNotExist for neither."""
    for row in (institution, profile):
        if name in {each.name for each in row._meta.concrete_fields}:
            return row
    raise FieldDoesNotExist(name)


def field_label(name: str) -> str:
    """Return a field's Chinese name, of an institution or either profile; the bare name for what is gone."""
    for model in (Institution, MedicalProfile, ElderCareProfile):
        for each in model._meta.concrete_fields:
            if each.name == name:
                return str(each.verbose_name)
    return name


def plain(value: Any) -> Any:
    """Return a value as the log keeps it: days as ISO text, a region as code and name."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return f"{getattr(value, 'code', '')} {value}".strip()
    return value
