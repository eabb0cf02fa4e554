"""A signing identity from asking to the key: who may take which step, in which state, and what stays when one fails."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from audit.models import Entry
from boundary.refused import UploadRefused
from institutions.models import Duty, Institution
from notifications.models import Notice
from regions.models import Region, Scheme
from sealing import announcements, consent, ending, enrolling
from sealing.enrolling import Mandate
from sealing.models import Certificate, Level, SigningIdentity, SigningKey
from sealing.models.identity import State
from sealing.permissions import may_bring_into_force, needs_voucher
from sealing.watching import watch
from tests import factories
from tests.agreements.making import scan_pdf
from tests.sealing.making import ANOTHER, PIN, active, requested, requested_by_mandate, set_up, signatory_of
from uploads.at_once import as_file, judged
from verbs.errors import NotAllowed, Unacceptable, WrongState

pytestmark = pytest.mark.django_db


@pytest.fixture
def signs(elder_care_institution: Institution) -> User:
    return signatory_of(elder_care_institution)


@pytest.fixture
def confirms(institution_administrator: User) -> User:
    return institution_administrator


def told(person: User) -> set[str]:
    return set(Notice.objects.filter(recipient=person).values_list("kind", flat=True))


def vouching(region: Region) -> None:
    """Let the county ask for its bureau's word."""
    rule = {"rule": "signing_vouched_by", "with": {"by": "bureau"}, "platform_default": True, "lower_may_change": True}
    body = {
        "slug": "made-up",
        "region": region.code,
        "title": "某县办法",
        "title_in_source": False,
        "issuers": [],
        "document_number": "",
        "issued_on": "",
        "in_force_on": "",
        "rules": [rule],
    }
    Scheme.objects.create(slug="made-up", region=region, title="某县办法", body=body)


def test_the_legal_representative_needs_no_mandate_and_another_person_confirms(
    signs: User, confirms: User, elder_care_institution: Institution
) -> None:
    set_up()
    row = requested(signs, elder_care_institution)
    assert (row.state, row.is_legal_representative, row.mandate) == (State.REQUESTED, True, None)
    assert "signing_to_confirm" in told(confirms)
    row = enrolling.confirm(row, by=confirms)
    assert (row.state, row.consent_version, row.consent_text) == (State.CONFIRMED, consent.VERSION, consent.TEXT)
    assert (row.consented_by, row.confirmed_by) == (confirms, confirms)
    assert "signing_identity" in told(signs)
    row = enrolling.activate(row, PIN, by=signs)
    assert row.state == State.ACTIVE
    assert row.certificate is not None
    assert len(row.certificate.key.sealed) > 100
    done = Entry.objects.filter(event__startswith="signing_identity.").order_by("pk").values_list("event", flat=True)
    assert list(done) == ["signing_identity.requested", "signing_identity.confirmed", "signing_identity.activated"]


def test_anybody_else_brings_a_mandate_which_is_judged_first(
    confirms: User, elder_care_institution: Institution
) -> None:
    other = signatory_of(elder_care_institution, "许昇")
    with pytest.raises(Unacceptable, match="授权委托书"):
        requested(other, elder_care_institution)
    until = timezone.localdate() + timedelta(days=90)
    row = requested_by_mandate(other, elder_care_institution, until=until)
    assert (row.is_legal_representative, row.mandate_until) == (False, until)
    assert row.mandate is not None
    assert row.mandate.state == "kept"
    assert enrolling.confirm(row, by=confirms).state == State.CONFIRMED


def test_a_mandate_that_has_run_out_or_is_no_scan_asks_for_nothing(elder_care_institution: Institution) -> None:
    other = signatory_of(elder_care_institution, "许昇")
    over = Mandate(Level.AGREED, timezone.localdate() - timedelta(days=1))
    with pytest.raises(Unacceptable, match="已经过了"):
        enrolling.send_mandate(elder_care_institution, over, by=other, file=as_file(scan_pdf(1), "委托书.pdf"))
    sent = enrolling.send_mandate(
        elder_care_institution, Mandate(Level.AGREED), by=other, file=as_file(b"MZ", "委托书.pdf")
    )
    with pytest.raises(UploadRefused):
        judged(sent)
    assert not SigningIdentity.objects.exists()


def test_only_a_signatory_of_the_house_asks_and_once(
    signs: User, elder_care_clerk: User, stranger: User, elder_care_institution: Institution
) -> None:
    for other in (elder_care_clerk, stranger):
        with pytest.raises(NotAllowed, match="授权签约人"):
            requested(other, elder_care_institution)
    requested(signs, elder_care_institution)
    with pytest.raises(WrongState, match="正在办理"):
        requested(signs, elder_care_institution)


@pytest.mark.parametrize("level", [Level.DEMO, Level.LICENSED])
def test_a_level_that_is_not_offered_here_cannot_be_asked_for(
    level: Level, settings: Settings, signs: User, elder_care_institution: Institution
) -> None:
    settings.DEMO, settings.LICENSED_ROOTS = False, ""
    with pytest.raises(Unacceptable, match="级别"):
        requested(signs, elder_care_institution, level)


def test_nobody_confirms_themself_and_nobody_else_s_house(
    elder_care_institution: Institution, elder_care_clerk: User, stranger: User, confirms: User
) -> None:
    both = signatory_of(elder_care_institution)
    factories.MembershipFactory.create(user=both, institution=elder_care_institution, duty=Duty.ADMINISTRATOR)
    row = requested(both, elder_care_institution)
    for other in (both, elder_care_clerk, stranger):
        with pytest.raises(NotAllowed):
            enrolling.confirm(row, by=other)
    assert enrolling.confirm(row, by=confirms).confirmed_by == confirms


def test_where_nobody_else_looks_after_the_house_its_bureau_confirms(
    signs: User, elder_care_institution: Institution, civil_affairs_officer: User, health_reviewer: User
) -> None:
    row = requested(signs, elder_care_institution)
    assert "signing_to_confirm" in told(civil_affairs_officer)
    with pytest.raises(NotAllowed):
        enrolling.confirm(row, by=health_reviewer)
    assert enrolling.confirm(row, by=civil_affairs_officer).state == State.CONFIRMED


def test_the_bureau_confirms_nothing_where_the_house_has_an_administrator(
    signs: User, elder_care_institution: Institution, civil_affairs_officer: User, confirms: User
) -> None:
    row = requested(signs, elder_care_institution)
    assert "signing_to_confirm" not in told(civil_affairs_officer)
    with pytest.raises(NotAllowed):
        enrolling.confirm(row, by=civil_affairs_officer)


def test_where_the_scheme_asks_a_third_person_of_the_bureau_vouches(
    signs: User, confirms: User, elder_care_institution: Institution, civil_affairs_officer: User
) -> None:
    set_up()
    vouching(elder_care_institution.region)
    assert needs_voucher(elder_care_institution)
    row = enrolling.confirm(requested(signs, elder_care_institution), by=confirms)
    with pytest.raises(WrongState, match="主管部门"):
        enrolling.activate(row, PIN, by=signs)
    with pytest.raises(NotAllowed):
        enrolling.vouch(row, by=confirms)
    assert "signing_to_vouch" in told(civil_affairs_officer)
    row = enrolling.vouch(row, by=civil_affairs_officer)
    assert enrolling.activate(row, PIN, by=signs).state == State.ACTIVE


def test_whoever_confirmed_for_the_house_does_not_vouch_too(
    signs: User, elder_care_institution: Institution, civil_affairs_officer: User, second_officer: User
) -> None:
    vouching(elder_care_institution.region)
    row = enrolling.confirm(requested(signs, elder_care_institution), by=civil_affairs_officer)
    with pytest.raises(NotAllowed):
        enrolling.vouch(row, by=civil_affairs_officer)
    assert enrolling.vouch(row, by=second_officer).state == State.VOUCHED


def test_where_no_scheme_asks_nobody_vouches(
    signs: User, confirms: User, elder_care_institution: Institution, civil_affairs_officer: User
) -> None:
    row = enrolling.confirm(requested(signs, elder_care_institution), by=confirms)
    with pytest.raises(WrongState, match="不要求"):
        enrolling.vouch(row, by=civil_affairs_officer)


STEPS: dict[str, Callable[[SigningIdentity, User, User], object]] = {
    "confirm": lambda row, signs, confirms: enrolling.confirm(row, by=confirms),
    "refuse": lambda row, signs, confirms: enrolling.refuse(row, by=confirms, reason="印章不对"),
    "withdraw": lambda row, signs, confirms: enrolling.withdraw(row, by=signs),
    "activate": lambda row, signs, confirms: enrolling.activate(row, PIN, by=signs),
    "revoke": lambda row, signs, confirms: ending.revoke(
        row, Certificate.Reason.CESSATION, by=confirms, reason="不再签约"
    ),
}
FITTING = {
    "confirm": {State.REQUESTED},
    "refuse": {State.REQUESTED},  # later it is the bureau's
    "withdraw": {State.REQUESTED, State.CONFIRMED},
    "activate": {State.CONFIRMED},
    "revoke": {State.ACTIVE},
}


@pytest.mark.parametrize("verb", STEPS)
def test_each_step_fits_its_states_alone(
    verb: str, signs: User, confirms: User, elder_care_institution: Institution
) -> None:
    set_up()
    makers: dict[State, Callable[[], SigningIdentity]] = {
        State.REQUESTED: lambda: requested(signs, elder_care_institution),
        State.CONFIRMED: lambda: enrolling.confirm(makers[State.REQUESTED](), by=confirms),
        State.REFUSED: lambda: enrolling.refuse(makers[State.REQUESTED](), by=confirms, reason="印章不对"),
        State.ACTIVE: lambda: enrolling.activate(makers[State.CONFIRMED](), PIN, by=signs),
        State.REVOKED: lambda: ending.revoke(
            makers[State.ACTIVE](), Certificate.Reason.CESSATION, by=signs, reason="不再签约"
        ),
    }
    for state, make in makers.items():
        row = make()
        if state in FITTING[verb]:
            STEPS[verb](row, signs, confirms)
        elif (verb, state) != ("refuse", State.CONFIRMED):
            with pytest.raises(WrongState):
                STEPS[verb](row, signs, confirms)
        _settle(row)


def _settle(row: SigningIdentity) -> None:
    """Make room for the next one of the same person."""
    row.refresh_from_db()
    if row.ended_at is None:
        ending.end(row, reason="让位")


def test_an_easy_pin_leaves_nothing_behind(signs: User, confirms: User, elder_care_institution: Institution) -> None:
    set_up()
    row = enrolling.confirm(requested(signs, elder_care_institution), by=confirms)
    with pytest.raises(Unacceptable, match="太容易") as refused:
        enrolling.activate(row, "123456", by=signs)
    assert refused.value.field == "pin"
    assert not Certificate.objects.exists()


def test_what_fails_at_the_last_beat_leaves_no_key_and_no_certificate(
    signs: User, confirms: User, elder_care_institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up()
    row = enrolling.confirm(requested(signs, elder_care_institution), by=confirms)

    def breaks(_: SigningIdentity) -> None:
        raise RuntimeError("half-way")

    monkeypatch.setattr(announcements, "activated", breaks)
    with pytest.raises(RuntimeError, match="half-way"):
        enrolling.activate(row, PIN, by=signs)
    row.refresh_from_db()
    assert row.state == State.CONFIRMED
    assert not Certificate.objects.exists()
    assert not SigningKey.objects.exists()


def test_a_forgotten_pin_revokes_at_once_and_a_second_person_confirms_again(
    signs: User, confirms: User, elder_care_institution: Institution
) -> None:
    first = active(signs, elder_care_institution, confirms)
    second = enrolling.ask_again(first, by=signs, is_forgotten=True)
    first.refresh_from_db()
    assert (first.state, second.state) == (State.REVOKED, State.REQUESTED)
    old = first.certificate
    assert old is not None
    assert (old.revocation, bytes(old.key.sealed)) == (Certificate.Reason.SUPERSEDED, b"")
    second = enrolling.activate(enrolling.confirm(second, by=confirms), ANOTHER, by=signs)
    assert second.certificate is not None
    assert second.certificate.serial != old.serial


def test_a_renewed_one_is_used_until_the_next_is_set_in_force(
    signs: User, confirms: User, elder_care_institution: Institution
) -> None:
    first = active(signs, elder_care_institution, confirms)
    second = enrolling.ask_again(first, by=signs, is_forgotten=False)
    first.refresh_from_db()
    assert first.state == State.ACTIVE
    enrolling.activate(enrolling.confirm(second, by=confirms), ANOTHER, by=signs)
    first.refresh_from_db()
    assert (first.state, first.reason) == (State.ENDED, "已换用新的证书")


def test_a_colleague_asks_for_nobody_else_s_renewal(
    signs: User, confirms: User, elder_care_institution: Institution
) -> None:
    row = active(signs, elder_care_institution, confirms)
    other = signatory_of(elder_care_institution, "许昇")
    with pytest.raises(NotAllowed):
        enrolling.ask_again(row, by=other, is_forgotten=True)
    with pytest.raises(NotAllowed):
        ending.revoke(row, Certificate.Reason.CESSATION, by=other, reason="不再签约")


def test_a_demo_s_certificate_brings_nothing_into_force_off_a_demo(
    settings: Settings, signs: User, confirms: User, elder_care_institution: Institution
) -> None:
    settings.DEMO = True
    row = active(signs, elder_care_institution, confirms, Level.DEMO)
    assert may_bring_into_force(row)
    settings.DEMO = False
    assert not may_bring_into_force(row)
    row.level = Level.AGREED
    assert may_bring_into_force(row)


def test_the_clock_revokes_who_is_signatory_no_more_and_ends_what_has_run_out(
    signs: User, confirms: User, elder_care_institution: Institution
) -> None:
    left, stays = active(signs, elder_care_institution, confirms), signatory_of(elder_care_institution, "许昇")
    by_mandate = requested_by_mandate(stays, elder_care_institution, until=timezone.localdate())
    by_mandate = enrolling.activate(enrolling.confirm(by_mandate, by=confirms), ANOTHER, by=stays)
    watch()
    assert {each.state for each in SigningIdentity.objects.all()} == {State.ACTIVE}
    signs.memberships.all().delete()
    watch()
    left.refresh_from_db()
    assert (left.state, left.ended_by) == (State.REVOKED, None)
    by_mandate.refresh_from_db()
    assert by_mandate.state == State.ACTIVE


def test_a_request_ends_with_its_mandate(confirms: User, elder_care_institution: Institution) -> None:
    """Before there is a key, as after."""
    other, today = signatory_of(elder_care_institution, "许昇"), timezone.localdate()
    row = enrolling.confirm(requested_by_mandate(other, elder_care_institution, until=today), by=confirms)
    watch()
    row.refresh_from_db()
    assert row.state == State.CONFIRMED
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        watch()
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.ENDED, "授权委托书已到期")
    [notice] = Notice.objects.filter(recipient=other, title__contains="已结束")
    assert notice.title.startswith("签约证书的申请已结束")


def _another_is_registered(row: SigningIdentity) -> None:
    Institution.objects.filter(pk=row.institution_id).update(legal_representative="钱锡")


def _nothing(_: SigningIdentity) -> None:
    pass


@pytest.mark.parametrize("step", ["confirm", "vouch", "activate"])
@pytest.mark.parametrize(
    ("name", "later", "happens", "said"),
    [
        ("沈祎", 0, _another_is_registered, "现在登记的法定代表人不是沈祎"),
        ("许昇", 1, _nothing, "授权委托书已于.*到期"),
    ],
    ids=["another represents", "the mandate is over"],
)
def test_a_request_whose_ground_is_gone_goes_no_further(
    name: str,
    later: int,
    happens: Callable[[SigningIdentity], None],
    said: str,
    step: str,
    confirms: User,
    civil_affairs_officer: User,
    elder_care_institution: Institution,
    client: Client,
) -> None:
    """Before the clock comes by; else it would end what the person signs with for what signs nothing."""
    set_up()
    asks = signatory_of(elder_care_institution, name)
    if name == "沈祎":
        row = requested(asks, elder_care_institution)
    else:
        row = requested_by_mandate(asks, elder_care_institution, until=timezone.localdate())
    if step == "vouch":
        vouching(elder_care_institution.region)
    if step != "confirm":
        row = enrolling.confirm(row, by=confirms)
    before = row.state
    happens(row)
    steps: dict[str, Callable[[], object]] = {
        "confirm": lambda: enrolling.confirm(row, by=confirms),
        "vouch": lambda: enrolling.vouch(row, by=civil_affairs_officer),
        "activate": lambda: enrolling.activate(row, PIN, by=asks),
    }
    with time_machine.travel(timezone.now() + timedelta(days=later)):
        with pytest.raises(WrongState, match=said):
            steps[step]()
        client.force_login(asks)
        assert "现在不能确认和启用" in client.get(reverse("signing-identity", args=[row.pk])).content.decode()
    row.refresh_from_db()
    assert (row.state, row.certificates.count()) == (before, 0)


@pytest.mark.parametrize(("days", "rungs"), [(40, set()), (29, {"30"}), (10, {"30", "14"}), (-1, {"30", "14"})])
def test_a_certificate_that_ends_is_told_of_on_each_rung_once_and_then_ended(
    days: int, rungs: set[str], signs: User, confirms: User, elder_care_institution: Institution
) -> None:

    row = active(signs, elder_care_institution, confirms)
    assert row.certificate is not None
    ends = row.certificate.not_after
    for before in (29, 10):
        if days <= before:
            with time_machine.travel(ends - timedelta(days=before)):
                watch()
                watch()
    with time_machine.travel(ends - timedelta(days=days)):
        watch()
    periods = Notice.objects.filter(kind="signing_ends", recipient=signs).values_list("period", flat=True)
    assert {each.rpartition("/")[2] for each in periods} == rungs
    row.refresh_from_db()
    assert row.state == (State.ENDED if days < 0 else State.ACTIVE)
