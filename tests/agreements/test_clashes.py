"""What contradicts itself across fields: told at the field when it is saved, and again by the check."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from agreements.catalogue.checks import mistakes
from agreements.lifecycle.checking import findings
from agreements.lifecycle.clashes import Clash, clashes
from agreements.lifecycle.proposals import with_proposals
from agreements.models import Agreement, TemplateVersion
from agreements.text.contradictions import Condition, Contradiction
from agreements.text.terms import last_day_after_years
from chinese.dates import cn_day
from institutions.models import Authority, Institution, MedicalProfile
from regions.models import Region
from tests import factories
from tests.agreements.catalogue.test_filling import BODIES, BY_SLUG
from tests.agreements.drafting.test_wizard import fresh, post, terms_of, url
from tests.agreements.making import CONTACT, complete_draft, sample_answers, save

TODAY = factories.today()


@pytest.fixture
def client_of_clerk(elder_care_clerk: User) -> Client:
    client = Client()
    client.force_login(elder_care_clerk)
    return client


def found(draft: Agreement, version: TemplateVersion, values: Mapping[str, Any]) -> list[tuple[str, bool]]:
    draft.template_version = version
    return [(clash.field, clash.certain) for clash in clashes(draft, values, on=TODAY)]


ZERO, SOME = Decimal(0), Decimal(5000)


@pytest.mark.parametrize("slug", ["taihe-2021", "zhengzhou-2021"])
@pytest.mark.parametrize(
    ("fee", "mode", "stopped"),
    [
        (ZERO, "上、下半年各付一次", True),
        (ZERO, "每年一次付清", True),
        (ZERO, "无需支付", False),
        (SOME, "无需支付", True),
        (SOME, "按季度支付", False),
        (None, "无需支付", False),
        (ZERO, None, False),
    ],
)
def test_a_fee_and_how_it_is_paid(
    slug: str,
    fee: Decimal | None,
    mode: str | None,
    *,
    stopped: bool,
    draft: Agreement,
    published: dict[str, TemplateVersion],
) -> None:
    values = {"annual_fee": fee, "payment_mode": mode}
    assert found(draft, published[slug], values) == ([("payment_mode", True)] if stopped else [])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"annual_fee": ZERO}, [("annual_fee", False)]),
        ({"clinic_sessions_per_month": 2}, [("clinic_doctors", False)]),
        ({"clinic_doctors": 2}, [("clinic_sessions_per_month", False)]),
        ({"clinic_sessions_per_month": 2, "clinic_doctors": 2, "annual_fee": SOME}, []),
        ({}, []),
        ({"annual_fee": SOME, "payment_mode": "无需支付"}, []),  # another template's rule
    ],
)
def test_rules_bind_their_own_template(
    values: dict[str, Any], expected: list[tuple[str, bool]], draft: Agreement, consortium: TemplateVersion
) -> None:
    assert found(draft, consortium, values) == expected


@pytest.mark.parametrize(
    ("kind", "registered", "written", "expected"),
    [
        ("community_health_centre", 0, "三级", [True]),
        ("community_health_centre", 1, "三级", [True, False]),
        ("community_health_centre", 1, "一级", []),
        ("general_hospital", 2, "三级", [False]),
        ("general_hospital", 3, "三级", []),
        ("general_hospital", 0, "三级", []),
    ],
)
def test_a_level_against_the_register(
    kind: str,
    registered: int,
    written: str,
    expected: list[bool],
    draft: Agreement,
    published: dict[str, TemplateVersion],
) -> None:
    assert draft.medical is not None
    MedicalProfile.objects.filter(institution=draft.medical).update(kind=kind, level=registered)
    stopped = found(fresh(draft), published["zhengzhou-2021"], {"medical_level": written})
    assert stopped == [("medical_level", certain) for certain in expected]


def test_what_templates_compare_with_are_words_of_the_register() -> None:
    words = {
        "medical.kind": set(MedicalProfile.Kind.labels),
        "medical.level": set(MedicalProfile.Level.labels),
        "medical.ownership": set(Institution.Ownership.labels),
    }
    conditions = [each for body in BODIES for rule in body.contradictions for each in rule.when if each.fact]
    assert conditions
    for condition in conditions:
        assert {*condition.among, *condition.other_than} <= words[condition.fact], condition


@pytest.mark.parametrize(
    ("condition", "at", "words"),
    [
        (Condition("fee", equals=0), "annual_fee", "没有名为“fee”"),
        (Condition("annual_fee", equals=0), "medical_name", "没有名为“medical_name”"),
        (Condition("payment_mode", among=("分期",)), "annual_fee", "没有这个选项：分期"),
        (Condition("payment_mode", above=0), "annual_fee", "“payment_mode”不是数"),
        (Condition(fact="medical.level", filled=True), "annual_fee", "只能用 among、other_than"),
    ],
)
def test_a_rule_that_does_not_fit_its_template_is_named(condition: Condition, at: str, words: str) -> None:
    body = replace(BY_SLUG["taihe-2021"], contradictions=(Contradiction((condition,), at, "不对。"),))
    [(path, message)] = mistakes(body)
    assert path[:2] == ("contradictions", 0)
    assert words in message


@pytest.fixture
def elsewhere() -> Region:
    """Another county of the same city."""
    return factories.region("330603", "柯桥区")


@pytest.mark.usefixtures("civil_affairs_authority", "elsewhere")
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("越城区", None),
        ("绍兴市越城区", None),
        ("浙江省绍兴市越城区", None),
        ("越城", False),
        ("当地", False),
        ("绍兴市", False),
        ("越城区民政局", True),
        ("柯桥区", True),
        ("绍兴市柯桥区", True),
        ("越城区福星养老院", True),
    ],
)
def test_a_bureau_is_the_one_that_the_copies_go_to(
    name: str, expected: bool | None, draft: Agreement, consortium: TemplateVersion
) -> None:
    stopped = found(draft, consortium, {"civil_affairs_authority": name})
    assert stopped == ([] if expected is None else [("civil_affairs_authority", expected)])


def test_a_bureau_elsewhere_is_told_with_both_places(
    draft: Agreement, civil_affairs_authority: Authority, elsewhere: Region
) -> None:
    [clash] = clashes(draft, {"civil_affairs_authority": "柯桥区"}, on=TODAY)
    assert clash == Clash(
        "civil_affairs_authority",
        f"“柯桥区”在{elsewhere.full_name}，不是{draft.region.full_name}的主管部门。"
        f"这份协议由{civil_affairs_authority.name}备案，请改过来。",
        certain=True,
    )


@pytest.mark.usefixtures("civil_affairs_authority")
def test_a_word_that_the_text_prints_behind_the_blank_is_not_typed_again(draft: Agreement) -> None:
    [clash] = clashes(draft, {"civil_affairs_authority": "绍兴市越城区民政局"}, on=TODAY)
    assert clash.certain
    assert "“民政局”不用填" in clash.text
    assert "请只填“绍兴市越城区”" in clash.text


def test_what_is_certain_stops_the_page_at_its_field_and_the_check(
    client_of_clerk: Client, draft: Agreement, elder_care_clerk: User, published: dict[str, TemplateVersion]
) -> None:
    taihe = save(draft, by=elder_care_clerk, step="template", template_version=published["taihe-2021"])
    typed = terms_of(taihe, annual_fee="5000", payment_mode="无需支付")
    page = post(client_of_clerk, taihe, "terms", **typed)
    assert page.status_code == 422
    [words] = page.context["form"].errors["payment_mode"]
    assert "不能选“无需支付”" in words
    assert 'href="#id_payment_mode_0"' in page.content.decode()
    answers = {**sample_answers(published["taihe-2021"].parsed), "payment_mode": "无需支付"}
    saved = save(taihe, by=elder_care_clerk, step="terms", answers=answers)
    stopped = [finding for finding in findings(saved) if finding.field == "payment_mode"]
    assert [(each.text, each.blocks, each.step) for each in stopped] == [(words, True, "terms")]


def test_what_is_odd_is_asked_once_and_saved_when_it_is_meant(client_of_clerk: Client, draft: Agreement) -> None:
    typed = terms_of(draft, annual_fee="0")
    page = post(client_of_clerk, draft, "terms", **typed)
    assert (page.status_code, fresh(draft).answers["annual_fee"]) == (422, "12000.00")
    assert "已经核对，就是这样写" in page.content.decode()
    again = {**typed, "meant": page.context["meant"]}
    other = post(client_of_clerk, draft, "terms", **{**again, "clinic_doctors": ""})  # odd in another way too
    assert other.status_code == 422
    assert post(client_of_clerk, draft, "terms", **again).status_code == 302
    assert fresh(draft).answers["annual_fee"] == "0.00"
    assert post(client_of_clerk, draft, "terms", **typed).status_code == 302  # said once, not asked again
    told = [finding for finding in findings(fresh(draft)) if finding.field == "annual_fee"]
    assert [finding.blocks for finding in told] == [False]


def test_a_telephone_that_is_none_stops_the_page_and_the_check(client_of_clerk: Client, draft: Agreement) -> None:
    data = {"elder_care-signatory_name": "赵堃", "elder_care-contact_phone": "abc"}
    page = post(client_of_clerk, draft, "contacts", **data)
    assert page.status_code == 422
    assert "这不是电话号码" in page.context["form"].errors["elder_care-contact_phone"][0]
    draft.contacts = {"elder_care": {**CONTACT, "contact_phone": "abc"}}
    [stopped] = [finding for finding in findings(draft) if finding.blocks]
    assert (stopped.step, stopped.field) == ("contacts", "elder_care-contact_phone")


def test_what_must_be_given_is_marked_before_the_check(client_of_clerk: Client, draft: Agreement) -> None:
    fields = client_of_clerk.get(url(draft, "contacts")).context["form"].fields
    required = {name for name, field in fields.items() if str(field.label).endswith("（必填）")}
    assert required == {"elder_care-signatory_name", "elder_care-contact_phone"}
    others = {name for name, field in fields.items() if str(field.label).endswith("（可不填）")}
    assert required | others == set(fields) - {"revision", "opened"}


def test_the_check_lists_what_stops_first_and_leads_to_the_field(
    client_of_clerk: Client, draft: Agreement, elder_care_clerk: User
) -> None:
    answers = {**draft.answers, "clinic_doctors": "", "medical_fee_payer": ""}
    row = save(draft, by=elder_care_clerk, step="terms", answers=answers)
    row = save(row, by=elder_care_clerk, step="contacts", contacts={})
    page = client_of_clerk.get(url(row, "check"))
    stops = [finding.blocks for finding, _, _ in page.context["to_mend"]]
    assert stops == sorted(stops, reverse=True)
    assert {True, False} == set(stops)
    for anchor in ("id_medical_fee_payer_0", "id_clinic_doctors", "id_elder_care-contact_phone"):
        step = "contacts" if "phone" in anchor else "terms"
        assert f'href="{url(row, step)}#{anchor}"' in page.content.decode()
        assert f'id="{anchor}"' in client_of_clerk.get(url(row, step)).content.decode()


@pytest.mark.usefixtures("health_authority", "civil_affairs_authority")
def test_what_is_proposed_counts_as_filled_as_soon_as_it_is_known(
    client_of_clerk: Client, draft: Agreement, elder_care_clerk: User, consortium: TemplateVersion
) -> None:
    save(draft, by=elder_care_clerk, step="terms", answers={})
    assert post(client_of_clerk, draft, "template", template_version=consortium.pk).status_code == 302
    missing = {finding.field for finding in findings(fresh(draft))}
    assert "civil_affairs_authority" not in missing
    assert fresh(draft).values()["civil_affairs_authority"] == "越城区"


def test_a_partner_in_another_county_takes_its_bureaus_along(
    medical_institution: Institution,
    elder_care_institution: Institution,
    medical_clerk: User,
    consortium: TemplateVersion,
    civil_affairs_authority: Authority,
    elsewhere: Region,
) -> None:
    own = complete_draft(medical_institution, elder_care_institution, consortium, by=medical_clerk)
    own.answers = {"annual_fee": "5000.00"}
    named = with_proposals(own, consortium.parsed)
    row = save(own, by=medical_clerk, step="terms", answers=named)
    Authority.objects.create(kind=Authority.Kind.CIVIL_AFFAIRS, name="柯桥区民政局", region=elsewhere)
    partner = factories.OpenElderCareFactory.create(region=elsewhere)
    client = Client()
    client.force_login(medical_clerk)
    assert post(client, row, "partner", partner=partner.pk).status_code == 302
    saved = fresh(row)
    assert (named["civil_affairs_authority"], saved.answers["civil_affairs_authority"]) == ("越城区", "柯桥区")
    assert saved.answers["annual_fee"] == "5000.00"
    assert not [finding for finding in findings(saved) if finding.field == "civil_affairs_authority"]


def test_what_is_said_of_the_own_side_is_not_said_of_the_home(
    medical_institution: Institution,
    elder_care_institution: Institution,
    medical_clerk: User,
    consortium: TemplateVersion,
) -> None:
    own = complete_draft(medical_institution, elder_care_institution, consortium, by=medical_clerk)
    client = Client()
    client.force_login(medical_clerk)
    assert "基层医疗卫生机构" not in client.get(url(own, "partner")).content.decode().partition("<fieldset")[2]
    MedicalProfile.objects.filter(institution=medical_institution).update(is_primary=False)
    page = client.get(url(own, "partner")).content.decode()
    assert "本机构：不是基层医疗卫生机构" in page
    words = {finding.text for finding in findings(fresh(own))}
    assert "本机构：不是基层医疗卫生机构" in words
    assert f"{elder_care_institution}：不是基层医疗卫生机构" not in words


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("合作至{wrong}为止", True),
        ("合作至{right}为止", False),
        ("每周义诊一次", False),
        ("至2027年13月1日", False),
    ],
)
def test_a_free_answer_that_names_another_last_day_is_asked_about(
    draft: Agreement, published: dict[str, TemplateVersion], said: str, *, asked: bool
) -> None:
    """Three years agreed, and 至2028年1月1日 among the other services: one of the two is not meant."""
    right = last_day_after_years(TODAY, 3)
    said = said.format(right=cn_day(right), wrong=cn_day(right + timedelta(days=60)))
    clash = [("other_services", False)] if asked else []
    assert found(draft, published["hunan-2020"], {"term_years": 3, "other_services": said}) == clash


@pytest.mark.parametrize(("days", "certain"), [(-60, True), (-1, None), (20, None), (60, False)])
def test_years_that_the_last_day_cuts_short_stop_the_text(
    draft: Agreement, published: dict[str, TemplateVersion], days: int, certain: bool | None
) -> None:
    """Signing comes later than today, never earlier: too short stays too short, too long may yet come right."""
    last = last_day_after_years(TODAY, 3) + timedelta(days=days)
    body = published["hunan-2020"].parsed
    stated = replace(body, term=replace(body.term, ends_on=last.isoformat()))
    draft.template_version = TemplateVersion(template=published["hunan-2020"].template, body=stated.to_json())
    told = [(clash.field, clash.certain) for clash in clashes(draft, {"term_years": 3}, on=TODAY)]
    assert told == ([] if certain is None else [("term_years", certain)])


def test_a_last_day_that_the_text_itself_prints_and_that_is_over_leads_to_another_template(
    draft: Agreement, published: dict[str, TemplateVersion]
) -> None:
    body = published["hunan-2020"].parsed
    stated = replace(body, term=replace(body.term, ends_on=TODAY.isoformat()))
    draft.template_version = TemplateVersion(template=published["hunan-2020"].template, body=stated.to_json())
    (clash,) = clashes(draft, {"term_years": 3}, on=TODAY)
    assert (clash.field, clash.certain) == ("", True)
    assert "请改选另一份范本" in clash.text
