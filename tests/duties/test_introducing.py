"""The code on a letter to an institution that has nobody here: whence an application comes; it opens nothing."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.log import history
from duties import introducing, inviting, requesting
from duties.inviting import NewAccount
from duties.models import AdministratorRequest, Introduction, Invitation
from institutions.models import Institution, Membership
from notifications.models import Notice
from tests import factories
from tests.agreements.making import scan_pdf
from tests.uploading import judge_all

ABOUT, SENDER = "YY2026-000077", "越城区福星养老院"
State = AdministratorRequest.State
APPLICANT = {"full_name": "王昇", "mobile": "13800000001", "email": ""}


@pytest.fixture
def code(medical_institution: Institution, elder_care_clerk: User, health_reviewer: User) -> str:
    return printed(medical_institution, elder_care_clerk)


def printed(institution: Institution, by: User, about: str = ABOUT) -> str:
    letter = introducing.introduce(institution, sender=SENDER, about=about, by=by)
    assert letter is not None
    return letter.code


def by_letter(code: str) -> str:
    return reverse("administrator-letter", args=[code])


def applied(code: str, institution: Institution, **changed: str) -> Any:
    """Apply as somebody with a browser of their own."""
    ask = reverse("administrator-ask", args=[institution.pk])
    licence = SimpleUploadedFile("a.pdf", scan_pdf(1))
    answer = Client().post(ask, {**APPLICANT, "letter": code, "licence": licence, **changed})
    judge_all()
    return answer


def joined(asked: AdministratorRequest, by: User) -> Membership:
    invitation = requesting.confirm(asked, by=by)
    return inviting.accept_anew(invitation, NewAccount("wang-sheng", "13800000001", "", factories.PASSWORD))


def test_the_printed_address_shows_the_form_and_nothing_that_is_not_in_the_letter(
    client: Client, code: str, medical_institution: Institution
) -> None:
    page = client.get(by_letter(code.lower())).content.decode()
    for words in (medical_institution.name, SENDER, ABOUT, f'value="{code}"', "单独不能打开协议"):
        assert words in page
    for hidden in (medical_institution.address, medical_institution.legal_representative, "陈喆"):
        assert hidden not in page
    typed = client.get(reverse("administrator-find"), {"letter": code.lower().replace("-", " ")})
    assert typed["Location"] == by_letter(code)


def test_an_application_by_the_letter_says_so_to_the_bureau_and_in_the_log(
    client: Client, code: str, medical_institution: Institution, health_reviewer: User
) -> None:
    answer = applied(code, medical_institution)
    row = AdministratorRequest.objects.get()
    assert answer["Location"] == reverse("administrator-asked", args=[row.number])
    assert row.introduction == Introduction.objects.get()
    client.force_login(health_reviewer)
    for page in ("administrator-request", "administrator-requests"):
        shown = client.get(reverse(page, args=[row.pk] if page == "administrator-request" else [])).content.decode()
        assert SENDER in shown
        assert ABOUT in shown
    told = Notice.objects.get(kind="administrator_requested", recipient=health_reviewer)
    assert f"凭{SENDER}就协议 {ABOUT} 寄出的函申请" in told.body
    facts = history(medical_institution).get(event="administrator.requested").data
    assert (facts["agreement"], facts["sender"]) == (ABOUT, SENDER)
    assert SENDER not in Client().get(answer["Location"]).content.decode(), "the number alone tells no names"


def test_without_a_code_an_application_is_what_it_was(code: str, medical_institution: Institution) -> None:
    applied("", medical_institution)
    row = AdministratorRequest.objects.get()
    assert row.introduction is None
    assert "agreement" not in history(medical_institution).get(event="administrator.requested").data


def test_every_code_that_cannot_be_used_gets_the_same_answer(
    client: Client, code: str, medical_institution: Institution, elder_care_institution: Institution
) -> None:
    def answer(tried: str) -> tuple[int, bool, bool]:
        page = client.get(by_letter(tried))
        text = page.content.decode()
        return page.status_code, introducing.NOT_USABLE in text, SENDER in text

    wrong = answer("AAAA-BBBB-CCCC")
    assert wrong == (422, True, False)
    with time_machine.travel(timezone.now() + introducing.GOOD_FOR + timedelta(days=1)):
        assert answer(code) == wrong
    applied(code, medical_institution)
    assert answer(code) == wrong
    refused = applied(code, medical_institution, full_name="李喆")
    assert (refused.status_code, introducing.NOT_USABLE in refused.content.decode()) == (422, True)
    elsewhere = applied(code, elder_care_institution)
    assert (elsewhere.status_code, introducing.NOT_USABLE in elsewhere.content.decode()) == (422, True)
    assert AdministratorRequest.objects.count() == 1
    found = client.get(reverse("administrator-find"), {"letter": "AAAA-BBBB-CCCC"}).content.decode()
    assert introducing.NOT_USABLE in found
    summed_up = f'<a href="#id_letter">函上的申请码</a>：{introducing.NOT_USABLE}'
    assert found.index(summed_up) < found.index("<h1"), "the letter's form stands below another"
    assert summed_up in client.get(by_letter("AAAA-BBBB-CCCC")).content.decode()
    for name, field in (("code", "id_code"), ("number", "id_number")):
        page = client.get(reverse("administrator-find"), {name: ""}).content.decode()
        assert f'<a href="#{field}">' in page.partition("<h1")[0], name
    AdministratorRequest.objects.all().delete()
    assert answer(code)[0] == 200
    Institution.objects.filter(pk=medical_institution.pk).update(status="closed", closed_on=timezone.localdate())
    assert answer(code) == wrong


def test_who_guesses_is_soon_refused(client: Client, code: str, settings: Any) -> None:
    settings.RATE_LIMITS_PREFIX = uuid4().hex
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "apply": {"address": "3 per 1 hour"}}
    guesses = ["AAAA-BBBB-CCCC", "AAAA-BBBB-CCCD", "AAAA-BBBB-CCCE", code]
    assert [client.get(by_letter(guess)).status_code for guess in guesses] == [422, 422, 422, 429]


def test_the_code_can_be_used_again_after_a_refusal_and_is_over_with_the_first_account(
    code: str, medical_institution: Institution, elder_care_clerk: User, health_reviewer: User
) -> None:
    applied(code, medical_institution)
    requesting.refuse(AdministratorRequest.objects.get(), by=health_reviewer, reason="证照不清")
    assert introducing.opened_by(code) is not None
    applied(code, medical_institution)
    second = AdministratorRequest.objects.get(state=State.WAITING)
    invitation = requesting.confirm(second, by=health_reviewer)
    assert introducing.opened_by(code) is None
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
    assert introducing.opened_by(code) is not None, "nobody accepted"
    applied(code, medical_institution)
    joined(AdministratorRequest.objects.get(state=State.WAITING), health_reviewer)
    assert introducing.opened_by(code) is None
    assert introducing.introduce(medical_institution, sender=SENDER, about=ABOUT, by=elder_care_clerk) is None


def test_two_who_apply_with_one_code_at_once_are_two_applications_and_one_came_by_the_letter(
    code: str, medical_institution: Institution
) -> None:
    ask = reverse("administrator-ask", args=[medical_institution.pk])
    for name in ("王昇", "李喆"):
        licence = SimpleUploadedFile("a.pdf", scan_pdf(1))
        Client().post(ask, {**APPLICANT, "full_name": name, "letter": code, "licence": licence})
    judge_all()
    by = list(AdministratorRequest.objects.order_by("pk").values_list("introduction", flat=True))
    assert by == [Introduction.objects.get().pk, None]


def test_printing_again_keeps_the_code_and_near_its_end_brings_another_beside_it(
    code: str, medical_institution: Institution, elder_care_clerk: User
) -> None:
    assert printed(medical_institution, elder_care_clerk) == code
    assert printed(medical_institution, elder_care_clerk, "YY2026-000078") != code
    later = introducing.GOOD_FOR - introducing.STILL_WORTH_PRINTING + timedelta(days=1)
    with time_machine.travel(timezone.now() + later):
        other = printed(medical_institution, elder_care_clerk)
        assert other != code
        assert introducing.opened_by(other)
        assert introducing.opened_by(code)


def test_whoever_reads_the_database_cannot_make_the_code(
    code: str, medical_institution: Institution, elder_care_clerk: User, settings: Any
) -> None:
    settings.SECRET_KEY = "another key"
    assert introducing.opened_by(code) is None
    assert printed(medical_institution, elder_care_clerk) != code, "printed under a key that is gone: a new one"


def test_an_institution_without_a_code_of_its_own_applies_by_letter_alone(
    client: Client, elder_care_clerk: User
) -> None:
    village = factories.CodelessElderCareFactory.create()
    assert client.get(reverse("administrator-ask", args=[village.pk])).status_code == 404
    code = printed(village, elder_care_clerk)
    assert village.name in client.get(by_letter(code)).content.decode()
    assert applied(code, village).status_code == 302
    assert AdministratorRequest.objects.get().institution == village


def test_who_applies_for_an_institution_without_a_code_by_a_code_used_meanwhile_is_told_the_other_ways(
    client: Client, elder_care_clerk: User
) -> None:
    village = factories.CodelessElderCareFactory.create()
    code = printed(village, elder_care_clerk)
    shown = client.get(by_letter(code)).content.decode()
    assert "可以不填。收到合作机构寄来的函的" not in shown, "without the code of the letter the form leads nowhere"
    applied(code, village)
    for unusable in (code, "AAAA-BBBB-CCCC"):
        late = applied(unusable, village, full_name="李喆")
        assert (late.status_code, introducing.NOT_USABLE in late.content.decode()) == (422, True)
        assert "请用受理编号查看进度" in late.content.decode()
    assert "请填写函上的申请码。" in applied("", village, full_name="李喆").content.decode()
    assert AdministratorRequest.objects.count() == 1


def test_where_a_file_was_refused_who_has_no_code_of_their_own_is_led_to_the_letters_form(
    client: Client, elder_care_clerk: User
) -> None:
    village = factories.CodelessElderCareFactory.create()
    broken = SimpleUploadedFile("a.pdf", b"%PDF-1.7 broken")
    code = printed(village, elder_care_clerk)
    ask = reverse("administrator-ask", args=[village.pk])
    sent = Client().post(ask, {**APPLICANT, "letter": code, "licence": broken})
    judge_all()
    again = reverse("administrator-find")
    assert f'<a href="{again}">重新申请</a>' in client.get(sent["Location"]).content.decode()


def test_the_other_side_is_told_how_far_it_is(
    code: str, medical_institution: Institution, elder_care_clerk: User, health_reviewer: User
) -> None:
    def told() -> str:
        return introducing.standing(medical_institution, ABOUT)

    assert "对方还没有申请" in told()
    assert "请打印给对方的函" in introducing.standing(medical_institution, "YY2026-000078")
    applied(code, medical_institution)
    assert told() == "对方已申请开通，待越城区卫生健康局核实。"
    requesting.refuse(AdministratorRequest.objects.get(), by=health_reviewer, reason="证照不清")
    assert "没有通过越城区卫生健康局核实" in told()
    assert "证照不清" not in told()
    applied(code, medical_institution)
    asked = AdministratorRequest.objects.get(state=State.WAITING)
    invitation = requesting.confirm(asked, by=health_reviewer)
    assert "等对方的管理员接受邀请" in told()
    with time_machine.travel(invitation.expires_at + timedelta(days=1)):
        assert "邀请没有被接受" in told()
    held = inviting.accept_anew(invitation, NewAccount("wang-sheng", "13800000001", "", factories.PASSWORD))
    assert "等当面确认本人" in told()
    Membership.objects.filter(pk=held.pk).update(state="effective", confirmed_at=timezone.now(), seen="居民身份证")
    assert told() == "对方已开通，管理员还要邀请经办人来办理。"
    assert introducing.standing(medical_institution, "YY2026-000078") == "", "of what came by its own letters alone"
    factories.MembershipFactory.create(institution=medical_institution)
    assert told() == "对方已开通，有经办人可以登录办理。"


def test_the_new_administrator_finds_what_waits_until_there_is_a_clerk(
    client: Client, code: str, medical_institution: Institution, health_reviewer: User
) -> None:
    applied(code, medical_institution)
    held = joined(AdministratorRequest.objects.get(), health_reviewer)
    Membership.objects.filter(pk=held.pk).update(state="effective", confirmed_at=timezone.now(), seen="居民身份证")
    client.force_login(held.user)
    page = client.get(reverse("people-list")).content.decode()
    assert f"{SENDER}的协议" in page
    assert ABOUT in page
    factories.MembershipFactory.create(institution=medical_institution)
    assert ABOUT not in client.get(reverse("people-list")).content.decode()
