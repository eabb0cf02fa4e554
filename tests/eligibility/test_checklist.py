"""The checklist is the scheme's own: the annex word for word, any region by data alone, kept with the case."""

import pytest

from accounts.models import User
from agreements.lifecycle.candidates import assess
from agreements.models import Agreement
from eligibility import answering
from eligibility.checklist import Checklist, checklist_for
from eligibility.models import EligibilityCase
from institutions.models import Institution
from regions.loading import load_scheme_files
from regions.official import OFFICIAL
from regions.rules import EligibilityChecklist
from regions.scheme_files import read_schemes
from tests import factories
from tests.eligibility.conftest import InState
from verbs.errors import WrongState

ANNEX = (OFFICIAL / "zhengzhou-2021.txt").read_text(encoding="utf-8")
CONDITIONS = ANNEX[ANNEX.index("1. 机构资质") : ANNEX.index("二、监督管理")]


def zhengzhou() -> EligibilityChecklist:
    [body] = [each.body for each in read_schemes() if each.body.slug == "zhengzhou-2021"]
    [rule] = [each.rule for each in body.rules if isinstance(each.rule, EligibilityChecklist)]
    return rule


def test_zhengzhous_items_are_the_annex_word_for_word_and_in_its_order() -> None:
    left = CONDITIONS
    for item in zhengzhou().items:
        before, found, left = left.partition(item.quote)
        assert found, item.quote
        # Between two conditions stands nothing but numbers, headings and joining words.
        rest = "".join(before.split())
        assert len(rest) <= len("1.机构资质：（1）社会办一级医疗机构。"), rest
    assert not left.strip()


def test_the_numbers_are_the_sources_labels() -> None:
    numbers = [item.number for item in zhengzhou().items]
    assert numbers == ["1.（1）"] * 5 + ["1.（2）"] * 2 + ["2."] * 2 + ["3.", "4.", "5.", "5."]
    for number in dict.fromkeys(numbers):
        assert all(part in CONDITIONS for part in number.replace("（", " （").split())


def test_only_private_medical_institutions_are_asked_in_zhengzhou(medical_institution: Institution) -> None:
    scheme = [each for each in read_schemes() if each.body.slug == "zhengzhou-2021"]
    place = factories.region("410105")
    load_scheme_files(scheme)
    private = factories.OpenMedicalInstitutionFactory.create(region=place, ownership="private_for_profit")
    public = factories.OpenMedicalInstitutionFactory.create(region=place)
    home = factories.OpenElderCareFactory.create(region=place, ownership="private_nonprofit")
    found = checklist_for(private)
    assert found
    assert "社会办医疗机构参与家庭医生签约工作应符合下列条件" in found.source
    assert Checklist.from_json(found.as_json()) == found
    assert [checklist_for(each) for each in (public, home, medical_institution)] == [None, None, None]


def test_a_case_keeps_its_checklist_when_the_scheme_changes(case: EligibilityCase) -> None:
    load_scheme_files([])
    case.refresh_from_db()
    assert [item.id for item in Checklist.from_json(case.checklist).items] == ["licence", "physicians", "promise"]
    assert checklist_for(case.institution) is None


def test_who_is_asked_nothing_begins_nothing(medical_institution: Institution, medical_clerk: User) -> None:
    with pytest.raises(WrongState, match="没有要求核对资格"):
        answering.begin(medical_institution, by=medical_clerk)


def test_choosing_a_partner_says_where_the_medical_side_stands(
    in_state: InState, elder_care_institution: Institution, medical_institution: Institution, draft: Agreement
) -> None:
    case = in_state(EligibilityCase.State.SUBMITTED)
    refusals = assess(elder_care_institution, medical_institution).refusals
    assert ["目前没有有效的核对结果" in each.text for each in refusals] == [True]  # this county's scheme blocks
    EligibilityCase.objects.filter(pk=case.pk).update(
        state="confirmed",
        decided_at=case.submitted_at,
        decided_by=case.submitted_by,
        valid_from=factories.today(),
        valid_to=factories.FAR_AHEAD,
    )
    candidate = assess(elder_care_institution, medical_institution)
    assert not candidate.refusals
    assert any(each.good and "资格核对有效至2099年12月31日" in each.text for each in candidate.verdicts)


def test_zhengzhous_scheme_only_warns(db: None) -> None:
    place = factories.region("410105")
    load_scheme_files([each for each in read_schemes() if each.body.slug == "zhengzhou-2021"])
    private = factories.OpenMedicalInstitutionFactory.create(region=place, ownership="private_for_profit")
    candidate = assess(factories.OpenElderCareFactory.create(region=place), private)
    [told] = [each for each in candidate.verdicts if "核对结果" in each.text]
    assert not told.blocks
    assert not told.good
