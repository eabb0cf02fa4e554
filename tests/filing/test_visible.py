"""Who sees a filing whose authority and whose agreement's county are two places."""

from accounts.models import User
from agreements.models import Agreement
from filing.models import Filing
from institutions.models import Authority, Duty
from tests import factories


def official(code: str, duty: Duty) -> User:
    region, kind = factories.region(code), Authority.Kind.CIVIL_AFFAIRS
    authority = Authority.objects.filter(region=region, kind=kind).first()
    authority = authority or factories.AuthorityFactory.create(region=region, kind=kind)
    return factories.MembershipFactory.create(authority=authority, duty=duty).user


def test_the_two_sides_see_it_and_the_officials_of_either_place(
    agreement: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
    signatory: User,
    institution_administrator: User,
    stranger: User,
) -> None:
    next_door = factories.AuthorityFactory.create(region=factories.region("430105"), kind=Authority.Kind.HEALTH)
    facts = {"due_on": factories.today(), "due_basis": "依据", "state": "due"}
    row = Filing.objects.create(agreement=agreement, authority=next_door, **facts)
    people = {
        "drafter": elder_care_clerk,
        "partner": medical_clerk,
        "signatory": signatory,
        "stranger": stranger,
        "looks after the house": institution_administrator,
        "official of the agreement's county": official("330602", Duty.REVIEWER),
        "official of the authority's county": official("430105", Duty.SUPERVISOR),
        "administrator of the agreement's county": official("330602", Duty.ADMINISTRATOR),
        "official of neither": official("410100", Duty.REVIEWER),
    }
    seen = {name for name, user in people.items() if Filing.objects.visible_to(user).filter(pk=row.pk).exists()}
    assert seen == {
        *("drafter", "partner", "signatory"),
        *("official of the agreement's county", "official of the authority's county"),
    }
