"""An agreement says what its parties lack today and what they are called now; it changes no state of its own."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.lifecycle.marks import party_marks
from agreements.models import Agreement, TemplateVersion
from institutions import lifecycle as institutions
from institutions.models import Institution, MedicalProfile
from tests import factories
from tests.agreements.making import complete_draft, in_force

DAY = date(2026, 11, 2)
NEW = "越城区晚晴养老院"


@pytest.fixture
def running(
    published: dict[str, TemplateVersion],
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
) -> Agreement:
    version = published["shaoxing-2024-home-sickbed"]
    draft = complete_draft(elder_care_institution, medical_institution, version, by=elder_care_clerk)
    return in_force(draft, drafter=elder_care_clerk, answerer=medical_clerk)


def test_lapsed_and_closed_parties_are_marked_on_page_and_list(
    client: Client, running: Agreement, health_reviewer: User, medical_institution: Institution
) -> None:
    client.force_login(health_reviewer)
    page, register = reverse("agreement-detail", args=[running.number]), reverse("agreement-list")
    for url in (page, register):
        text = client.get(url).content.decode()
        assert "失效" not in text
        assert "机构已关闭" not in text
    MedicalProfile.objects.filter(institution=medical_institution).update(licence_valid_to=factories.yesterday())
    elder_care = Institution.objects.get(agreements_as_elder_care=running)
    institutions.close(elder_care, by=health_reviewer, on=DAY, reason="歇业")
    text = client.get(page).content.decode()
    assert "的执业许可证已于" in text
    assert "已于2026年11月2日关闭。协议没有因此终止" in text
    listed = client.get(register).content.decode()
    assert "执业许可证失效" in listed
    assert "机构已关闭" in listed
    assert Agreement.objects.get(pk=running.pk).state == "in_force"


def test_a_suspended_party_is_marked_with_its_day_if_that_is_known(running: Agreement) -> None:
    def said() -> list[str]:
        return [mark.sentence for mark in party_marks(Agreement.objects.get(pk=running.pk), factories.today())]

    medical = Institution.objects.filter(agreements_as_medical=running)
    medical.update(status="suspended", suspended_on=DAY)
    assert [sentence.partition("）")[2] for sentence in said()] == ["自2026年11月2日起暂停服务。"]
    medical.update(suspended_on=None)
    assert [sentence.partition("）")[2] for sentence in said()] == ["已暂停服务。"]
    medical.update(status="closed")
    assert [sentence.partition("）")[2][:4] for sentence in said()] == ["已关闭。"]
    Agreement.objects.filter(pk=running.pk).update(state="terminated", ended_on=factories.today())
    assert said() == []


def test_a_running_agreement_keeps_the_old_name_and_a_draft_says_the_new_one(
    client: Client,
    running: Agreement,
    elder_care_institution: Institution,
    medical_institution: Institution,
    medical_clerk: User,
    health_reviewer: User,
    consortium: TemplateVersion,
) -> None:
    draft = complete_draft(medical_institution, elder_care_institution, consortium, by=medical_clerk)
    institutions.rename(elder_care_institution, by=health_reviewer, to=NEW, on=DAY, reason="")
    client.force_login(medical_clerk)
    page = client.get(reverse("agreement-detail", args=[running.number])).content.decode()
    assert f"现名“{NEW}”；协议仍使用定稿时的名称“{elder_care_institution.name}”" in page
    for address in (
        reverse("agreement-detail", args=[draft.number]),
        reverse("draft-step", args=[draft.number, "terms"]),
    ):
        assert (
            f"已由“{elder_care_institution.name}”更名为“{NEW}”（2026年11月2日）" in client.get(address).content.decode()
        )
