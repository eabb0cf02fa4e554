"""Rows of a sheet as institutions, a batch at a time in few queries, logged institution by institution.

The steps of one verb, the writing of an import, which has asked who may (imports/write_run.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from audit.log import append_many
from imports.column import Kind
from imports.columns import OF_ROLE
from imports.models import ImportRow, InstitutionImport
from institutions.events import Added, Changed
from institutions.facts import Profile
from institutions.lifecycle import rename_within
from institutions.models import ElderCareProfile, Institution, MedicalProfile, Role, ValidityPeriod
from institutions.validity import document_of

MODELS: dict[str, type[Profile]] = {Role.MEDICAL: MedicalProfile, Role.ELDER_CARE: ElderCareProfile}
Codes = Mapping[int, str]  # of regions, by key


def add(rows: Sequence[ImportRow], *, run: InstitutionImport, codes: Codes, by: User) -> list[Institution]:
    """Register the rows as new institutions and return these in the rows' order."""
    made = []
    profiles: list[Profile] = []
    for row in rows:
        institution = Institution(role=row.role)
        profile = MODELS[row.role](institution=institution)
        _lay(row.values, row.role, institution, profile)
        made.append(institution)
        profiles.append(profile)
    Institution.objects.bulk_create(made)
    _register_profiles(profiles)
    about = [(each, _added(each, row, run, codes)) for row, each in zip(rows, made, strict=True)]
    append_many(by=by, about=about)
    return made


def update(rows: Sequence[ImportRow], *, run: InstitutionImport, codes: Codes, by: User) -> None:
    """Write what the rows say otherwise than the register. The institutions are locked, the rows just compared."""
    wanted = {row.institution_id: row for row in rows}
    found = {each.pk: each for each in Institution.objects.with_profiles().filter(pk__in=list(wanted))}
    _rename(rows, found, run, by)
    profiles: list[Profile] = []
    periods: list[tuple[Institution, tuple[Any, ...], tuple[Any, ...]]] = []
    for pk, institution in found.items():
        row = wanted[pk]
        profile = institution.profile or MODELS[institution.role](institution=institution)
        before = _period(profile)
        values = {name: row.values[name] for name in row.changes if name != "name"}
        _lay(values if profile.pk else row.values, institution.role, institution, profile)
        profiles.append(profile)
        if (after := _period(profile)) != before:
            periods.append((institution, before, after))
    _store(list(found.values()), _written(rows, in_profile=False))
    known = [profile for profile in profiles if profile.pk]
    _register_profiles([profile for profile in profiles if profile.pk is None])
    for role, model in MODELS.items():
        of_role: list[Model] = [profile for profile in known if isinstance(profile, model)]
        _store(of_role, _written(rows, in_profile=True, role=role))
    _keep_periods(periods, by)
    about = [(found[pk], _changed(row, run, codes)) for pk, row in wanted.items() if pk and set(row.changes) - {"name"}]
    append_many(by=by, about=about)


def _lay(values: Mapping[str, Any], role: str, institution: Institution, profile: Profile) -> None:
    """Put a row's values on the institution and its profile."""
    for name, value in values.items():
        column = OF_ROLE[Role(role)][name]
        plain: Any = date.fromisoformat(value) if column.kind is Kind.DAY else value
        if name == "region":
            institution.region_id = plain
        else:
            setattr(profile if column.in_profile else institution, name, plain)
    if isinstance(profile, MedicalProfile) and "kind" in values:
        profile.is_primary = profile.kind in MedicalProfile.PRIMARY_KINDS


def _register_profiles(profiles: Sequence[Profile]) -> None:
    MedicalProfile.objects.bulk_create(each for each in profiles if isinstance(each, MedicalProfile))
    ElderCareProfile.objects.bulk_create(each for each in profiles if isinstance(each, ElderCareProfile))


def _rename(rows: Iterable[ImportRow], found: Mapping[int, Institution], run: InstitutionImport, by: User) -> None:
    """Give new names by the step that keeps the old ones and tells everybody concerned."""
    today = timezone.localdate()
    for row in rows:
        if "name" in row.changes and row.institution_id:
            reason = f"导入“{run.file_name[:100]}”第 {row.number} 行"
            rename_within(found[row.institution_id], by=by, to=row.values["name"], on=today, reason=reason)


def _written(rows: Iterable[ImportRow], *, in_profile: bool, role: str = "") -> list[str]:
    """Return the fields that some of the rows change, of the institution or of a side's profile."""
    names: set[str] = set()
    for row in rows:
        if role in ("", row.role):
            known = OF_ROLE[Role(row.role)]
            names |= {name for name in row.changes if name != "name" and known[name].in_profile == in_profile}
    if role == Role.MEDICAL and "kind" in names:
        names.add("is_primary")
    return sorted(names)


def _store(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Write fields of many rows in one statement: an upsert is several times quicker than bulk_update's CASE."""
    if rows and fields:
        type(rows[0])._default_manager.bulk_create(
            rows, update_conflicts=True, unique_fields=["id"], update_fields=fields
        )


def _period(profile: Profile) -> tuple[Any, ...]:
    return tuple(getattr(profile, name) for name in profile.PERIOD)


def _keep_periods(periods: Sequence[tuple[Institution, tuple[Any, ...], tuple[Any, ...]]], by: User) -> None:
    """Keep every period that was ever entered, the one before the first renewal too."""
    if not periods:
        return
    keys = [institution.pk for institution, _, _ in periods]
    begun = set(ValidityPeriod.objects.filter(institution__in=keys).values_list("institution_id", flat=True))
    firsts = [(row, old, None) for row, old, _ in periods if row.pk not in begun and any(old)]
    kept = [*firsts, *((row, new, by) for row, _, new in periods)]
    ValidityPeriod.objects.bulk_create(
        ValidityPeriod(
            institution=row,
            document=document_of(row),
            number=number,
            valid_from=start,
            valid_to=end,
            entered_by=who,
        )
        for row, (number, start, end), who in kept
    )


def _added(institution: Institution, row: ImportRow, run: InstitutionImport, codes: Codes) -> Added:
    return Added(
        name=institution.name,
        role=Role(institution.role),
        uscc=institution.uscc,
        region=codes.get(institution.region_id, ""),
        import_=run.pk,
        row=row.number,
    )


def _changed(row: ImportRow, run: InstitutionImport, codes: Codes) -> Changed:
    changes = {name: pair for name, pair in row.changes.items() if name != "name"}
    if "region" in changes:
        changes["region"] = [codes.get(key, "") for key in changes["region"]]
    return Changed(changes=changes, import_=run.pk, row=row.number)
