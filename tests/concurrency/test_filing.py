"""Two people at the same filing, and two filings at the same authority, on connections of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from audit.models import Entry
from duties import bureaus
from filing import events as filing_events
from filing import lifecycle, opening, receipts
from filing.models import Filing, Receipt
from filing.numbering import set_form
from institutions.models import Authority, Institution
from tests import factories
from tests.agreements.making import complete_draft, in_force
from tests.at_once import at_once, closing_its_connection, until_somebody_waits_for_us
from tests.duties.closing import confirmed, deputy
from tests.filing.fixtures import InState, ended
from verbs.errors import NotAllowed, Unacceptable, WrongState

pytestmark = pytest.mark.django_db(transaction=True)
State = Filing.State


def refusals(results: list[object]) -> list[WrongState]:
    return [result for result in results if isinstance(result, WrongState)]


def test_of_two_reviewers_one_takes_up_and_the_other_is_told_who(
    in_state: InState, health_reviewer: User, second_reviewer: User
) -> None:
    filing = in_state(State.SUBMITTED)
    results = at_once(
        lambda: lifecycle.take_up(filing, by=health_reviewer), lambda: lifecycle.take_up(filing, by=second_reviewer)
    )
    [refusal] = refusals(results)
    winner = Filing.objects.get(pk=filing.pk).taken_up_by
    assert f"审核中（{winner}）" in str(refusal)


def test_of_taking_up_and_withdrawing_exactly_one_happens(
    in_state: InState, health_reviewer: User, elder_care_clerk: User
) -> None:
    filing = in_state(State.SUBMITTED)
    results = at_once(
        lambda: lifecycle.take_up(filing, by=health_reviewer), lambda: lifecycle.withdraw(filing, by=elder_care_clerk)
    )
    assert len(refusals(results)) == 1
    assert Filing.objects.get(pk=filing.pk).state in {State.UNDER_REVIEW, State.DUE}


def test_of_accepting_and_returning_exactly_one_happens(in_state: InState, health_reviewer: User) -> None:
    filing = in_state(State.UNDER_REVIEW)
    results = at_once(
        lambda: lifecycle.accept(filing, by=health_reviewer),
        lambda: lifecycle.return_(filing, by=health_reviewer, reasons="缺页。"),
    )
    assert len(refusals(results)) == 1
    row = Filing.objects.get(pk=filing.pk)
    assert bool(row.number) != bool(row.reasons)


@pytest.mark.parametrize(
    ("verb", "state"),
    [("submit", State.DUE), ("accept", State.UNDER_REVIEW), ("resubmit", State.RETURNED)],
)
def test_an_act_done_twice_at_once_happens_once(
    verb: str, state: State, in_state: InState, elder_care_clerk: User, health_reviewer: User
) -> None:
    filing = in_state(state)
    acts: dict[str, Callable[[], Filing]] = {
        "submit": lambda: lifecycle.submit(filing, by=elder_care_clerk),
        "accept": lambda: lifecycle.accept(filing, by=health_reviewer),
        "resubmit": lambda: lifecycle.resubmit(filing, by=elder_care_clerk, remark="已补。"),
    }
    before = Filing.objects.count()
    results = at_once(acts[verb], acts[verb])
    assert len(refusals(results)) == 1
    assert Filing.objects.count() == before + (verb == "resubmit")


def test_of_filing_again_and_letting_be_exactly_one_happens(
    in_state: InState, elder_care_clerk: User, health_reviewer: User, second_reviewer: User
) -> None:
    filing = in_state(State.RETURNED)
    ended(filing.agreement, by=elder_care_clerk)
    again = [lambda: lifecycle.resubmit(filing, by=elder_care_clerk, remark="已补。")] * 6
    let_be = [lambda: lifecycle.close(filing, by=second_reviewer, reason="不再需要。")] * 6
    results = at_once(*again, *let_be)
    assert len(refusals(results)) == 11
    assert Filing.objects.filter(previous=filing).count() == 1


@pytest.mark.parametrize("verb", ["resubmit", "close"])
def test_whatever_answers_a_return_locks_the_agreement_before_the_filing(
    verb: str, in_state: InState, elder_care_clerk: User, second_reviewer: User
) -> None:
    """While it waits for the agreement it holds nothing that another waits for."""
    filing = in_state(State.RETURNED)
    ended(filing.agreement, by=elder_care_clerk)
    acts: dict[str, Callable[[], Filing]] = {
        "resubmit": lambda: lifecycle.resubmit(filing, by=elder_care_clerk, remark="已补。"),
        "close": lambda: lifecycle.close(filing, by=second_reviewer, reason="不再需要。"),
    }
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Agreement.objects.select_for_update().only("pk").get(pk=filing.agreement_id)
            done = pool.submit(closing_its_connection, acts[verb])
            until_somebody_waits_for_us()
            assert Filing.objects.select_for_update(nowait=True).only("pk").get(pk=filing.pk)
        assert done.result(timeout=30).previous_id == filing.pk


def test_a_copy_is_submitted_before_or_after_new_scans_are_certified_and_not_meanwhile(
    filing: Filing, elder_care_clerk: User
) -> None:
    """Submitted with the old scans in the very moment, it would get no supplementary hand-in: nobody saw it there."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Agreement.objects.select_for_update(no_key=True).only("pk").get(pk=filing.agreement_id)
            done = pool.submit(closing_its_connection, lambda: lifecycle.submit(filing, by=elder_care_clerk))
            until_somebody_waits_for_us()
            assert Filing.objects.select_for_update(nowait=True).only("pk").get(pk=filing.pk)
            certified_at = timezone.now()
        submitted_at = done.result(timeout=30).submitted_at
        assert submitted_at is not None
        assert submitted_at > certified_at


def test_accepting_many_at_once_gives_gapless_numbers(
    filing: Filing,
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
    health_reviewer: User,
) -> None:
    waiting = [filing]
    for _ in range(3):
        partner = factories.OpenMedicalInstitutionFactory.create(region=medical_institution.region)
        clerk = factories.MembershipFactory.create(institution=partner).user
        version = filing.agreement.template_version
        assert version is not None
        draft = complete_draft(elder_care_institution, partner, version, by=elder_care_clerk)
        agreement = in_force(draft, drafter=elder_care_clerk, answerer=clerk)
        waiting += [row for row in opening.open_filings(agreement, by=clerk) if row.authority == filing.authority]
    for row in waiting:
        lifecycle.take_up(lifecycle.submit(row, by=elder_care_clerk), by=health_reviewer)

    def acceptor(row: Filing) -> Callable[[], Filing]:
        return lambda: lifecycle.accept(row, by=health_reviewer)

    accepted = at_once(*map(acceptor, waiting))
    counters = sorted(int(row.number.partition("〕")[2].removesuffix("号")) for row in accepted)
    assert counters == [1, 2, 3, 4]


def test_opening_at_once_opens_each_once(agreement: Agreement, elder_care_clerk: User) -> None:
    # As if the authorities had been registered only after it entered force: everything is still to be opened.
    Filing.objects.filter(agreement=agreement).delete()
    before = Entry.objects.filter(event=filing_events.Opened.code).count()
    at_once(lambda: opening.open_filings(agreement, by=elder_care_clerk), opening.open_missing, opening.open_missing)
    assert Filing.objects.filter(agreement=agreement).count() == 2
    assert Entry.objects.filter(event=filing_events.Opened.code).count() == before + 2


def test_what_is_opened_while_a_bureau_closes_with_nobody_to_follow_is_nobodys_orphan(
    agreement: Agreement, elder_care_clerk: User, platform_administrator: User, health_authority: Authority
) -> None:
    """Either the filing is there first and the closing refused, or the next one who asks finds no bureau here."""
    confirming = deputy()
    for _ in range(6):
        Filing.objects.filter(agreement=agreement).delete()
        Authority.objects.filter(pk=health_authority.pk).update(closed_on=None)
        bureaus.ask_to_close(health_authority, by=platform_administrator, reason="没有启用过")
        acts: list[Callable[[], object]] = [
            partial(opening.open_filings, agreement, by=elder_care_clerk),
            partial(confirmed, health_authority, by=confirming),
        ]
        at_once(*acts)
        bureaus.let_be(health_authority, by=platform_administrator)
        orphans = Filing.objects.filter(authority__closed_on__isnull=False, authority__successor=None)
        assert not orphans.exists()


def test_no_number_is_given_twice_while_its_writing_changes(
    in_state: InState, health_authority: Authority, health_reviewer: User, authority_administrator: User
) -> None:
    """The first of the year is drawn while the administrator writes the same one otherwise: 0001号 and 第0001号."""
    filing, example = in_state(State.UNDER_REVIEW), f"越城卫健医养备〔{timezone.localdate().year}〕第0001号"
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            accepted = lifecycle.accept(filing, by=health_reviewer)
            written = partial(set_form, health_authority, example, by=authority_administrator)
            meanwhile = pool.submit(closing_its_connection, written)
            until_somebody_waits_for_us()
        with pytest.raises(Unacceptable, match=f"今年已经发到.*请从 {example.replace('0001', '0002')}"):
            meanwhile.result()
    assert accepted.number.endswith("0001号")


@pytest.mark.parametrize("decide", ["accept", "return_"])
def test_nobody_decides_in_the_name_of_whoever_follows_while_their_bureau_closes(
    decide: str, in_state: InState, health_authority: Authority, health_reviewer: User, platform_administrator: User
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    neighbour = factories.AuthorityFactory.create(region=factories.region("330604", "上虞区"), kind="health")
    bureaus.ask_to_close(health_authority, by=platform_administrator, reason="并入", successor=neighbour)
    act: dict[str, Callable[[], object]] = {
        "accept": partial(lifecycle.accept, filing, by=health_reviewer),
        "return_": partial(lifecycle.return_, filing, by=health_reviewer, reasons="缺页"),
    }
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            confirmed(health_authority, by=deputy())
            meanwhile = pool.submit(closing_its_connection, act[decide])
            until_somebody_waits_for_us()
        with pytest.raises(NotAllowed, match="刚刚撤销，请由上虞区卫生健康局的审核员办理"):
            meanwhile.result()
    assert Filing.objects.get(pk=filing.pk).state == State.UNDER_REVIEW


def test_two_workers_make_one_receipt(in_state: InState) -> None:
    filing = in_state(State.ACCEPTED)
    at_once(lambda: receipts.make(filing.pk), lambda: receipts.make(filing.pk))
    assert Receipt.objects.get(filing=filing).file
    assert Entry.objects.filter(event=filing_events.ReceiptRendered.code).count() == 1
