"""Institutions, agreements and filings with a past, written as rows: verbs only know today.

A `World` is plain data that hypothesis can make up and shrink; `write` puts it into the database, keeping every
constraint there.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from agreements.models import Agreement, Template, TemplateVersion
from filing.models import Filing
from institutions.models import Authority, ElderCareProfile, Institution, MedicalProfile, Role
from regions.loading import load_scheme_files
from regions.models import Region
from regions.scheme_files import read_schemes
from tests import factories
from tests.agreements.rows import write_agreements

SHANGHAI = ZoneInfo("Asia/Shanghai")
SCHEME_REGIONS = ("430000", "330600", "360826", "410100", "640323")
COUNTIES = ("330602", "330604", "430103", "640323")
HEALTH, CIVIL_AFFAIRS = Authority.Kind.HEALTH, Authority.Kind.CIVIL_AFFAIRS
_numbers = count(1)


@dataclass(frozen=True)
class Home:
    """An elder-care institution."""

    county: str = "330602"
    kind: str = "residential_care"
    filed_on: date | None = factories.LONG_AGO
    opened_on: date | None = None
    closed_on: date | None = None
    is_closed: bool = False
    has_clinic: bool = False
    clinic_since: date | None = None
    clinic_until: date | None = None
    has_capacity: bool = True


@dataclass(frozen=True)
class Deal:
    """An agreement of homes[home] with clinics[clinic]; `accepted` maps authority kinds to moments."""

    home: int
    clinic: int
    starts_on: date
    expires_on: date
    state: str = "in_force"
    ended_on: date | None = None
    kind: str = "original"
    accepted: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    homes: tuple[Home, ...]
    clinics: tuple[bool, ...]  # is it primary?
    deals: tuple[Deal, ...]


@dataclass(frozen=True)
class Stage:
    """What every world stands on: the tree, the schemes, authorities and one person."""

    regions: dict[str, Region]
    authorities: dict[tuple[str, str], Authority]
    version: TemplateVersion
    by: User


def set_stage() -> Stage:
    for code in SCHEME_REGIONS:
        factories.region(code)
    regions = {code: factories.region(code) for code in COUNTIES}
    load_scheme_files(read_schemes())
    authorities = {
        (code, kind.value): factories.AuthorityFactory.create(region=region, kind=kind)
        for code, region in regions.items()
        for kind in (HEALTH, CIVIL_AFFAIRS)
    }
    template = Template.objects.create(slug="made-up", region=factories.region("330600"))
    version = TemplateVersion.objects.create(
        template=template, number=1, title="测试范本", is_official=False, body={}, digest="0" * 64
    )
    return Stage(regions, authorities, version, factories.UserFactory.create(full_name="史官"))


def moment(day: date, at: time = time(9)) -> datetime:
    return datetime.combine(day, at, SHANGHAI)


def write_home(home: Home, stage: Stage, name: str = "") -> Institution:
    number = next(_numbers)
    closed = home.is_closed or home.closed_on is not None
    institution = Institution.objects.create(
        role=Role.ELDER_CARE,
        name=name or f"测试{number}养老院",
        region=stage.regions[home.county],
        operator_name="测试镇人民政府" if home.has_capacity else "",
        status=Institution.Status.CLOSED if closed else Institution.Status.OPEN,
        opened_on=home.opened_on,
        closed_on=home.closed_on,
        ownership=Institution.Ownership.PUBLIC,
    )
    ElderCareProfile.objects.create(
        institution=institution,
        kind=home.kind,
        filed_on=home.filed_on,
        has_own_clinic=home.has_clinic,
        own_clinic_since=home.clinic_since,
        own_clinic_until=home.clinic_until,
    )
    return institution


def write_clinic(stage: Stage, county: str = "330602", *, is_primary: bool = True, name: str = "") -> Institution:
    institution = Institution.objects.create(
        role=Role.MEDICAL,
        name=name or f"测试{next(_numbers)}卫生院",
        region=stage.regions[county],
        ownership=Institution.Ownership.PUBLIC,
    )
    kind = MedicalProfile.Kind.TOWNSHIP_HEALTH_CENTRE if is_primary else MedicalProfile.Kind.GENERAL_HOSPITAL
    MedicalProfile.objects.create(institution=institution, kind=kind, is_primary=is_primary)
    return institution


def write_agreement(
    stage: Stage, elder_care: Institution, medical: Institution, starts_on: date, expires_on: date, **more: Any
) -> Agreement:
    """Write an agreement that is or was in force; `state`, `ended_on`, `kind` and `predecessor` as given."""
    agreement = Agreement(
        number=f"YY-HIST-{next(_numbers):06d}",
        region=elder_care.region,
        drafted_by=elder_care,
        medical=medical,
        elder_care=elder_care,
        template_version=stage.version,
        template=stage.version.template,
        created_by=stage.by,
        certified_at=moment(starts_on),
        medical_signed_on=starts_on,
        elder_care_signed_on=starts_on,
        effective_on=starts_on,
        starts_on=starts_on,
        expires_on=expires_on,
        **{"state": "in_force", **more},
    )
    return write_agreements([agreement], by=stage.by)[0]


def accept(stage: Stage, agreement: Agreement, kind: str, at: datetime) -> Filing:
    """Write a filing that the county's authority of that kind has accepted."""
    return Filing.objects.create(
        agreement=agreement,
        authority=stage.authorities[agreement.region.code, kind],
        state=Filing.State.ACCEPTED,
        due_on=at.date(),
        submitted_at=at,
        taken_up_at=at,
        taken_up_by=stage.by,
        decided_at=at,
        decided_by=stage.by,
        number=f"测备{next(_numbers):06d}",
    )


def write(world: World, stage: Stage) -> None:
    """Write a made-up world. A pair has one template here, so its terms in force must not overlap (a constraint)."""
    homes = [write_home(home, stage) for home in world.homes]
    clinics = [write_clinic(stage, is_primary=primary) for primary in world.clinics]
    running: dict[tuple[int, int], list[Deal]] = {}
    for deal in world.deals:
        state = deal.state
        beside = running.setdefault((deal.home, deal.clinic), [])
        if state == "in_force" and deal.kind != "supplement":
            if any(deal.starts_on <= each.expires_on and each.starts_on <= deal.expires_on for each in beside):
                state = "expired"  # another state of an agreement that has been in force; its dates say the same
            else:
                beside.append(deal)
        agreement = _write_deal(deal, stage, homes[deal.home], clinics[deal.clinic], state)
        for kind, at in deal.accepted.items():
            accept(stage, agreement, kind, at)


def _write_deal(deal: Deal, stage: Stage, home: Institution, clinic: Institution, state: str) -> Agreement:
    more: dict[str, Any] = {"state": state, "kind": deal.kind}
    if state in ("terminated", "superseded"):
        more["ended_on"] = max(deal.starts_on, min(deal.ended_on or deal.expires_on, deal.expires_on))
    if deal.kind != "original":
        term = (deal.starts_on, deal.starts_on)
        # The one before ended long ago, in its own words; it counts for that one day like any other.
        more["predecessor"] = write_agreement(stage, home, clinic, *term, state="expired")
    return write_agreement(stage, home, clinic, deal.starts_on, deal.expires_on, **more)
