"""From a sheet into the register: what is written, logged, kept, and what a second time changes."""

import re
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

import jobs
from accounts.models import User
from audit.models import Entry
from imports import check_run, progress, runs, sweeping, write_run
from imports.models import ImportRow, InstitutionImport
from institutions import events as institution_events
from institutions.models import Authority, ElderCareProfile, Institution, MedicalProfile
from tests import factories
from tests.imports.making import book, checked, clinic, code, fresh, home, uploaded, written
from verbs.errors import WrongState

State = InstitutionImport.State
Decision = ImportRow.Decision


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
    entries = Entry.objects.filter(event=institution_events.Added.code)
    assert entries.count() == 5
    assert {entry.actor_id for entry in entries} == {health_reviewer.pk}
    again = checked(content, health_authority, health_reviewer)
    assert (again.tally["unchanged"], again.tally["new"], again.same_as) == (5, 0, run)


def test_names_change_by_the_verb_and_periods_are_kept(health_authority: Authority, health_reviewer: User) -> None:
    existing = factories.OpenMedicalInstitutionFactory.create(name="旧名卫生院")
    facts = {"uscc": existing.uscc, "address": existing.address, "licence_number": "MB430103843010311C2201"}
    run = checked(book(medical=[clinic(1, **facts, name="新名卫生院")]), health_authority, health_reviewer)
    run = written(run, health_reviewer)
    existing = Institution.objects.with_profiles().get(pk=existing.pk)
    assert (existing.name, existing.former_names, run.tally["renamed"]) == ("新名卫生院", "旧名卫生院", 1)
    assert existing.medical_profile.kind == "township_health_centre"
    newest, first = existing.validity_periods.all()
    assert (newest.entered_by, str(newest.valid_from)) == (health_reviewer, "2020-01-01")
    assert (first.entered_by, first.valid_from) == (None, factories.LONG_AGO)
    events = set(Entry.objects.filter(subject_id=existing.pk).values_list("event", flat=True))
    assert {institution_events.Renamed.code, institution_events.Changed.code} <= events
    # A blank cell says nothing: the phone stays.
    assert existing.phone == "0575-88000001"


def test_what_becomes_a_hospital_is_no_longer_primary(health_authority: Authority, health_reviewer: User) -> None:
    """Whether a county's institutions are covered by a primary one hangs on it."""
    written(checked(book(medical=[clinic(1)]), health_authority, health_reviewer), health_reviewer)
    hospital = clinic(1, kind=MedicalProfile.Kind.GENERAL_HOSPITAL.label)
    written(checked(book(medical=[hospital]), health_authority, health_reviewer), health_reviewer)
    profile = MedicalProfile.objects.get(institution__uscc=code(1, "12"))
    assert (profile.kind, profile.is_primary) == (MedicalProfile.Kind.GENERAL_HOSPITAL, False)


def test_a_new_name_that_is_skipped_is_neither_given_nor_counted(
    health_authority: Authority, health_reviewer: User
) -> None:
    existing = factories.OpenElderCareFactory.create(name="甲养老院")
    run = checked(book(home(1, uscc=existing.uscc), home(2)), health_authority, health_reviewer)
    runs.decide(run, Decision.SKIP, by=health_reviewer, outcome="changed")
    run = written(run, health_reviewer)
    assert (run.tally["added"], run.tally["skipped"], run.tally["renamed"]) == (1, 1, 0)
    assert Institution.objects.get(pk=existing.pk).name == "甲养老院"


def test_decisions_are_guarded_and_survive_a_second_check(health_authority: Authority, health_reviewer: User) -> None:
    existing = factories.OpenElderCareFactory.create(name="甲养老院", address="一路 1 号")
    twin = factories.OpenElderCareFactory.create(name="乙养老院", address="二路 2 号")
    rows = [home(1, uscc=existing.uscc), home(2, name="乙养老院", address="二路 2 号"), home(3)]
    run = checked(book(*rows), health_authority, health_reviewer)
    changed, doubtful = (run.rows.get(outcome=outcome) for outcome in ("changed", "doubtful"))
    with pytest.raises(WrongState, match="还有没决定的行"):
        runs.confirm(run, by=health_reviewer)
    with pytest.raises(WrongState, match="不能再登记一家"):
        runs.decide(run, Decision.ADD, by=health_reviewer, row=changed.pk)
    with pytest.raises(WrongState, match="不能这样决定"):
        runs.decide(run, "burn", by=health_reviewer, row=doubtful.pk)
    assert runs.decide(run, Decision.SKIP, by=health_reviewer, outcome="changed") == 1
    runs.decide(run, Decision.ADD, by=health_reviewer, row=doubtful.pk)
    seen = runs.stamp(run)
    runs.decide(run, Decision.SKIP, by=health_reviewer, row=doubtful.pk)
    with pytest.raises(WrongState, match="有人更改了决定"):
        runs.confirm(run, by=health_reviewer, seen=seen)
    runs.decide(run, Decision.ADD, by=health_reviewer, row=doubtful.pk)
    assert runs.stamp(run) == seen
    runs.recheck(run, by=health_reviewer)
    check_run.check(run.pk)
    with pytest.raises(WrongState, match="重新核对过"):
        runs.confirm(run, by=health_reviewer, seen=seen)
    assert dict(run.rows.values_list("number", "decision")) == {2: "skip", 3: "add", 4: ""}
    run = written(run, health_reviewer)
    assert (run.tally["added"], run.tally["updated"], run.tally["skipped"]) == (2, 0, 1)
    assert Institution.objects.filter(name="乙养老院").exclude(pk=twin.pk).get().uscc == code(2)
    with pytest.raises(WrongState, match="已导入"):
        runs.confirm(run, by=health_reviewer)


def test_what_changed_since_the_check_stops_all_of_it(health_authority: Authority, health_reviewer: User) -> None:
    existing = factories.OpenElderCareFactory.create()
    run = checked(book(home(1), home(2, uscc=existing.uscc)), health_authority, health_reviewer)
    ElderCareProfile.objects.filter(institution=existing).update(beds=99)
    run = written(run, health_reviewer)
    assert (run.state, "第 3 行" in run.failure, "重新核对" in run.failure) == (State.FAILED, True, True)
    assert not Institution.objects.filter(uscc=code(1)).exists()
    assert not Entry.objects.filter(event=institution_events.Added.code).exists()
    runs.recheck(run, by=health_reviewer)
    check_run.check(run.pk)
    assert run.rows.get(outcome="changed").changes["beds"] == [99, 100]
    factories.OpenElderCareFactory.create(uscc=code(1))
    assert "已经登记" in written(fresh(run), health_reviewer).failure


def test_a_run_that_breaks_or_dies_writes_nothing_and_is_taken_up_again(
    health_authority: Authority, health_reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = checked(book(*(home(number) for number in range(5))), health_authority, health_reviewer)
    runs.confirm(run, by=health_reviewer)
    with monkeypatch.context() as patch:
        patch.setattr(write_run, "BATCH", 2)
        patch.setattr(write_run, "LINK", "SELECT broken")
        with pytest.raises(ProgrammingError), transaction.atomic():
            write_run.write(run.pk)
    assert not Institution.objects.exists()
    # A worker that was killed leaves its claim behind; the sweep frees it, and the next delivery does the work once.
    InstitutionImport.objects.filter(pk=run.pk).update(state=State.WRITING, started_at=timezone.now())
    write_run.write(run.pk)
    assert (sweeping.sweep(), Institution.objects.count()) == (0, 0)
    InstitutionImport.objects.filter(pk=run.pk).update(started_at=timezone.now() - jobs.TAKEN_FOR_DEAD_AFTER * 2)
    assert sweeping.sweep() == 1
    write_run.write(run.pk)
    write_run.write(run.pk)
    assert (fresh(run).state, Institution.objects.count()) == (State.DONE, 5)


def test_a_batch_costs_the_same_queries_whatever_its_size(health_authority: Authority, health_reviewer: User) -> None:
    counts = []
    for first, size in ((0, 3), (100, 40)):
        rows = [home(number) for number in range(first, first + size)]
        for content in (book(*rows), book(*({**row, "beds": 101} for row in rows))):
            with CaptureQueriesContext(connection) as queries:
                written(checked(content, health_authority, health_reviewer), health_reviewer)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_old_rows_go_and_the_counts_stay(health_authority: Authority, health_reviewer: User) -> None:
    done = written(checked(book(home(1)), health_authority, health_reviewer), health_reviewer)
    open_ = checked(book(home(2)), health_authority, health_reviewer)
    assert sweeping.drop_old_rows() == 0
    InstitutionImport.objects.update(state_since=timezone.now() - timedelta(days=91))
    assert sweeping.drop_old_rows() == 1
    done = fresh(done)
    assert (done.rows.count(), done.tally["added"], done.file.size > 0) == (0, 1, True)
    assert fresh(open_).state == State.ABANDONED


def test_whoever_waits_reads_how_far_it_is(health_authority: Authority, health_reviewer: User) -> None:
    run = checked(book(*(home(number) for number in range(3))), health_authority, health_reviewer)
    written(run, health_reviewer)
    assert progress.told(run.pk) == (3, 3)


def test_a_wrong_row_stops_the_whole_import(health_authority: Authority, health_reviewer: User) -> None:
    run = checked(book(home(1), home(2, name=None)), health_authority, health_reviewer)
    assert (run.tally["new"], run.tally["wrong"]) == (1, 1)
    with pytest.raises(WrongState, match="还有错误的行，不能导入。请改好表格后重新上传。"):
        runs.confirm(run, by=health_reviewer)


def test_where_nothing_differs_there_is_nothing_to_import(health_authority: Authority, health_reviewer: User) -> None:
    written(checked(book(home(1)), health_authority, health_reviewer), health_reviewer)
    again = checked(book(home(1)), health_authority, health_reviewer)
    with pytest.raises(WrongState, match="没有需要写入的行"):
        runs.confirm(again, by=health_reviewer)


def test_what_is_kept_of_a_sheet(
    health_authority: Authority, health_reviewer: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sheet = book(home(1))  # made once: a workbook holds the second in which it was written
    first = uploaded(sheet, health_authority, health_reviewer, name="表" * 210 + ".xlsx")
    second = uploaded(sheet, health_authority, health_reviewer)
    assert re.fullmatch(r"imports/[0-9a-f]{32}/sheet\.xlsx", str(first.file))
    assert first.file.name != second.file.name
    assert first.file_name == "表" * 195 + ".xlsx"
    with django_assert_num_queries(1):
        run = fresh(second)
        assert (run.same_as, run.uploaded_by, run.ordered_by) == (first, health_reviewer, health_reviewer)
        assert (run.authority.region.code, run.confirmed_by) == ("330602", None)
