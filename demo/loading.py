"""Institutions and authorities of the demo. Makes what is missing and never changes what is there.

Authorities, and the people who first act for them, are rows that somebody must write before anybody can act. From then
on everything is done by the verbs, by a person whose duty it is: institutions are registered by their county's bureau.
"""

import csv
from datetime import date, timedelta
from pathlib import Path

from django.utils import timezone

from accounts.models import User
from demo.past import on_day
from institutions import lifecycle
from institutions.facts import Profile
from institutions.models import Authority, Duty, ElderCareProfile, Institution, MedicalProfile, Membership, Role
from regions.models import Region

DATA = Path(__file__).parent / "data"
LICENCE_YEARS = 5
CLOSED_ON = date(2025, 9, 30)
SUSPENDED_ON = date(2025, 11, 3)

Row = dict[str, str]


class DemoDataError(Exception):
    """The demo cannot be loaded here; the text says why and what to do, in Chinese."""


def rows_of(name: str) -> list[Row]:
    """Return the lines of one data file as dictionaries."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, restval=""))


def load_authorities() -> int:
    """Make the missing authorities; return how many."""
    regions = _regions()
    made = 0
    for row in rows_of("authorities"):
        facts = {"name": row["name"], "phone": row["phone"], "is_demo": True}
        _, is_new = Authority.objects.get_or_create(
            region=_region(regions, row["region"]), kind=row["kind"], defaults=facts
        )
        made += is_new
    return made


def load_institutions() -> tuple[dict[str, Institution], int]:
    """Make the missing institutions with their profiles; return all by key, and how many are new."""
    regions = _regions()
    by_key = known_institutions()
    made = 0
    for role in Role:
        for row in rows_of(role.value):
            if row["key"] not in by_key:
                by_key[row["key"]] = _make(row, role, _region(regions, row["region"]))
                made += 1
    return by_key, made


def known_institutions() -> dict[str, Institution]:
    """Return by key the institutions of the data files that are there, also under a name that they had."""
    known = {
        (institution.role, name): institution
        for institution in _demo_institutions()
        for name in (institution.name, *institution.former_names.splitlines())
    }
    named = {row["key"]: known.get((role.value, row["name"])) for role in Role for row in rows_of(role.value)}
    return {key: found for key, found in named.items() if found is not None}


def registrar_of(institution: Institution) -> User:
    """Return the demo's reviewer of the county's bureau that watches over the institution."""
    held = Membership.objects.filter(duty=Duty.REVIEWER, authority__region=institution.region)
    found = held.filter(authority__kind=institution.watched_by).select_related("user").order_by("pk").first()
    if found is None:
        raise DemoDataError(f"{institution.region}{institution.watched_by.label}没有演示审核员。")
    return found.user


def _demo_institutions() -> list[Institution]:
    return list(Institution.objects.filter(is_demo=True).with_profiles())


def _regions() -> dict[str, Region]:
    return {region.code: region for region in Region.objects.all()}


def _region(regions: dict[str, Region], code: str) -> Region:
    if code not in regions:
        raise DemoDataError(f"缺少行政区划 {code}，请先运行 load_regions。")
    return regions[code]


def _make(row: Row, role: Role, region: Region) -> Institution:
    institution = Institution(
        role=role,
        name=row["name"],
        uscc=row["uscc"],
        operator_name=row["operator"],
        operator_uscc=row["operator_uscc"],
        region=region,
        address=region.full_name + row["street"],
        legal_representative=row["representative"],
        phone=row["phone"],
        ownership=row["ownership"],
        is_demo=True,
    )
    profile: Profile = _medical_profile(row) if role is Role.MEDICAL else _elder_care_profile(row)
    by = registrar_of(institution)
    added = lifecycle.add(institution, profile, by=by)
    if row["status"] == Institution.Status.CLOSED:
        with on_day(CLOSED_ON):
            lifecycle.close(added, by=by, on=CLOSED_ON, reason="停业")
    if row["status"] == Institution.Status.SUSPENDED:
        with on_day(SUSPENDED_ON):
            lifecycle.suspend(added, by=by, on=SUSPENDED_ON, reason="房屋改造")
    return Institution.objects.with_profiles().get(pk=added.pk)


def _medical_profile(row: Row) -> MedicalProfile:
    ends = timezone.localdate() + timedelta(days=int(row["licence_ends_in"]))
    return MedicalProfile(
        kind=row["kind"],
        level=int(row["level"]),
        is_primary=row["kind"] in MedicalProfile.PRIMARY_KINDS,
        licence_number=row["licence"],
        licence_valid_from=ends - timedelta(days=365 * LICENCE_YEARS),
        licence_valid_to=ends,
        is_insurance_designated=row["insurance"] == "yes",
    )


def _elder_care_profile(row: Row) -> ElderCareProfile:
    filed_on = date.fromisoformat(row["filed_on"]) if row["filed_on"] else None
    number = f"演示备〔{filed_on.year}〕{row['phone'][-3:]}号" if filed_on else ""
    return ElderCareProfile(
        kind=row["kind"],
        beds=int(row["beds"]),
        residents=int(row["residents"]),
        residents_60=int(row["aged_60"]),
        residents_65=int(row["aged_65"]),
        residents_80=int(row["aged_80"]),
        has_own_clinic=row["own_clinic"] == "yes",
        filed_on=filed_on,
        filing_number=number,
    )
