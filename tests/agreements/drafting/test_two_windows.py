"""One draft in two windows: nothing untouched is overwritten, and of what both changed one value is chosen."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.drafting.two_windows import as_sent, read_snapshot
from agreements.models import Agreement
from institutions.models import Institution
from tests import factories
from tests.agreements.drafting.test_wizard import fresh, post, url
from tests.agreements.making import CONTACT, save


def opened(client: Client, agreement: Agreement, step: str) -> dict[str, Any]:
    """Open a page and return what its form would send untouched."""
    form = client.get(url(agreement, step)).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


def sent_again(page: Any) -> dict[str, Any]:
    """Return what the page that came back would send, but for the choices."""
    form = page.context["form"]
    shown = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    return {**shown, "asked": [conflict.name for conflict in page.context["conflicts"]]}


def test_what_each_changed_alone_is_kept_of_both(client_of_clerk: Client, draft: Agreement) -> None:
    first, second = opened(client_of_clerk, draft, "terms"), opened(client_of_clerk, draft, "terms")
    assert post(client_of_clerk, draft, "terms", **{**first, "annual_fee": "5000.00"}).status_code == 302
    later = post(client_of_clerk, draft, "terms", **{**second, "ward_rounds_per_month": "4"})
    assert later.url == url(draft, "contacts")
    saved = fresh(draft).answers
    assert (saved["annual_fee"], saved["ward_rounds_per_month"]) == ("5000.00", 4)
    told = client_of_clerk.get(later.url).content.decode()
    assert (
        "别的窗口刚改过：甲方（越城区福星养老院）每年付给乙方（越城区塔山街道社区卫生服务中心）的健康服务费是多少元？（元/年）。"
        in told
    )


@pytest.mark.parametrize(("choice", "fee"), [("mine", "7000.00"), ("theirs", "5000.00")])
def test_what_both_changed_is_chosen_with_label_and_both_values(
    choice: str, fee: str, client_of_clerk: Client, draft: Agreement
) -> None:
    first, second = opened(client_of_clerk, draft, "terms"), opened(client_of_clerk, draft, "terms")
    post(client_of_clerk, draft, "terms", **{**first, "annual_fee": "5000", "valid_to": "2099-11-30"})
    page = post(client_of_clerk, draft, "terms", **{**second, "annual_fee": "7000", "ward_round_doctors": "5"})
    assert page.status_code == 409
    [conflict] = page.context["conflicts"]
    assert (conflict.label, conflict.mine, conflict.theirs) == (
        "甲方（越城区福星养老院）每年付给乙方（越城区塔山街道社区卫生服务中心）的健康服务费是多少元？（元/年）",
        "7,000.00",
        "5,000.00",
    )
    assert "用本页填写的：7,000.00" in page.content.decode()
    assert "已保存" not in re.sub(r"<[^>]+>", "", page.content.decode()).partition("起草步骤")[0]
    again = sent_again(page)
    assert post(client_of_clerk, draft, "terms", **again).status_code == 422  # nothing chosen, nothing saved
    assert fresh(draft).answers["annual_fee"] == "5000.00"
    assert post(client_of_clerk, draft, "terms", **again, **{"keep-annual_fee": choice}).status_code == 302
    saved = fresh(draft).answers
    assert (saved["annual_fee"], saved["valid_to"], saved["ward_round_doctors"]) == (fee, "2099-11-30", 5)


def test_the_same_change_in_both_is_no_conflict(client_of_clerk: Client, draft: Agreement) -> None:
    page = opened(client_of_clerk, draft, "terms")
    for _ in range(2):
        assert post(client_of_clerk, draft, "terms", **{**page, "annual_fee": "5000"}).status_code == 302


def test_partners_are_named_and_contacts_say_whose_they_are(
    client_of_clerk: Client, draft: Agreement, elder_care_clerk: User, medical_institution: Institution
) -> None:
    other, third = factories.OpenMedicalInstitutionFactory.create(), factories.OpenMedicalInstitutionFactory.create()
    page = opened(client_of_clerk, draft, "partner")
    save(draft, by=elder_care_clerk, step="partner", medical=other)
    [conflict] = post(client_of_clerk, draft, "partner", **{**page, "partner": third.pk}).context["conflicts"]
    assert (conflict.label, conflict.mine, conflict.theirs) == ("合作机构", third.name, other.name)
    page = opened(client_of_clerk, draft, "contacts")
    contacts = {"elder_care": {**CONTACT, "contact_name": "周昇"}}
    save(fresh(draft), by=elder_care_clerk, step="contacts", contacts=contacts)
    [conflict] = post(client_of_clerk, draft, "contacts", **{**page, "elder_care-contact_name": "沈祎"}).context[
        "conflicts"
    ]
    assert (conflict.label, conflict.theirs) == (f"{draft.elder_care}的经办联系人", "周昇")


@pytest.mark.parametrize("crooked", ["", "[]", "null", "{", "[" * 20000, '{"annual_fee": {"a": 1}}'])
def test_a_page_that_does_not_say_what_it_showed_overwrites_nothing(
    crooked: str, client_of_clerk: Client, draft: Agreement
) -> None:
    page = opened(client_of_clerk, draft, "terms")
    post(client_of_clerk, draft, "terms", **{**page, "annual_fee": "5000"})
    answer = post(client_of_clerk, draft, "terms", **{**page, "opened": crooked})
    assert (answer.status_code, [each.name for each in answer.context["conflicts"]]) == (409, ["annual_fee"])
    assert fresh(draft).answers["annual_fee"] == "5000.00"
    assert isinstance(read_snapshot(crooked), dict)


@pytest.mark.parametrize("spelled", ["\ud800", "\0"], ids=ascii)
@pytest.mark.parametrize("choice", ["", "theirs"])
def test_what_is_no_text_is_told_however_it_is_spelled(
    spelled: str, choice: str, client_of_clerk: Client, draft: Agreement
) -> None:
    """In JSON such a sign is six harmless letters, which the request's own guard lets pass."""
    page, name = opened(client_of_clerk, draft, "contacts"), "elder_care-contact_name"
    sent = {**page, "opened": json.dumps({name: spelled}), "asked": [name], f"keep-{name}": choice}
    answer = post(client_of_clerk, draft, "contacts", **sent)
    assert answer.status_code == 422
    assert fresh(draft).contacts == draft.contacts


def test_a_draft_that_was_sent_meanwhile_takes_nothing(
    client_of_clerk: Client, draft: Agreement, elder_care_clerk: User
) -> None:
    page = opened(client_of_clerk, draft, "terms")
    client_of_clerk.post(reverse("agreement-send", args=[draft.number]), {"revision": draft.revision})
    assert post(client_of_clerk, draft, "terms", **{**page, "annual_fee": "5000"}).status_code == 409
    assert fresh(draft).answers["annual_fee"] == "12000.00"


@pytest.mark.parametrize("step", ["partner", "terms", "contacts"])
def test_a_page_sent_untouched_counts_as_untouched(step: str, client_of_clerk: Client, draft: Agreement) -> None:
    form = client_of_clerk.get(url(draft, step)).context["form"]
    shown = read_snapshot(form["opened"].value())
    assert {name: as_sent(form[name].value()) for name in form.asked_fields} == {
        name: shown[name] for name in form.asked_fields
    }
