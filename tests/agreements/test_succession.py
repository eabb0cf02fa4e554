"""Renewals, supplements and what ends: linked agreements, days that meet, and refusals that say why."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import events, lifecycle
from agreements.drafting.steps import first_unfinished, steps_of
from agreements.lifecycle.succession import renewal_is_open
from agreements.models import Agreement, AgreementKind, TemplateVersion
from audit.log import history
from institutions.models import Institution, Role
from tests.agreements.making import certified, complete_draft, in_force, ready, save, signed
from tests.factories import ONE_DAY
from verbs.errors import NotAllowed, Unacceptable, WrongState

State = Agreement.State
SIGNED = date(2026, 3, 2)  # the home-sickbed text runs one year: its last day is 2027-03-02
LAST_DAY = date(2027, 3, 2)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 3, 2, 4, tzinfo=UTC), tick=False) as traveller:
        yield traveller


def go(clock: time_machine.Traveller, day: date) -> None:
    clock.move_to(datetime(day.year, day.month, day.day, 4, tzinfo=UTC), tick=False)


@pytest.fixture
def sickbed(published: dict[str, TemplateVersion]) -> TemplateVersion:
    return published["shaoxing-2024-home-sickbed"]


@pytest.fixture
def running(
    clock: time_machine.Traveller,
    sickbed: TemplateVersion,
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
) -> Agreement:
    """In force from 2026-03-02 to 2027-03-02."""
    draft = complete_draft(elder_care_institution, medical_institution, sickbed, by=elder_care_clerk)
    return in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)


def renewed(old: Agreement, *, drafter: User, answerer: User) -> Agreement:
    return in_force(lifecycle.start_renewal(old, by=drafter), drafter=drafter, answerer=answerer)


def supplemented(main: Agreement, *, drafter: User, answerer: User) -> Agreement:
    draft = lifecycle.start_supplement(main, by=drafter)
    draft = save(draft, by=drafter, step="terms", answers={**draft.answers, "supplement_terms": "每周巡诊两次。"})
    return in_force(draft, drafter=drafter, answerer=answerer)


def fresh(agreement: Agreement) -> Agreement:
    return Agreement.objects.get(pk=agreement.pk)


def test_a_renewal_takes_over_without_a_gap(
    running: Agreement, clock: time_machine.Traveller, elder_care_clerk: User, medical_clerk: User
) -> None:
    go(clock, date(2027, 2, 10))
    renewal = renewed(running, drafter=elder_care_clerk, answerer=medical_clerk)
    old = fresh(running)
    assert (old.state, old.ended_on) == (State.SUPERSEDED, date(2027, 2, 9))
    assert (renewal.starts_on, renewal.expires_on) == (date(2027, 2, 10), date(2028, 2, 10))
    assert (renewal.predecessor, renewal.kind) == (running, AgreementKind.RENEWAL)
    assert history(running).filter(event=events.Superseded.code).get().data["by_renewal"] == renewal.number
    for day in (SIGNED, date(2027, 2, 9), date(2027, 2, 10), date(2028, 2, 10)):
        assert Agreement.objects.in_force(on=day).count() == 1, day
    assert not Agreement.objects.in_force(on=SIGNED - ONE_DAY).exists()
    assert not Agreement.objects.in_force(on=date(2028, 2, 11)).exists()


def test_a_renewal_is_renewed_by_its_own_term(
    running: Agreement, clock: time_machine.Traveller, elder_care_clerk: User, medical_clerk: User
) -> None:
    go(clock, date(2027, 2, 10))
    renewal = renewed(running, drafter=elder_care_clerk, answerer=medical_clerk)
    assert not renewal_is_open(renewal, on=date(2027, 2, 10))
    with pytest.raises(WrongState, match="180 天"):
        lifecycle.start_renewal(renewal, by=elder_care_clerk)
    go(clock, date(2028, 1, 5))
    third = renewed(renewal, drafter=medical_clerk, answerer=elder_care_clerk)
    assert third.drafted_by.role == Role.MEDICAL
    assert (third.predecessor, fresh(renewal).state) == (renewal, State.SUPERSEDED)
    assert fresh(renewal).ended_on == date(2028, 1, 4)


@pytest.mark.parametrize(
    ("day", "opens"),
    [(LAST_DAY - timedelta(days=181), False), (LAST_DAY - timedelta(days=180), True), (LAST_DAY + ONE_DAY, True)],
)
def test_renewal_opens_180_days_before_the_end_and_stays_open(
    day: date, *, opens: bool, running: Agreement, clock: time_machine.Traveller, elder_care_clerk: User
) -> None:
    go(clock, day)
    lifecycle.expire_due()
    assert renewal_is_open(fresh(running), on=day) == opens
    if opens:
        renewal = lifecycle.start_renewal(running, by=elder_care_clerk)
        assert renewal.answers == running.answers
        assert (renewal.medical, renewal.elder_care) == (running.medical, running.elder_care)
        assert [step.slug for step in steps_of(renewal)] == ["template", "terms", "contacts", "check"]
        assert lifecycle.start_renewal(running, by=elder_care_clerk) == renewal
    else:
        with pytest.raises(WrongState, match="180 天"):
            lifecycle.start_renewal(running, by=elder_care_clerk)


def test_a_renewal_of_what_has_run_out_leaves_it_expired(
    running: Agreement, clock: time_machine.Traveller, elder_care_clerk: User, medical_clerk: User
) -> None:
    go(clock, date(2027, 4, 1))
    assert lifecycle.expire_due() == 1
    renewal = renewed(running, drafter=elder_care_clerk, answerer=medical_clerk)
    assert (fresh(running).state, fresh(running).ended_on) == (State.EXPIRED, None)
    assert not Agreement.objects.in_force(on=date(2027, 3, 15)).exists()
    assert renewal.starts_on == date(2027, 4, 1)


def test_a_stranger_starts_nothing(running: Agreement, clock: time_machine.Traveller, stranger: User) -> None:
    go(clock, LAST_DAY)
    for start in (lifecycle.start_renewal, lifecycle.start_supplement):
        with pytest.raises(NotAllowed, match="双方的经办人"):
            start(running, by=stranger)
    assert not running.successors.exists()


def test_a_replacement_ends_the_old_one_the_day_before_it_starts(
    running: Agreement, clock: time_machine.Traveller, elder_care_clerk: User, medical_clerk: User
) -> None:
    go(clock, date(2026, 6, 10))
    new = lifecycle.start_replacement(running, by=medical_clerk)
    new = in_force(new, drafter=medical_clerk, answerer=elder_care_clerk)
    old = fresh(running)
    assert (old.state, old.ended_on) == (State.SUPERSEDED, date(2026, 6, 9))
    assert (new.starts_on, new.expires_on) == (date(2026, 6, 10), date(2027, 6, 10))


def test_a_supplement_runs_with_its_agreement_and_ends_with_it(
    running: Agreement, clock: time_machine.Traveller, elder_care_clerk: User, medical_clerk: User
) -> None:
    go(clock, date(2026, 9, 1))
    supplement = supplemented(running, drafter=medical_clerk, answerer=elder_care_clerk)
    assert (supplement.effective_on, supplement.expires_on) == (date(2026, 9, 1), LAST_DAY)
    words = supplement.filled_text().plain
    assert running.number in words
    assert "每周巡诊两次。" in words
    lifecycle.terminate(running, by=elder_care_clerk, on=date(2026, 12, 31), reason="机构迁址")
    after = fresh(supplement)
    assert (after.state, after.ended_on, after.end_reason) == (State.TERMINATED, date(2026, 12, 31), "机构迁址")


def test_a_supplement_is_drafted_without_choosing_partner_or_template(
    running: Agreement, elder_care_clerk: User
) -> None:
    draft = lifecycle.start_supplement(running, by=elder_care_clerk)
    assert [step.slug for step in steps_of(draft)] == ["terms", "contacts", "check"]
    assert first_unfinished(draft) == "terms"
    assert draft.template_version
    assert draft.template_version.template.slug == "supplement"
    assert draft.template_version not in TemplateVersion.objects.for_region(draft.region)


def test_supplements_end_when_a_renewal_takes_over_or_the_term_is_over(
    running: Agreement, clock: time_machine.Traveller, elder_care_clerk: User, medical_clerk: User
) -> None:
    supplement = supplemented(running, drafter=elder_care_clerk, answerer=medical_clerk)
    go(clock, date(2027, 2, 10))
    renewal = renewed(running, drafter=elder_care_clerk, answerer=medical_clerk)
    assert (fresh(supplement).state, fresh(supplement).ended_on) == (State.TERMINATED, date(2027, 2, 9))
    later = supplemented(renewal, drafter=elder_care_clerk, answerer=medical_clerk)
    go(clock, date(2028, 2, 11))
    assert lifecycle.expire_due() == 2
    assert fresh(later).state == State.EXPIRED


def test_the_page_of_a_supplement_tells_how_it_ended_with_its_renewed_agreement(
    running: Agreement, clock: time_machine.Traveller, client: Client, elder_care_clerk: User, medical_clerk: User
) -> None:
    supplement = supplemented(running, drafter=elder_care_clerk, answerer=medical_clerk)
    go(clock, date(2027, 2, 10))
    renewed(running, drafter=elder_care_clerk, answerer=medical_clerk)
    client.force_login(medical_clerk)
    page = client.get(reverse("agreement-detail", args=[supplement.number]))
    assert page.status_code == 200
    shown = page.content.decode()
    assert f"随原协议 {running.number} 终止" in shown
    assert "已由新协议接替" in shown
    assert "已终止" in shown
    assert "已续签" not in shown, "nobody renewed the supplement"


def test_a_supplement_to_what_has_ended_never_takes_effect(
    running: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    draft = lifecycle.start_supplement(running, by=elder_care_clerk)
    draft = save(draft, by=elder_care_clerk, step="terms", answers={**draft.answers, "supplement_terms": "略。"})
    row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    lifecycle.terminate(running, by=elder_care_clerk, on=SIGNED, reason="机构迁址")
    with pytest.raises(WrongState, match="已作废"):
        certified(row, by=medical_clerk)
    with pytest.raises(WrongState, match="补充协议"):
        lifecycle.start_supplement(running, by=elder_care_clerk)


def test_a_supplement_is_neither_renewed_nor_supplemented(
    running: Agreement, clock: time_machine.Traveller, elder_care_clerk: User, medical_clerk: User
) -> None:
    supplement = supplemented(running, drafter=elder_care_clerk, answerer=medical_clerk)
    go(clock, LAST_DAY)
    with pytest.raises(WrongState, match="原协议"):
        lifecycle.start_renewal(supplement, by=elder_care_clerk)
    with pytest.raises(WrongState):
        lifecycle.start_supplement(supplement, by=elder_care_clerk)


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        (date(2026, 5, 31), "不能早于今天"),
        (date(2026, 6, 1), ""),
        (LAST_DAY, ""),
        (LAST_DAY + ONE_DAY, "不能更晚"),
    ],
)
def test_the_last_day_is_today_or_later_and_within_the_term(
    on: date, reason: str, running: Agreement, clock: time_machine.Traveller, medical_clerk: User
) -> None:
    go(clock, date(2026, 6, 1))
    if reason:
        with pytest.raises(Unacceptable, match=reason):
            lifecycle.terminate(running, by=medical_clerk, on=on, reason="机构迁址")
        assert fresh(running).state == State.IN_FORCE
    else:
        lifecycle.terminate(running, by=medical_clerk, on=on, reason="机构迁址")
        assert Agreement.objects.in_force(on=on).exists()
        assert not Agreement.objects.in_force(on=on + ONE_DAY).exists()
        assert Agreement.objects.in_force(on=date(2026, 5, 31)).exists()


def test_old_records_may_tell_of_an_earlier_end(
    running: Agreement, clock: time_machine.Traveller, medical_clerk: User
) -> None:
    go(clock, date(2026, 6, 1))
    told = date(2026, 4, 1)
    lifecycle.terminate(running, by=medical_clerk, on=told, reason="机构迁址", notified_on=told)
    assert fresh(running).ended_on == told


def test_expiry_comes_the_day_after_and_catches_up(
    running: Agreement, clock: time_machine.Traveller, elder_care_clerk: User
) -> None:
    assert lifecycle.expire_due(on=LAST_DAY) == 0
    with pytest.raises(Unacceptable, match="还没有过去"):
        lifecycle.expire(running, on=LAST_DAY)
    assert lifecycle.expire_due(on=LAST_DAY + timedelta(days=3)) == 1
    assert lifecycle.expire_due(on=LAST_DAY + timedelta(days=3)) == 0
    assert history(running).filter(event=events.Expired.code).count() == 1
    assert Agreement.objects.in_force(on=LAST_DAY).exists()


def test_a_text_that_one_side_has_signed_is_withdrawn_with_a_reason(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = ready(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    with pytest.raises(Unacceptable, match="原因"):
        lifecycle.withdraw(row, by=medical_clerk)  # what the side that answers takes back, it returns
    today = timezone.localdate()
    half = lifecycle.record_signing(row, by=elder_care_clerk, role=Role.ELDER_CARE, on=today)
    for clerk in (elder_care_clerk, medical_clerk):
        with pytest.raises(Unacceptable, match="原因"):
            lifecycle.withdraw(half, by=clerk, reason=" ")
    back = lifecycle.withdraw(half, by=medical_clerk, reason="费用没有谈妥")
    assert (back.state, back.return_reason, back.is_frozen) == (State.DRAFT, "费用没有谈妥", False)
    assert (back.elder_care_signed_on, back.end_reason) == (None, "")


def test_what_both_have_signed_is_not_withdrawn(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    with pytest.raises(Unacceptable, match="已经成立"):
        lifecycle.withdraw(row, by=medical_clerk, reason="反悔")
    assert fresh(row).state == State.SIGNING


def test_what_does_not_share_a_day_stands_beside_each_other(
    running: Agreement,
    clock: time_machine.Traveller,
    sickbed: TemplateVersion,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    """The first has run out, though nobody has marked it yet."""
    assert running.elder_care
    assert running.medical
    go(clock, LAST_DAY + ONE_DAY)
    other = complete_draft(running.elder_care, running.medical, sickbed, by=elder_care_clerk)
    row = in_force(other, drafter=elder_care_clerk, answerer=medical_clerk)
    assert (fresh(running).state, row.state) == (State.IN_FORCE, State.IN_FORCE)
    assert row.starts_on == LAST_DAY + ONE_DAY


def test_one_that_ends_before_another_begins_overlaps_nothing(
    running: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    assert running.elder_care
    assert running.medical
    version = TemplateVersion.objects.get(template__slug="shaoxing-2024-consortium")
    for first, last in (("2098-01-01", "2098-12-31"), ("2096-01-01", "2097-12-31")):
        draft = complete_draft(running.elder_care, running.medical, version, by=elder_care_clerk)
        term = {**draft.answers, "valid_from": first, "valid_to": last}
        draft = save(draft, by=elder_care_clerk, step="terms", answers=term)
        assert in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk).state == State.IN_FORCE


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_renewal_takes_over_what_still_makes_sense(
    is_demo: bool, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    Institution.objects.filter(agreements_as_elder_care=draft).update(is_demo=is_demo)
    own, partner = (
        Institution.objects.get(agreements_as_elder_care=draft),
        Institution.objects.get(agreements_as_medical=draft),
    )
    old = complete_draft(own, partner, draft.chosen_version, by=elder_care_clerk)
    old = in_force(old, drafter=elder_care_clerk, answerer=medical_clerk)
    with time_machine.travel(datetime(2099, 12, 1, 12, tzinfo=UTC), tick=False):
        renewal = fresh(lifecycle.start_renewal(old, by=medical_clerk))
    # The days join: the old term is 2098 and 2099.
    assert renewal.answers == {**old.answers, "valid_from": "2100-01-01", "valid_to": "2101-12-31"}
    assert (renewal.kind, renewal.predecessor, renewal.region) == (AgreementKind.RENEWAL, old, old.region)
    assert (renewal.drafted_by, renewal.created_by) == (old.medical, medical_clerk)
    assert (renewal.medical, renewal.elder_care) == (old.medical, old.elder_care)
    assert (renewal.contacts, renewal.template_version) == (fresh(old).contacts, old.template_version)
    assert renewal.is_demo is is_demo
    entry = history(renewal).get()
    assert (entry.actor_id, dict(entry.data)) == (medical_clerk.pk, {"predecessor": old.number, "kind": "renewal"})
