"""What can follow an agreement, by its state and kind, and what the region's rules say of who signs with whom."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle.candidates import assess
from agreements.lifecycle.succession import RENEWAL_OPENS, renewal_is_open
from agreements.models import Agreement, Template, TemplateVersion
from institutions.models import ElderCareProfile, Institution, MedicalProfile
from regions.loading import load_scheme_files
from regions.scheme_files import read_schemes
from tests import factories
from tests.agreements.world import World
from verbs.errors import WrongState

State = Agreement.State
ENDS_SOON = factories.today() + timedelta(days=30)


@pytest.fixture
def world(elder_care_institution: Institution, medical_institution: Institution, elder_care_clerk: User) -> World:
    template = Template.objects.create(slug="made-up", region=medical_institution.region)
    facts: dict[str, Any] = {"title": "协议", "is_official": False, "body": {}, "digest": "c" * 64}
    version = TemplateVersion.objects.create(template=template, number=1, **facts)
    people = elder_care_clerk, factories.UserFactory.create()
    return World(medical_institution, elder_care_institution, version, *people)


@pytest.mark.parametrize("state", list(State))
def test_only_what_runs_or_ran_to_its_end_is_renewed(state: State, world: World, elder_care_clerk: User) -> None:
    dated: dict[str, Any] = {"expires_on": ENDS_SOON} if state in {State.IN_FORCE, State.EXPIRED} else {}
    row = world.agreement(state, **dated)
    renewable = state in {State.IN_FORCE, State.EXPIRED}
    assert renewal_is_open(row, on=factories.today()) is renewable
    if not renewable:
        with pytest.raises(WrongState, match=f"{row.state_words}”，不能续签"):
            lifecycle.start_renewal(row, by=elder_care_clerk)
    if state != State.IN_FORCE:
        with pytest.raises(WrongState, match="生效中的协议才能签补充协议"):
            lifecycle.start_supplement(row, by=elder_care_clerk)
    assert not row.successors.exists()


def test_a_renewal_opens_on_its_day_and_never_for_a_supplement(world: World, elder_care_clerk: User) -> None:
    main = world.agreement("in_force", expires_on=ENDS_SOON)
    opens = ENDS_SOON - RENEWAL_OPENS
    assert renewal_is_open(main, on=opens)
    assert not renewal_is_open(main, on=opens - timedelta(days=1))
    supplement = world.agreement("in_force", kind="supplement", predecessor=main, expires_on=ENDS_SOON)
    assert not renewal_is_open(supplement, on=factories.today())
    with pytest.raises(WrongState, match="原协议上续签"):
        lifecycle.start_renewal(supplement, by=elder_care_clerk)


def test_whom_the_regions_scheme_does_not_foresee_is_told_and_not_refused(db: None) -> None:
    taihe = factories.region("360826")
    load_scheme_files([scheme for scheme in read_schemes() if scheme.body.region == taihe.code])
    home = factories.OpenElderCareFactory.create(region=taihe)
    clinic = factories.OpenMedicalInstitutionFactory.create(region=taihe)
    ElderCareProfile.objects.filter(institution=home).update(kind="elders_canteen")
    MedicalProfile.objects.filter(institution=clinic).update(kind="general_hospital", level=2)

    def told() -> dict[str, bool]:
        people = [Institution.objects.with_profiles().get(pk=each.pk) for each in (home, clinic)]
        return {each.text: each.blocks for each in assess(*people).verdicts if "本地规定的" in each.text}

    assert list(told().values()) == [False, False]
    assert [text.partition("不在")[2] for text in told()] == [
        "本地规定的签约医疗卫生机构范围内",
        "本地规定的签约养老服务机构范围内",
    ]
    ElderCareProfile.objects.filter(institution=home).update(kind="township_elderly_home")
    MedicalProfile.objects.filter(institution=clinic).update(kind="township_health_centre", level=1)
    assert told() == {}
