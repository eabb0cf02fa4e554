"""Every verb about people's duties and accounts, called directly by whoever may not: it refuses, nothing is written."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest

from accounts.models import User
from duties import contacts, enquiries, granting, helping, holders, inviting, requesting, suspending
from duties.models import AdministratorRequest, Invitation
from duties.requesting import Applicant
from institutions.models import Authority, Duty, Institution, Membership
from tests import factories
from tests.agreements.making import scan_pdf
from tests.uploading import requested
from tests.verbs.refusing import by_verb, refuse
from verbs.errors import NotAllowed

REASON = "岗位调整"


@dataclass(frozen=True)
class Scene:
    """An institution whose administrator has invited somebody, its clerk, a request to look after it, two bureaus."""

    institution: Institution
    clerk: User
    suspended: User
    invitation: Invitation
    waiting: Membership  # its administrator gave it to somebody whom nobody has seen
    asked: AdministratorRequest
    bureau: Authority  # has an administrator
    vacant: Authority  # has none


def granting_to_the_clerk(at: Scene, by: User) -> object:
    return granting.grant(at.clerk, Duty.SIGNATORY, at.institution, by=by)


def seen(person: User) -> holders.Look:
    return holders.Look(holders.Seen.IDENTITY_CARD, person.mobile, holders.code_of(person))


VERBS: dict[str, Callable[[Scene, User], object]] = {
    "grant": granting_to_the_clerk,
    "grant_at_bureau": lambda at, by: granting.grant(at.suspended, Duty.REVIEWER, at.bureau, by=by),
    "grant_on_platform": lambda at, by: granting.grant(at.suspended, Duty.AUDITOR, None, by=by),
    "end": lambda at, by: granting.end(at.clerk.memberships.get(), by=by, reason=REASON),
    "invite": lambda at, by: inviting.invite("李四", Duty.CLERK, at.institution, by=by),
    "appoint": lambda at, by: inviting.invite("李四", Duty.ADMINISTRATOR, at.vacant, by=by),
    "cancel": lambda at, by: inviting.cancel(at.invitation, by=by),
    "accept": lambda at, by: inviting.accept(at.invitation, by=by),
    "print_letter": lambda at, by: inviting.print_letter(at.invitation, by=by),
    "confirm_holder": lambda at, by: holders.confirm(at.waiting, seen(at.waiting.user), by=by),
    "decline_holder": lambda at, by: holders.decline(at.waiting, by=by, reason=REASON),
    "confirm": lambda at, by: requesting.confirm(at.asked, by=by),
    "refuse": lambda at, by: requesting.refuse(at.asked, by=by, reason="证照不清楚"),
    "suspend": lambda at, by: suspending.suspend(at.clerk, by=by, reason=REASON),
    "restore": lambda at, by: suspending.restore(at.suspended, by=by, reason=REASON),
    "issue_password": lambda at, by: helping.issue_password(at.clerk, by=by),
    "reset_second_factor": lambda at, by: helping.reset_second_factor(at.clerk, by=by),
    "set_phone": lambda at, by: enquiries.set_phone(at.bureau, "0575-88009001", by=by),
    "read_contacts": lambda at, by: contacts.read(by, at.institution),
}
PEOPLE = (
    "stranger",
    "medical_clerk",
    "signatory",
    "elder_care_clerk",
    "health_reviewer",
    "civil_affairs_officer",
    "other_reviewer",
    "supervisor",
    "institution_administrator",
    "authority_administrator",
    "platform_administrator",
    "auditor",
    "template_editor",
    "nobodys_user",
)
OF_THE_HOUSE, OF_THE_BUREAU, OF_THE_PLATFORM, OFFICER = (
    {"institution_administrator"},
    {"authority_administrator"},
    {"platform_administrator"},
    {"civil_affairs_officer"},
)
MAY: dict[str, set[str]] = {
    "grant": OF_THE_HOUSE,
    "grant_at_bureau": OF_THE_BUREAU,
    "grant_on_platform": OF_THE_PLATFORM,
    "end": OF_THE_HOUSE,
    "invite": OF_THE_HOUSE,
    "appoint": OF_THE_PLATFORM,
    "cancel": OF_THE_HOUSE,
    "accept": set(),
    "print_letter": OF_THE_HOUSE,
    "confirm_holder": OFFICER,
    "decline_holder": OFFICER,
    "confirm": OFFICER,
    "refuse": OFFICER,
    "suspend": OF_THE_PLATFORM,
    "restore": OF_THE_PLATFORM,
    "issue_password": OF_THE_HOUSE,
    "reset_second_factor": OF_THE_HOUSE,
    "set_phone": OF_THE_BUREAU,
    "read_contacts": {
        "signatory",
        "elder_care_clerk",
        "health_reviewer",
        "civil_affairs_officer",
        "supervisor",
        "institution_administrator",
        "authority_administrator",
    },
}
CASES = [(verb, person) for verb in VERBS for person in PEOPLE if person not in MAY[verb]]


@pytest.fixture
def scene(
    elder_care_institution: Institution,
    institution_administrator: User,
    authority_administrator: User,
    civil_affairs_officer: User,
    colleague: User,
) -> Scene:
    invitation, _ = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    unseen = factories.UserFactory.create(full_name="许昇")
    waiting = granting.grant(unseen, Duty.CLERK, elder_care_institution, by=institution_administrator)
    asked = requested(elder_care_institution, Applicant("王昇", "13800000001"), scan_pdf(1), "许可证.pdf")
    bureau = authority_administrator.memberships.get().authority
    assert bureau is not None
    return Scene(
        elder_care_institution,
        colleague,
        factories.UserFactory.create(is_active=False),
        invitation,
        waiting,
        asked,
        bureau,
        factories.AuthorityFactory.create(region=factories.region("330604")),
    )


@pytest.mark.parametrize(("verb", "people"), by_verb(CASES), ids=[verb for verb, _ in by_verb(CASES)])
def test_a_verb_refuses_whoever_may_not(
    verb: str, people: list[str], scene: Scene, request: pytest.FixtureRequest
) -> None:
    refuse(*(partial(VERBS[verb], scene, by) for by in [request.getfixturevalue(person) for person in people]))


@pytest.mark.parametrize("verb", [verb for verb in VERBS if MAY[verb] >= OF_THE_HOUSE])
def test_what_counts_is_the_place_that_the_person_acts_for(
    verb: str, scene: Scene, institution_administrator: User, stranger_institution: Institution
) -> None:
    """Whoever looks after two houses does for the one what belongs to it; what one sent, one takes back anywhere."""
    there = ("institution", stranger_institution.pk)
    factories.MembershipFactory.create(user=institution_administrator, institution=stranger_institution)
    if verb not in {"cancel", "print_letter"}:
        refuse(lambda: VERBS[verb](scene, institution_administrator.at(*there)))
    VERBS[verb](scene, institution_administrator.at("institution", scene.institution.pk))


def test_the_console_invites_only_the_first_administrator(platform_administrator: User) -> None:
    refuse(lambda: inviting.invite_first_administrator("李四"))
    platform_administrator.memberships.all().delete()
    invitation, _ = inviting.invite_first_administrator("李四")
    assert invitation.invited_by is None


def test_nobody_does_to_themself_what_needs_another(
    scene: Scene, institution_administrator: User, platform_administrator: User
) -> None:
    house, platform = institution_administrator, platform_administrator
    for act in (
        lambda: granting.grant(house, Duty.SIGNATORY, scene.institution, by=house),
        lambda: inviting.invite(house.full_name, Duty.CLERK, scene.institution, by=house),
        lambda: inviting.accept(scene.invitation, by=house),
        lambda: helping.issue_password(house, by=house),
        lambda: helping.reset_second_factor(house, by=house),
        lambda: suspending.suspend(platform, by=platform, reason=REASON),
        lambda: suspending.restore(platform, by=platform, reason=REASON),
    ):
        refuse(act)


@pytest.mark.parametrize("verb", ["confirm_holder", "decline_holder"])
def test_the_bureau_says_who_it_is(verb: str, scene: Scene, civil_affairs_officer: User) -> None:
    VERBS[verb](scene, civil_affairs_officer)
    assert not Membership.objects.waiting().exists()


def test_an_invitation_that_is_settled_says_so_to_whoever_it_was_meant_for(
    scene: Scene, institution_administrator: User
) -> None:
    person = factories.UserFactory.create(full_name="郑赟")
    inviting.accept(scene.invitation, by=person)
    assert inviting.cancel(scene.invitation, by=institution_administrator) is False
    with pytest.raises(NotAllowed, match="是发给郑赟的"):
        inviting.accept(scene.invitation, by=scene.clerk)
