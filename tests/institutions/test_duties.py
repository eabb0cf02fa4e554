"""Who stands where: duties, remits, and over what one decides."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from institutions.models import (
    Authority,
    Duty,
    Institution,
    Membership,
    authorities_of,
    has_duty,
    institutions_of,
    institutions_read_by,
    remit_of,
    reviews_for,
)
from tests import factories


def codes(user: User) -> set[str]:
    return set(remit_of(user).values_list("code", flat=True))


def test_a_remit_is_the_region_with_all_below_it(
    health_reviewer: User, supervisor: User, other_supervisor: User, elder_care_clerk: User, auditor: User
) -> None:
    factories.region("330604")
    assert codes(health_reviewer) == {"330602"}
    assert codes(supervisor) == {"330600", "330602", "330604"}
    assert codes(other_supervisor) == {"430100"}
    assert codes(elder_care_clerk) == codes(auditor) == set()


def test_a_province_and_the_nation(supervisor: User, other_supervisor: User, health_reviewer: User) -> None:
    nation = factories.AuthorityFactory.create(region=factories.region("000000"), name="国家卫生健康委员会")
    province = factories.AuthorityFactory.create(region=factories.region("430000"), name="湖南省卫生健康委员会")
    factories.MembershipFactory.create(user=health_reviewer, authority=nation, duty=Duty.SUPERVISOR)
    factories.MembershipFactory.create(user=supervisor, authority=province, duty=Duty.SUPERVISOR)
    assert codes(health_reviewer) == {"000000", "330000", "330600", "330602", "430000", "430100"}
    assert codes(supervisor) == {"330600", "330602", "430000", "430100"}


def test_only_a_reviewer_of_that_very_authority_decides(
    health_authority: Authority,
    civil_affairs_authority: Authority,
    health_reviewer: User,
    supervisor: User,
    elder_care_clerk: User,
) -> None:
    assert reviews_for(health_reviewer, health_authority)
    assert not reviews_for(health_reviewer, civil_affairs_authority)
    assert not reviews_for(supervisor, authorities_of(supervisor).get())
    assert not reviews_for(elder_care_clerk, health_authority)


def test_a_signatory_reads_but_is_no_clerk(signatory: User, elder_care_institution: Institution) -> None:
    assert list(institutions_read_by(signatory)) == [elder_care_institution]
    assert not institutions_of(signatory).exists()
    assert has_duty(signatory, Duty.CLERK, Duty.SIGNATORY)
    assert not has_duty(signatory, Duty.CLERK)


def test_officials_see_institutions_of_their_remit_in_any_state(
    health_reviewer: User, other_reviewer: User, supervisor: User, elder_care_institution: Institution
) -> None:
    closed = factories.ClosedElderCareFactory.create(region=elder_care_institution.region)
    seen = [
        Institution.objects.visible_to(user).filter(pk=closed.pk).exists()
        for user in (health_reviewer, supervisor, other_reviewer)
    ]
    assert seen == [True, True, False]


@pytest.mark.parametrize("duty", Duty)
@pytest.mark.parametrize("place", ["institution", "authority", "platform"])
def test_each_duty_has_its_own_kind_of_place(
    elder_care_clerk: User, elder_care_institution: Institution, health_authority: Authority, duty: Duty, place: str
) -> None:
    fits = {
        "institution": duty in {Duty.CLERK, Duty.SIGNATORY, Duty.APPROVER, Duty.ADMINISTRATOR},
        "authority": duty in {Duty.REVIEWER, Duty.SUPERVISOR, Duty.ADMINISTRATOR},
        "platform": duty in {Duty.TEMPLATE_EDITOR, Duty.AUDITOR, Duty.ADMINISTRATOR},
    }[place]
    person = factories.UserFactory.create()
    made = Membership(
        user=person,
        duty=duty,
        institution=elder_care_institution if place == "institution" else None,
        authority=health_authority if place == "authority" else None,
    )
    if fits:
        made.save()
        assert made.in_words.endswith(duty.label)
    else:
        with pytest.raises(IntegrityError, match="membership_place_fits_duty"), transaction.atomic():
            made.save()
