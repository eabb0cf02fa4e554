"""Signing identities and seals as people make them, each by another's hand."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from institutions.models import Duty, Institution
from sealing import enrolling, seals
from sealing.authority import keeping
from sealing.models import Level, Seal, SigningIdentity
from tests import factories
from tests.agreements.making import scan_pdf
from tests.sealing.picture import picture
from uploads.at_once import as_file, judged

PIN, ANOTHER = "739164", "850273"


def set_up() -> None:
    """Make the authority and the pepper of this process of tests, where no test has before."""
    keeping.set_up()


def signatory_of(institution: Institution, full_name: str = "沈祎") -> User:
    """Return a signatory with a device; by name the legal representative of the cast's elder-care institution."""
    user = factories.UserFactory.create(full_name=full_name)
    factories.MembershipFactory.create(user=user, institution=institution, duty=Duty.SIGNATORY)
    factories.with_device(user)
    return user


def requested(by: User, institution: Institution, level: Level = Level.AGREED) -> SigningIdentity:
    return enrolling.request(institution, enrolling.Mandate(level), by=by)


def requested_by_mandate(by: User, institution: Institution, **facts: object) -> SigningIdentity:
    mandate = enrolling.Mandate(Level.AGREED, **facts)  # type: ignore[arg-type]  # as the caller says
    judged(enrolling.send_mandate(institution, mandate, by=by, file=as_file(scan_pdf(1), "授权委托书.pdf")))
    return SigningIdentity.objects.get(person=by, institution=institution, state="requested")


def active(by: User, institution: Institution, confirmer: User, level: Level = Level.AGREED) -> SigningIdentity:
    set_up()
    confirmed = enrolling.confirm(requested(by, institution, level), by=confirmer)
    return enrolling.activate(confirmed, PIN, by=by)


def just_now() -> datetime:
    """When the person has proved who they are."""
    return timezone.now()


def registered(institution: Institution, keeper: User, by: User, number: str = "3306020001") -> Seal:
    described = seals.Described(Seal.Kind.CONTRACT, number, keeper.pk)
    judged(seals.send_picture(institution, described, by=by, file=as_file(picture(), "合同章.png")))
    return Seal.objects.filter(institution=institution, number=number).latest("pk")


def in_use(institution: Institution, keeper: User, by: User, confirmer: User, number: str = "3306020001") -> Seal:
    return seals.confirm(registered(institution, keeper, by, number), by=confirmer)
