"""The facts of an institution and of its side's profile: who holds one, how it is logged and shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from chinese.dates import cn_day
from institutions.models import ElderCareProfile, Institution, MedicalProfile

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Profile = MedicalProfile | ElderCareProfile
Changes = Mapping[str, list[Any]]  # field → [old, new], as the log keeps them
YES_NO = {True: "是", False: "否"}


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


def as_logged(written: Mapping[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    """Return the changes as the log keeps them: field → [old, new]."""
    return {name: [_plain(old), _plain(new)] for name, (old, new) in written.items()}


def shown(name: str, value: Any) -> str:
    """Return a logged or present value as people read it: a choice by its word, nothing as （空）."""
    if isinstance(value, bool):
        return YES_NO[value]
    if value in (None, ""):
        return "（空）"
    for model in (Institution, MedicalProfile, ElderCareProfile):
        for field in model._meta.concrete_fields:
            if field.name == name and field.choices:
                return str(dict(field.flatchoices).get(value, value))
    return _day(str(value))


def _plain(value: Any) -> Any:
    """Return a value as the log keeps it: days as ISO text, a region as code and name."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, models.Model):
        return f"{getattr(value, 'code', '')} {value}".strip()
    return value


def _day(text: str) -> str:
    """Return an ISO day as 2026年11月22日; any other text as it is, also a number that reads like a compact day."""
    try:
        return cn_day(date.fromisoformat(text)) if ISO_DAY.fullmatch(text) else text
    except ValueError:
        return text
