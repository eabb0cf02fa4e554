"""Whoever grants cannot take: each way to a duty or an account is walked by the one who opens it, up to the wall."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import ExternalIdentity, User
from audit.log import history
from duties import confirmers, granting, helping, holders, inviting, requesting
from duties.holders import Look
from duties.models import AdministratorRequest, Invitation
from institutions.models import Authority, Duty, Institution, Membership, has_duty
from institutions.models.duty import OF_AUTHORITIES, OF_INSTITUTIONS, OF_THE_PLATFORM
from institutions.posts import posts_of
from notifications import ledger
from notifications.models import Notice
from tests import factories
from tests.access.test_matrix import ROWS
from tests.agreements.making import scan_pdf
from tests.sealing.making import set_up
from tests.uploading import judge_all
from verbs.errors import NotAllowed, Unacceptable, WrongState

State = Membership.State
CARD = holders.Seen.IDENTITY_CARD.value
LINK = re.compile(r"/invitations/[0-9A-Za-z_-]{20,}/")
NEW_ACCOUNT = {"email": "", "password": "Qing-Song-2026", "again": "Qing-Song-2026"}


def look(person: User, **changes: str) -> Look:
    """Return what whoever sees this very person, signed in, is told."""
    person.refresh_from_db()
    return Look(**{"seen": CARD, "mobile": person.mobile, "code": holders.code_of(person)} | changes)


def typed(person: User) -> dict[str, Any]:
    """Return what the page of a holder sends: what was seen and told, and the duties that it named."""
    waiting = list(person.memberships.waiting().values_list("pk", flat=True))
    return {"seen": CARD, "mobile": person.mobile, "code": holders.code_of(person), "duty": waiting}


def in_a_private_window(secret: str, username: str = "private") -> User:
    """Open a link in a fresh browser, make a new account and accept."""
    fields = {**NEW_ACCOUNT, "username": username, "mobile": f"138{abs(hash(username)) % 10**8:08}"}
    answer = Client().post(reverse("invitation", args=[secret]), fields)
    assert "待确认后成为" in answer.content.decode()
    return User.objects.get(username=username)


def is_inert(person: User) -> bool:
    """Whether the account opens nothing: no question finds a duty, and the first page says whom to wait for."""
    client = Client()
    client.force_login(person)
    page = client.get(reverse("home"), follow=True)
    assert page.redirect_chain[-1][0] == reverse("waiting-duties")
    assert "请先设一个只有您自己知道的新密码" in page.content.decode()
    assert holders.code_of(person) not in page.content.decode()
    assert client.get(reverse("people-list")).status_code == 403
    return not posts_of(person).duties and not has_duty(person, *Duty) and not confirmers.waiting_for(person).exists()


def refused(person: User, *by: User) -> None:
    """Assert that none of these people confirms or declines, even with everything right."""
    for membership in person.memberships.waiting():
        for each in by:
            with pytest.raises(NotAllowed):
                holders.confirm(membership, look(person), by=each)
            with pytest.raises(NotAllowed):
                holders.decline(membership, by=each, reason="无")
            client = Client()
            client.force_login(each)
            assert client.get(reverse("holder", args=[membership.pk])).status_code == 404
    assert not person.memberships.effective().exists()


def confirmed_by(person: User, by: User) -> list[Membership]:
    """Confirm by the page, as somebody who sees the person and their screen."""
    client = Client()
    client.force_login(by)
    membership = person.memberships.waiting().earliest("pk")
    assert person.full_name in client.get(reverse("holders")).content.decode()
    answer = client.post(reverse("holder", args=[membership.pk]), typed(person))
    assert answer["Location"] == reverse("holders")
    return list(person.memberships.effective())


def links_seen_by(client: Client, *pages: str) -> Iterator[str]:
    for page in pages:
        yield from LINK.findall(client.get(page).content.decode())


def applied(client: Client, institution: Institution) -> AdministratorRequest:
    ask = reverse("administrator-ask", args=[institution.pk])
    client.get(ask)
    fields = {"full_name": "王昇", "mobile": "13800000001", "email": ""}
    client.post(ask, {**fields, "licence": SimpleUploadedFile("a.pdf", scan_pdf(1))})
    judge_all()
    return AdministratorRequest.objects.latest("pk")


def test_an_official_who_confirms_an_application_sees_no_link_and_takes_nothing(
    elder_care_institution: Institution, civil_affairs_officer: User, second_officer: User, health_reviewer: User
) -> None:
    applicant, official = Client(), Client()
    asked = applied(applicant, elder_care_institution)
    official.force_login(civil_affairs_officer)
    sent = official.post(reverse("administrator-confirm", args=[asked.pk]))["Location"]
    own_page = reverse("administrator-asked", args=[asked.number])
    pages = ["administrator-requests", "inbox", "home", "people-list", "holders"]
    seen = links_seen_by(
        official, sent, own_page, *map(reverse, pages), reverse("administrator-request", args=[asked.pk])
    )
    assert list(seen) == []
    assert official.post(own_page, {"code": "AAAA-BBBB-CCCC"}).status_code == 422
    # What is left is the sealed letter, which passes through the official's own hands.
    secret = inviting.print_letter(Invitation.objects.get(), by=civil_affairs_officer)
    person = in_a_private_window(secret)
    assert is_inert(person)
    refused(person, civil_affairs_officer, person, health_reviewer)
    [held] = confirmed_by(person, second_officer)
    assert (held.granted_by, held.confirmed_by, held.seen) == (civil_affairs_officer, second_officer, CARD)
    story = [(entry.event, entry.actor_id) for entry in history(person).order_by("sequence")]
    assert [line for line in story if line[0].startswith("membership.")] == [
        ("membership.invitation_accepted", person.pk),
        ("membership.granted", person.pk),
        ("membership.holder_confirmed", second_officer.pk),
    ]
    entry = history(person).get(event="membership.holder_confirmed")
    assert entry.data["granted_by"] == civil_affairs_officer.full_name
    assert history(person).get(event="membership.granted").data["invited_by"] == civil_affairs_officer.full_name


def test_an_applicant_has_the_link_on_their_own_page_or_by_their_code_and_nobody_else(
    elder_care_institution: Institution, civil_affairs_officer: User
) -> None:
    applicant, other, elsewhere = Client(), Client(), Client()
    asked, second = applied(applicant, elder_care_institution), applied(other, elder_care_institution)
    own_page = reverse("administrator-asked", args=[asked.number])
    page = applicant.get(own_page).content.decode()
    code = re.search(r"领取码 <strong[^>]*>([A-Z0-9-]{14})<", page)
    assert code is not None
    assert LINK.findall(page) == []
    requesting.confirm(asked, by=civil_affairs_officer)
    [link] = LINK.findall(applicant.get(own_page).content.decode())
    assert LINK.findall(other.get(own_page).content.decode()) == []
    answer = elsewhere.post(own_page, {"code": code[1].lower().replace("-", " ")})
    assert LINK.findall(answer.content.decode()) == [link]
    its_page = reverse("administrator-asked", args=[second.number])
    assert LINK.findall(applicant.post(its_page, {"code": code[1]}).content.decode()) == []
    row = str(AdministratorRequest.objects.filter(pk=asked.pk).values().get())
    assert code[1] not in row
    assert link.split("/")[2] not in row
    # A sealed letter voids it, and the page says so.
    inviting.print_letter(Invitation.objects.get(), by=civil_affairs_officer)
    assert LINK.findall(applicant.get(own_page).content.decode()) == []
    assert applicant.get(link).status_code == 404


def test_an_administrator_who_invites_a_colleague_and_opens_the_letter_gains_nothing(
    institution_administrator: User, civil_affairs_officer: User, health_reviewer: User
) -> None:
    client = Client()
    client.force_login(institution_administrator)
    fields = {"full_name": "郑赟", "duty": "administrator", "email": ""}
    sent = client.post(reverse("invite"), fields)["Location"]
    assert list(links_seen_by(client, sent, reverse("people-list"), reverse("inbox"))) == []
    invitation = Invitation.objects.get()
    letter = client.post(reverse("invitation-letter", args=[invitation.pk]))
    assert (letter["Content-Type"], letter.getvalue()[:5]) == ("application/pdf", b"%PDF-")
    invitation.refresh_from_db()
    assert invitation.printed_at is not None
    person = in_a_private_window(inviting.print_letter(invitation, by=institution_administrator))
    assert is_inert(person)
    refused(person, institution_administrator, person, health_reviewer)
    granting.grant(person, Duty.SIGNATORY, person.memberships.get().institution, by=institution_administrator)
    assert is_inert(person), "a further duty makes nobody known"
    assert {held.duty for held in confirmed_by(person, civil_affairs_officer)} == {"administrator", "signatory"}
    assert Notice.objects.filter(recipient=institution_administrator, kind="holder_settled").exists()


def test_where_there_is_another_administrator_they_confirm_and_not_the_bureau(
    institution_administrator: User, elder_care_institution: Institution, civil_affairs_officer: User
) -> None:
    colleague = factories.MembershipFactory.create(institution=elder_care_institution, duty=Duty.ADMINISTRATOR).user
    _, secret = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    person = in_a_private_window(secret)
    refused(person, institution_administrator, civil_affairs_officer)
    assert len(confirmed_by(person, colleague)) == 1


def test_an_administrator_of_a_bureau_who_invites_gains_nothing(
    authority_administrator: User, health_authority: Authority, platform_administrator: User, supervisor: User
) -> None:
    _, secret = inviting.invite("郑赟", Duty.ADMINISTRATOR, health_authority, by=authority_administrator)
    person = in_a_private_window(secret)
    assert is_inert(person)
    refused(person, authority_administrator, person, supervisor)
    above = Authority.objects.get(memberships__user=supervisor)
    chief = factories.MembershipFactory.create(authority=above, duty=Duty.ADMINISTRATOR).user
    [membership] = person.memberships.all()
    assert {each.user for each in confirmers.confirmers_of(membership)} == {chief, platform_administrator}
    assert above.name in confirmers.whom_to_ask(membership)
    assert len(confirmed_by(person, chief)) == 1


def test_the_platforms_administrator_who_appoints_gains_nothing(
    platform_administrator: User, civil_affairs_authority: Authority
) -> None:
    for duty, place in ((Duty.ADMINISTRATOR, civil_affairs_authority), (Duty.AUDITOR, None)):
        _, secret = inviting.invite("郑赟", duty, place, by=platform_administrator)
        person = in_a_private_window(secret, f"private-{duty}")
        assert is_inert(person)
        refused(person, platform_administrator, person)
        assert confirmers.confirmers_of(person.memberships.get()) == []
    second = factories.MembershipFactory.create(duty=Duty.ADMINISTRATOR).user
    for name in ("private-administrator", "private-auditor"):
        assert len(confirmed_by(User.objects.get(username=name), second)) == 1


def test_an_institution_without_anybody_above_it_is_left_to_the_platform(
    institution_administrator: User, elder_care_institution: Institution, platform_administrator: User
) -> None:
    _, secret = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    person = in_a_private_window(secret)
    assert confirmers.whom_to_ask(person.memberships.get()) == "平台管理员"
    with override_settings(OPERATOR_PHONE="0575-88000099"):
        assert confirmers.whom_to_ask(person.memberships.get()) == "平台管理员（电话 0575-88000099）"
    assert len(confirmed_by(person, platform_administrator)) == 1


def test_the_first_administrators_of_the_platform_are_confirmed_at_the_console(
    platform_administrator: User, elder_care_institution: Institution
) -> None:
    platform_administrator.memberships.all().delete()
    _, secret = inviting.invite_first_administrator("朱赟")
    person = in_a_private_window(secret, "first")
    assert is_inert(person)
    with pytest.raises(CommandError, match="确认码不对"):
        call_command("confirm_platform_administrator", "first", "AAAA-AAAA", mobile=person.mobile)
    call_command("confirm_platform_administrator", "first", holders.code_of(person), mobile=person.mobile)
    held = person.memberships.get()
    assert (held.state, held.confirmed_by, held.confirmed_at is None) == (State.EFFECTIVE, None, False)
    with pytest.raises(CommandError, match="没有用户名"):
        call_command("confirm_platform_administrator", "first", holders.code_of(person), mobile=person.mobile)
    # Nobody on the platform can confirm the second one: the first invited them.
    _, secret = inviting.invite("许昇", Duty.ADMINISTRATOR, None, by=person)
    second = in_a_private_window(secret, "second")
    refused(second, person, second)
    call_command("confirm_platform_administrator", "second", holders.code_of(second), mobile=second.mobile)
    # From then on the platform does it by itself.
    _, secret = inviting.invite("何昇", Duty.ADMINISTRATOR, None, by=person)
    third = in_a_private_window(secret, "third")
    with pytest.raises(CommandError, match="没有平台管理员可以确认的时候"):
        call_command("confirm_platform_administrator", "third", holders.code_of(third), mobile=third.mobile)
    assert len(confirmed_by(third, second)) == 1


@pytest.fixture
def helped(colleague: User, elder_care_institution: Institution) -> User:
    """A clerk with an inbox, who once linked an identity."""
    ExternalIdentity.objects.create(user=colleague, issuer="https://id.example", subject="1")
    ledger.tell("made_up", subject=colleague, recipients=[colleague], period="1", title="一份协议等您", url="/")
    return colleague


def test_whoever_prints_a_password_and_signs_in_with_it_gains_nothing(
    institution_administrator: User, helped: User, civil_affairs_officer: User
) -> None:
    client, window = Client(), Client()
    client.force_login(institution_administrator)
    letter = client.post(reverse("person-password", args=[helped.pk]))
    assert letter["Content-Type"] == "application/pdf"
    password = helping.issue_password(helped, by=institution_administrator)
    window.post(reverse("sign-in"), {"username": helped.username, "password": password})
    new = {"new_password1": "Qing-Song-2026", "new_password2": "Qing-Song-2026"}
    assert window.post(reverse("password-change"), new)["Location"] == reverse("account")
    assert window.get(reverse("agreement-start")).status_code == 403
    assert "一份协议等您" not in window.get(reverse("inbox")).content.decode()
    assert not helped.identities.exists()
    helped.refresh_from_db()
    assert is_inert(helped)
    refused(helped, institution_administrator, helped)
    with pytest.raises(Unacceptable, match="确认码不对"):  # the real person cannot show what the window shows
        holders.confirm(helped.memberships.get(), look(helped, code="AAAA-AAAA"), by=civil_affairs_officer)
    assert len(confirmed_by(helped, civil_affairs_officer)) == 1
    assert "一份协议等您" in window.get(reverse("inbox")).content.decode()


def test_whoever_resets_a_device_and_knows_the_password_gains_nothing(
    institution_administrator: User, helped: User, civil_affairs_officer: User
) -> None:
    client, window = Client(), Client()
    client.force_login(institution_administrator)
    client.post(reverse("person-second-factor", args=[helped.pk]))
    window.post(reverse("sign-in"), {"username": helped.username, "password": factories.PASSWORD})
    assert window.get(reverse("home"))["Location"] == reverse("waiting-duties")
    assert is_inert(helped)
    before = holders.code_of(helped)
    factories.with_device(helped)
    assert holders.code_of(helped) != before, "whoever enrols first is whom the code tells"
    refused(helped, institution_administrator, helped)
    assert len(confirmed_by(helped, civil_affairs_officer)) == 1


def test_whoever_passes_on_an_account_of_their_own_making_is_out_of_it(
    institution_administrator: User, elder_care_institution: Institution, civil_affairs_officer: User
) -> None:
    """The real person gets user name and password of the account that the private window made."""
    _, secret = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    person = in_a_private_window(secret)
    window, real = Client(), Client()
    for each in (window, real):
        each.post(reverse("sign-in"), {"username": person.username, "password": NEW_ACCOUNT["password"]})
        assert "设新密码" in each.get(reverse("waiting-duties")).content.decode()
    ExternalIdentity.objects.create(user=person, issuer="https://id.example", subject="the window's")
    change = f"{reverse('password-change')}?next={reverse('waiting-duties')}"
    new = {"new_password1": "Cui-Zhu-2026", "new_password2": "Cui-Zhu-2026"}
    assert real.post(change, new)["Location"] == reverse("waiting-duties")
    person.refresh_from_db()
    assert holders.code_of(person) in real.get(reverse("waiting-duties")).content.decode()
    assert window.get(reverse("waiting-duties")).status_code == 302, "signed out everywhere else"
    assert len(confirmed_by(person, civil_affairs_officer)) == 1
    assert not person.identities.exists()


def test_of_two_who_gave_the_same_person_something_neither_confirms(
    institution_administrator: User, elder_care_institution: Institution, civil_affairs_officer: User
) -> None:
    second = factories.MembershipFactory.create(institution=elder_care_institution, duty=Duty.ADMINISTRATOR).user
    _, secret = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    person = in_a_private_window(secret)
    granting.grant(person, Duty.SIGNATORY, elder_care_institution, by=second)
    refused(person, institution_administrator, second)
    assert len(confirmed_by(person, civil_affairs_officer)) == 2


def test_only_who_invited_prints_and_a_new_letter_voids_the_old(
    institution_administrator: User, elder_care_institution: Institution
) -> None:
    second = factories.MembershipFactory.create(institution=elder_care_institution, duty=Duty.ADMINISTRATOR).user
    invitation, first = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    with pytest.raises(NotAllowed, match="发出邀请的人"):
        inviting.print_letter(invitation, by=second)
    letters = [inviting.print_letter(invitation, by=institution_administrator) for _ in range(2)]
    assert [inviting.find(secret) for secret in (first, *letters)] == [None, None, invitation]
    entries = history(elder_care_institution).filter(event="membership.letter_printed").order_by("sequence")
    assert [entry.data["is_again"] for entry in entries] == [False, True]
    inviting.cancel(invitation, by=institution_administrator)
    with pytest.raises(WrongState):
        inviting.print_letter(invitation, by=institution_administrator)


def test_what_does_not_fit_is_told_at_its_field_and_nothing_counts(
    institution_administrator: User, elder_care_institution: Institution, civil_affairs_officer: User
) -> None:
    _, secret = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    person = in_a_private_window(secret)
    membership = person.memberships.get()
    client = Client()
    client.force_login(civil_affairs_officer)
    page = reverse("holder", args=[membership.pk])
    for name, wrong, told in (
        ("code", "AAAA-AAAA", "确认码不对"),
        ("mobile", "13900000000", "手机号不一样"),
        ("seen", "名片", "选择"),
    ):
        answer = client.post(page, {**typed(person), name: wrong})
        assert (answer.status_code, told in answer.content.decode()) == (422, True), name
        with pytest.raises(Unacceptable):
            holders.confirm(membership, look(person, **{name: wrong}), by=civil_affairs_officer)
    assert client.post(page).status_code == 422
    assert client.post(reverse("holder-decline", args=[membership.pk]), {"reason": ""}).status_code == 422
    client.post(reverse("holder-decline", args=[membership.pk]), {"reason": "来的是另一个人"})
    assert not person.memberships.exists()
    assert history(person).get(event="membership.holder_declined").data["reason"] == "来的是另一个人"
    with pytest.raises(WrongState, match="刚刚"):
        holders.confirm(membership, look(person), by=civil_affairs_officer)


def test_confirming_twice_says_that_it_is_done(
    institution_administrator: User, elder_care_institution: Institution, civil_affairs_officer: User
) -> None:
    _, secret = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    person = in_a_private_window(secret)
    [membership] = holders.confirm(person.memberships.get(), look(person), by=civil_affairs_officer)
    with pytest.raises(WrongState, match="已由同事确认"):
        holders.confirm(membership, look(person), by=civil_affairs_officer)


def test_a_further_duty_of_somebody_known_counts_at_once(
    institution_administrator: User, colleague: User, elder_care_institution: Institution
) -> None:
    assert granting.grant(colleague, Duty.SIGNATORY, elder_care_institution, by=institution_administrator).is_effective


def test_a_waiting_duty_counts_at_no_address(nobodys_user: User, elder_care_institution: Institution) -> None:
    """Whoever waits for every duty there is gets the answers of somebody without any."""
    waiting = factories.UserFactory.create()
    places: list[tuple[dict[str, Any], tuple[Duty, ...]]] = [
        ({"institution": elder_care_institution}, OF_INSTITUTIONS),
        ({"authority": factories.AuthorityFactory.create()}, OF_AUTHORITIES),
        ({}, OF_THE_PLATFORM),
    ]
    for place, duties in places:
        for duty in duties:
            factories.MembershipFactory.create(user=waiting, duty=duty, state=State.WAITING, **place)
    set_up()  # so that there is a list of revoked certificates to give out
    client = Client()
    client.force_login(waiting)
    wrong = []
    for row in (row for row in ROWS if row.about == "-" and row.method == "GET" and row.address != "sign-out"):
        status = client.get(reverse(row.address)).status_code
        if status != row.expected["nobody"]:
            wrong.append(f"{row}: {status}")
    assert not wrong
    page = client.get(reverse("institution-detail", args=[elder_care_institution.pk])).content.decode()
    assert "人员和职责" not in page


def test_the_database_refuses_who_grants_confirms_and_holds_in_one(
    colleague: User, institution_administrator: User
) -> None:
    held = Membership.objects.filter(user=colleague)
    for wrong in (
        {"granted_by": colleague},
        {"confirmed_by": colleague, "confirmed_at": "2026-01-01T00:00Z", "seen": CARD},
        {
            "granted_by": institution_administrator,
            "confirmed_by": institution_administrator,
            "confirmed_at": "2026-01-01T00:00Z",
            "seen": CARD,
        },
        {"confirmed_by": institution_administrator},
        {"state": State.WAITING, "confirmed_at": "2026-01-01T00:00Z", "seen": CARD},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            held.update(**wrong)


def test_a_duty_that_was_given_meanwhile_is_seen_before_it_counts(
    institution_administrator: User, elder_care_institution: Institution, civil_affairs_officer: User
) -> None:
    _, secret = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    person = in_a_private_window(secret)
    client, opened = Client(), typed(person)
    client.force_login(civil_affairs_officer)
    page = reverse("holder", args=[person.memberships.get().pk])
    assert "授权签约人" not in client.get(page).content.decode()
    granting.grant(person, Duty.SIGNATORY, elder_care_institution, by=institution_administrator)
    late = client.post(page, opened)
    assert (late.status_code, "有增减" in late.content.decode()) == (422, True)
    assert "授权签约人" in late.content.decode(), "both stand there"
    assert is_inert(person)
    assert client.post(page, typed(person)).status_code == 302
    assert set(person.memberships.effective().values_list("duty", flat=True)) == {Duty.CLERK, Duty.SIGNATORY}


def test_a_code_that_changed_after_the_form_was_read_is_told_at_its_field(
    institution_administrator: User,
    elder_care_institution: Institution,
    civil_affairs_officer: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, secret = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    person = in_a_private_window(secret)
    client = Client()
    client.force_login(civil_affairs_officer)
    monkeypatch.setattr("duties.forms.faults", lambda *_: {})  # the form was read before the password was changed
    answer = client.post(reverse("holder", args=[person.memberships.get().pk]), {**typed(person), "code": "AAAA-AAAA"})
    assert (answer.status_code, "确认码不对" in answer.content.decode()) == (422, True)
