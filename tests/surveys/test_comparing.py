"""Two editions beside each other, and what one side wants beside what the other offers."""

from typing import Any

import pytest

from accounts.models import User
from institutions.models import Institution
from surveys.comparing import Line, blocks, differences, other_side, partners_to_compare, services, side_by_side
from surveys.models import Survey
from surveys.service_catalogue import catalogue
from tests import factories
from tests.surveys.answers import ELDER_CARE, MEDICAL

LABELS = {service.id: service.label for service in catalogue().services}


def edition(institution: Institution, **changes: Any) -> Survey:
    answers = ELDER_CARE if institution.role == "elder_care" else MEDICAL
    return Survey(institution=institution, **{**answers, **changes})


def test_an_edition_is_shown_under_the_headings_of_its_side(
    elder_care_institution: Institution, medical_institution: Institution
) -> None:
    care, clinic = (blocks(edition(each)) for each in (elder_care_institution, medical_institution))
    assert [block.heading for block in care] == ["基本情况", "基础设施条件", "服务保障"]
    assert [block.heading for block in clinic] == ["基本情况", "服务能力", "服务保障"]
    assert care[1].lines == (Line("诊室", "1 间"), Line("其他可供上门服务的诊疗场所", "2 间"))
    assert care[2].lines == (Line("已指定专人负责", "是"),)
    assert not any(line.before for block in care for line in block.lines)


def test_what_was_answered_otherwise_the_time_before(elder_care_institution: Institution) -> None:
    earlier = edition(elder_care_institution, clinic_rooms=None, has_coordinator=False)
    found = {line.label: line for block in blocks(edition(elder_care_institution), earlier) for line in block.lines}
    assert [label for label, line in found.items() if line.before] == ["诊室", "已指定专人负责"]
    assert found["诊室"] == Line("诊室", "1 间", "—")
    assert found["已指定专人负责"] == Line("已指定专人负责", "是", "否")


def test_services_that_are_new_and_that_are_gone(elder_care_institution: Institution) -> None:
    earlier = edition(elder_care_institution, services=["treatment", "training"])
    now = edition(elder_care_institution, services=["treatment", "hospice"])
    found = {line.service.id: (line.is_chosen, line.is_new, line.is_gone) for line in services(now, earlier)}
    assert list(found) == list(LABELS)
    assert {name: said for name, said in found.items() if any(said)} == {
        "treatment": (True, False, False),
        "hospice": (True, True, False),
        "training": (False, False, True),
    }
    assert not any(line.is_new or line.is_gone for line in services(now))


def test_what_a_newer_edition_says_differently(elder_care_institution: Institution) -> None:
    mine = edition(elder_care_institution, beds=7, services=["treatment"])
    theirs = edition(elder_care_institution, beds=8, services=[])
    assert list(differences(mine, theirs)) == [
        Line("床位总数", "8 张", "7 张"),
        Line("需要的服务", "—", LABELS["treatment"]),
    ]
    assert list(differences(mine, edition(elder_care_institution, beds=7, services=["treatment"]))) == []


def test_several_services_are_named_in_one_line(medical_institution: Institution) -> None:
    mine, theirs = (edition(medical_institution, services=each) for each in ([], ["treatment", "training"]))
    [line] = differences(mine, theirs)
    named = "、".join(LABELS[each] for each in LABELS if each in {"treatment", "training"})
    assert line == Line("能够提供的服务", named, "—")


def test_what_is_wanted_beside_what_is_offered(
    elder_care_institution: Institution, medical_institution: Institution
) -> None:
    wanting = edition(elder_care_institution, services=["treatment", "hospice"])
    offering = edition(medical_institution, services=["treatment", "training"])
    found = {
        each.service.id: (each.is_wanted, each.is_offered, each.is_met) for each in side_by_side(wanting, offering)
    }
    assert list(found) == list(LABELS)
    assert {name: said for name, said in found.items() if any(said)} == {
        "treatment": (True, True, True),
        "hospice": (True, False, False),
        "training": (False, True, False),
    }
    assert not any(each.is_wanted or each.is_offered for each in side_by_side(None, None))


@pytest.mark.parametrize(("person", "sees_other_county"), [("elder_care_clerk", True), ("health_reviewer", False)])
def test_partners_to_compare_with(
    person: str, sees_other_county: bool, elder_care_institution: Institution, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(person)
    near, also_near = (
        factories.OpenMedicalInstitutionFactory.create(name=name) for name in ("甲东湖卫生院", "乙东湖卫生院")
    )
    far = factories.OpenMedicalInstitutionFactory.create(name="丙东湖卫生院", region=factories.region("330604"))
    factories.SuspendedMedicalFactory.create(name="丁东湖卫生院")
    assert other_side(elder_care_institution) == "medical"
    assert partners_to_compare(elder_care_institution, query=" ", user=user) == sorted(
        [near, also_near], key=lambda each: each.name
    )
    everywhere = partners_to_compare(elder_care_institution, query="东湖", user=user)
    assert {*everywhere} == {near, also_near, *([far] if sees_other_county else [])}
