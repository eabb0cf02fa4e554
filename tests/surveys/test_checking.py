"""What cannot be submitted and what is rare: each sentence at its field, and what only touches a limit is neither."""

from datetime import date, timedelta
from typing import Any

import pytest

from institutions.models import Role
from surveys.checking import Finding, Incomplete, doubts, errors
from surveys.questions import questions
from tests.surveys.answers import ELDER_CARE, MEDICAL

TODAY = date(2026, 11, 28)
CARE = {**ELDER_CARE, "surveyed_on": TODAY}
CLINIC = {**MEDICAL, "surveyed_on": TODAY}
OF_ROLE: dict[str, dict[str, Any]] = {"elder_care": CARE, "medical": CLINIC}


@pytest.mark.parametrize(
    ("role", "spoilt", "field", "text"),
    [
        ("elder_care", {"surveyed_on": None}, "surveyed_on", "请填写统计日期。"),
        ("medical", {"surveyed_on": TODAY + timedelta(days=1)}, "surveyed_on", "统计日期不能晚于今天。"),
        ("medical", {"nurses": None}, "nurses", "请填写数字，没有的填 0。"),
        ("medical", {"has_fast_track": None}, "has_fast_track", "请选择“是”或“否”。"),
        ("elder_care", {"nursing_beds": 121}, "nursing_beds", "不能多于床位总数（120 张）。"),
        ("elder_care", {"residents_destitute": 81}, "residents_destitute", "不能多于入住老年人总数（80 人）。"),
        ("medical", {"general_practitioners": 13}, "general_practitioners", "不能多于执业医师（12 人）。"),
        (
            "elder_care",
            {"residents_65_to_79": 38},
            "residents",
            "四个年龄段合计 79 人，与入住老年人总数 80 人不一致，请核对。",
        ),
        (
            "elder_care",
            {"residents_disabled": 66},
            "residents_partly_disabled",
            "失能与部分失能合计 81 人，多于入住老年人总数。",
        ),
        ("medical", {"services": []}, "services", "请勾选能够提供的服务，至少一项。"),
    ],
)
def test_an_error_stands_at_its_field(role: str, spoilt: dict[str, Any], field: str, text: str) -> None:
    assert errors(role, {**OF_ROLE[role], **spoilt}, today=TODAY) == [Finding(field, text, is_error=True)]


@pytest.mark.parametrize(
    ("role", "touched"),
    [
        ("elder_care", {}),
        ("medical", {}),
        ("elder_care", {"nursing_beds": 120}),
        ("elder_care", {"residents_destitute": 80}),
        ("elder_care", {"residents_disabled": 40, "residents_partly_disabled": 40}),
        ("elder_care", {"services": []}),
        ("medical", {"general_practitioners": 12}),
        ("medical", {"nurses": 0, "has_fast_track": False}),
        ("medical", {"surveyed_on": TODAY - timedelta(days=400)}),
    ],
)
def test_what_touches_a_limit_is_no_error(role: str, touched: dict[str, Any]) -> None:
    assert errors(role, {**OF_ROLE[role], **touched}, today=TODAY) == []


def test_nothing_said_is_asked_for_question_by_question() -> None:
    for role in Role:
        asked = [question.field for question in questions(role)]
        more = ["services"] if role is Role.MEDICAL else []
        assert [each.field for each in errors(role, {}, today=TODAY)] == ["surveyed_on", *asked, *more]


def test_ages_are_added_up_only_once_all_are_said() -> None:
    found = errors("elder_care", {**CARE, "residents_under_60": None, "residents": 79}, today=TODAY)
    assert [each.field for each in found] == ["residents_under_60"]
    found = errors("elder_care", {**CARE, "residents": None}, today=TODAY)
    assert [each.field for each in found] == ["residents"]


@pytest.mark.parametrize(
    ("role", "rare", "field", "text"),
    [
        ("elder_care", {"beds": 79}, "residents", "入住 80 人，多于床位 79 张。"),
        ("elder_care", {"services": []}, "services", "没有勾选任何需要的服务。"),
        ("elder_care", {"clinic_rooms": 0, "visiting_rooms": 0}, "visiting_rooms", "没有可供医生上门服务的房间。"),
        ("medical", {"team_members": 0}, "team_members", "有服务团队，团队人员却是 0 人。"),
        ("medical", {"teams": 0}, "teams", "还可以签约，却没有服务团队。"),
    ],
)
def test_a_doubt_is_for_a_person_to_confirm(role: str, rare: dict[str, Any], field: str, text: str) -> None:
    assert doubts(role, {**OF_ROLE[role], **rare}) == [Finding(field, text, is_error=False)]


@pytest.mark.parametrize(
    ("role", "touched"),
    [
        ("elder_care", {"beds": 80}),
        ("elder_care", {"beds": 0}),
        ("elder_care", {"clinic_rooms": 0}),
        ("elder_care", {"visiting_rooms": 0}),
        ("medical", {"teams": 0, "team_members": 0, "partners_possible": 0}),
        ("medical", {"partners_possible": 0}),
    ],
)
def test_what_is_not_rare_is_no_doubt(role: str, touched: dict[str, Any]) -> None:
    assert doubts(role, {**OF_ROLE[role], **touched}) == []


def test_a_refusal_says_everything_at_once() -> None:
    found = [Finding("beds", "一。"), Finding("nurses", "二。")]
    refusal = Incomplete(found)
    assert (str(refusal), refusal.findings) == ("一。二。", found)
