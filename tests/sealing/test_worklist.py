"""What waits in sealing for whoever looks after an institution's people, on their page of signing and at home."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from institutions.models import Duty, Institution
from sealing import enrolling
from sealing.lifecycle import CONFIRM, IDENTITY, VOUCH
from sealing.models import Level, SigningIdentity
from sealing.permissions import visible_identities, waiting_for_bureau
from sealing.worklist import certificates_ending, identities_for_official, seals_for_house, seals_without_keeper
from tests import factories
from tests.sealing.making import active, in_use, registered, requested, set_up, signatory_of
from tests.sealing.test_enrolling import vouching

pytestmark = pytest.mark.django_db
ENDING, WITHOUT_KEEPER = "30 天内到期的签约证书", "保管人已离岗的印章"


@pytest.fixture
def second(elder_care_institution: Institution) -> User:
    return factories.MembershipFactory.create(institution=elder_care_institution, duty=Duty.ADMINISTRATOR).user


def page(client: Client, user: User, house: Institution) -> str:
    client.force_login(user)
    return client.get(reverse("signing-identities", args=[house.pk])).content.decode()


def test_a_request_waits_for_the_administrator_on_their_page(
    client: Client, elder_care_institution: Institution, institution_administrator: User, elder_care_clerk: User
) -> None:
    set_up()
    requested(signatory_of(elder_care_institution), elder_care_institution)
    assert 'id="signatories-confirm"' in page(client, institution_administrator, elder_care_institution)
    assert 'id="signatories-confirm"' not in page(client, elder_care_clerk, elder_care_institution)


def test_whoever_only_looks_after_people_finds_at_home_what_waits_for_them(
    client: Client, elder_care_institution: Institution, institution_administrator: User
) -> None:
    set_up()
    client.force_login(institution_administrator)
    assert client.get(reverse("home")).headers["Location"] == reverse("people-list"), "nothing waits"
    requested(signatory_of(elder_care_institution), elder_care_institution)
    assert 'id="signatories-confirm"' in client.get(reverse("home")).content.decode()


def test_a_certificate_that_ends_soon_is_shown_until_the_next_is_asked_for(
    client: Client,
    elder_care_institution: Institution,
    institution_administrator: User,
    elder_care_clerk: User,
    stranger: User,
) -> None:
    held = active(signatory_of(elder_care_institution), elder_care_institution, institution_administrator)
    assert held.certificate is not None
    assert not list(certificates_ending(institution_administrator))
    with time_machine.travel(held.certificate.not_after - timedelta(days=29), tick=False):
        [group] = certificates_ending(institution_administrator)
        assert (group.rows, group.total) == ([held], 1)
        assert ENDING in page(client, institution_administrator, elder_care_institution)
        assert ENDING not in page(client, elder_care_clerk, elder_care_institution)
        assert not list(certificates_ending(stranger))
        enrolling.ask_again(held, by=held.person, is_forgotten=False)
        assert not list(certificates_ending(institution_administrator))


def test_a_seal_whose_keeper_has_left_waits_for_another(
    client: Client,
    elder_care_institution: Institution,
    institution_administrator: User,
    elder_care_clerk: User,
    second: User,
) -> None:
    seal = in_use(elder_care_institution, elder_care_clerk, institution_administrator, second)
    assert not list(seals_without_keeper(institution_administrator))
    elder_care_clerk.memberships.all().delete()
    [group] = seals_without_keeper(institution_administrator)
    assert group.rows == [seal]
    assert WITHOUT_KEEPER in page(client, institution_administrator, elder_care_institution)


def test_a_seal_to_confirm_is_shown_beside_one_of_another_house_that_the_person_may_not(
    elder_care_institution: Institution,
    medical_institution: Institution,
    institution_administrator: User,
    elder_care_clerk: User,
    second: User,
) -> None:
    factories.MembershipFactory.create(user=second, institution=medical_institution, duty=Duty.CLERK)
    theirs = factories.MembershipFactory.create(institution=medical_institution, duty=Duty.ADMINISTRATOR).user
    keeper = factories.MembershipFactory.create(institution=medical_institution, duty=Duty.CLERK).user
    registered(medical_institution, keeper, theirs, number="A1")
    own = registered(elder_care_institution, elder_care_clerk, institution_administrator, number="B1")
    [group] = seals_for_house(second)
    assert (group.rows, group.total) == ([own], 1)


def test_whoever_supervises_elsewhere_sees_only_the_signatories_that_they_review(
    elder_care_institution: Institution, stranger_institution: Institution, civil_affairs_officer: User
) -> None:
    """A signatory's page has their mandate and telephone; a supervisor's remit is another thing."""
    elsewhere = factories.AuthorityFactory.create(region=stranger_institution.region, kind="civil_affairs")
    factories.MembershipFactory.create(user=civil_affairs_officer, authority=elsewhere, duty=Duty.SUPERVISOR)
    own, _ = asked_for(elder_care_institution), asked_for(stranger_institution)
    assert list(visible_identities(civil_affairs_officer)) == [own]


def asked_for(house: Institution, **facts: object) -> SigningIdentity:
    signs = factories.UserFactory.create(full_name=house.legal_representative)
    factories.MembershipFactory.create(institution=house, user=signs, duty=Duty.SIGNATORY)
    row = {"institution": house, "person": signs, "level": Level.AGREED, "is_legal_representative": True}
    return SigningIdentity.objects.create(**{**row, **facts})


def test_what_waits_for_the_bureau_is_not_hidden_by_what_waits_for_others(
    elder_care_institution: Institution, institution_administrator: User, civil_affairs_officer: User
) -> None:
    """More than a page of requests that an administrator confirms, all of them older than the bureau's own."""
    for _ in range(60):
        asked_for(elder_care_institution)
    alone = factories.OpenElderCareFactory.create(region=elder_care_institution.region)
    own = asked_for(alone)
    [group] = identities_for_official(civil_affairs_officer)
    assert (group.rows, group.total) == ([own], 1)


def test_the_bureau_s_list_holds_exactly_what_it_may_settle(
    elder_care_institution: Institution,
    medical_institution: Institution,
    institution_administrator: User,
    civil_affairs_officer: User,
    health_reviewer: User,
    other_reviewer: User,
) -> None:
    """Of both sides, in both states, with and without an administrator, in a county that asks for the bureau's word
    and in others that do not."""
    vouching(elder_care_institution.region)
    houses = [elder_care_institution, medical_institution]
    for where in (elder_care_institution.region, factories.region("330604"), factories.region("430102")):
        houses += [factories.OpenElderCareFactory.create(region=where)]
        houses += [factories.OpenMedicalInstitutionFactory.create(region=where)]
    consent = {"consent_text": "同意", "consent_version": "1", "consented_at": timezone.now()}
    for house in houses:
        asked_for(house)
        for by in (None, civil_affairs_officer, institution_administrator):
            asked_for(house, state="confirmed", confirmed_at=timezone.now(), confirmed_by=by, **consent)
    rows = SigningIdentity.objects.with_facts().order_by("pk")
    for official in (civil_affairs_officer, health_reviewer, other_reviewer):
        may = [row for row in rows if any(IDENTITY.allows(row, step, by=official) for step in (CONFIRM, VOUCH))]
        assert may, "something waits"
        assert list(waiting_for_bureau(official).order_by("pk")) == may
    assert not waiting_for_bureau(institution_administrator).exists()
