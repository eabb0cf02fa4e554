"""Renaming, suspending, closing, reopening, new validity: which states allow it, who is told, nothing half done."""

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from accounts.models import User
from agreements.models import Agreement, TemplateVersion
from audit.log import history
from institutions import events, lifecycle
from institutions.models import Institution, Role
from notifications.models import Notice
from tests import factories
from tests.agreements.making import agreed, complete_draft, in_force
from verbs.errors import Unacceptable, WrongState

DAY = date(2026, 11, 2)
NEW = "越城区晚晴养老院"


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("recipient__username", flat=True))


@pytest.fixture
def partners(
    published: dict[str, TemplateVersion],
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
) -> tuple[Agreement, Agreement, Agreement]:
    """Of one pair: an agreement in force, one whose text is final, and a draft of the medical side not yet sent."""
    first, second = published["shaoxing-2024-home-sickbed"], published["shaoxing-2024-consortium"]
    enter_force, agree = (
        partial(verb, drafter=elder_care_clerk, answerer=medical_clerk) for verb in (in_force, agreed)
    )

    def draft(version: TemplateVersion) -> Agreement:
        return complete_draft(elder_care_institution, medical_institution, version, by=elder_care_clerk)

    own = complete_draft(medical_institution, elder_care_institution, second, by=medical_clerk)
    return enter_force(draft(first)), agree(draft(second)), own


def test_a_new_name_and_what_keeps_the_old_one(
    partners: tuple[Agreement, Agreement, Agreement], elder_care_institution: Institution, health_reviewer: User
) -> None:
    old = elder_care_institution.name
    texts = [list(each.frozen_texts.values()) for each in partners]
    renamed = lifecycle.rename(elder_care_institution, by=health_reviewer, to=NEW, on=DAY, reason="法人变更")

    assert (renamed.name, renamed.past_names.get().name, renamed.past_names.get().used_until) == (NEW, old, DAY)
    assert list(Institution.objects.search(old[:5])) == list(Institution.objects.search(NEW)) == [renamed]
    running, final, draft = (Agreement.objects.with_parties().get(pk=each.pk) for each in partners)
    assert [each.party_name(Role.ELDER_CARE) for each in (running, final, draft)] == [old, old, NEW]
    # What is frozen does not change by one character, and names the old name only.
    assert [list(each.frozen_texts.values()) for each in (running, final)] == texts[:2]
    assert old in running.filled_text().plain
    assert NEW not in str(texts)
    entry = history(renamed).get(event=events.Renamed.code)
    assert entry.data == {"former": old, "to": NEW, "on": DAY.isoformat(), "reason": "法人变更"}


def test_everybody_concerned_is_told_and_nobody_else(
    partners: tuple[Agreement, Agreement, Agreement],
    elder_care_institution: Institution,
    institution_administrator: User,
    signatory: User,
    health_reviewer: User,
    civil_affairs_officer: User,
    stranger: User,
    other_reviewer: User,
    supervisor: User,
) -> None:
    lifecycle.rename(elder_care_institution, by=health_reviewer, to=NEW, on=DAY, reason="")
    own = {"clerk", "signatory", "institution-administrator"}
    assert told("institution_renamed") == own | {"medical-clerk", "civil-affairs-officer"}
    lifecycle.close(elder_care_institution, by=civil_affairs_officer, on=DAY, reason="歇业")
    assert told("institution_close") == own | {"medical-clerk", "health-reviewer"}


def test_an_unsent_draft_betrays_nobody(
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
    health_reviewer: User,
    consortium: TemplateVersion,
) -> None:
    complete_draft(elder_care_institution, medical_institution, consortium, by=elder_care_clerk)
    lifecycle.rename(elder_care_institution, by=health_reviewer, to=NEW, on=DAY, reason="")
    assert told("institution_renamed") == {"clerk"}


def test_names_that_cannot_be(elder_care_institution: Institution, health_reviewer: User) -> None:
    row, first = elder_care_institution, elder_care_institution.name
    for to, on in ((row.name, DAY), (NEW, factories.today() + factories.ONE_DAY)):
        with pytest.raises(Unacceptable):
            lifecycle.rename(row, by=health_reviewer, to=to, on=on, reason="")
    again = lifecycle.rename(row, by=health_reviewer, to=NEW, on=DAY, reason="")
    with pytest.raises(WrongState, match=NEW):
        lifecycle.rename(Institution(pk=row.pk, name=first), by=health_reviewer, to="别的", on=DAY, reason="")
    with pytest.raises(Unacceptable, match="上一次更名"):
        lifecycle.rename(again, by=health_reviewer, to="别的", on=date(2026, 11, 1), reason="")
    third = lifecycle.rename(again, by=health_reviewer, to=first, on=factories.today(), reason="")
    assert third.former_names.splitlines() == [NEW, first]
    assert [each.used_from for each in third.past_names.all()] == [DAY, None]
    corrected = lifecycle.correct_name(third, by=health_reviewer, to="越城区福星养老公寓")
    assert corrected.past_names.count() == 2


STEPS = {"suspend": lifecycle.suspend, "close": lifecycle.close, "reopen": lifecycle.reopen}


@pytest.mark.parametrize(
    ("status", "allowed"),
    [("open", {"suspend", "close"}), ("suspended", {"close", "reopen"}), ("closed", {"reopen"})],
)
def test_which_act_fits_which_state(
    elder_care_institution: Institution, health_reviewer: User, status: str, allowed: set[str]
) -> None:
    done = set()
    for verb, step in STEPS.items():
        Institution.objects.update(status=status, suspended_on=None, closed_on=None)
        try:
            row = step(elder_care_institution, by=health_reviewer, on=DAY, reason="测试")
        except WrongState:
            continue
        done.add(verb)
        row.refresh_from_db()
        days = {"suspend": (DAY, None), "close": (None, DAY), "reopen": (None, None)}[verb]
        assert (row.suspended_on, row.closed_on) == days
        assert bool(row.status_reason) == (verb != "reopen")
        assert any(problem.blocks for problem in row.problems(factories.today())) == (verb != "reopen")
    assert done == allowed


def test_days_that_cannot_be(elder_care_institution: Institution, health_reviewer: User) -> None:
    Institution.objects.update(opened_on=date(2020, 1, 1))
    for on in (factories.today() + factories.ONE_DAY, date(2019, 12, 31)):
        with pytest.raises(Unacceptable):
            lifecycle.close(elder_care_institution, by=health_reviewer, on=on, reason="歇业")
    lifecycle.suspend(elder_care_institution, by=health_reviewer, on=DAY, reason="检修")
    with pytest.raises(Unacceptable, match="暂停的日期"):
        lifecycle.reopen(elder_care_institution, by=health_reviewer, on=date(2026, 11, 1), reason="好了")


def test_a_new_licence_keeps_the_old_one(medical_institution: Institution, medical_clerk: User) -> None:
    number = medical_institution.medical_profile.licence_number
    new = lifecycle.Period(number, DAY, date(2031, 11, 1))
    lifecycle.enter_period(medical_institution, new, by=medical_clerk)
    profile = Institution.objects.with_profiles().get(pk=medical_institution.pk).medical_profile
    assert (profile.licence_valid_from, profile.licence_valid_to) == (DAY, date(2031, 11, 1))
    assert [each.valid_to for each in medical_institution.validity_periods.all()] == [
        date(2031, 11, 1),
        factories.FAR_AHEAD,
    ]
    with pytest.raises(Unacceptable, match="相同"):
        lifecycle.enter_period(medical_institution, new, by=medical_clerk)
    entry = history(medical_institution).get(event=events.Changed.code)
    assert entry.data["changes"]["licence_valid_to"] == [factories.FAR_AHEAD.isoformat(), "2031-11-01"]


def test_a_filing_is_withdrawn_once(elder_care_institution: Institution, civil_affairs_officer: User) -> None:
    lifecycle.withdraw_filing(elder_care_institution, by=civil_affairs_officer, last_day=DAY, reason="注销")
    row = Institution.objects.with_profiles().get(pk=elder_care_institution.pk)
    assert [problem.code for problem in row.problems(factories.today())] == ["filing_expired"]
    assert [problem.code for problem in row.problems(DAY)] == ["filing_ending"]
    unfiled = factories.UnfiledElderCareFactory.create()
    with pytest.raises(WrongState):
        lifecycle.withdraw_filing(unfiled, by=civil_affairs_officer, last_day=DAY, reason="注销")


@pytest.mark.parametrize("verb", ["rename", "close", "change"])
def test_nothing_stays_when_the_last_step_fails(
    elder_care_institution: Institution, health_reviewer: User, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the log is full")

    for module in ("institutions.lifecycle.naming", "institutions.lifecycle.changing", "verbs.lifecycle"):
        monkeypatch.setattr(f"{module}.append", fail)
    before = Institution.objects.values().get(pk=elder_care_institution.pk)
    acts = {
        "rename": lambda: lifecycle.rename(elder_care_institution, by=health_reviewer, to=NEW, on=DAY, reason=""),
        "close": lambda: lifecycle.close(elder_care_institution, by=health_reviewer, on=DAY, reason="歇业"),
        "change": lambda: lifecycle.change(
            elder_care_institution, by=health_reviewer, changes={"address": (elder_care_institution.address, "新址")}
        ),
    }
    with pytest.raises(RuntimeError):
        acts[verb]()
    assert Institution.objects.values().get(pk=elder_care_institution.pk) == before
    assert not elder_care_institution.past_names.exists()
    assert not Notice.objects.filter(kind__startswith="institution_").exists()


TOMORROW = factories.today() + factories.ONE_DAY


@pytest.mark.parametrize(
    ("act", "field", "words"),
    [
        (lambda row, by: lifecycle.rename(row, by=by, to=row.name, on=DAY, reason=""), "to", "与现在的名称相同"),
        (lambda row, by: lifecycle.rename(row, by=by, to=NEW, on=TOMORROW, reason=""), "on", "不能晚于今天"),
        (lambda row, by: lifecycle.correct_name(row, by=by, to=row.name), "to", "与现在的名称相同"),
        (lambda row, by: lifecycle.close(row, by=by, on=TOMORROW, reason="歇业"), "on", "日期"),
        (lambda row, by: lifecycle.suspend(row, by=by, on=TOMORROW, reason="检修"), "on", "日期"),
        (
            lambda row, by: lifecycle.close(row, by=by, on=date(2010, 1, 1), reason="歇业"),
            "on",
            "日期不能早于备案日期（2015年3月1日）",
        ),
        (
            lambda row, by: lifecycle.withdraw_filing(row, by=by, last_day=TOMORROW, reason="注销"),
            "last_day",
            "最后有效日不能晚于今天",
        ),
        (
            lambda row, by: lifecycle.withdraw_filing(row, by=by, last_day=date(2015, 2, 28), reason="注销"),
            "last_day",
            "不能早于备案日期（2015年3月1日）",
        ),
        (
            lambda row, by: lifecycle.enter_period(row, lifecycle.Period("备1", DAY, DAY), by=by),
            "valid_to",
            "有效期止应当晚于有效期起",
        ),
        (
            lambda row, by: lifecycle.change(row, by=by, changes={"name": (row.name, NEW)}),
            "name",
            "不能在这里修改",
        ),
    ],
)
def test_a_refusal_names_the_field_that_is_to_be_corrected(
    act: Callable[[Institution, User], object],
    field: str,
    words: str,
    elder_care_institution: Institution,
    civil_affairs_officer: User,
) -> None:
    with pytest.raises(Unacceptable, match=words) as refusal:
        act(elder_care_institution, civil_affairs_officer)
    assert refusal.value.field == field
    assert not history(elder_care_institution).exists()


def test_a_corrected_name_and_a_withdrawn_filing_are_logged_with_what_was_before(
    elder_care_institution: Institution, civil_affairs_officer: User
) -> None:
    old, number = elder_care_institution.name, elder_care_institution.elder_care_profile.filing_number
    row = lifecycle.correct_name(elder_care_institution, by=civil_affairs_officer, to=NEW)
    lifecycle.withdraw_filing(row, by=civil_affairs_officer, last_day=DAY, reason="注销")
    corrected, withdrawn = history(row).order_by("sequence")
    assert (corrected.actor_id, corrected.data) == (civil_affairs_officer.pk, {"changes": {"name": [old, NEW]}})
    assert withdrawn.actor_id == civil_affairs_officer.pk
    assert withdrawn.data == {"changes": {"filing_valid_to": [None, str(DAY)]}, "reason": "注销"}
    period = row.validity_periods.first()
    assert period is not None
    assert (period.number, period.valid_to, period.entered_by) == (number, DAY, civil_affairs_officer)


def test_what_looks_doubtful_in_a_licence_number_is_told_of_the_medical_side(
    medical_institution: Institution, elder_care_institution: Institution
) -> None:
    assert medical_institution.identifier_warnings() == elder_care_institution.identifier_warnings() == []
    medical_institution.medical_profile.licence_number = "不是登记号"
    assert len(medical_institution.identifier_warnings()) == 1
