"""Many at once: every row its own transaction and its own answer."""

import dataclasses
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

import jobs
from accounts.models import User
from audit.models import Entry
from filing import batches, lifecycle
from filing.events import TakenUp
from filing.models import Batch, BatchRow, Filing
from institutions.models import Authority, Duty, Institution, MedicalProfile, Role
from tests.factories import DraftAgreementFactory, MembershipFactory
from tests.filing.fixtures import InState
from verbs.errors import NotAllowed

State = Filing.State


def post(client: Client, user: User, *filings: Filing, to: str = "filing-batch", **data: str) -> tuple[int, str]:
    """Send the ticked rows; once a batch is ordered, do it and return its page."""
    client.force_login(user)
    response = client.post(reverse(to), {"filing": [filing.pk for filing in filings], **data})
    if response.status_code != 302 or "/batch/" not in response["Location"]:
        return response.status_code, response.content.decode()
    batches.go_through(Batch.objects.latest("pk").pk)
    return 302, client.get(response["Location"]).content.decode()


def box_of(filing: Filing, page: str) -> str | None:
    """Return the box of a filing's row, None where it has none; a filter may have its key as a value, too."""
    found = re.search(rf'name="filing"\s+value="{filing.pk}"[^>]*', page)
    return found.group() if found else None


def test_what_a_colleague_has_under_review_is_neither_ticked_nor_offered(
    client: Client, in_state: InState, health_reviewer: User, second_reviewer: User
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    for person, has in ((health_reviewer, True), (second_reviewer, False)):
        client.force_login(person)
        page = client.get(reverse("filing-list")).content.decode()
        assert (box_of(filing, page) is not None, "继续审核" in page) == (has, has), person


def test_accepting_asks_once_then_does_each(client: Client, in_state: InState, health_reviewer: User) -> None:
    filing = in_state(State.SUBMITTED)
    for to, status in (("filing-batch-ask", 200), ("filing-batch", 422)):
        got, page = post(client, health_reviewer, filing, to=to, verb="accept")
        assert (got, "受理后不能撤销" in page) == (status, True)
        assert not Batch.objects.exists()
    assert Filing.objects.get(pk=filing.pk).state == State.SUBMITTED
    _, page = post(client, health_reviewer, filing, verb="accept", sure="yes")
    accepted = Filing.objects.get(pk=filing.pk)
    assert accepted.state == State.ACCEPTED
    assert accepted.number in page


def test_whoever_says_no_finds_the_list_as_it_was(client: Client, in_state: InState, health_reviewer: User) -> None:
    filing = in_state(State.SUBMITTED)
    client.force_login(health_reviewer)
    there = reverse("filing-list")
    asked = {"filing": [filing.pk], "verb": "accept", "list": "group=all&q=&page=1"}
    page = client.post(reverse("filing-batch-ask"), asked).content.decode()
    back = f"{there}?group=all&q=&page=1&ticked={filing.pk}"
    assert f'href="{escape(back)}">不，返回<' in page
    page = client.get(back).content.decode()
    assert "checked" in (box_of(filing, page) or "")
    assert 'name="group" value="all"' in page
    assert f"group=submitted&amp;ticked={filing.pk}" not in page
    nothing = client.post(reverse("filing-batch-ask"), {"verb": "accept", "list": "group=all"})
    assert nothing["Location"] == f"{there}?group=all"


def test_one_refusal_stops_none_of_the_others(
    client: Client, in_state: InState, second_reviewer: User, health_reviewer: User, elder_care_clerk: User
) -> None:
    busy = in_state(State.UNDER_REVIEW)
    other = Filing.objects.create(
        agreement=busy.agreement,
        authority=busy.authority,
        round=2,
        previous=busy,
        state=State.RETURNED,
        submitted_at=busy.submitted_at,
        decided_at=busy.submitted_at,
        reasons="缺页",
        due_on=busy.due_on,
        due_basis=busy.due_basis,
    )
    _, page = post(client, second_reviewer, busy, other, verb="accept", sure="yes")
    assert "没有办成" in page
    assert "孙昇审核" in page
    assert Filing.objects.get(pk=busy.pk).state == State.UNDER_REVIEW


def test_what_one_submitted_oneself_stops_none_of_the_others_either(
    filing: Filing, elder_care_clerk: User, health_authority: Authority
) -> None:
    """Whoever has moved from an institution to the bureau may meet their own filing in a batch."""
    own = lifecycle.submit(filing, by=elder_care_clerk)
    other = Filing.objects.create(
        agreement=DraftAgreementFactory.create(),
        authority=health_authority,
        state=State.SUBMITTED,
        submitted_at=own.submitted_at,
        due_on=own.due_on,
        due_basis=own.due_basis,
    )
    MembershipFactory.create(user=elder_care_clerk, authority=health_authority, duty=Duty.REVIEWER)
    there = elder_care_clerk.at("authority", health_authority.pk)
    batch = batches.order(batches.ACTS["take_up"], [own, other], by=there)
    batches.go_through(batch.pk)
    first, second = batch.rows.all()
    assert [(row.filing, row.outcome) for row in (first, second)] == [(own, "refused"), (other, "done")]
    assert "您本人报送" in first.text


def test_taking_up_needs_no_question(client: Client, in_state: InState, health_reviewer: User) -> None:
    filing = in_state(State.SUBMITTED)
    _, page = post(client, health_reviewer, filing, verb="take_up")
    assert "办成 <strong>1</strong> 件" in page
    assert Filing.objects.get(pk=filing.pk).taken_up_by == health_reviewer


@pytest.mark.parametrize("verb", ["take_up", "accept"])
def test_rows_that_are_not_ones_own(
    verb: str,
    client: Client,
    in_state: InState,
    stranger: User,
    other_reviewer: User,
    supervisor: User,
    civil_affairs_officer: User,
) -> None:
    filing = in_state(State.SUBMITTED)
    for person, status in ((stranger, 404), (other_reviewer, 404), (supervisor, 403), (civil_affairs_officer, 403)):
        assert post(client, person, filing, verb=verb, sure="yes")[0] == status
    assert Filing.objects.get(pk=filing.pk).state == State.SUBMITTED


def test_nothing_ticked_and_made_up_verbs(client: Client, filing: Filing, health_reviewer: User) -> None:
    assert post(client, health_reviewer, verb="accept")[0] == 302
    assert post(client, health_reviewer, filing, verb="delete")[0] == 404
    client.force_login(health_reviewer)
    odd = client.post(reverse("filing-batch"), {"verb": "accept", "filing": ["x", "9" * 40, "-1"]})
    assert odd.status_code == 404


def test_late_withdrawal_is_said_row_by_row(
    client: Client, in_state: InState, health_reviewer: User, elder_care_clerk: User
) -> None:
    filing = in_state(State.SUBMITTED)
    lifecycle.withdraw(filing, by=elder_care_clerk)
    _, page = post(client, health_reviewer, filing, verb="take_up")
    assert "待报送" in page


def lapsed(filing: Filing) -> Filing:
    """Let the medical side's licence have ended before it signed."""
    medical = filing.agreement.medical
    assert medical is not None
    MedicalProfile.objects.filter(institution=medical).update(licence_valid_to=date(2020, 1, 1))
    return filing


def test_what_is_objected_to_is_named_first_and_left_out(
    client: Client, in_state: InState, health_reviewer: User
) -> None:
    filing = lapsed(in_state(State.SUBMITTED))
    _, page = post(client, health_reviewer, filing, to="filing-batch-ask", verb="accept")
    assert "1 件有要核实的地方，不在这一批里" in page
    assert "执业许可证" in page
    assert f'href="{reverse("filing-detail", args=[filing.pk])}"' in page
    assert 'name="sure"' not in page, "nothing is left to accept"
    client.force_login(health_reviewer)
    assert "1 处要核实" in client.get(reverse("filing-list"), {"group": "all"}).content.decode()


def test_nor_is_it_accepted_by_whoever_sends_the_form_all_the_same(
    client: Client, in_state: InState, health_reviewer: User
) -> None:
    filing = lapsed(in_state(State.SUBMITTED))
    _, page = post(client, health_reviewer, filing, verb="accept", sure="yes")
    assert "请打开逐件审核" in page
    row = Filing.objects.get(pk=filing.pk)
    assert (row.state, row.number, row.taken_up_by) == (State.SUBMITTED, "", None), "not taken up either"
    lifecycle.take_up(filing, by=health_reviewer)
    assert lifecycle.accept(filing, by=health_reviewer).state == State.ACCEPTED, "one by one it is a person's decision"


def test_a_late_copy_alone_is_no_objection(client: Client, in_state: InState, health_reviewer: User) -> None:
    filing = in_state(State.SUBMITTED)
    assert filing.submitted_at is not None
    Filing.objects.filter(pk=filing.pk).update(due_on=filing.submitted_at.date() - timedelta(days=9))
    _, page = post(client, health_reviewer, filing, verb="accept", sure="yes")
    assert "办成 <strong>1</strong> 件" in page


def test_clerks_are_told_nothing_of_it(client: Client, in_state: InState, elder_care_clerk: User) -> None:
    lapsed(in_state(State.SUBMITTED))
    client.force_login(elder_care_clerk)
    assert "处要核实" not in client.get(reverse("filing-list"), {"group": "all"}).content.decode()


def test_a_batch_has_an_address_before_it_is_done_and_after_a_reload(
    client: Client, in_state: InState, health_reviewer: User
) -> None:
    filing = in_state(State.SUBMITTED)
    client.force_login(health_reviewer)
    ordered = client.post(reverse("filing-batch"), {"filing": [filing.pk], "verb": "accept", "sure": "yes"})
    before = client.get(ordered["Location"]).content.decode()
    assert "排队中：已办成 <strong>0</strong> 件，共 1 件" in words_of(before)
    assert f'hx-get="{ordered["Location"]}"' in before
    batches.go_through(Batch.objects.get().pk)
    known_as = filing.agreement.party_name(Role.ELDER_CARE)
    Institution.objects.filter(agreements_as_elder_care=filing.agreement).update(name="改了名的养老院")
    for _ in range(2):
        after = client.get(ordered["Location"]).content.decode()
        assert "办成 <strong>1</strong> 件" in words_of(after)
        assert Filing.objects.get(pk=filing.pk).number in after
        assert f">{known_as}<" in after  # as the list called it from which it was ticked
        assert "hx-get" not in after.partition("<main")[2]
    listed = client.get(reverse("filing-batch")).content.decode()
    assert f'href="{ordered["Location"]}"' in listed
    assert "共 1 件，办成 1 件" in listed
    assert reverse("filing-batch") in client.get(reverse("filing-list")).content.decode()


def words_of(page: str) -> str:
    """Return a page with its line breaks closed up."""
    return "".join(line.strip() for line in page.splitlines())


def test_pressed_twice_without_the_first_page_it_is_in_one_batch(
    client: Client, in_state: InState, health_reviewer: User, second_reviewer: User
) -> None:
    filing = in_state(State.SUBMITTED)
    batches.order(batches.ACTS["accept"], [filing], by=health_reviewer)
    client.force_login(second_reviewer)
    page = client.post(reverse("filing-batch"), {"filing": [filing.pk], "verb": "accept", "sure": "yes"})
    assert (page.status_code, "正在另一批里办理" in page.content.decode()) == (409, True)
    assert Batch.objects.count() == 1


def test_what_a_dead_worker_had_done_is_not_done_again(in_state: InState, health_reviewer: User) -> None:
    filing = in_state(State.SUBMITTED)
    other = Filing.objects.create(
        agreement=DraftAgreementFactory.create(),
        authority=filing.authority,
        state=State.SUBMITTED,
        submitted_at=filing.submitted_at,
        due_on=filing.due_on,
        due_basis=filing.due_basis,
    )
    batch = batches.order(batches.ACTS["take_up"], [filing, other], by=health_reviewer)
    claimed = jobs.claim(batches.BATCHES, batch.pk)
    assert claimed is not None
    batches._one(batches.ACTS["take_up"], claimed.rows.get(position=1), health_reviewer)  # and then it dies
    jobs.put_back(batches.BATCHES, claimed)
    batches.go_through(batch.pk)
    assert [row.text for row in batch.rows.all()] == ["已接收", "已接收"]
    assert Entry.objects.filter(event=TakenUp.code, data__filing=filing.pk).count() == 1


def test_whoever_is_no_reviewer_any_more_does_nothing_and_it_can_be_ordered_anew(
    in_state: InState, health_reviewer: User, second_reviewer: User
) -> None:
    filing = in_state(State.SUBMITTED)
    batch = batches.order(batches.ACTS["accept"], [filing], by=health_reviewer)
    health_reviewer.memberships.all().delete()
    batches.go_through(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, "现在不是" in batch.failure) == (Batch.State.FAILED, True)
    assert [(row.outcome, row.text) for row in batch.rows.all()] == [("refused", batches.LEFT)]
    assert Filing.objects.get(pk=filing.pk).state == State.SUBMITTED
    batches.go_through(batches.order(batches.ACTS["accept"], [filing], by=second_reviewer).pk)
    assert Filing.objects.get(pk=filing.pk).state == State.ACCEPTED


def test_only_a_reviewer_of_that_authority_orders(in_state: InState, other_reviewer: User) -> None:
    with pytest.raises(NotAllowed, match="审核员才能批量办理"):
        batches.order(batches.ACTS["take_up"], [in_state(State.SUBMITTED)], by=other_reviewer)


def test_what_was_ordered_and_what_became_of_each_is_never_rewritten(
    client: Client, in_state: InState, health_reviewer: User, second_reviewer: User
) -> None:
    filing = in_state(State.SUBMITTED)
    post(client, health_reviewer, filing, verb="take_up")
    ended: dict[str, Any] = {
        "failure": "别的原因",
        "finished_at": None,
        "ordered_by": second_reviewer,
        "verb": "accept",
    }
    for name, value in ended.items():
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            Batch.objects.update(**{name: value})
    for name, value in {"text": "没有接收", "outcome": "refused", "position": 9}.items():
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            BatchRow.objects.update(**{name: value})
    for model in (BatchRow, Batch):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            model._base_manager.all()._raw_delete("default")
    batches.order(batches.ACTS["take_up"], [filing], by=health_reviewer)
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        Batch.objects.filter(state=Batch.State.QUEUED).update(ordered_by=second_reviewer)


def test_a_reviewer_who_is_suspended_meanwhile_decides_none_of_the_rest(
    filing: Filing, elder_care_clerk: User, health_reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = lifecycle.submit(filing, by=elder_care_clerk)
    facts: dict[str, Any] = {"submitted_at": first.submitted_at, "due_on": first.due_on, "due_basis": first.due_basis}
    second = Filing.objects.create(
        agreement=DraftAgreementFactory.create(), authority=first.authority, state=State.SUBMITTED, **facts
    )

    def take_up_and_be_suspended(filing: Filing, *, by: User) -> str:
        User.objects.filter(pk=health_reviewer.pk).update(is_active=False)
        return batches.take_up(filing, by=by)

    act = batches.ACTS["take_up"]
    monkeypatch.setitem(batches.ACTS, "take_up", dataclasses.replace(act, run=take_up_and_be_suspended))
    batch = batches.order(act, [first, second], by=health_reviewer)
    batches.go_through(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, "没有继续办理" in batch.failure) == (Batch.State.FAILED, True)
    assert [row.outcome for row in batch.rows.all()] == ["done", "refused"]
    second.refresh_from_db()
    assert second.state == State.SUBMITTED
