"""The register of seals: three powers kept apart, each step in its states, every use a row."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements.models import TemplateVersion
from audit.models import Entry
from boundary.refused import UploadRefused
from institutions.models import Duty, Institution
from notifications.models import Notice
from sealing import announcements, seals
from sealing.lapsing import LAPSED
from sealing.models import Seal, SealUse
from sealing.models.seal import State
from sealing.pictures import picture_of
from sealing.seals import Described, Paper, Scope, seals_usable_by, use_seal
from tests import factories
from tests.agreements.making import scan_pdf
from tests.sealing.making import in_use, registered
from uploads.at_once import as_file, judged
from verbs.errors import NotAllowed, Unacceptable, WrongState

pytestmark = pytest.mark.django_db
Made = Callable[[], Seal]


@pytest.fixture
def keeper(elder_care_clerk: User) -> User:
    return elder_care_clerk


@pytest.fixture
def second(elder_care_institution: Institution) -> User:
    """A second administrator of the house."""
    held = factories.MembershipFactory.create(institution=elder_care_institution, duty=Duty.ADMINISTRATOR)
    return held.user


@pytest.fixture
def seal(elder_care_institution: Institution, keeper: User, institution_administrator: User, second: User) -> Seal:
    return in_use(elder_care_institution, keeper, institution_administrator, second)


def today_on(days: int = 30, **more: object) -> Scope:
    today = timezone.localdate()
    return Scope(today, today + timedelta(days=days), **more)  # type: ignore[arg-type]  # as the caller says


def test_an_administrator_registers_and_another_person_confirms(
    elder_care_institution: Institution, keeper: User, institution_administrator: User, approver: User
) -> None:
    row = registered(elder_care_institution, keeper, institution_administrator)
    assert (row.state, row.keeper, row.picture.page_count) == (State.REGISTERED, keeper, 1)
    with pytest.raises(NotAllowed):
        seals.confirm(row, by=institution_administrator)
    with pytest.raises(NotAllowed):
        seals.confirm(row, by=keeper)
    assert seals.confirm(row, by=approver).state == State.IN_USE
    cut = picture_of(row)
    assert (cut.width, cut.height) != (0, 0)
    assert set(cut.opacity) != {255}, "the paper is left out"


def test_only_administrators_register_and_only_for_their_people(
    elder_care_institution: Institution, keeper: User, stranger: User, institution_administrator: User
) -> None:
    with pytest.raises(NotAllowed, match="管理员登记"):
        registered(elder_care_institution, keeper, keeper)
    with pytest.raises(Unacceptable, match="本机构"):
        registered(elder_care_institution, stranger, institution_administrator)
    registered(elder_care_institution, keeper, institution_administrator)
    with pytest.raises(Unacceptable, match="已经登记"):
        registered(elder_care_institution, keeper, institution_administrator)


@pytest.mark.parametrize(("content", "said"), [(scan_pdf(1), "PNG 或 JPG"), (b"MZ", "PDF、JPG 或 PNG")])
def test_what_is_no_picture_is_no_seal(
    content: bytes, said: str, elder_care_institution: Institution, keeper: User, institution_administrator: User
) -> None:
    described = Described(Seal.Kind.OFFICIAL, "1", keeper.pk)
    sent = seals.send_picture(
        elder_care_institution, described, by=institution_administrator, file=as_file(content, "章.png")
    )
    with pytest.raises(UploadRefused, match=said):
        judged(sent)
    assert not Seal.objects.exists()


def test_a_picture_beyond_two_megabytes_is_refused_at_once(
    elder_care_institution: Institution, keeper: User, institution_administrator: User
) -> None:
    described = Described(Seal.Kind.OFFICIAL, "1", keeper.pk)
    large = as_file(b"\x89PNG" + bytes(2 * 1024 * 1024), "章.png")
    with pytest.raises(Unacceptable, match="2 兆"):
        seals.send_picture(elder_care_institution, described, by=institution_administrator, file=large)


STEPS: dict[str, tuple[Callable[[Seal, User], object], set[State]]] = {
    "confirm": (lambda row, by: seals.confirm(row, by=by), {State.REGISTERED}),
    "refuse": (lambda row, by: seals.refuse(row, by=by, reason="图片不清"), {State.REGISTERED}),
    "suspend": (lambda row, by: seals.suspend(row, by=by, reason="印章遗失"), {State.IN_USE}),
    "resume": (lambda row, by: seals.resume(row, by=by), {State.SUSPENDED}),
    "destroy": (lambda row, by: seals.destroy(row, by=by, reason="机构更名"), {State.IN_USE, State.SUSPENDED}),
}


@pytest.mark.parametrize("verb", STEPS)
def test_each_step_fits_its_states_alone(
    verb: str, elder_care_institution: Institution, keeper: User, institution_administrator: User, second: User
) -> None:
    step, fitting = STEPS[verb]
    way: dict[State, list[str]] = {
        State.REGISTERED: [],
        State.IN_USE: ["confirm"],
        State.SUSPENDED: ["confirm", "suspend"],
        State.DESTROYED: ["confirm", "destroy"],
        State.REFUSED: ["refuse"],
    }
    for number, (state, steps) in enumerate(way.items()):
        row = registered(elder_care_institution, keeper, institution_administrator, number=f"N{number}")
        for each in steps:
            STEPS[each][0](row, second)
        if state in fitting:
            step(row, second)
        else:
            with pytest.raises(WrongState):
                step(row, second)


@pytest.mark.parametrize("verb", ["suspend", "destroy"])
def test_who_keeps_or_uses_a_seal_neither_suspends_nor_destroys_it(
    verb: str, seal: Seal, keeper: User, stranger: User
) -> None:
    for other in (keeper, stranger):
        with pytest.raises(NotAllowed):
            STEPS[verb][0](seal, other)


def test_what_fails_at_the_last_beat_leaves_the_seal_as_it_was(
    seal: Seal, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("half-way")

    monkeypatch.setattr(announcements, "seal_settled", breaks)
    with pytest.raises(RuntimeError, match="half-way"):
        seals.suspend(seal, by=second, reason="印章遗失")
    seal.refresh_from_db()
    assert (seal.state, Entry.objects.filter(event="seal.suspended").exists()) == (State.IN_USE, False)


def test_its_keeper_uses_it_and_every_use_is_a_row_that_stays(
    seal: Seal, keeper: User, elder_care_institution: Institution
) -> None:
    used = use_seal(seal, by=keeper, about="协议 YY2026-000001")
    assert (used.person, used.authorisation) == (keeper, None)
    assert Entry.objects.filter(event="seal.used").count() == 1
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        SealUse.objects.update(about="别的协议")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        SealUse.objects.all().delete()


def test_somebody_else_uses_it_by_an_authorisation_that_reaches_to_the_paper(
    seal: Seal, keeper: User, colleague: User, elder_care_institution: Institution
) -> None:
    today, paper = timezone.localdate(), Paper("hunan-2020", "YY2026-000001")
    assert not seals_usable_by(colleague, elder_care_institution, on=today, paper=paper)
    with pytest.raises(NotAllowed, match="没有授权"):
        use_seal(seal, by=colleague, about="协议", paper=paper)
    for scope in (today_on(agreement="YY2026-000002"), today_on(templates=("taihe-2021",))):
        seals.authorise(seal, colleague, scope, by=keeper)
    assert not seals_usable_by(colleague, elder_care_institution, on=today, paper=paper)
    given = seals.authorise(seal, colleague, today_on(templates=("hunan-2020",)), by=keeper)
    [usable] = seals_usable_by(colleague, elder_care_institution, on=today, paper=paper)
    assert usable.authorisation == given
    assert use_seal(seal, by=colleague, about="协议", paper=paper).authorisation == given
    assert not seals_usable_by(colleague, elder_care_institution, on=today + timedelta(days=31), paper=paper)


def test_an_authorisation_is_limited_to_templates_on_its_page(
    seal: Seal,
    keeper: User,
    colleague: User,
    elder_care_institution: Institution,
    consortium: TemplateVersion,
    client: Client,
) -> None:
    slug, today = consortium.template.slug, timezone.localdate()
    client.force_login(keeper)
    address = reverse("seal-authorise", args=[seal.pk])
    assert consortium.title in client.get(address).content.decode()
    sent = {"person": colleague.pk, "starts_on": today.isoformat(), "ends_on": today.isoformat()}
    elsewhere = client.post(address, {**sent, "templates": ["hunan-2020"]})
    assert "请从列表里选择范本。" in elsewhere.content.decode(), "it does not apply here"
    both = client.post(address, {**sent, "templates": [slug], "agreement": "YY2026-000001"})
    assert "限于一份协议的，不用再选范本" in both.content.decode()
    assert client.post(address, {**sent, "templates": [slug]}).status_code == 302
    assert f"范本《{consortium.title}》" in client.get(reverse("seal", args=[seal.pk])).content.decode()
    assert consortium.title in Notice.objects.get(kind="seal_authorised").body
    use_seal(seal, by=colleague, about="协议", paper=Paper(slug, "YY2026-000001"))
    with pytest.raises(NotAllowed, match="没有授权"):
        use_seal(seal, by=colleague, about="协议", paper=Paper("another", "YY2026-000001"))
    assert not seals_usable_by(colleague, elder_care_institution, on=today, paper=Paper("another"))


def test_an_authorisation_that_was_taken_back_or_is_over_lets_nobody(seal: Seal, keeper: User, colleague: User) -> None:
    given = seals.authorise(seal, colleague, today_on(), by=keeper)
    seals.take_back(given, by=keeper, reason="不再需要")
    with pytest.raises(NotAllowed):
        use_seal(seal, by=colleague, about="协议")
    with pytest.raises(WrongState, match="已经收回"):
        seals.take_back(given, by=keeper, reason="不再需要")
    yesterday = timezone.localdate() - timedelta(days=1)
    with pytest.raises(Unacceptable, match="已经过了"):
        seals.authorise(seal, colleague, Scope(yesterday, yesterday), by=keeper)


def test_nobody_authorises_themself_or_a_stranger(
    seal: Seal, keeper: User, stranger: User, colleague: User, institution_administrator: User, second: User
) -> None:
    with pytest.raises(NotAllowed, match="不能授权给自己"):
        seals.authorise(seal, institution_administrator, today_on(), by=institution_administrator)
    with pytest.raises(Unacceptable, match="本机构"):
        seals.authorise(seal, stranger, today_on(), by=keeper)
    with pytest.raises(NotAllowed, match="保管人或本机构的管理员"):
        seals.authorise(seal, keeper, today_on(), by=colleague)
    assert seals.authorise(seal, institution_administrator, today_on(), by=second).person == institution_administrator


@pytest.mark.parametrize("verb", ["suspend", "destroy"])
def test_a_seal_that_is_stopped_is_used_by_nobody(
    verb: str, seal: Seal, keeper: User, second: User, elder_care_institution: Institution
) -> None:
    STEPS[verb][0](seal, second)
    with pytest.raises(WrongState, match="不能使用"):
        use_seal(seal, by=keeper, about="协议")
    assert not seals_usable_by(keeper, elder_care_institution, on=timezone.localdate())


def test_whoever_has_left_the_house_uses_nothing(seal: Seal, keeper: User, elder_care_institution: Institution) -> None:
    keeper.memberships.all().delete()
    with pytest.raises(NotAllowed):
        use_seal(seal, by=keeper, about="协议")
    assert not seals_usable_by(keeper, elder_care_institution, on=timezone.localdate())


def test_with_another_keeper_the_former_one_uses_it_no_more(
    seal: Seal, keeper: User, colleague: User, institution_administrator: User
) -> None:
    with pytest.raises(NotAllowed):
        seals.hand_over(seal, colleague, by=keeper)
    seals.hand_over(seal, colleague, by=institution_administrator)
    assert use_seal(seal, by=colleague, about="协议").authorisation is None
    with pytest.raises(NotAllowed):
        use_seal(seal, by=keeper, about="协议")


def _leaves(user: User, _: Seal) -> None:
    user.memberships.all().delete()


def _is_suspended(user: User, _: Seal) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def _keeps_it_no_more(_: User, seal: Seal) -> None:
    house = seal.institution
    other = factories.MembershipFactory.create(institution=house, duty=Duty.CLERK).user
    seals.hand_over(seal, other, by=factories.MembershipFactory.create(institution=house, duty="administrator").user)


def _looks_after_it_no_more(user: User, seal: Seal) -> None:
    user.memberships.all().delete()
    factories.MembershipFactory.create(user=user, institution=seal.institution, duty=Duty.CLERK)


@pytest.mark.parametrize(
    ("giver", "happens"),
    [
        ("keeper", _leaves),
        ("keeper", _is_suspended),
        ("keeper", _keeps_it_no_more),
        ("administrator", _leaves),
        ("administrator", _looks_after_it_no_more),
    ],
)
def test_an_authorisation_ends_with_the_right_of_whoever_gave_it(
    giver: str,
    happens: Callable[[User, Seal], None],
    seal: Seal,
    keeper: User,
    colleague: User,
    institution_administrator: User,
    client: Client,
) -> None:
    by = {"keeper": keeper, "administrator": institution_administrator}[giver]
    seals.authorise(seal, colleague, today_on(), by=by)
    assert use_seal(seal, by=colleague, about="协议").person == colleague
    happens(by, seal)
    assert not seals_usable_by(colleague, seal.institution, on=timezone.localdate())
    with pytest.raises(NotAllowed, match="没有授权"):
        use_seal(seal, by=colleague, about="协议")
    client.force_login(colleague)
    said = LAPSED if happens is _keeps_it_no_more else "已失效：授权人或被授权人已离岗"
    assert said in client.get(reverse("seal", args=[seal.pk])).content.decode()


def test_what_a_former_keeper_gave_does_not_come_back_with_the_seal(
    seal: Seal, keeper: User, colleague: User, institution_administrator: User, second: User
) -> None:
    given = seals.authorise(seal, colleague, today_on(), by=keeper)
    seals.hand_over(seal, second, by=institution_administrator)
    seals.hand_over(seal, keeper, by=institution_administrator)
    assert not seals_usable_by(colleague, seal.institution, on=timezone.localdate())
    with pytest.raises(NotAllowed, match="没有授权"):
        use_seal(seal, by=colleague, about="协议")
    given.refresh_from_db()
    assert (given.revoked_by, given.reason) == (None, LAPSED)
    assert Entry.objects.filter(event="seal.use_lapsed").count() == 1


def test_an_authorisation_ends_when_its_person_leaves_and_is_shown_so(
    seal: Seal, keeper: User, colleague: User, client: Client
) -> None:
    seals.authorise(seal, colleague, today_on(), by=keeper)
    colleague.memberships.all().delete()
    with pytest.raises(NotAllowed, match="没有授权"):
        use_seal(seal, by=colleague, about="协议")
    client.force_login(keeper)
    assert "已失效：授权人或被授权人已离岗" in client.get(reverse("seal", args=[seal.pk])).content.decode()


def test_whoever_loses_the_use_of_a_seal_with_its_keeper_is_told(
    seal: Seal, keeper: User, colleague: User, institution_administrator: User, second: User
) -> None:
    """Not so whoever keeps it from now on, and needs none."""
    for person in (colleague, institution_administrator):
        seals.authorise(seal, person, today_on(), by=keeper)
    seals.hand_over(seal, institution_administrator, by=second)
    [notice] = Notice.objects.filter(kind="seal_authorisation_revoked")
    assert (notice.recipient, "重新授权" in notice.body) == (colleague, True)


def test_nobody_takes_a_seal_into_their_own_keeping(seal: Seal, institution_administrator: User, second: User) -> None:
    with pytest.raises(Unacceptable, match="不能把印章交给自己保管"):
        seals.hand_over(seal, institution_administrator, by=institution_administrator)
    seals.hand_over(seal, institution_administrator, by=second)
    assert use_seal(seal, by=institution_administrator, about="协议").authorisation is None


def test_what_was_destroyed_stays_and_its_number_is_free(
    seal: Seal, keeper: User, institution_administrator: User, second: User, elder_care_institution: Institution
) -> None:
    seals.destroy(seal, by=second, reason="机构更名")
    with pytest.raises(IntegrityError, match="written once"), transaction.atomic():
        Seal.objects.filter(pk=seal.pk).update(state=State.IN_USE, reason="")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Seal.objects.filter(pk=seal.pk)._raw_delete("default")
    assert registered(elder_care_institution, keeper, institution_administrator, number=seal.number) != seal
