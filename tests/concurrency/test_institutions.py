"""Two people, or a person and the clock, at the same institution, on connections of their own."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from accounts.models import User
from agreements import lifecycle as agreements
from agreements.models import Agreement
from audit.models import Entry
from institutions import events, lifecycle, watch
from institutions.models import ElderCareProfile, FormerName, Institution, Lapse, MedicalProfile, Role
from tests import factories
from tests.agreements.making import sent
from tests.at_once import at_once
from verbs.errors import WrongState

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 11, 2)


def changing(row: Institution, by: User, **changes: tuple[Any, Any]) -> Callable[[], Any]:
    def act() -> Any:
        try:
            return lifecycle.change(row, by=by, changes=changes)
        except lifecycle.Overtaken as late:
            return late

    return act


def kinds(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_two_new_names_leave_one(elder_care_institution: Institution, health_reviewer: User) -> None:
    results = at_once(
        *(
            lambda name=name: lifecycle.rename(
                elder_care_institution, by=health_reviewer, to=name, on=DAY, reason="变更"
            )
            for name in ("越城区晚晴养老院", "越城区春晖养老院")
        )
    )
    assert kinds(results) == ["Institution", "WrongState"]
    row = Institution.objects.get(pk=elder_care_institution.pk)
    assert FormerName.objects.get().name == row.former_names == elder_care_institution.name
    assert Entry.objects.filter(event=events.Renamed.code).count() == 1


def test_two_editors_of_one_field_and_of_two(
    elder_care_institution: Institution, elder_care_clerk: User, health_reviewer: User
) -> None:
    row = elder_care_institution
    results = at_once(
        changing(row, elder_care_clerk, beds=(120, 130), residents=(80, 81)),
        changing(row, health_reviewer, beds=(120, 140)),
    )
    assert kinds(results) == ["Institution", "Overtaken"]
    results = at_once(
        changing(row, elder_care_clerk, address=(row.address, "新址")),
        changing(row, health_reviewer, residents_80=(31, 30)),
    )
    assert kinds(results) == ["Institution", "Institution"]
    after = ElderCareProfile.objects.select_related("institution").get(institution=row)
    assert (after.institution.address, after.residents_80) == ("新址", 30)
    assert after.beds in {130, 140}


def test_closing_twice_closes_once(elder_care_institution: Institution, health_reviewer: User) -> None:
    results = at_once(*[lambda: lifecycle.close(elder_care_institution, by=health_reviewer, on=DAY, reason="歇业")] * 2)
    assert sum(isinstance(result, WrongState) for result in results) == 1
    assert Entry.objects.filter(event=events.Closed.code).count() == 1


def test_two_sweeps_note_a_lapse_once(medical_institution: Institution) -> None:
    MedicalProfile.objects.update(licence_valid_to=factories.yesterday())
    results = at_once(watch.note_lapses, watch.note_lapses)
    assert sorted(results) == [0, 1]
    assert Lapse.objects.count() == Entry.objects.filter(event=events.Lapsed.code).count() == 1


def test_what_is_drafted_while_the_partner_moves_and_is_renamed_concerns_the_new_county(
    elder_care_institution: Institution, medical_institution: Institution, elder_care_clerk: User
) -> None:
    there = factories.region("430105")

    def move() -> None:
        Institution.objects.filter(pk=medical_institution.pk).update(region=there, name="麓山医院")

    def draft() -> None:
        factories.DraftAgreementFactory.create(
            drafted_by=elder_care_institution,
            elder_care=elder_care_institution,
            medical=medical_institution,
            created_by=elder_care_clerk,
        )

    at_once(move, *[draft] * 4)
    assert Agreement.objects.count() == 4
    assert all(430105 in row.concerns for row in Agreement.objects.all())
    assert Agreement.objects.search("麓山", is_wide=True).count() == 4
    assert not Agreement.objects.search(medical_institution.name, is_wide=True).exists()


def test_what_is_agreed_while_a_party_is_renamed_is_found_by_both_names(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    row, clinic = sent(draft, by=elder_care_clerk), draft.medical
    assert clinic is not None
    at_once(
        lambda: agreements.agree(row, by=medical_clerk, contact=row.contact(Role.ELDER_CARE)),
        lambda: lifecycle.rename(clinic, by=health_reviewer, to="麓山医院", on=DAY, reason="更名"),
    )
    for name in ("麓山医院", clinic.name):
        assert list(Agreement.objects.search(name, is_wide=True)) == [row]
