"""The wizard as its pages: every step forward and back, every wrong input told at its field with everything kept."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement, TemplateVersion
from institutions.models import Authority, Institution, Role
from tests import factories
from tests.agreements.making import sample_answers, save


def url(agreement: Agreement, step: str) -> str:
    return reverse("draft-step", args=[agreement.number, step])


def fresh(agreement: Agreement) -> Agreement:
    return Agreement.objects.with_parties().get(pk=agreement.pk)


def post(client: Client, agreement: Agreement, step: str, go: str = "next", **data: Any) -> Any:
    revision = data.pop("revision", fresh(agreement).revision)
    return client.post(url(agreement, step), {"revision": revision, "go": go, **data})


def meant(client: Client, agreement: Agreement, step: str, **data: Any) -> Any:
    """Send a page, and again with the tick that its oddities are meant, if it has any."""
    page = post(client, agreement, step, **data)
    if page.status_code != 422 or "doubts" not in page.context:
        return page
    return post(client, agreement, step, **data, meant=page.context["meant"])


def terms_of(agreement: Agreement, **changed: Any) -> dict[str, Any]:
    version = fresh(agreement).template_version
    assert version is not None
    return {**sample_answers(version.parsed), **changed}


def test_walks_from_start_to_check(
    client_of_clerk: Client,
    elder_care_institution: Institution,
    medical_institution: Institution,
    consortium: TemplateVersion,
    health_authority: Authority,
    civil_affairs_authority: Authority,
) -> None:
    begun = client_of_clerk.post(reverse("agreement-start"))
    agreement = Agreement.objects.get()
    assert begun["Location"] == url(agreement, "partner")
    found = client_of_clerk.get(url(agreement, "partner"), {"q": "塔山"}).content.decode()
    assert medical_institution.name in found
    assert "同一县区" in found
    assert "基层医疗卫生机构" in found
    assert post(client_of_clerk, agreement, "partner", partner=medical_institution.pk).url == url(agreement, "template")
    listed = client_of_clerk.get(url(agreement, "template")).content.decode()
    assert "养医联合体服务协议" in listed
    assert "官方文本" in listed
    assert post(client_of_clerk, agreement, "template", template_version=consortium.pk).url == url(agreement, "terms")
    proposed = client_of_clerk.get(url(agreement, "terms")).content.decode()
    assert 'value="越城区"' in proposed  # the county's name before the printed 民政局
    assert post(client_of_clerk, agreement, "terms", **terms_of(agreement)).url == url(agreement, "contacts")
    contacts = {"elder_care-signatory_name": "沈祎", "elder_care-contact_phone": "0575-88000002"}
    assert post(client_of_clerk, agreement, "contacts", **contacts).url == url(agreement, "check")
    checked = client_of_clerk.get(url(agreement, "check"))
    assert checked.context["can_send"]
    assert f'<input type="hidden" name="revision" value="{fresh(agreement).revision}">' in checked.content.decode()
    assert "disabled aria-describedby" not in checked.content.decode()
    assert "越城区福星养老院" in checked.content.decode()


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("annual_fee", "-1", "不能小于"),
        ("annual_fee", "1000000000000", "不能大于"),
        ("annual_fee", "一万", "请填写金额"),
        ("annual_fee", "1.234", "最多到分"),
        ("ward_rounds_per_month", "0", "1"),
        ("ward_rounds_per_month", "2.5", "请填写整数"),
        ("valid_to", "2098-01-01", "必须晚于开始日期"),
        ("valid_to", "2097-12-31", "必须晚于开始日期"),
        ("valid_to", "2148-01-01", "最长 20 年"),
        ("valid_to", "2099-02-30", "存在的日期"),
        ("civil_affairs_authority", "长" * 300, "300"),
        ("civil_affairs_authority", "绍兴\U0001f642", "U+1F642"),
        ("medical_fee_payer", "政府买单", "给出的选项"),
    ],
)
def test_wrong_input_is_told_at_its_field_and_kept(
    name: str, typed: str, words: str, client_of_clerk: Client, draft: Agreement
) -> None:
    before = fresh(draft)
    data = terms_of(draft, **{name: typed, "health_authority": "别处没有保存过的字"})
    page = post(client_of_clerk, draft, "terms", **data)
    assert page.status_code == 422
    assert any(words in error for error in page.context["form"].errors[name])
    body = page.content.decode()
    assert typed in body or name == "medical_fee_payer"
    assert "别处没有保存过的字" in body
    assert fresh(draft).answers == before.answers
    assert fresh(draft).revision == before.revision


@pytest.mark.parametrize("typed", ["0", "50"])
def test_term_of_zero_or_fifty_years_is_refused(
    typed: str, client_of_clerk: Client, draft: Agreement, elder_care_clerk: User, published: dict[str, TemplateVersion]
) -> None:
    hunan = save(draft, by=elder_care_clerk, step="template", template_version=published["hunan-2020"])
    page = post(client_of_clerk, hunan, "terms", **terms_of(hunan, term_years=typed))
    assert page.status_code == 422
    assert page.context["form"].errors["term_years"]


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "{{ 7*7 }}", "{annual_fee}", "=1+1", "O'Brien & “引号”"]
)
def test_markup_is_printed_literally(typed: str, client_of_clerk: Client, draft: Agreement) -> None:
    data = terms_of(draft, civil_affairs_authority=typed)
    assert meant(client_of_clerk, draft, "terms", **data).status_code == 302
    page = client_of_clerk.get(url(draft, "check"))
    assert typed in page.context["text"].plain
    assert "<script>alert" not in page.content.decode()


def test_what_is_missing_leads_to_its_step_and_keeps_it_from_being_sent(
    client_of_clerk: Client, draft: Agreement
) -> None:
    Institution.objects.filter(name=draft.party_name(Role.MEDICAL)).update(status=Institution.Status.CLOSED)
    page = client_of_clerk.get(url(draft, "check")).content.decode()
    assert re.search(rf'href="{url(draft, "partner")}(#\w+)?">去修改', page)
    assert "disabled aria-describedby" in page


def test_a_partner_that_is_refused_cannot_be_chosen(client_of_clerk: Client, draft: Agreement) -> None:
    refused = factories.SuspendedMedicalFactory.create(region=draft.region)
    page = client_of_clerk.get(url(draft, "partner")).content.decode()
    [choice] = re.findall(rf'<input[^>]*id="partner-{refused.pk}"[^>]*>', page)
    [chosen] = re.findall(rf'<input[^>]*id="partner-{draft.medical_id}"[^>]*>', page)
    assert ("disabled" in choice, "disabled" in chosen, "checked" in chosen) == (True, False, True)


def test_closed_expired_and_own_institutions_are_refused(
    client_of_clerk: Client, elder_care_institution: Institution, draft: Agreement
) -> None:
    own_clinic = factories.OpenMedicalInstitutionFactory.create(uscc=elder_care_institution.uscc)
    refused = {
        factories.ExpiredLicenceMedicalFactory.create().pk: "到期",
        factories.NoLicenceMedicalFactory.create().pk: "许可证",
        factories.SuspendedMedicalFactory.create().pk: "暂停",
        elder_care_institution.pk: "自己的机构",
        factories.OpenElderCareFactory.create().pk: "不是医疗卫生机构",
        own_clinic.pk: "同一个法人",
        0: "没有这家机构",
    }
    for partner, words in refused.items():
        page = post(client_of_clerk, draft, "partner", partner=partner)
        assert page.status_code == 422, words
        assert any(words in error for error in page.context["form"].errors["partner"]), words
    assert fresh(draft).medical_id == draft.medical_id


def test_template_of_another_region_is_refused(
    client_of_clerk: Client, draft: Agreement, published: dict[str, TemplateVersion]
) -> None:
    page = post(client_of_clerk, draft, "template", template_version=published["hunan-2020"].pk)
    assert page.status_code == 422
    assert "不适用于本县区" in page.context["form"].errors["template_version"][0]


def test_back_and_exit_save_too(client_of_clerk: Client, draft: Agreement) -> None:
    back = post(client_of_clerk, draft, "terms", go="back", **terms_of(draft, annual_fee="1.00"))
    assert back.url == url(draft, "template")
    leave = post(client_of_clerk, draft, "terms", go="exit", **terms_of(draft, annual_fee="2.00"))
    assert leave.url == reverse("agreement-detail", args=[draft.number])
    assert fresh(draft).answers["annual_fee"] == "2.00"


def test_changing_the_template_and_back_loses_no_answer(
    client_of_clerk: Client, draft: Agreement, published: dict[str, TemplateVersion], consortium: TemplateVersion
) -> None:
    before = fresh(draft).answers
    home_sickbed = published["shaoxing-2024-home-sickbed"]
    post(client_of_clerk, draft, "template", template_version=home_sickbed.pk)
    post(client_of_clerk, draft, "terms", **terms_of(draft, civil_affairs_authority=before["civil_affairs_authority"]))
    post(client_of_clerk, draft, "template", template_version=consortium.pk)
    kept = fresh(draft).answers
    assert {key: kept[key] for key in before if key != "health_authority"} == {
        key: before[key] for key in before if key != "health_authority"
    }


def test_steps_open_in_order(
    client_of_clerk: Client, elder_care_institution: Institution, elder_care_clerk: User
) -> None:
    begun = lifecycle.start_draft(elder_care_institution, by=elder_care_clerk)
    resume = reverse("draft-resume", args=[begun.number])
    for step in ("template", "terms", "contacts", "check", "nonsense"):
        assert client_of_clerk.get(url(begun, step))["Location"] == resume
    assert client_of_clerk.get(resume)["Location"] == url(begun, "partner")


def test_live_preview_shows_values_and_capitals(client_of_clerk: Client, draft: Agreement) -> None:
    before = fresh(draft)
    page = client_of_clerk.post(
        reverse("draft-live", args=[draft.number]),
        {"revision": draft.revision, **terms_of(draft, annual_fee="16409.02")},
    ).content.decode()
    assert "16,409.02" in page
    assert "人民币壹万陆仟肆佰零玖元零贰分" in page
    assert fresh(draft).answers == before.answers


def test_every_bad_input_leaves_a_draft_that_still_opens(client_of_clerk: Client, draft: Agreement) -> None:
    post(client_of_clerk, draft, "terms", **terms_of(draft, annual_fee="-1"))
    for step in ("partner", "template", "terms", "contacts", "check"):
        assert client_of_clerk.get(url(draft, step)).status_code == 200


def test_resumes_on_another_computer(draft: Agreement, colleague: User) -> None:
    other = Client()
    other.force_login(colleague)
    page = other.get(url(draft, "terms"))
    assert page.status_code == 200
    assert 'value="12000.00"' in page.content.decode()


def test_strangers_see_nothing(draft: Agreement, stranger: User, medical_clerk: User) -> None:
    for person in (stranger, medical_clerk):  # the partner sees a draft only once it is sent
        other = Client()
        other.force_login(person)
        for step in ("partner", "terms", "check"):
            assert other.get(url(draft, step)).status_code == 404
        assert post(other, draft, "contacts").status_code == 404


def test_a_sent_agreement_cannot_be_edited(client_of_clerk: Client, draft: Agreement, elder_care_clerk: User) -> None:
    lifecycle.send(draft, by=elder_care_clerk, revision=draft.revision)
    page = post(client_of_clerk, draft, "terms", **terms_of(draft, annual_fee="1.00"))
    assert page.status_code == 409
    assert "待越城区塔山街道社区卫生服务中心确认" in page.content.decode()


def test_partner_page_costs_the_same_for_one_and_for_ten(
    client_of_clerk: Client, draft: Agreement, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        factories.OpenMedicalInstitutionFactory.create()
    with django_assert_max_num_queries(40) as one_page:
        client_of_clerk.get(url(draft, "partner"))
    assert len(one_page.captured_queries) < 40
