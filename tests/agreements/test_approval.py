"""A leader's approval before the own institution agrees: wanted by choice, of one text, never by one person alone."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import announcements, events, lifecycle
from agreements.lifecycle.errors import Incomplete, NotApproved, StaleDraft
from agreements.models import Agreement, Approval
from agreements.register.timeline import lines
from agreements.register.worklist import groups
from audit.log import history
from institutions.models import Duty, Institution, Role
from notifications.models import Notice
from tests import factories
from tests.agreements.making import CONTACT, approved, asked_to_approve, save, sent, wants_approval
from verbs.errors import NotAllowed, Unacceptable, WrongState

State = Approval.State
WHY = "第三条费用偏高，请再商量"


def fresh(row: Agreement) -> Agreement:
    return Agreement.objects.with_parties().get(pk=row.pk)


@pytest.fixture
def wanting(draft: Agreement, elder_care_institution: Institution, approver: User) -> Agreement:
    """A complete draft of an institution that wants its leader's approval."""
    wants_approval(elder_care_institution)
    return fresh(draft)


@pytest.fixture
def waiting(draft: Agreement, elder_care_clerk: User, approver: User) -> Approval:
    """What the clerk has asked the leader of the drafting side."""
    return asked_to_approve(draft, by=elder_care_clerk)


@pytest.fixture
def medical_leader(medical_institution: Institution) -> User:
    user = factories.UserFactory.create(username="medical-leader", full_name="许喆")
    factories.MembershipFactory.create(user=user, institution=medical_institution, duty=Duty.APPROVER)
    return user


@pytest.fixture
def to_answer(draft: Agreement, elder_care_clerk: User, medical_institution: Institution) -> Agreement:
    """Sent to an institution that wants its leader's approval."""
    wants_approval(medical_institution)
    return fresh(sent(draft, by=elder_care_clerk))


def where(user: User) -> dict[str, list[str]]:
    found = {group.slug: [row.viewed.turn for row in group.rows] for group in groups(user)}
    return {slug: turns for slug, turns in found.items() if turns}


def test_the_drafting_side_sends_what_its_leader_has_approved_and_nothing_else(
    wanting: Agreement, elder_care_clerk: User, approver: User
) -> None:
    with pytest.raises(NotApproved, match="请先在协议页面申请审批"):
        sent(wanting, by=elder_care_clerk)
    approval = lifecycle.ask_for_approval(wanting, by=elder_care_clerk, words="费用已谈妥")
    with pytest.raises(NotApproved):
        sent(wanting, by=elder_care_clerk)
    approved(wanting, by=approver)
    assert sent(wanting, by=elder_care_clerk).state == Agreement.State.NEGOTIATING
    approval.refresh_from_db()
    assert (approval.state, approval.asked_by, approval.answered_by) == (State.APPROVED, elder_care_clerk, approver)


def test_the_answering_side_agrees_to_what_its_leader_has_approved_and_nothing_else(
    to_answer: Agreement, medical_clerk: User, medical_leader: User
) -> None:
    with pytest.raises(NotApproved, match="确认定稿文本前须由负责人审批"):
        lifecycle.agree(to_answer, by=medical_clerk, contact=CONTACT)
    lifecycle.ask_for_approval(to_answer, by=medical_clerk)
    approved(to_answer, by=medical_leader)
    assert lifecycle.agree(to_answer, by=medical_clerk, contact=CONTACT).is_frozen


def test_where_nobody_wants_it_nothing_changes(draft: Agreement, elder_care_clerk: User, approver: User) -> None:
    with pytest.raises(WrongState, match="没有要求负责人审批"):
        lifecycle.ask_for_approval(draft, by=elder_care_clerk)
    assert sent(draft, by=elder_care_clerk).state == Agreement.State.NEGOTIATING


def test_declined_it_goes_back_with_the_reason_and_is_asked_again(
    waiting: Approval, elder_care_clerk: User, approver: User
) -> None:
    with pytest.raises(Unacceptable, match="请写明不同意的原因"):
        lifecycle.decline(waiting, by=approver, reason="  ")
    lifecycle.decline(waiting, by=approver, reason=WHY)
    assert where(elder_care_clerk) == {"for-me": ["负责人未同意，待您修改或再次申请"]}
    told = Notice.objects.get(kind="approval_answered", recipient=elder_care_clerk)
    assert WHY in told.body
    again = lifecycle.ask_for_approval(waiting.agreement, by=elder_care_clerk, words="已经说明")
    assert again.pk != waiting.pk
    assert where(approver) == {"to-approve": ["待您审批"]}


def test_an_approval_is_of_one_text(waiting: Approval, elder_care_clerk: User, approver: User) -> None:
    first = fresh(waiting.agreement)
    approved(first, by=approver)
    before, other = dict(first.answers), {**first.answers, "fee": "1"}
    blank = next(id_ for id_, value in before.items() if value == 3)
    changed = save(first, by=elder_care_clerk, step="terms", answers={**other, blank: 2})
    with pytest.raises(NotApproved):
        sent(changed, by=elder_care_clerk)
    back = save(changed, by=elder_care_clerk, step="terms", answers=before)
    assert sent(back, by=elder_care_clerk).state == Agreement.State.NEGOTIATING, "these words were approved"


def test_a_request_lapses_when_the_words_change_and_stays_while_they_do_not(
    waiting: Approval, elder_care_clerk: User, approver: User
) -> None:
    row = fresh(waiting.agreement)
    row = save(row, by=elder_care_clerk, step="contacts", contacts={"elder_care": {**CONTACT, "contact_name": "周昇"}})
    waiting.refresh_from_db()
    assert waiting.state == State.WAITING
    blank = next(id_ for id_, value in row.answers.items() if value == 3)
    save(row, by=elder_care_clerk, step="terms", answers={**row.answers, blank: 2})
    waiting.refresh_from_db()
    assert (waiting.state, waiting.answered_by) == (State.LAPSED, elder_care_clerk)
    assert Notice.objects.filter(kind="approval_is_off", recipient=approver).count() == 1
    with pytest.raises(WrongState, match="已失效"):
        lifecycle.decline(waiting, by=approver, reason=WHY)


def test_what_is_registered_changed_meanwhile_and_the_leader_does_not_approve_unseen(
    waiting: Approval, elder_care_clerk: User, approver: User
) -> None:
    seen = waiting.digest
    Institution.objects.filter(pk=waiting.institution_id).update(name="越城区福寿养老院")
    row = fresh(waiting.agreement)
    for digest in (seen, row.filled_text().digest, ""):
        with pytest.raises(StaleDraft, match="重新申请"):
            lifecycle.approve(waiting, by=approver, text_seen=digest)
    again = lifecycle.ask_for_approval(row, by=elder_care_clerk)
    waiting.refresh_from_db()
    assert (waiting.state, again.state) == (State.LAPSED, State.WAITING)


def test_the_clerk_does_not_ask_for_words_that_they_have_not_seen(wanting: Agreement, elder_care_clerk: User) -> None:
    with pytest.raises(StaleDraft):
        lifecycle.ask_for_approval(wanting, by=elder_care_clerk, text_seen="0" * 64)
    assert not Approval.objects.exists()


def test_nobody_asks_and_approves_or_approves_what_they_wrote(
    draft: Agreement,
    elder_care_clerk: User,
    colleague: User,
    approver: User,
    elder_care_institution: Institution,
) -> None:
    for person in (elder_care_clerk, colleague):
        factories.MembershipFactory.create(user=person, institution=elder_care_institution, duty=Duty.APPROVER)
    waiting = asked_to_approve(draft, by=colleague)
    for person in (elder_care_clerk, colleague):  # she drafted, he asked
        with pytest.raises(NotAllowed):
            lifecycle.approve(waiting, by=person, text_seen=waiting.digest)
        assert "to-approve" not in where(person)
    assert {row.recipient for row in Notice.objects.filter(kind="approval_asked")} == {approver}
    assert lifecycle.approve(waiting, by=approver, text_seen=waiting.digest).answered_by == approver


def test_nobody_approves_for_one_side_what_they_wrote_or_sent_for_the_other(
    draft: Agreement,
    elder_care_clerk: User,
    colleague: User,
    medical_clerk: User,
    medical_leader: User,
    medical_institution: Institution,
) -> None:
    for person in (elder_care_clerk, colleague):
        factories.MembershipFactory.create(user=person, institution=medical_institution, duty=Duty.APPROVER)
    wants_approval(medical_institution)
    row = fresh(sent(draft, by=colleague))
    asked = lifecycle.ask_for_approval(row, by=medical_clerk)
    for person in (elder_care_clerk, colleague):  # she wrote it, he sent it
        with pytest.raises(NotAllowed):
            lifecycle.approve(asked, by=person, text_seen=asked.digest)
        assert "to-approve" not in where(person)
    assert {row.recipient for row in Notice.objects.filter(kind="approval_asked")} == {medical_leader}
    assert where(medical_leader) == {"to-approve": ["待您审批"]}
    assert lifecycle.approve(asked, by=medical_leader, text_seen=asked.digest).answered_by == medical_leader


def test_who_only_sent_what_came_back_may_approve_it_for_the_own_side(
    draft: Agreement,
    elder_care_clerk: User,
    colleague: User,
    medical_clerk: User,
    elder_care_institution: Institution,
) -> None:
    factories.MembershipFactory.create(user=colleague, institution=elder_care_institution, duty=Duty.APPROVER)
    row = sent(draft, by=colleague)
    lifecycle.return_to_drafter(row, by=medical_clerk, reason=WHY)
    asked = asked_to_approve(fresh(row), by=elder_care_clerk)
    assert "to-approve" in where(colleague)
    assert lifecycle.approve(asked, by=colleague, text_seen=asked.digest).answered_by == colleague


@pytest.mark.parametrize("whose", ["drafted_by", "partner"])
def test_what_the_drafting_leader_approved_is_what_is_agreed_to_whatever_is_registered_since(
    whose: str, waiting: Approval, elder_care_clerk: User, approver: User, medical_clerk: User
) -> None:
    row = fresh(waiting.agreement)
    approved(row, by=approver)
    row = fresh(sent(row, by=elder_care_clerk))
    party = getattr(row, whose)
    Institution.objects.filter(pk=party.pk).update(name="越城区改名以后的机构")
    now = fresh(row)
    with pytest.raises(Unacceptable, match="重新送来") as refusal:
        lifecycle.agree(now, by=medical_clerk, contact=CONTACT, text_seen=now.filled_text().digest)
    assert "审批" not in str(refusal.value), "nothing of what the drafting side says within itself"
    partner = now.partner
    assert partner is not None
    wants_approval(partner)
    with pytest.raises(Unacceptable, match="重新送来"):
        lifecycle.ask_for_approval(fresh(now), by=medical_clerk)
    Institution.objects.filter(pk=partner.pk).update(needs_approval=False)
    back = lifecycle.return_to_drafter(fresh(now), by=medical_clerk, reason=WHY)
    lifecycle.ask_for_approval(fresh(back), by=elder_care_clerk)
    approved(fresh(back), by=approver)
    again = fresh(sent(fresh(back), by=elder_care_clerk))
    assert lifecycle.agree(again, by=medical_clerk, contact=CONTACT).state == Agreement.State.AGREED


def test_what_was_sent_before_it_was_switched_on_may_be_agreed_to(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = fresh(sent(draft, by=elder_care_clerk))
    wants_approval(row.drafted_by)
    assert lifecycle.agree(fresh(row), by=medical_clerk, contact=CONTACT).state == Agreement.State.AGREED


def test_where_nobody_could_answer_it_is_said_with_whom_to_ask(
    client: Client,
    draft: Agreement,
    elder_care_clerk: User,
    elder_care_institution: Institution,
    institution_administrator: User,
) -> None:
    factories.MembershipFactory.create(user=elder_care_clerk, institution=elder_care_institution, duty=Duty.APPROVER)
    wants_approval(elder_care_institution)
    with pytest.raises(Unacceptable, match="管理员韩昇"):
        lifecycle.ask_for_approval(fresh(draft), by=elder_care_clerk)
    client.force_login(elder_care_clerk)
    for page in (
        reverse("agreement-start"),
        reverse("draft-step", args=[draft.number, "terms"]),
        reverse("agreement-detail", args=[draft.number]),
    ):
        said = client.get(page).content.decode()
        assert "现在没有人可以审批" in said, page
        assert "请本单位管理员韩昇" in said, page


def test_what_could_not_be_agreed_to_anyway_is_not_put_before_the_leader(
    wanting: Agreement, elder_care_clerk: User
) -> None:
    row = save(wanting, by=elder_care_clerk, step="contacts", contacts={})
    with pytest.raises(Incomplete):
        lifecycle.ask_for_approval(row, by=elder_care_clerk)


def test_asked_approved_and_taken_back_twice_it_happens_once(
    waiting: Approval, elder_care_clerk: User, colleague: User, approver: User
) -> None:
    with pytest.raises(WrongState, match="陈喆已经为这份文本申请了审批"):
        lifecycle.ask_for_approval(waiting.agreement, by=colleague)
    lifecycle.take_back_approval(waiting, by=colleague)
    with pytest.raises(WrongState, match="已撤回"):
        lifecycle.take_back_approval(waiting, by=elder_care_clerk)
    again = lifecycle.ask_for_approval(waiting.agreement, by=elder_care_clerk)
    lifecycle.approve(again, by=approver, text_seen=again.digest)
    with pytest.raises(WrongState, match="已同意"):
        lifecycle.approve(again, by=approver, text_seen=again.digest)
    with pytest.raises(WrongState, match="已经审批同意"):
        lifecycle.ask_for_approval(waiting.agreement, by=elder_care_clerk)


ENDS: dict[str, Callable[[Agreement, User, User], object]] = {
    "returned": lambda row, drafter, answerer: lifecycle.return_to_drafter(row, by=answerer, reason=WHY),
    "withdrawn": lambda row, drafter, answerer: lifecycle.withdraw(row, by=drafter),
}


@pytest.mark.parametrize("end", ENDS)
def test_what_is_taken_from_the_answering_side_waits_for_nobody(
    end: str,
    to_answer: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
    medical_leader: User,
) -> None:
    lifecycle.ask_for_approval(to_answer, by=medical_clerk)
    ENDS[end](to_answer, elder_care_clerk, medical_clerk)
    assert to_answer.approvals.get().state == State.LAPSED
    assert "to-approve" not in where(medical_leader)


def test_a_discarded_draft_waits_for_nobody(waiting: Approval, elder_care_clerk: User, approver: User) -> None:
    lifecycle.discard(waiting.agreement, by=elder_care_clerk)
    waiting.refresh_from_db()
    assert waiting.state == State.LAPSED
    assert where(approver) == {}


def test_it_stands_in_the_work_of_whose_turn_it_is(
    to_answer: Agreement, medical_clerk: User, medical_leader: User, elder_care_clerk: User
) -> None:
    assert where(medical_clerk) == {"for-me": ["待您确认文本"]}
    lifecycle.ask_for_approval(to_answer, by=medical_clerk)
    assert where(medical_clerk) == {"approving": ["等待负责人审批"]}
    assert where(medical_leader) == {"to-approve": ["待您审批"]}
    assert where(elder_care_clerk) == {"sent": ["等待对方确认文本"]}, "it is no matter of theirs"
    approved(to_answer, by=medical_leader)
    assert where(medical_clerk) == {"for-me": ["负责人已同意，待您确认文本"]}
    assert "to-approve" not in where(medical_leader)


def test_an_approved_draft_waits_to_be_sent(
    waiting: Approval, elder_care_clerk: User, approver: User, medical_clerk: User
) -> None:
    assert where(elder_care_clerk) == {"approving": ["等待负责人审批"]}
    approved(fresh(waiting.agreement), by=approver)
    assert where(elder_care_clerk) == {"for-me": ["负责人已同意，待您送对方确认"]}
    row = sent(fresh(waiting.agreement), by=elder_care_clerk)
    lifecycle.return_to_drafter(row, by=medical_clerk, reason=WHY)
    assert where(elder_care_clerk) == {"for-me": ["待您修改后再送"]}, "that approval is done with"


def test_the_own_history_tells_it_and_nobody_elses_does(
    client: Client,
    waiting: Approval,
    elder_care_clerk: User,
    medical_clerk: User,
    approver: User,
    signatory: User,
) -> None:
    words = "费用按去年的标准"
    lifecycle.take_back_approval(waiting, by=elder_care_clerk)
    asked = lifecycle.ask_for_approval(waiting.agreement, by=elder_care_clerk, words=words)
    lifecycle.approve(asked, by=approver, text_seen=asked.digest, words="同意按此办理")
    row = sent(fresh(waiting.agreement), by=elder_care_clerk)
    codes = {"approval.asked", "approval.approved", "approval.taken_back"}
    assert codes <= {entry.event for entry in history(row)}
    own = [line.detail for line in lines(row, for_drafting_side=True, sides={Role.ELDER_CARE})]
    assert words in own
    page = reverse("agreement-detail", args=[row.number])
    for person in (elder_care_clerk, approver, signatory):
        client.force_login(person)
        assert words in client.get(page).content.decode()
    client.force_login(medical_clerk)
    seen = client.get(page).content.decode()
    assert not any(said in seen for said in (words, "同意按此办理", "审批", approver.full_name))
    assert not Notice.objects.filter(recipient=medical_clerk, kind__startswith="approval").exists()


def test_requests_are_seen_by_their_own_house_alone(
    waiting: Approval, elder_care_clerk: User, approver: User, medical_clerk: User, supervisor: User, auditor: User
) -> None:
    sees = [user for user in (elder_care_clerk, approver) if waiting in Approval.objects.visible_to(user)]
    assert sees == [elder_care_clerk, approver]
    assert not any(Approval.objects.visible_to(user).exists() for user in (medical_clerk, supervisor, auditor))


def test_the_administrator_switches_it_on_and_off_and_the_log_says_so(
    client: Client, elder_care_institution: Institution, institution_administrator: User, approver: User
) -> None:
    client.force_login(institution_administrator)
    there, home = (
        reverse(name, args=[elder_care_institution.pk]) for name in ("approval-switch", "institution-detail")
    )
    assert f'href="{there}"' in client.get(home).content.decode()
    assert "打开负责人审批" in client.get(there).content.decode()
    for _ in range(2):  # a second time changes nothing
        assert client.post(there, {"to": "on"}).status_code == 302
    elder_care_institution.refresh_from_db()
    assert elder_care_institution.needs_approval
    entry = history(elder_care_institution).filter(event=events.ApprovalSwitched.code).get()
    assert (entry.actor_id, entry.data) == (institution_administrator.pk, {"is_on": True, "lapsed": 0})
    assert client.post(there, {"to": "maybe"}).status_code == 422


def test_switched_off_what_waits_lapses_and_may_be_sent(
    client: Client,
    waiting: Approval,
    elder_care_clerk: User,
    approver: User,
    elder_care_institution: Institution,
    institution_administrator: User,
) -> None:
    client.force_login(institution_administrator)
    there = reverse("approval-switch", args=[elder_care_institution.pk])
    assert "正在等待审批的 1 份申请随即失效" in client.get(there).content.decode()
    client.post(there, {"to": "off"})
    waiting.refresh_from_db()
    assert (waiting.state, waiting.answered_by) == (State.LAPSED, institution_administrator)
    assert Notice.objects.filter(kind="approval_is_off", recipient=approver).exists()
    assert sent(fresh(waiting.agreement), by=elder_care_clerk).state == Agreement.State.NEGOTIATING


def test_only_its_own_administrator_switches_it(
    elder_care_institution: Institution,
    elder_care_clerk: User,
    approver: User,
    authority_administrator: User,
    platform_administrator: User,
) -> None:
    for person in (elder_care_clerk, approver, authority_administrator, platform_administrator):
        with pytest.raises(NotAllowed):
            lifecycle.switch_approval(elder_care_institution, by=person, is_on=True)
    elder_care_institution.refresh_from_db()
    assert not elder_care_institution.needs_approval


def test_the_pages_lead_both_people_through(
    client: Client, to_answer: Agreement, medical_clerk: User, medical_leader: User
) -> None:
    detail, agree, ask = (
        reverse(name, args=[to_answer.number]) for name in ("agreement-detail", "agreement-agree", "approval-ask")
    )
    client.force_login(medical_clerk)
    assert f'href="{agree}"' not in client.get(detail).content.decode()
    assert f'href="{ask}"' in client.get(detail).content.decode()
    assert client.get(agree).status_code == 302, "it is told before anything is filled in"
    text = to_answer.filled_text().digest
    assert client.post(ask, {"words": "请过目", "text": text}).status_code == 302
    assert "等待负责人审批" in client.get(detail).content.decode()
    approval = to_answer.approvals.get()
    there = reverse("approval-answer", args=[approval.pk])

    client.force_login(medical_leader)
    assert f'href="{there}"' in client.get(detail).content.decode()
    assert "请过目" in client.get(there).content.decode()
    assert client.post(there, {"text": text, "words": ""}).status_code == 422
    assert client.post(there, {"text": text, "words": "", "answer": "decline"}).status_code == 422
    assert client.post(there, {"text": "0" * 64, "words": "", "answer": "approve"}).status_code == 422
    assert client.post(there, {"text": text, "words": "", "answer": "approve"}).status_code == 302
    assert client.get(there).status_code == 302, "answered, it leads to the agreement"

    client.force_login(medical_clerk)
    page = client.get(detail).content.decode()
    assert "许喆" in page
    assert f'href="{agree}"' in page
    assert client.get(agree).status_code == 200


def test_a_reason_that_comes_too_late_is_given_back_to_the_leader(
    client: Client, waiting: Approval, elder_care_clerk: User, approver: User
) -> None:
    lifecycle.take_back_approval(waiting, by=elder_care_clerk)
    client.force_login(approver)
    late = client.post(reverse("approval-answer", args=[waiting.pk]), {"answer": "decline", "words": WHY})
    assert late.status_code == 409
    assert WHY in late.content.decode()


def test_who_wrote_it_is_told_so_on_the_page(
    client: Client, waiting: Approval, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    factories.MembershipFactory.create(user=elder_care_clerk, institution=elder_care_institution, duty=Duty.APPROVER)
    client.force_login(elder_care_clerk)
    page = client.get(reverse("approval-answer", args=[waiting.pk]))
    assert page.status_code == 403
    assert "另一位审批人" in page.content.decode()


VERBS: dict[str, tuple[str, Callable[[Approval, User, User], object]]] = {
    "ask": ("approval_asked", lambda row, clerk, leader: lifecycle.ask_for_approval(row.agreement, by=clerk)),
    "approve": ("approval_answered", lambda row, clerk, leader: approved(fresh(row.agreement), by=leader)),
    "decline": ("approval_answered", lambda row, clerk, leader: lifecycle.decline(row, by=leader, reason=WHY)),
    "take_back": ("approval_is_off", lambda row, clerk, leader: lifecycle.take_back_approval(row, by=clerk)),
    "discard": ("approval_is_off", lambda row, clerk, leader: lifecycle.discard(row.agreement, by=clerk)),
}


@pytest.mark.parametrize("verb", VERBS)
def test_what_fails_half_way_leaves_nothing(
    verb: str, waiting: Approval, elder_care_clerk: User, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    if verb == "ask":
        lifecycle.take_back_approval(waiting, by=elder_care_clerk)
    step, call = VERBS[verb]

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the last beat")

    def all_of_it() -> list[object]:
        rows = [list(Approval.objects.values()), list(Agreement.objects.values("state", "revision"))]
        return [*rows, history(waiting.agreement).count(), Notice.objects.count()]

    monkeypatch.setattr(announcements, step, fail)
    before = all_of_it()
    with pytest.raises(RuntimeError):
        call(waiting, elder_care_clerk, approver)
    assert all_of_it() == before


@pytest.mark.parametrize("answer", ["", "approve", "decline"])
def test_an_old_request_shows_its_leader_nothing_of_what_the_other_side_drafts_since(
    client: Client,
    to_answer: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
    medical_leader: User,
    answer: str,
) -> None:
    approval = lifecycle.ask_for_approval(to_answer, by=medical_clerk)
    lifecycle.return_to_drafter(to_answer, by=medical_clerk, reason=WHY)
    row = fresh(to_answer)
    blank = next(id_ for id_, value in row.answers.items() if value == 3)
    row = save(row, by=elder_care_clerk, step="terms", answers={**row.answers, blank: 7})
    client.force_login(medical_leader)
    there = reverse("approval-answer", args=[approval.pk])
    late = client.post(there, {"answer": answer, "text": "", "words": "  "})
    assert row.filled_text().digest not in late.content.decode()
    assert late.status_code == 409
    assert client.post(there, {"answer": answer, "words": WHY}).status_code == 409
    assert client.get(there).status_code == 302


def test_the_acts_that_come_again_with_the_copies_wait_for_the_leader_too(
    client: Client, to_answer: Agreement, medical_clerk: User, medical_leader: User
) -> None:
    """While the copies are made the page asks for its acts every few seconds."""
    agree = reverse("agreement-agree", args=[to_answer.number])
    client.force_login(medical_clerk)
    for name in ("agreement-detail", "copies-panel"):
        assert f'href="{agree}"' not in client.get(reverse(name, args=[to_answer.number])).content.decode(), name
    lifecycle.ask_for_approval(to_answer, by=medical_clerk)
    approved(to_answer, by=medical_leader)
    assert f'href="{agree}"' in client.get(reverse("copies-panel", args=[to_answer.number])).content.decode()
