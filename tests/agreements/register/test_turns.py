"""Every state of an agreement and of a filing, as each of the people is told it: who acts, and who waits for whom."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement
from agreements.register.turns import with_scans
from agreements.register.viewer import Viewer
from filing.models import Filing
from filing.viewer import Viewer as FilingViewer
from institutions.models import Role
from notifications.models import Notice
from tests.agreements.making import agreed, in_force, ready, scan_pdf, sent, signed
from tests.factories import today
from tests.filing.fixtures import InState
from tests.uploading import attach_scan, place
from uploads.at_once import as_file

State = Agreement.State
Way = Callable[[Agreement, User, User], Agreement]


def first_signed(draft: Agreement, drafter: User, answerer: User) -> Agreement:
    row = ready(draft, drafter=drafter, answerer=answerer)
    return lifecycle.record_signing(row, by=drafter, role=Role.ELDER_CARE, on=today())


def both_signed(draft: Agreement, drafter: User, answerer: User) -> Agreement:
    row = first_signed(draft, drafter, answerer)
    return lifecycle.record_signing(row, by=answerer, role=Role.MEDICAL, on=today())


def scanned(draft: Agreement, drafter: User, answerer: User) -> Agreement:
    row = both_signed(draft, drafter, answerer)
    attach_scan(row, by=drafter, content=scan_pdf(3), name="扫描件.pdf")
    return row


def partly_scanned(draft: Agreement, drafter: User, answerer: User) -> Agreement:
    """One page of three was turned down: the others wait for it."""
    row = both_signed(draft, drafter, answerer)
    files = [attach_scan(row, by=drafter, content=scan_pdf(1) + b"%" * n, name=f"{n}.pdf") for n in (1, 2, 3)]
    place(row, by=drafter, pages={each.pk: [n] for n, each in enumerate(files, 1)})
    return lifecycle.reject_scan(
        row, by=answerer, reason="第2页不清", seen=frozenset(each.pk for each in files), bad=frozenset([files[1].pk])
    )


def asked(draft: Agreement, drafter: User, answerer: User) -> Agreement:
    row = signed(draft, drafter=drafter, answerer=answerer)
    return lifecycle.ask_to_rescind(row, by=drafter, reason="重复签了一份")


def rescinded(draft: Agreement, drafter: User, answerer: User) -> Agreement:
    return lifecycle.agree_to_rescind(asked(draft, drafter, answerer), by=answerer)


def terminated(draft: Agreement, drafter: User, answerer: User) -> Agreement:
    row = in_force(draft, drafter=drafter, answerer=answerer)
    return lifecycle.terminate(row, by=drafter, on=today(), reason="机构迁址")


def returned(draft: Agreement, drafter: User, answerer: User) -> Agreement:
    return lifecycle.return_to_drafter(sent(draft, by=drafter), by=answerer, reason="费用偏高")


WAYS: dict[str, Way] = {
    "draft": lambda draft, drafter, answerer: draft,
    "sent": lambda draft, drafter, answerer: sent(draft, by=drafter),
    "returned": returned,
    "agreed": lambda draft, drafter, answerer: agreed(draft, drafter=drafter, answerer=answerer),
    "first signed": first_signed,
    "both signed": both_signed,
    "scanned": scanned,
    "partly scanned": partly_scanned,
    "asked": asked,
    "rescinded": rescinded,
    "in force": lambda draft, drafter, answerer: in_force(draft, drafter=drafter, answerer=answerer),
    "terminated": terminated,
    "discarded": lambda draft, drafter, answerer: lifecycle.discard(draft, by=drafter),
}
UPLOAD = "上传签章扫描件，对方也可以上传"
# The drafting side's clerk, its signatory, the other side's clerk; then to whom the last act's message goes.
TURNS = {
    "draft": ("待您填写并送对方确认", "待本方经办人填写并送对方确认", "等待对方修改", ""),
    "sent": ("等待对方确认文本", "等待对方确认文本", "待您确认文本", "answerer"),
    "returned": ("待您修改后再送", "待本方经办人修改后再送", "等待对方修改", "drafter"),
    "agreed": ("待您签章并登记日期", "待本方经办人签章并登记日期", "待您签章并登记日期", "drafter"),
    "first signed": ("等待对方签章并登记日期", "等待对方签章并登记日期", "待您签章并登记日期", "answerer"),
    "both signed": (f"待您{UPLOAD}", f"待本方经办人{UPLOAD}", f"待您{UPLOAD}", "drafter"),
    "scanned": ("等待另一位经办人核验扫描件", "待本方经办人核验扫描件", "待您核验扫描件", "answerer"),
    "partly scanned": ("待您补齐扫描件", "等待上传的人补齐扫描件", "等待上传的人补齐扫描件", "drafter"),
    "asked": ("等待对方答复合意解除", "等待对方答复合意解除", "待您答复合意解除", "answerer"),
    "rescinded": ("", "", "", "drafter"),
    "in force": ("", "", "", "drafter"),
    "terminated": ("", "", "", "answerer"),
    "discarded": ("", "", "", ""),
}
AS_TERMINATED = {"expired", "superseded"}  # nothing is awaited of them: tests/agreements/test_succession.py


def told(agreement: Agreement, person: User) -> str:
    row = with_scans(Agreement.objects.with_parties(), person).get(pk=agreement.pk)
    return Viewer(person).of(row).turn


@pytest.mark.parametrize(
    ("way", "drafter", "answerer"),
    [
        ("agreed", "打印签章", "打印签章"),
        ("both signed", "上传扫描件", "上传扫描件"),
        ("scanned", "查看", "核验扫描件"),
        ("partly scanned", "补齐扫描件", "查看"),
    ],
)
def test_a_row_offers_the_act_that_is_awaited(
    way: str, drafter: str, answerer: str, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = WAYS[way](draft, elder_care_clerk, medical_clerk)

    def offered(person: User) -> str:
        found = with_scans(Agreement.objects.with_parties(), person).get(pk=row.pk)
        return Viewer(person).of(found).next_act.word

    assert (offered(elder_care_clerk), offered(medical_clerk)) == (drafter, answerer)


def being_checked(draft: Agreement, drafter: User, answerer: User) -> Agreement:
    """The scan is sent, and the worker has not looked at it yet."""
    row = both_signed(draft, drafter, answerer)
    lifecycle.send_scan(row, by=drafter, file=as_file(scan_pdf(3), "扫描件.pdf"))
    return row


@pytest.mark.parametrize(
    ("way", "drafter", "answerer"),
    [
        (WAYS["agreed"], ["打印签章"], ["打印签章"]),
        (both_signed, ["上传扫描件"], ["上传扫描件"]),
        (being_checked, [], []),
        (scanned, [], ["核验扫描件"]),
        (asked, [], []),
    ],
)
def test_the_filled_button_is_the_act_that_is_awaited_or_there_is_none(
    way: Way,
    drafter: list[str],
    answerer: list[str],
    client: Client,
    draft: Agreement,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    row = way(draft, elder_care_clerk, medical_clerk)
    for person, awaited in ((elder_care_clerk, drafter), (medical_clerk, answerer)):
        client.force_login(person)
        for name in ("agreement-detail", "copies-panel"):
            page = client.get(reverse(name, args=[row.number])).content.decode()
            filled = re.findall(r'<a class="btn btn-primary"[^>]*>(.*?)</a>', page, re.DOTALL)
            assert [re.sub(r"<.*?>|\s", "", each, flags=re.DOTALL) for each in filled] == awaited
            assert ("打印签章" in page) == (way is WAYS["agreed"]), "sealed paper is not printed and sealed again"


@pytest.mark.parametrize("way", list(WAYS))
def test_everybody_is_told_whose_turn_it_is_and_whose_turn_comes_gets_a_message(
    way: str, draft: Agreement, elder_care_clerk: User, medical_clerk: User, signatory: User
) -> None:
    row = WAYS[way](draft, elder_care_clerk, medical_clerk)
    drafter, reader, answerer, whose = TURNS[way]
    assert (told(row, elder_care_clerk), told(row, signatory), told(row, medical_clerk)) == (drafter, reader, answerer)
    if whose:
        person = {"drafter": elder_care_clerk, "answerer": medical_clerk}[whose]
        notices = Notice.objects.filter(subject_id=row.pk, subject_type="agreements.agreement")
        assert notices.latest("pk").recipient_id == person.pk


def test_no_state_is_left_out(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    """Each way stands for the state that it reaches; a new state is to be thought of here."""
    names = {"sent": "negotiating", "returned": "draft", "in force": "in_force", "asked": "signing"}
    names |= dict.fromkeys(["first signed", "both signed", "scanned", "partly scanned"], "signing")
    assert {names.get(way, way) for way in WAYS} | AS_TERMINATED == set(State.values)


@pytest.mark.parametrize(
    ("state", "clerk", "reviewer", "colleague"),
    [
        (Filing.State.DUE, "待您报送", "等待双方报送", "等待双方报送"),
        (Filing.State.SUBMITTED, "等待部门接收", "待您接收", "待您接收"),
        (Filing.State.UNDER_REVIEW, "等待部门审核", "待您审核", "由孙昇审核"),
        (Filing.State.ACCEPTED, "", "", ""),
        (Filing.State.RETURNED, "待您补正重报", "等待双方补正", "等待双方补正"),
        (Filing.State.CLOSED, "", "", ""),
    ],
)
def test_of_a_filing_too(
    state: Filing.State,
    clerk: str,
    reviewer: str,
    colleague: str,
    in_state: InState,
    elder_care_clerk: User,
    health_reviewer: User,
    second_reviewer: User,
) -> None:
    row = Filing.objects.with_parties().with_clock(today()).get(pk=in_state(state).pk)
    people = elder_care_clerk, health_reviewer, second_reviewer
    assert tuple(FilingViewer(person).of(row).turn for person in people) == (clerk, reviewer, colleague)


def test_who_only_reads_is_not_asked_to_take_a_filing_up(in_state: InState, signatory: User) -> None:
    row = Filing.objects.with_parties().with_clock(today()).get(pk=in_state(Filing.State.SUBMITTED).pk)
    assert FilingViewer(signatory).of(row).turn == "等待部门接收"


def test_the_work_list_names_it(client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    scanned(draft, elder_care_clerk, medical_clerk)
    for person, words in ((elder_care_clerk, "等待另一位经办人核验扫描件"), (medical_clerk, "待您核验扫描件")):
        client.force_login(person)
        assert words in client.get(reverse("home")).content.decode()


def test_a_day_that_is_mended_is_nobodys_turn(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    row = first_signed(draft, elder_care_clerk, medical_clerk)
    before = Notice.objects.count()
    lifecycle.record_signing(row, by=elder_care_clerk, role=Role.ELDER_CARE, on=today())
    assert Notice.objects.count() == before
