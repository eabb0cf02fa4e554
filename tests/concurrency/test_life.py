"""Two people, or a person and the clock, at the same agreement in its later life, on connections of their own."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from agreements import events, lifecycle
from agreements.models import Agreement, Scan, TemplateVersion
from audit.log import history
from institutions.models import Institution, Role
from tests.agreements.making import certified, complete_draft, in_force, ready, rejected, scan_pdf, signed
from tests.at_once import at_once
from tests.factories import MembershipFactory
from tests.uploading import attach_scan
from verbs.errors import Unacceptable, WrongState

pytestmark = pytest.mark.django_db(transaction=True)
State = Agreement.State


def refusals(results: list[Any]) -> int:
    return sum(isinstance(result, WrongState) for result in results)


@pytest.fixture
def running(
    published: dict[str, TemplateVersion],
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
) -> Agreement:
    """In force from today for one year."""
    version = published["shaoxing-2024-home-sickbed"]
    draft = complete_draft(elder_care_institution, medical_institution, version, by=elder_care_clerk)
    return in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)


def last_day(agreement: Agreement) -> date:
    assert agreement.expires_on
    return agreement.expires_on


def test_both_sides_enter_their_day_and_neither_is_lost(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row, today = ready(draft, drafter=elder_care_clerk, answerer=medical_clerk), timezone.localdate()
    at_once(
        lambda: lifecycle.record_signing(row, by=elder_care_clerk, role=Role.ELDER_CARE, on=today),
        lambda: lifecycle.record_signing(row, by=medical_clerk, role=Role.MEDICAL, on=today),
    )
    after = Agreement.objects.get(pk=row.pk)
    assert (after.elder_care_signed_on, after.medical_signed_on) == (today, today)


def test_one_side_enters_two_days_and_one_stands(
    draft: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    row, today = ready(draft, drafter=elder_care_clerk, answerer=medical_clerk), timezone.localdate()
    clerks = elder_care_clerk, colleague
    enter = [partial(lifecycle.record_signing, row, by=clerk, role=Role.ELDER_CARE, on=today) for clerk in clerks]
    assert all(isinstance(result, Agreement) for result in at_once(*enter))
    assert (row.signatures.count(), row.signatures.current().count()) == (2, 1)


def test_one_person_at_two_desks_signs_for_one_side_only(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User, medical_institution: Institution
) -> None:
    MembershipFactory.create(user=elder_care_clerk, institution=medical_institution)
    row, today = ready(draft, drafter=elder_care_clerk, answerer=medical_clerk), timezone.localdate()
    enter = [partial(lifecycle.record_signing, row, by=elder_care_clerk, role=role, on=today) for role in Role]
    results = at_once(*enter)
    assert sum(isinstance(result, Unacceptable) for result in results) == 1
    signature = row.signatures.get()
    after = Agreement.objects.get(pk=row.pk)
    assert (after.medical_signed_on, after.elder_care_signed_on).count(None) == 1
    assert getattr(after, lifecycle.SIGNED_ON[Role(signature.role)]) == today


def test_withdrawn_twice_the_text_is_voided_once(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    row = ready(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    clerks = elder_care_clerk, medical_clerk
    results = at_once(*(partial(lifecycle.withdraw, row, by=clerk, reason=clerk.full_name) for clerk in clerks))
    assert refusals(results) == 1
    text = row.frozen_texts.get()
    assert text.voided_by is not None
    assert text.void_reason == text.voided_by.full_name


def test_the_same_scan_sent_twice_is_kept_once(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    row, today = ready(draft, drafter=elder_care_clerk, answerer=medical_clerk), timezone.localdate()
    row = lifecycle.record_signing(row, by=elder_care_clerk, role=Role.ELDER_CARE, on=today)
    content = scan_pdf()
    upload = [lambda: attach_scan(row, by=elder_care_clerk, content=content, name="扫描件.pdf")] * 2
    first, second = at_once(*upload)
    assert first == second
    with row.scans.get().file.open("rb") as stored:
        assert stored.read() == content


@pytest.mark.parametrize("other", ["certify", "reject"])
def test_a_scan_is_decided_once(
    other: str, draft: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    acts: dict[str, Callable[[], Any]] = {
        "certify": lambda: certified(row, by=colleague),
        "reject": lambda: rejected(row, by=colleague, reason="缺页"),
    }
    results = at_once(lambda: certified(row, by=medical_clerk), acts[other])
    assert sum(isinstance(result, Exception) for result in results) == 1
    scan = row.scans.get()
    after = Agreement.objects.get(pk=row.pk)
    assert (after.state == State.IN_FORCE) == (scan.state == Scan.State.CERTIFIED)
    assert history(row).filter(event__in=[events.EnteredForce.code, events.ScanRejected.code]).count() == 1


def test_of_two_agreements_of_a_pair_one_enters_force_and_the_other_is_told(
    published: dict[str, TemplateVersion],
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    """Both were signed on one day for the same days; neither is in force when both are certified."""
    version = published["shaoxing-2024-home-sickbed"]
    drafts = [
        complete_draft(elder_care_institution, medical_institution, version, by=elder_care_clerk) for _ in range(3)
    ]
    rows = [signed(each, drafter=elder_care_clerk, answerer=medical_clerk) for each in drafts]
    results = at_once(*[partial(certified, row, by=medical_clerk) for row in rows])
    refused = [str(result) for result in results if isinstance(result, WrongState)]
    (in_force_now,) = Agreement.objects.filter(state=State.IN_FORCE)
    assert len(refused) == 2
    assert all(f"已有一份生效的协议 {in_force_now}" in words for words in refused)


def test_agreeing_to_dissolve_and_taking_it_back_at_once_do_one_of_both(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    lifecycle.ask_to_rescind(row, by=elder_care_clerk, reason="重复签了一份")
    results = at_once(
        lambda: lifecycle.agree_to_rescind(row, by=medical_clerk),
        lambda: lifecycle.drop_rescission(row, by=elder_care_clerk),
    )
    assert sum(isinstance(result, WrongState) for result in results) == 1
    after = Agreement.objects.get(pk=row.pk)
    assert (after.state == State.RESCINDED) == bool(after.rescission_side)


def test_two_sweeps_expire_once(running: Agreement) -> None:
    after = last_day(running) + timedelta(days=1)
    counts = at_once(*[lambda: lifecycle.expire_due(on=after)] * 3)
    assert sum(counts) == 1
    assert history(running).filter(event=events.Expired.code).count() == 1


def test_of_ending_early_and_expiring_exactly_one_happens(running: Agreement, medical_clerk: User) -> None:
    end = last_day(running)
    results = at_once(
        lambda: lifecycle.terminate(running, by=medical_clerk, on=end, reason="机构迁址"),
        lambda: lifecycle.expire(running, on=end + timedelta(days=1)),
    )
    assert refusals(results) == 1
    row = Agreement.objects.get(pk=running.pk)
    assert (row.ended_on is None) == (row.state == State.EXPIRED)


def test_ending_twice_ends_once(running: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    today = timezone.localdate()
    results = at_once(
        lambda: lifecycle.terminate(running, by=elder_care_clerk, on=today, reason="机构迁址"),
        lambda: lifecycle.terminate(running, by=medical_clerk, on=last_day(running), reason="床位减少"),
    )
    assert refusals(results) == 1
    assert history(running).filter(event=events.Terminated.code).count() == 1


def test_of_signing_and_withdrawing_no_half_remains(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row, today = ready(draft, drafter=elder_care_clerk, answerer=medical_clerk), timezone.localdate()
    at_once(
        lambda: lifecycle.record_signing(row, by=elder_care_clerk, role=Role.ELDER_CARE, on=today),
        lambda: lifecycle.withdraw(row, by=medical_clerk, reason="费用没有谈妥"),
    )
    after = Agreement.objects.get(pk=row.pk)
    assert (after.state, after.elder_care_signed_on) == (State.DRAFT, None)
    assert not row.signatures.current().exists()
    assert history(row).filter(event=events.Withdrawn.code).count() == 1


def test_both_sides_renew_and_one_renewal_is_opened(
    running: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    with time_machine.travel(datetime.combine(last_day(running), time(4), UTC), tick=False):
        first, second = at_once(
            lambda: lifecycle.start_renewal(running, by=elder_care_clerk),
            lambda: lifecycle.start_renewal(running, by=medical_clerk),
        )
    assert first == second
    assert running.successors.count() == 1


def test_a_supplement_is_certified_or_its_agreement_ends_first_and_never_in_between(
    running: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    """Whoever is first: of an agreement that has ended no supplement is left in force or on its way, and neither waits
    for the other's row."""
    draft = lifecycle.start_supplement(running, by=elder_care_clerk)
    answers = {**draft.answers, "supplement_terms": "每周巡诊两次。"}
    Agreement.objects.filter(pk=draft.pk).update(answers=answers)
    draft.refresh_from_db()
    row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    certifying, terminating = at_once(
        lambda: certified(row, by=medical_clerk),
        lambda: lifecycle.terminate(running, by=elder_care_clerk, on=timezone.localdate(), reason="机构迁址"),
    )
    assert isinstance(certifying, Agreement | WrongState), certifying
    assert isinstance(terminating, Agreement), terminating
    assert Agreement.objects.get(pk=running.pk).state == State.TERMINATED
    assert Agreement.objects.get(pk=row.pk).state in {State.TERMINATED, State.DISCARDED}
