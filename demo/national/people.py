"""One person of each kind who looks at the nation: a clerk of either side, a county, a province, the nation."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db.models import Count, QuerySet

from accounts import second_factor
from accounts.models import User
from institutions.models import Authority, Duty, Institution, Membership, Role
from regions.models import Region

PREFIX = "national-"


def load_people() -> None:
    """Make them, with the demo's password: of a county with many homes, its province, and the nation."""
    counties = Region.objects.filter(institutions__role=Role.ELDER_CARE).annotate(homes=Count("institutions"))
    ordered = counties.order_by("-homes", "code")
    county = ordered[min(50, ordered.count() // 2)]
    home = _of(county, Role.ELDER_CARE).order_by("pk")[0]
    clinic = _of(county, Role.MEDICAL).annotate(held=Count("agreements_as_medical")).order_by("-held", "pk")[0]
    _make("clerk", "杨国娟", Duty.CLERK, institution=home)
    _make("clinic", "钟国诊", Duty.CLERK, institution=clinic)
    for name, full_name, region in (
        ("county", "夏县审", county),
        ("province", "盛省督", county.chain()[1]),
        ("nation", "郭全督", county.chain()[0]),
    ):
        bureau = Authority.objects.get(region=region, kind=Authority.Kind.HEALTH, closed_on__isnull=True)
        _make(name, full_name, Duty.REVIEWER if name == "county" else Duty.SUPERVISOR, authority=bureau)
    second_factor.provide(User.objects.filter(username__startswith=PREFIX, is_active=True))


def _of(county: Region, role: Role) -> QuerySet[Institution]:
    return Institution.objects.filter(region=county, role=role, status=Institution.Status.OPEN)


def _make(name: str, full_name: str, duty: Duty, **place: Institution | Authority) -> None:
    password = make_password(settings.DEMO_PASSWORD)
    user = User.objects.create(username=PREFIX + name, full_name=full_name, password=password, is_demo=True)
    Membership.objects.create(user=user, duty=duty, state=Membership.State.EFFECTIVE, **place)
