"""Whoever decides on somebody or sees them is not that somebody, as far as anything shows it."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from duties import confirmers, holders, inviting, one_person, requesting
from duties.models import AdministratorRequest, Invitation
from institutions.models import Duty, Institution
from tests import factories
from tests.duties.test_whoever_grants import LINK, applied, confirmed_by, in_a_private_window, look, typed
from verbs.errors import NotAllowed


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def accepted(asked: AdministratorRequest, by: User) -> User:
    """Decide for an application and accept in a private window, by the letter that nobody else has seen."""
    invitation = requesting.confirm(asked, by=by)
    return in_a_private_window(inviting.print_letter(invitation, by=by))


def told_why(client: Client, page: str, verb: str, typed_in: dict[str, str] | None = None) -> str:
    """Assert that the page offers no confirming and that a form made by hand is refused; return its sentence."""
    shown = client.get(page).content.decode()
    assert "职责生效</button>" not in shown
    assert "确认为管理员</button>" not in shown
    answer = client.post(verb, typed_in or {})
    assert answer.status_code == 403
    [sentence] = [told for told in SENTENCES if told in answer.content.decode()]
    assert sentence in shown
    return sentence


SENTENCES = [one_person.BROWSER, one_person.ACCOUNT, one_person.MOBILE, one_person.EMAIL, one_person.OPENED]


def test_whoever_applied_in_this_browser_neither_decides_nor_confirms(
    elder_care_institution: Institution, civil_affairs_officer: User, second_officer: User
) -> None:
    browser = Client()
    asked = applied(browser, elder_care_institution)
    signed_in(browser, civil_affairs_officer)
    page, verb = (reverse(f"administrator-{name}", args=[asked.pk]) for name in ("request", "confirm"))
    assert told_why(browser, page, verb) == one_person.BROWSER
    person = accepted(asked, civil_affairs_officer)
    signed_in(browser, second_officer)
    page = reverse("holder", args=[person.memberships.get().pk])
    assert told_why(browser, page, page, typed(person)) == one_person.BROWSER
    assert not person.memberships.effective().exists()
    assert len(confirmed_by(person, second_officer)) == 1, "in a browser of their own"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"mobile": "+86 138-0000-0001"}, one_person.MOBILE),
        ({"mobile": "13800000002", "email": "Wang@Example.cn"}, one_person.EMAIL),
    ],
    ids=["number", "address"],
)
def test_whoever_left_their_own_number_or_address_neither_decides_nor_confirms(
    elder_care_institution: Institution,
    civil_affairs_officer: User,
    second_officer: User,
    changes: dict[str, str],
    told: str,
) -> None:
    asked = applied(Client(), elder_care_institution)
    AdministratorRequest.objects.update(**changes)
    User.objects.filter(pk=second_officer.pk).update(mobile="13800000001", email="wang@example.cn")
    second_officer.refresh_from_db()
    client = signed_in(Client(), second_officer)
    page, verb = (reverse(f"administrator-{name}", args=[asked.pk]) for name in ("request", "confirm"))
    assert told_why(client, page, verb) == told
    person = accepted(asked, civil_affairs_officer)
    with pytest.raises(NotAllowed, match=told):
        holders.confirm(person.memberships.get(), look(person), by=second_officer)


def test_whoever_applied_signed_in_neither_decides_nor_confirms(
    elder_care_institution: Institution, civil_affairs_officer: User, second_officer: User
) -> None:
    asked = applied(signed_in(Client(), second_officer), elder_care_institution)
    with pytest.raises(NotAllowed, match=one_person.ACCOUNT):
        requesting.confirm(asked, by=second_officer)
    person = accepted(asked, civil_affairs_officer)
    with pytest.raises(NotAllowed, match=one_person.ACCOUNT):
        holders.confirm(person.memberships.get(), look(person), by=second_officer)


def test_whoever_opened_the_link_signed_in_confirms_nobody_by_it(
    institution_administrator: User,
    elder_care_institution: Institution,
    civil_affairs_officer: User,
    second_officer: User,
) -> None:
    _, secret = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    link = reverse("invitation", args=[secret])
    client = signed_in(Client(), civil_affairs_officer)
    for _ in range(2):
        assert client.get(link).status_code == 403
    person = in_a_private_window(secret)
    page = reverse("holder", args=[person.memberships.get().pk])
    assert told_why(client, page, page, typed(person)) == one_person.OPENED
    signed_in(Client(), second_officer).get(link)  # accepted by now: it tells nobody anything
    assert len(confirmed_by(person, second_officer)) == 1


def test_whoever_typed_the_applicants_code_signed_in_confirms_nobody_by_it(
    elder_care_institution: Institution, civil_affairs_officer: User, second_officer: User
) -> None:
    applicant = Client()
    asked = applied(applicant, elder_care_institution)
    own_page = reverse("administrator-asked", args=[asked.number])
    code = applicant.get(own_page).context["code"]
    requesting.confirm(asked, by=civil_affairs_officer)
    [link] = LINK.findall(signed_in(Client(), second_officer).post(own_page, {"code": code}).content.decode())
    person = in_a_private_window(link.split("/")[2])
    with pytest.raises(NotAllowed, match=one_person.OPENED):
        holders.confirm(person.memberships.get(), look(person), by=second_officer)
    assert list(Invitation.objects.get().opened_by.all()) == [second_officer]


def test_nobody_further_away_takes_the_turn_of_a_suspended_account(
    institution_administrator: User,
    elder_care_institution: Institution,
    civil_affairs_officer: User,
    platform_administrator: User,
) -> None:
    """The platform's administrator suspends whoever stands between them and a duty that they have taken themself."""
    _, secret = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    person = in_a_private_window(secret)
    [membership] = person.memberships.all()
    User.objects.filter(pk=civil_affairs_officer.pk).update(is_active=False)
    with pytest.raises(NotAllowed):
        holders.confirm(membership, look(person), by=platform_administrator)
    assert confirmers.confirmers_of(membership) == []
    assert f"{civil_affairs_officer.full_name}（账号已停用" in confirmers.whom_to_ask(membership)
    colleague = factories.MembershipFactory.create(institution=elder_care_institution, duty=Duty.ADMINISTRATOR).user
    User.objects.filter(pk=civil_affairs_officer.pk).update(is_active=True)
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    assert not confirmers.may_confirm(civil_affairs_officer, membership)
    assert not confirmers.may_confirm(colleague, membership)
    User.objects.filter(pk=colleague.pk).update(is_active=True)
    assert len(confirmed_by(person, colleague)) == 1
