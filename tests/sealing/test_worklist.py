"""What waits in sealing for whoever looks after an institution's people, on their page of signing and at home."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from institutions.models import Duty, Institution
from sealing import enrolling
from sealing.worklist import certificates_ending, seals_for_house, seals_without_keeper
from tests import factories
from tests.sealing.making import active, in_use, registered, requested, set_up, signatory_of

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
