"""Test data, one factory per state. `OpenMedicalInstitutionFactory.create()` gives a saved row that mypy knows.

Every institution's code has a valid check digit, and no two are the same.
"""

# factory-boy's declarations have no types although the package says so.
# mypy: disallow-untyped-calls=False

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from factory.declarations import LazyAttribute, LazyFunction, RelatedFactory, Sequence, SubFactory
from factory.django import DjangoModelFactory

from accounts.models import PhoneDevice, User
from accounts.second_factor import new_key
from agreements.models import Agreement
from institutions.models import Authority, ElderCareProfile, Institution, MedicalProfile, Membership, Role
from institutions.uscc import compose_uscc
from regions.models import Region
from uploads.models import Upload

PASSWORD = "Yiyang-Test-2026"
# Far from both ends, whatever day the tests run.
LONG_AGO = date(2015, 3, 1)
FAR_AHEAD = date(2099, 12, 31)
ONE_DAY = timedelta(days=1)

NATION_CODE = "000000"
REGION_NAMES = {
    NATION_CODE: "全国",
    "330000": "浙江省",
    "330600": "绍兴市",
    "330602": "越城区",
    "330604": "上虞区",
    "430000": "湖南省",
    "430100": "长沙市",
    "430103": "天心区",
    "640000": "宁夏回族自治区",
    "640300": "吴忠市",
    "640323": "盐池县",
}


def today() -> date:
    """Return the day here: asked for each time, because a run may last beyond midnight."""
    return timezone.localdate()


def yesterday() -> date:
    return today() - ONE_DAY


def region(code: str, name: str = "") -> Region:
    """Return the region with this code, made with everything above it where it is missing."""
    code = code.ljust(6, "0")
    above = list(dict.fromkeys([NATION_CODE, code[:2] + "0000", code[:4] + "00", code]))
    # One query for the whole way down: most of the ways are there already, and almost every test asks for some.
    rows = {row.code: row for row in Region.objects.filter(code__in=above)}
    row: Region | None = None
    for level, each in enumerate(above):
        known = name if name and each == code else REGION_NAMES.get(each, f"测试{each}")
        row = rows.get(each) or Region.objects.create(code=each, name=known, level=level, parent=row)
    assert row is not None
    return row


def with_device(user: User) -> PhoneDevice:
    """Give the person a device of which no code was used yet, in the place of any other."""
    PhoneDevice.objects.filter(user=user).delete()
    device = PhoneDevice(user=user, name="手机")
    device.seal(bytes.fromhex(new_key()))
    device.save()
    return device


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    username = Sequence(lambda n: f"person-{n}")
    full_name = Sequence(lambda n: f"测试员{n}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **{"password": PASSWORD, **kwargs})


class AuthorityFactory(DjangoModelFactory[Authority]):
    class Meta:
        model = Authority
        django_get_or_create = ("region", "kind")

    region = LazyAttribute(lambda _: region("330602"))
    kind = Authority.Kind.HEALTH
    name = LazyAttribute(lambda o: o.region.name + ("卫生健康局" if o.kind == "health" else "民政局"))


class MembershipFactory(DjangoModelFactory[Membership]):
    """A clerk of an institution: `MembershipFactory.create(institution=…).user`."""

    class Meta:
        model = Membership

    user = SubFactory(UserFactory)
    duty = Membership.Duty.CLERK
    state = Membership.State.EFFECTIVE


class MedicalProfileFactory(DjangoModelFactory[MedicalProfile]):
    class Meta:
        model = MedicalProfile

    kind = MedicalProfile.Kind.COMMUNITY_HEALTH_CENTRE
    level = MedicalProfile.Level.FIRST
    is_primary = LazyAttribute(lambda o: o.kind in MedicalProfile.PRIMARY_KINDS)
    licence_number = LazyAttribute(lambda o: o.institution.uscc[8:17] + o.institution.region.code + "11B1001")
    licence_valid_from = LONG_AGO
    licence_valid_to = FAR_AHEAD
    is_insurance_designated = True


class ElderCareProfileFactory(DjangoModelFactory[ElderCareProfile]):
    class Meta:
        model = ElderCareProfile

    kind = ElderCareProfile.Kind.RESIDENTIAL_CARE
    beds = 120
    residents = 80
    residents_60 = 78
    residents_65 = 70
    residents_80 = 31
    filing_number = Sequence(lambda n: f"备{n:05d}")
    filed_on = LONG_AGO


class _InstitutionFactory(DjangoModelFactory[Institution]):
    class Meta:
        model = Institution
        abstract = True
        skip_postgeneration_save = True

    region = LazyAttribute(lambda _: region("330602"))
    uscc: Any = Sequence(lambda n: f"{n}")  # replaced below, once the region is known
    address = LazyAttribute(lambda o: f"{o.region.name}测试路 1 号")
    legal_representative = "赵堃"
    phone = "0575-88000001"
    ownership = Institution.Ownership.PUBLIC

    @classmethod
    def _adjust_kwargs(cls, **kwargs: Any) -> dict[str, Any]:
        if kwargs["uscc"].isdigit() and len(kwargs["uscc"]) < 8:
            kwargs["uscc"] = compose_uscc("12", kwargs["region"].code, f"MB{int(kwargs['uscc']):06d}")
        return kwargs


class OpenMedicalInstitutionFactory(_InstitutionFactory):
    role = Role.MEDICAL
    name = Sequence(lambda n: f"测试{n}社区卫生服务中心")
    profile = RelatedFactory(MedicalProfileFactory, factory_related_name="institution")


class ExpiredLicenceMedicalFactory(OpenMedicalInstitutionFactory):
    profile = RelatedFactory(
        MedicalProfileFactory, factory_related_name="institution", licence_valid_to=LazyFunction(yesterday)
    )


class NoLicenceMedicalFactory(OpenMedicalInstitutionFactory):
    profile = RelatedFactory(
        MedicalProfileFactory,
        factory_related_name="institution",
        licence_number="",
        licence_valid_from=None,
        licence_valid_to=None,
    )


class HospitalFactory(OpenMedicalInstitutionFactory):
    """Not primary."""

    name = Sequence(lambda n: f"测试{n}人民医院")
    profile = RelatedFactory(
        MedicalProfileFactory,
        factory_related_name="institution",
        kind=MedicalProfile.Kind.GENERAL_HOSPITAL,
        level=MedicalProfile.Level.SECOND,
    )


class SuspendedMedicalFactory(OpenMedicalInstitutionFactory):
    status = Institution.Status.SUSPENDED


class OpenElderCareFactory(_InstitutionFactory):
    role = Role.ELDER_CARE
    name = Sequence(lambda n: f"测试{n}养老院")
    profile = RelatedFactory(ElderCareProfileFactory, factory_related_name="institution")


class UnfiledElderCareFactory(OpenElderCareFactory):
    profile = RelatedFactory(
        ElderCareProfileFactory, factory_related_name="institution", filing_number="", filed_on=None
    )


class ClosedElderCareFactory(OpenElderCareFactory):
    status = Institution.Status.CLOSED
    closed_on = date(2025, 6, 30)


class CodelessElderCareFactory(OpenElderCareFactory):
    """A 互助院 without a code of its own, run by the township."""

    name = Sequence(lambda n: f"测试{n}互助院")
    uscc = ""
    operator_name = "测试镇人民政府"
    operator_uscc = "12330602MB33060215"
    profile = RelatedFactory(
        ElderCareProfileFactory, factory_related_name="institution", kind=ElderCareProfile.Kind.MUTUAL_AID_HOME
    )


class KeptUploadFactory(DjangoModelFactory[Upload]):
    """The row of a file that was kept, without a file: what a row that hangs on one needs."""

    class Meta:
        model = Upload

    purpose = "agreement-scan"
    subject = 1
    sender = "account-1"
    token = Sequence(lambda n: f"{n:032x}")
    file = "uploads/made-up/original"
    name = "扫描件.pdf"
    size = 1000
    sha256 = "b" * 64
    state = Upload.State.KEPT
    decided_at = LazyFunction(timezone.now)
    content_type = "application/pdf"
    page_count = 1


class DraftAgreementFactory(DjangoModelFactory[Agreement]):
    """A fresh draft of the elder-care side, partner and template not chosen yet."""

    class Meta:
        model = Agreement

    number = Sequence(lambda n: f"YY-TEST-{n:06d}")
    drafted_by = SubFactory(OpenElderCareFactory)
    elder_care = LazyAttribute(lambda o: o.drafted_by if o.drafted_by.role == Role.ELDER_CARE else None)
    medical = LazyAttribute(lambda o: o.drafted_by if o.drafted_by.role == Role.MEDICAL else None)
    region = LazyAttribute(lambda o: o.drafted_by.region)
    created_by = LazyAttribute(lambda o: MembershipFactory.create(institution=o.drafted_by).user)
