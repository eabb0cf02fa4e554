"""Invitations: the link, who may accept it, how often, until when, and what the page says."""

import json
from base64 import b64decode
from datetime import timedelta
from io import StringIO

import pytest
from celery import current_app
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import User
from audit.models import Entry
from duties import events, granting, inviting, letters
from duties.models import Invitation
from duties.schedule import LOST_AFTER, sweep_letters
from duties.tasks import mail_invitation
from frame.templatetags.dates import cn_moment
from institutions.models import Authority, Duty, Institution
from tests import factories
from verbs.errors import NotAllowed, WrongState

FORM = {
    "username": "zheng-yun",
    "mobile": "138 0000 0002",
    "email": "",
    "password": "Qing-Song-2026",
    "again": "Qing-Song-2026",
}
Invited = tuple[Invitation, str]


@pytest.fixture
def invited(institution_administrator: User, elder_care_institution: Institution) -> Invited:
    return inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)


@pytest.fixture
def invitee(db: None) -> User:
    """Has an account already, at another house."""
    return factories.UserFactory.create(username="invitee", full_name="郑赟")


def page(client: Client, secret: str) -> str:
    return client.get(reverse("invitation", args=[secret])).content.decode()


def test_only_a_digest_is_kept(invited: Invited) -> None:
    invitation, secret = invited
    row = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert secret not in str(row)
    assert inviting.find(secret) == invitation
    assert inviting.find(secret[:-1]) is None
    assert secret not in str(Entry.objects.get(event=events.Invited.code).data)


def test_a_new_person_makes_an_account_and_becomes_a_member(
    client: Client, invited: Invited, elder_care_institution: Institution
) -> None:
    invitation, secret = invited
    assert "还没有账号" in page(client, secret)
    answer = client.post(reverse("invitation", args=[secret]), FORM)
    assert "已接受，待确认后成为越城区福星养老院的经办人" in answer.content.decode()
    user = User.objects.get(username="zheng-yun")
    assert (user.full_name, user.mobile) == ("郑赟", "13800000002")
    assert user.check_password(FORM["password"])
    assert user.memberships.get().institution == elder_care_institution
    granted = Entry.objects.get(event=events.Granted.code, subject_id=user.pk)
    assert granted.data["invited_by"] == str(invitation.invited_by)
    assert client.get(reverse("home")).status_code == 302, "signing in is another step"
    assert "已经接受过了" in page(client, secret)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("username", "clerk", "已有人使用"),
        ("mobile", "", "请填写这一项。"),
        ("password", "aaaaaaaa", "三种"),
        ("again", "Qing-Song-2027", "不一样"),
    ],
)
def test_a_form_with_something_amiss_keeps_the_invitation_open(
    client: Client, invited: Invited, elder_care_clerk: User, field: str, value: str, told: str
) -> None:
    answer = client.post(reverse("invitation", args=[invited[1]]), {**FORM, field: value})
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert Invitation.objects.waiting().count() == 1


def test_an_existing_person_accepts_with_their_account(
    client: Client, invited: Invited, invitee: User, elder_care_institution: Institution
) -> None:
    client.force_login(invitee)
    assert "接受邀请" in page(client, invited[1])
    client.post(reverse("invitation", args=[invited[1]]))
    assert invitee.memberships.get().institution == elder_care_institution
    again = client.post(reverse("invitation", args=[invited[1]]))
    assert again.status_code == 410


def test_neither_the_wrong_person_nor_the_inviter_accepts(
    client: Client, invited: Invited, elder_care_clerk: User, institution_administrator: User
) -> None:
    for user, told in ((elder_care_clerk, "是发给郑赟的"), (institution_administrator, "自己发出的邀请")):
        client.force_login(user)
        answer = client.post(reverse("invitation", args=[invited[1]]))
        assert answer.status_code == 403
        assert told in answer.content.decode()
        with pytest.raises(NotAllowed, match=told):
            inviting.accept(invited[0], by=user)
    User.objects.filter(pk=institution_administrator.pk).update(full_name="郑赟")
    institution_administrator.refresh_from_db()
    with pytest.raises(NotAllowed, match="自己发出"):
        inviting.accept(invited[0], by=institution_administrator)


def test_an_expired_a_withdrawn_and_a_replaced_one_say_so(
    client: Client, invited: Invited, institution_administrator: User, elder_care_institution: Institution
) -> None:
    _, secret = invited
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "已过期" in page(client, secret)
    fresh, second = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    assert "已换成新的邀请" in page(client, secret)
    assert inviting.cancel(fresh, by=institution_administrator)
    assert not inviting.cancel(fresh, by=institution_administrator)
    assert "已被撤回" in page(client, second)
    assert client.get(reverse("invitation", args=["x"])).status_code == 404


def test_what_the_inviter_could_no_longer_grant_is_not_accepted(platform_administrator: User) -> None:
    """Otherwise a bureau's second “first” administrator comes from the platform, or from somebody who has left."""
    bureau = factories.AuthorityFactory.create()
    names = ("郑赟", "孙赟", "李赟")
    people = [factories.UserFactory.create(full_name=name) for name in names]
    sent = [inviting.invite(name, Duty.ADMINISTRATOR, bureau, by=platform_administrator)[0] for name in names]
    inviting.accept(sent[0], by=people[0])
    with pytest.raises(WrongState, match="已不能授予"):
        inviting.accept(sent[1], by=people[1])
    bureau.memberships.all().delete()
    factories.MembershipFactory.create(user=factories.UserFactory.create(), duty=Duty.ADMINISTRATOR)
    granting.end(platform_administrator.memberships.get(), by=platform_administrator, reason="离任")
    with pytest.raises(WrongState, match="已被撤回"):
        inviting.accept(sent[2], by=people[2])
    assert not bureau.memberships.exists()


def test_the_letter_goes_out_with_the_secret_that_the_database_does_not_have(
    institution_administrator: User,
    elder_care_institution: Institution,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True) as rung:
        invitation, secret = inviting.invite(
            "郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator, email="zheng@example.org"
        )
    assert len(rung) == 1
    mail_invitation(invitation.pk)
    mail_invitation(invitation.pk)  # handed out twice: one letter
    [letter] = mail.outbox
    sent = str(letter.body).partition(f"{settings.SITE_URL}/invitations/")[2].split("/")[0]
    assert sent != secret, "made when the letter is written: whoever invited never had it"
    assert (inviting.find(sent), inviting.find(secret)) == (invitation, None)
    assert letter.to == ["zheng@example.org"]
    assert isinstance(letter, mail.EmailMultiAlternatives)
    for written in (letter.body, str(letter.alternatives[0][0])):
        for words in (f"邀请人：{institution_administrator.full_name}", f"{cn_moment(invitation.expires_at)}前有效"):
            assert words in written
    invitation.refresh_from_db()
    assert invitation.mail == Invitation.Mail.SENT
    assert letters.mail(invitation.pk) is False


def test_the_first_platform_administrator_comes_from_the_console(db: None) -> None:
    printed = StringIO()
    call_command("invite_platform_administrator", "朱赟", stdout=printed)
    link = printed.getvalue().partition("：")[2].split()[0]
    invitation = inviting.find(link.rstrip("/").rpartition("/")[2])
    assert invitation is not None
    user = factories.UserFactory.create(full_name="朱赟")
    assert inviting.accept(invitation, by=user).in_words == "平台管理员"
    call_command("invite_platform_administrator", "朱赟", stdout=printed)  # nobody has confirmed the first one yet
    user.memberships.update(state="effective", confirmed_at=timezone.now(), seen="居民身份证")
    with pytest.raises(CommandError, match="已有平台管理员"):
        call_command("invite_platform_administrator", "朱赟")


def test_the_console_refuses_a_name_that_papers_cannot_show(db: None) -> None:
    with pytest.raises(CommandError, match="这些字打印不出来：𓂀"):
        call_command("invite_platform_administrator", "朱𓂀")


def test_the_workers_queue_does_not_have_the_secret(
    institution_administrator: User,
    elder_care_institution: Institution,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with current_app.connection_for_read() as connected:
        broker = connected.default_channel.client
        broker.delete("celery")
        with django_capture_on_commit_callbacks(execute=True):
            invitation, _ = inviting.invite(
                "郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator, email="zheng@example.org"
            )
        [message] = [json.loads(waiting) for waiting in broker.lrange("celery", 0, -1)]
        broker.delete("celery")
    assert message["headers"]["task"] == inviting.MAIL_TASK
    assert json.loads(b64decode(message["body"]))[0] == [invitation.pk]


def test_a_letter_whose_order_was_lost_is_rung_for_again_and_one_on_its_way_is_not(
    institution_administrator: User,
    elder_care_institution: Institution,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks():
        invitation, _ = inviting.invite(
            "郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator, email="zheng@example.org"
        )
    for moment, rings in ((timezone.now(), 0), (timezone.now() - LOST_AFTER - timedelta(seconds=1), 1)):
        Invitation.objects.filter(pk=invitation.pk).update(invited_at=moment)
        with django_capture_on_commit_callbacks() as rung:
            sweep_letters()
        assert len(rung) == rings
    mail_invitation(invitation.pk)
    with django_capture_on_commit_callbacks() as rung:
        sweep_letters()
    assert rung == []


def test_without_a_mail_server_no_link_is_printed_anywhere(
    institution_administrator: User,
    elder_care_institution: Institution,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.EMAIL_BACKEND, settings.DEMO = "django.core.mail.backends.console.EmailBackend", False
    invitation, _ = inviting.invite(
        "郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator, email="zheng@example.org"
    )
    mail_invitation(invitation.pk)
    invitation.refresh_from_db()
    assert invitation.mail == Invitation.Mail.FAILED, "so that a sealed letter is printed"
    assert "/invitations/" not in capsys.readouterr().out


def test_without_an_address_nothing_is_mailed(
    institution_administrator: User,
    elder_care_institution: Institution,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as rung:
        invitation, _ = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    assert (invitation.mail, invitation.email) == (Invitation.Mail.NONE, "")
    assert rung == []


def test_who_may_withdraw_which_open_invitations(
    institution_administrator: User,
    elder_care_institution: Institution,
    elder_care_clerk: User,
    stranger_institution: Institution,
    platform_administrator: User,
    health_authority: Authority,
    authority_administrator: User,
) -> None:
    second = factories.MembershipFactory.create(institution=elder_care_institution, duty=Duty.ADMINISTRATOR).user
    elsewhere = factories.MembershipFactory.create(institution=stranger_institution, duty=Duty.ADMINISTRATOR).user
    here, _ = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=second)
    there, _ = inviting.invite("郑赟", Duty.CLERK, stranger_institution, by=elsewhere)
    bureau, _ = inviting.invite("郑赟", Duty.REVIEWER, health_authority, by=authority_administrator)
    auditing, _ = inviting.invite("郑赟", Duty.AUDITOR, None, by=platform_administrator)
    gone, _ = inviting.invite("王昇", Duty.CLERK, elder_care_institution, by=second)
    inviting.cancel(gone, by=second)
    expected: dict[User, set[Invitation]] = {
        second: {here},
        institution_administrator: {here},
        elder_care_clerk: set(),
        elsewhere: {there},
        authority_administrator: {bureau},
        platform_administrator: {auditing},
    }
    assert {user: set(inviting.cancellable(user)) for user in expected} == expected
    second.memberships.all().delete()
    assert set(inviting.cancellable(second)) == {here}, "whoever has sent it"


@pytest.mark.parametrize("typed", ["郑赟\u200b", "郑\u2060赟", "\ufeff郑赟", "郑 赟", "郑\u3000赟"])
def test_an_invitation_sees_through_what_no_eye_sees(
    institution_administrator: User, elder_care_institution: Institution, invitee: User, typed: str
) -> None:
    """Whoever is invited by another spelling of the name is the same person: once invited, and nobody else."""
    first, _ = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    second, _ = inviting.invite(typed, Duty.CLERK, elder_care_institution, by=institution_administrator)
    first.refresh_from_db()
    assert (first.state, second.full_name) == (Invitation.State.CANCELLED, "郑赟")
    assert inviting.accept(second, by=invitee).user == invitee
    own = f"{institution_administrator.full_name}\u200b"
    with pytest.raises(NotAllowed, match="自己"):
        inviting.invite(own, Duty.CLERK, elder_care_institution, by=institution_administrator)


def test_a_name_that_was_kept_with_something_hidden_in_it_is_still_that_persons(
    invited: Invited, invitee: User
) -> None:
    User.objects.filter(pk=invitee.pk).update(full_name="郑赟\u200b")
    invitee.refresh_from_db()
    assert inviting.obstacle(invited[0], invitee) == ""


def test_the_field_says_what_is_wrong_with_a_name(client: Client, institution_administrator: User) -> None:
    client.force_login(institution_administrator)
    sent = {"duty": "clerk", "email": ""}
    hidden = client.post(reverse("invite"), {"full_name": "\u200b\u202c", **sent})
    assert (hidden.status_code, "请填写" in hidden.content.decode()) == (422, True)
    grown = client.post(reverse("invite"), {"full_name": "㌖" * 50, **sent})  # six letters each, of one width
    assert (grown.status_code, Invitation.objects.exists()) == (422, False)
    assert client.post(reverse("invite"), {"full_name": "郑\u3000赟\u200b", **sent}).status_code == 302
    assert Invitation.objects.get().full_name == "郑赟"


def test_a_duty_that_does_not_go_with_anothers_is_told_before_it_is_accepted(client: Client, db: None) -> None:
    auditor = factories.MembershipFactory.create(duty=Duty.AUDITOR, user__full_name="郑赟").user
    _, secret = inviting.invite_first_administrator("郑赟")
    client.force_login(auditor)
    page = client.get(reverse("invitation", args=[secret]))
    assert page.status_code == 403
    assert "郑赟已经是平台的审计员" in page.content.decode()
    assert "请先让那里的管理员解除原来的职责" in page.content.decode()
    assert "接受邀请</button>" not in page.content.decode()


def test_who_is_alone_on_the_platform_is_told_that_nobody_confirms_yet(
    client: Client, platform_administrator: User, health_authority: Authority
) -> None:
    client.force_login(platform_administrator)
    invitation, _ = inviting.invite("郑赟", Duty.ADMINISTRATOR, health_authority, by=platform_administrator)
    there = reverse("invitation-sent", args=[invitation.pk])
    assert "请先<a" in client.get(there).content.decode()
    second = factories.MembershipFactory.create(duty=Duty.ADMINISTRATOR, institution=None, authority=None)
    assert "请先<a" not in client.get(there).content.decode(), second
