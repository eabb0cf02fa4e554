"""What is missing or doubtful in a draft: each finding's words, its step and field, and whether it stops the text."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import User
from agreements.lifecycle.candidates import NOBODY_THERE
from agreements.lifecycle.checking import Finding, findings
from agreements.lifecycle.negotiation import start_draft
from agreements.models import Agreement, TemplateVersion
from institutions.models import Institution
from regions.loading import load_scheme_files
from regions.scheme_files import read_schemes
from tests import factories
from tests.agreements.making import CONTACT, agreed, complete_draft, in_force

Change = Callable[[Agreement], object]
HOME, CLINIC = "越城区福星养老院", "越城区塔山街道社区卫生服务中心"


def answers(**changes: object) -> Change:
    """Answer otherwise; None takes an answer away."""

    def change(row: Agreement) -> None:
        row.answers = {key: value for key, value in {**row.answers, **changes}.items() if value is not None}

    return change


def contact(**changes: str) -> Change:
    return lambda row: setattr(row, "contacts", {"elder_care": {**CONTACT, **changes}})


@pytest.mark.usefixtures("medical_clerk")
def test_a_complete_draft_lacks_only_what_the_partner_gives(draft: Agreement) -> None:
    unsigned = Finding(f"{CLINIC}：还没有填写签约人。", "contacts", field="medical-signatory_name")
    assert findings(draft) == [unsigned]
    phone = Finding(f"{CLINIC}：还没有填写联系电话。", "contacts", blocks=True, field="medical-contact_phone")
    assert findings(draft, answering=True) == [replace(unsigned, blocks=True), phone]
    draft.contacts = {"elder_care": CONTACT, "medical": CONTACT}
    assert findings(draft, answering=True) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda row: setattr(row, "medical", None), Finding("还没有选择合作机构。", "partner", blocks=True)),
        (lambda row: setattr(row, "template_version", None), Finding("还没有选择范本。", "template", blocks=True)),
        (
            answers(annual_fee=None),
            Finding(
                "“甲方（越城区福星养老院）每年付给乙方（越城区塔山街道社区卫生服务中心）的健康服务费是多少元？”还没有填写。",
                "terms",
                blocks=True,
                field="annual_fee",
            ),
        ),
        (
            answers(valid_to=str(factories.today())),
            Finding("合作期限的截止日期已经过去，请核对。", "terms", blocks=True, field="valid_to"),
        ),
        (
            contact(signatory_name=""),
            Finding(f"{HOME}：还没有填写签约人。", "contacts", blocks=True, field="elder_care-signatory_name"),
        ),
        (
            contact(contact_phone=""),
            Finding(f"{HOME}：还没有填写联系电话。", "contacts", blocks=True, field="elder_care-contact_phone"),
        ),
    ],
)
def test_what_is_missing_is_named_at_its_field(change: Change, expected: Finding, draft: Agreement) -> None:
    change(draft)
    assert expected in findings(draft)
    assert [each for each in findings(draft) if each.blocks] == [expected]


def test_a_last_day_ahead_is_none_that_has_passed(draft: Agreement) -> None:
    answers(valid_to=str(factories.today() + timedelta(days=1)))(draft)
    assert not [each for each in findings(draft) if each.step == "terms"]


def test_what_may_stay_empty_and_a_long_term_are_told_and_stop_nothing(
    draft: Agreement, published: dict[str, TemplateVersion]
) -> None:
    draft.template_version = published["hunan-2020"]
    years, other = (
        Finding("合作期限 6 年，比通常的长，请核对。", "terms", field="term_years"),
        Finding("“其他健康服务”没有填写，将留空打印。", "terms", field="other_services"),
    )
    draft.answers = {"term_years": 6}
    assert [each for each in findings(draft) if each.field == "term_years"] == [years]
    [empty] = [each for each in findings(draft) if each.field == "other_services"]
    assert (empty.step, empty.blocks, "没有填写，将留空打印。" in empty.text) == (other.step, other.blocks, True)
    draft.answers = {"term_years": 5, "other_services": "助浴"}
    assert not [each for each in findings(draft) if each.field in {"term_years", "other_services"}]


def test_a_letter_that_no_font_has_stops_the_text(draft: Agreement) -> None:
    answers(civil_affairs_authority="越城\ue000区")(draft)
    [found] = [each for each in findings(draft) if each.step == "terms" and each.blocks]
    assert (found.text.startswith("有打印不出来的字：", 0), found.blocks, found.field) == (True, True, "")


def test_a_template_of_another_place_or_an_older_one(draft: Agreement, published: dict[str, TemplateVersion]) -> None:
    older = draft.template_version
    assert older is not None
    facts = {"title": older.title, "is_official": True, "body": older.body, "digest": older.digest}
    TemplateVersion.objects.create(template=older.template, number=older.number + 1, **facts)
    old = Finding("这份范本已发布新版本，草稿用的还是旧版本。", "template")
    assert [each for each in findings(draft) if each.step == "template"] == [old]
    draft.template_version = published["hunan-2020"]
    foreign = Finding("所选范本不适用于浙江省绍兴市越城区，请重新选择。", "template", blocks=True)
    assert [each for each in findings(draft) if each.step == "template"] == [foreign]
    draft.template_version = published["supplement"]
    assert not [each for each in findings(draft) if each.step == "template"], "nobody has chosen it"


def test_a_partner_that_nobody_can_sign_in_for_is_told_before_the_text_is_sent(
    draft: Agreement, medical_clerk: User
) -> None:
    told = Finding(f"{CLINIC}：{NOBODY_THERE}", "partner")
    assert told not in findings(draft)
    User.objects.filter(pk=medical_clerk.pk).update(is_active=False)
    assert told in findings(draft), "whose account is closed does not answer"


@pytest.mark.usefixtures("medical_clerk")
def test_what_speaks_against_either_side_is_told_with_its_name(draft: Agreement) -> None:
    Institution.objects.filter(agreements_as_medical=draft).update(status="suspended")
    Institution.objects.filter(agreements_as_elder_care=draft).update(status="closed")
    row = Agreement.objects.with_parties().get(pk=draft.pk)
    stopping = "该机构已暂停服务，恢复后才能签约。"
    assert [each for each in findings(row) if each.step == "partner"] == [
        Finding(f"{CLINIC}：{stopping}", "partner", blocks=True),
        Finding("本机构：该机构已关闭，不能签约。", "partner", blocks=True),
    ]


def test_one_agreement_with_a_primary_institution_is_wanted_but_never_enforced(
    consortium: TemplateVersion, elder_care_institution: Institution, elder_care_clerk: User, medical_clerk: User
) -> None:
    load_scheme_files([scheme for scheme in read_schemes() if scheme.body.region == "330600"])
    hospital = factories.HospitalFactory.create(region=elder_care_institution.region)
    row = complete_draft(elder_care_institution, hospital, consortium, by=elder_care_clerk)

    def told() -> list[Finding]:
        return [each for each in findings(row) if "基层医疗卫生机构签约" in each.text]

    wanted = f"本地要求每家养老机构至少与 1 家基层医疗卫生机构签约，{HOME}目前还没有。"
    assert told() == [Finding(wanted, "partner")]
    primary = medical_clerk.memberships.get().institution
    assert primary is not None
    other = complete_draft(elder_care_institution, primary, consortium, by=elder_care_clerk)
    assert told(), "a draft is no agreement"
    assert not [each for each in findings(other) if "基层医疗卫生机构签约" in each.text]
    agreed(other, drafter=elder_care_clerk, answerer=medical_clerk)
    assert told() == []


def test_the_agreement_itself_is_no_other_one(
    consortium: TemplateVersion, elder_care_institution: Institution, elder_care_clerk: User
) -> None:
    load_scheme_files([scheme for scheme in read_schemes() if scheme.body.region == "330600"])
    hospital = factories.HospitalFactory.create(region=elder_care_institution.region)
    clerk = factories.MembershipFactory.create(institution=hospital).user
    row = complete_draft(elder_care_institution, hospital, consortium, by=elder_care_clerk)
    running = in_force(row, drafter=elder_care_clerk, answerer=clerk)
    hospital.medical_profile.is_primary = True
    hospital.medical_profile.save()
    running.medical = factories.HospitalFactory.create(region=elder_care_institution.region)
    assert [each for each in findings(running) if "基层医疗卫生机构签约" in each.text]


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_new_draft_is_its_institutions(is_demo: bool, medical_institution: Institution, medical_clerk: User) -> None:
    Institution.objects.filter(pk=medical_institution.pk).update(is_demo=is_demo)
    medical_institution.refresh_from_db()
    row = Agreement.objects.get(pk=start_draft(medical_institution, by=medical_clerk).pk)
    assert (row.drafted_by, row.medical, row.elder_care) == (medical_institution, medical_institution, None)
    assert (row.created_by, row.region, row.is_demo) == (medical_clerk, medical_institution.region, is_demo)
    assert (row.state, row.revision, row.answers, row.contacts) == (Agreement.State.DRAFT, 0, {}, {})
