"""From a sheet into the register: what is written, logged, kept, and what a second time changes."""

from accounts.models import User
from audit.models import Entry, Event
from institutions.models import Authority, Institution, InstitutionImport
from tests.institutions.imports.making import book, checked, clinic, code, home, written

State = InstitutionImport.State


def test_both_sides_are_registered_and_a_second_time_changes_nothing(
    health_authority: Authority, health_reviewer: User
) -> None:
    content = book(home(1), home(2), home(3, uscc="", operator_name="东湖街道办事处"), medical=[clinic(1), clinic(2)])
    run = checked(content, health_authority, health_reviewer)
    assert run.state == State.CHECKED, run.failure
    assert run.tally == {"new": 5, "changed": 0, "doubtful": 0, "unchanged": 0, "wrong": 0, "warned": 0, "ignored": 0}
    run = written(run, health_reviewer)
    assert (run.state, run.failure) == (State.DONE, "")
    added = Institution.objects.with_profiles().get(uscc=code(1, "12"))
    assert (added.name, added.region.code, added.medical_profile.level) == ("越城区东湖1卫生院", "330602", 1)
    assert added.medical_profile.is_primary
    assert Institution.objects.search("安康2").get().elder_care_profile.residents_80 == 20
    entries = Entry.objects.filter(event=Event.INSTITUTION_ADDED)
    assert entries.count() == 5
    assert {entry.actor_id for entry in entries} == {health_reviewer.pk}
    again = checked(content, health_authority, health_reviewer)
    assert (again.tally["unchanged"], again.tally["new"], again.same_as) == (5, 0, run)
