"""The cast and the factories keep their promises; every other test stands on them."""

from collections.abc import Callable

import pytest

from accounts.models import User
from institutions.models import Institution, institutions_of
from institutions.uscc import validate_uscc
from tests import factories


def test_people_stand_where_they_should(
    elder_care_clerk: User, colleague: User, medical_clerk: User, stranger: User, elder_care_institution: Institution
) -> None:
    assert list(institutions_of(elder_care_clerk)) == list(institutions_of(colleague)) == [elder_care_institution]
    assert institutions_of(medical_clerk).get().is_in_same_county(elder_care_institution)
    assert not institutions_of(stranger).get().is_in_same_county(elder_care_institution)
    assert elder_care_clerk.check_password(factories.PASSWORD)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "codes"),
    [
        (factories.OpenMedicalInstitutionFactory.create, []),
        (factories.HospitalFactory.create, []),
        (factories.OpenElderCareFactory.create, []),
        (factories.ExpiredLicenceMedicalFactory.create, ["licence_expired"]),
        (factories.NoLicenceMedicalFactory.create, ["licence_missing"]),
        (factories.SuspendedMedicalFactory.create, ["suspended"]),
        (factories.ClosedElderCareFactory.create, ["closed"]),
        (factories.UnfiledElderCareFactory.create, ["filing_missing"]),
        (factories.CodelessElderCareFactory.create, ["signs_through_operator"]),
    ],
)
def test_factories_make_the_state_they_are_named_for(make: Callable[[], Institution], codes: list[str]) -> None:
    institution = Institution.objects.with_profiles().get(pk=make().pk)

    assert [problem.code for problem in institution.problems(factories.today())] == codes
    assert institution.identifier_warnings() == []
    if institution.uscc:
        validate_uscc(institution.uscc)


@pytest.mark.django_db
def test_a_draft_belongs_to_its_drafting_side() -> None:
    draft = factories.DraftAgreementFactory.create(drafted_by=factories.OpenMedicalInstitutionFactory.create())

    assert draft.medical == draft.drafted_by
    assert draft.elder_care is None
    assert draft.created_by in [membership.user for membership in draft.drafted_by.memberships.all()]
