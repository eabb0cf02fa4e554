"""Rounds: who is asked, who has answered, who is told what and how often, and what officials export."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from boundary.events import ListExported
from institutions.models import Authority, Duty, Institution
from notifications.models import Notice
from surveys import announcements, rounds, saving, worklist
from surveys import events as survey_events
from surveys.ledger import ASKED, columns
from surveys.models import SurveyRound
from surveys.service_catalogue import catalogue
from tests import factories
from tests.exporting import workbook
from tests.reading import cell_value
from tests.surveys.answers import ELDER_CARE, MEDICAL
from verbs.errors import WrongState

DUE = factories.today() + timedelta(days=20)


@pytest.fixture
def opened(
    health_authority: Authority,
    health_reviewer: User,
    elder_care_clerk: User,
    institution_administrator: User,
    signatory: User,
    medical_clerk: User,
    stranger: User,
) -> SurveyRound:
    return rounds.ask(health_authority, by=health_reviewer, title="冬季摸底", due_on=DUE, remark="如实填写")


def told(kind: str) -> set[str]:
    rows = Notice.objects.filter(kind=kind).exclude(state=Notice.State.PASSED_OVER)
    return set(rows.values_list("recipient__username", flat=True))


def test_the_area_is_asked_and_nobody_else(
    opened: SurveyRound, elder_care_institution: Institution, medical_institution: Institution
) -> None:
    closed = factories.ClosedElderCareFactory.create(region=elder_care_institution.region)
    assert set(opened.asked()) == {elder_care_institution, medical_institution}
    assert closed not in opened.asked()
    assert told("survey_asked") == {"clerk", "institution-administrator", "medical-clerk"}
    entry = Entry.objects.get(event=survey_events.Asked.code)
    assert (entry.data["asked"], entry.data["due_on"]) == (2, DUE.isoformat())
    with pytest.raises(WrongState, match="不必重复发起"):
        rounds.ask(opened.authority, by=opened.asked_by, title="冬季摸底", due_on=DUE)


def test_an_edition_since_then_is_an_answer_to_every_open_round(
    opened: SurveyRound,
    elder_care_institution: Institution,
    elder_care_clerk: User,
    health_reviewer: User,
    supervisor: User,
) -> None:
    above = Authority.objects.get(region__code="330600")
    reviewer = factories.MembershipFactory.create(authority=above, duty=Duty.REVIEWER).user
    wider = rounds.ask(above, by=reviewer, title="全市摸底", due_on=DUE, role="elder_care")
    assert [each.title for each in worklist.rounds_waiting_for(elder_care_institution)] == ["冬季摸底", "全市摸底"]
    assert [group.total for group in worklist.groups_for_institution(elder_care_clerk)] == [2]
    saving.hand_in(elder_care_institution, by=elder_care_clerk, revision=0, values=ELDER_CARE)
    assert list(worklist.groups_for_institution(elder_care_clerk)) == []
    here = worklist.figures(health_reviewer, opened)
    assert (here.asked, here.answered, here.missing) == (2, 1, 1)
    # The stranger's institution is asked by the prefecture and lies outside the county's remit.
    assert (worklist.figures(health_reviewer, wider).asked, worklist.figures(supervisor, wider).asked) == (1, 2)


def test_reminders_come_once_and_only_to_who_has_not_answered(
    opened: SurveyRound, elder_care_institution: Institution, elder_care_clerk: User
) -> None:
    assert announcements.sweep(on=DUE - timedelta(days=8)) == 0
    saving.hand_in(elder_care_institution, by=elder_care_clerk, revision=0, values=ELDER_CARE)
    assert announcements.sweep(on=DUE - timedelta(days=6)) == 1
    assert announcements.sweep(on=DUE - timedelta(days=6)) == 0
    assert told("survey_due") == {"medical-clerk"}
    assert announcements.sweep(on=DUE + timedelta(days=1)) == 1
    assert Notice.objects.filter(kind="survey_due", title__contains="已逾期 1 天").exists()
    rounds.close(opened, by=opened.asked_by)
    assert announcements.sweep(on=DUE + timedelta(days=7)) == 0


def test_a_round_that_is_due_at_once_does_not_tell_twice(
    health_authority: Authority, health_reviewer: User, medical_clerk: User
) -> None:
    rounds.ask(health_authority, by=health_reviewer, title="急", due_on=factories.today() + factories.ONE_DAY)
    assert announcements.sweep() == 0


def test_a_round_is_closed_once_and_keeps_its_figures(
    opened: SurveyRound, medical_institution: Institution, medical_clerk: User, health_reviewer: User
) -> None:
    rounds.close(opened, by=health_reviewer)
    with pytest.raises(WrongState, match="已经结束"):
        rounds.close(opened, by=health_reviewer)
    saving.hand_in(medical_institution, by=medical_clerk, revision=0, values=MEDICAL)
    assert list(SurveyRound.objects.get(pk=opened.pk).answered()) == []
    assert worklist.rounds_waiting_for(medical_institution) == []


def test_officials_ask_follow_and_close_by_the_pages(
    client: Client, opened: SurveyRound, health_reviewer: User, medical_institution: Institution
) -> None:
    client.force_login(health_reviewer)
    page = client.get(reverse("survey-ask"))
    choice = page.context["form"].fields["authority"].initial.pk
    early = {"authority": choice, "title": "再摸底", "due_on": "2020-01-01", "role": ""}
    refused = client.post(reverse("survey-ask"), early)
    assert refused.status_code == 422
    assert "不能早于今天" in refused.content.decode()
    asked = client.post(reverse("survey-ask"), early | {"due_on": DUE.isoformat()}, follow=True)
    assert "2 家机构会在待办和消息里看到" in asked.content.decode()
    listed = client.get(reverse("survey-round", args=[opened.pk])).content.decode()
    assert medical_institution.name in listed
    confirm = client.get(reverse("survey-round-close", args=[opened.pk])).content.decode()
    assert "2 家没有提交" in confirm
    client.post(reverse("survey-round-close", args=[opened.pk]))
    assert SurveyRound.objects.get(pk=opened.pk).closed_by == health_reviewer


def test_the_ledger_has_one_row_for_each_institution_of_the_remit(
    client: Client,
    opened: SurveyRound,
    elder_care_institution: Institution,
    medical_institution: Institution,
    stranger_institution: Institution,
    elder_care_clerk: User,
    stranger: User,
    health_reviewer: User,
) -> None:
    values = {**ELDER_CARE, "remark": "=1+1", "surveyed_on": factories.yesterday()}
    saving.hand_in(elder_care_institution, by=elder_care_clerk, revision=0, values=values)
    saving.hand_in(stranger_institution, by=stranger, revision=0, values=ELDER_CARE)
    coordinator = next(each.label for each in ASKED if each.field == "has_coordinator")
    client.force_login(health_reviewer)
    for asked in ({}, {"round": str(opened.pk)}):
        sheet = workbook(client, "surveys", asked)["台账"]
        _, head, *rows = sheet.iter_rows(values_only=True)
        assert list(head) == [heading for group in columns() for heading, _ in group]
        assert [service.label for service in catalogue().services] == list(head[-15:-1])
        by_name = {row[1]: dict(zip(head, map(cell_value, row), strict=True)) for row in rows}
        assert set(by_name) == {elder_care_institution.name, medical_institution.name}
        home = by_name[elder_care_institution.name]
        assert (home["填报情况"], home["床位总数（张）"], home["安宁疗护服务"]) == ("已提交", 120, "是")
        assert (home["统计日期"], home["提交日期"]) == (factories.yesterday(), timezone.localdate())
        assert home[coordinator] == "是"
        assert home["说明"] == "=1+1"
        assert by_name[medical_institution.name]["填报情况"] == "未提交"
    assert Entry.objects.filter(event=ListExported.code, actor_id=health_reviewer.pk).count() == 2
