"""People pages: what they show, contacts only on request, and the platform's pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement
from audit.models import Entry
from duties import events, inviting
from duties.models import Invitation
from institutions.models import Authority, Duty, Institution, Membership
from tests import factories
from tests.agreements.making import agreed


def shown(client: Client, user: User, name: str, *args: object, **asked: str) -> str:
    client.force_login(user)
    return client.get(reverse(name, args=args), asked).content.decode()


def test_the_list_marks_who_has_not_signed_in_for_long(
    client: Client, institution_administrator: User, colleague: User, elder_care_clerk: User
) -> None:
    User.objects.filter(pk=colleague.pk).update(last_login=timezone.now() - timedelta(days=91))
    User.objects.filter(pk=elder_care_clerk.pk).update(last_login=timezone.now() - timedelta(days=89))
    page = shown(client, institution_administrator, "people-list")
    assert page.count("超过 90 天未登录") == 1
    assert "没有等待接受的邀请" in page


def test_an_invitation_says_when_it_is_over(
    client: Client, institution_administrator: User, elder_care_institution: Institution
) -> None:
    invited, _ = inviting.invite("郑赟", Duty.SIGNATORY, elder_care_institution, by=institution_administrator)
    assert "已过期" not in shown(client, institution_administrator, "people-list")
    Invitation.objects.filter(pk=invited.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "已过期" in shown(client, institution_administrator, "people-list")


def test_the_acts_by_the_pages(client: Client, institution_administrator: User, colleague: User) -> None:
    client.force_login(institution_administrator)
    fields = {"full_name": "郑 赟", "duty": "clerk", "email": ""}
    page = client.post(reverse("invite"), fields, follow=True).content.decode()
    assert "给郑赟的邀请" in page
    assert "链接只交给本人，不在这里显示" in page
    assert "还没有接受的邀请" in client.get(reverse("people-list")).content.decode()
    client.post(reverse("duty-grant", args=[colleague.pk]), {"duty": "signatory"})
    assert "授权签约人" in client.get(reverse("person", args=[colleague.pk])).content.decode()
    assert client.post(reverse("duty-grant", args=[colleague.pk]), {"duty": "signatory"}).status_code == 422
    held = Membership.objects.get(user=colleague, duty=Duty.SIGNATORY)
    assert client.post(reverse("duty-end", args=[held.pk]), {"reason": ""}).status_code in {200, 422}
    client.post(reverse("duty-end", args=[held.pk]), {"reason": "调岗"})
    assert not Membership.objects.filter(pk=held.pk).exists()
    letter = client.post(reverse("person-password", args=[colleague.pk]))
    assert letter["Content-Type"] == "application/pdf"


def test_a_person_is_invited_and_asks_by_a_name_that_papers_can_show(
    client: Client, institution_administrator: User, medical_institution: Institution
) -> None:
    said = "这些字打印不出来：𓂀（U+13080）。请换成常用的字、符号或拼音"
    asked = reverse("administrator-ask", args=[medical_institution.pk])
    assert said in client.post(asked, {"full_name": "郑𓂀", "mobile": "13800000001"}).content.decode()
    client.force_login(institution_administrator)
    refused = client.post(reverse("invite"), {"full_name": "郑𓂀", "duty": "clerk", "email": ""})
    assert (refused.status_code, said in refused.content.decode()) == (422, True)


def test_an_administrator_who_acts_for_another_place_looks_after_nobody_here(
    client: Client, institution_administrator: User, colleague: User, stranger_institution: Institution
) -> None:
    factories.MembershipFactory.create(user=institution_administrator, institution=stranger_institution)
    client.force_login(institution_administrator)
    client.post(reverse("acting-switch"), {"place": f"institution-{stranger_institution.pk}"})
    assert client.get(reverse("people-list")).status_code == 403
    assert client.get(reverse("person", args=[colleague.pk])).status_code == 403


def test_contacts_are_shown_only_on_request_and_every_look_is_logged(
    client: Client,
    draft: Agreement,
    elder_care_institution: Institution,
    elder_care_clerk: User,
    signatory: User,
    medical_clerk: User,
    stranger: User,
    civil_affairs_officer: User,
    other_reviewer: User,
    platform_administrator: User,
) -> None:
    User.objects.filter(pk=elder_care_clerk.pk).update(mobile="13900000001")
    User.objects.filter(pk=signatory.pk).update(mobile="13900000002")
    url = reverse("institution-contacts", args=[elder_care_institution.pk])
    everybody = {"13900000001", "13900000002", elder_care_institution.phone}

    def seen(user: User) -> set[str]:
        assert "139000000" not in shown(client, user, "institution-detail", elder_care_institution.pk)
        assert elder_care_institution.phone not in shown(client, user, "institution-detail", elder_care_institution.pk)
        answer = client.post(url)
        return {each for each in everybody if answer.status_code == 200 and each in answer.content.decode()}

    for user in (signatory, civil_affairs_officer):
        assert seen(user) == everybody, user.username
    for user in (stranger, other_reviewer, platform_administrator, medical_clerk):
        assert seen(user) == set(), user.username
    agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert seen(medical_clerk) == everybody - {"13900000002"}, "of a partner the number and the clerks"
    looks = Entry.objects.filter(event=events.ContactsRead.code)
    assert {look.actor_id for look in looks} == {signatory.pk, civil_affairs_officer.pk, medical_clerk.pk}
    assert elder_care_clerk.full_name in looks.latest("pk").data["whose"]


def test_an_institutions_page_shows_its_people_to_its_own_and_to_officials(
    client: Client,
    elder_care_institution: Institution,
    colleague: User,
    elder_care_clerk: User,
    supervisor: User,
    stranger: User,
    auditor: User,
) -> None:
    for user in (elder_care_clerk, supervisor):
        assert colleague.full_name in shown(client, user, "institution-detail", elder_care_institution.pk)
    for user in (stranger, auditor):
        assert colleague.full_name not in shown(client, user, "institution-detail", elder_care_institution.pk)


def test_the_platforms_pages(
    client: Client,
    platform_administrator: User,
    health_authority: Authority,
    civil_affairs_authority: Authority,
    authority_administrator: User,
    colleague: User,
) -> None:
    page = shown(client, platform_administrator, "platform")
    assert authority_administrator.full_name in page
    appoint = reverse("platform-appoint", args=[civil_affairs_authority.pk])
    assert appoint in page
    assert reverse("platform-appoint", args=[health_authority.pk]) not in page
    client.post(appoint, {"full_name": "牛昇", "duty": "administrator", "email": ""})
    assert "牛昇" in client.get(reverse("platform"), {"without": "on"}).content.decode()
    assert colleague.full_name not in client.get(reverse("platform-accounts")).content.decode()
    found = client.get(reverse("platform-accounts"), {"q": colleague.full_name}).content.decode()
    assert reverse("account-suspend", args=[colleague.pk]) in found
    client.post(reverse("account-suspend", args=[colleague.pk]), {"reason": "长期不用"})
    suspended = client.get(reverse("platform-accounts"), {"q": colleague.username}).content.decode()
    assert "已停用" in suspended
    assert f'href="{reverse("account-restore", args=[colleague.pk])}"' in suspended
    assert client.get(reverse("account-suspend", args=[platform_administrator.pk])).status_code == 403


@pytest.mark.parametrize("text", ["%", "' OR 1=1 --", "x" * 60])
def test_odd_searches_find_nothing(client: Client, platform_administrator: User, text: str) -> None:
    client.force_login(platform_administrator)
    for name in ("platform", "platform-accounts"):
        assert client.get(reverse(name), {"q": text}).status_code == 200
