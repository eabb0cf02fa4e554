"""Changing facts by the pages: who may change what, doubts, two editors at once, and what the log says."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.log import history
from institutions import events
from institutions.models import Authority, ElderCareProfile, Institution
from institutions.uscc import compose_uscc
from tests import factories

EDIT = "institution-edit"


def fields_of(client: Client, url: str) -> dict[str, Any]:
    """Return what the form would send as it stands, hidden fields with what was seen included."""
    facts = client.get(url).context["facts"]
    sent: dict[str, Any] = {}
    for form in facts:
        for name in form.fields:
            bound = form[name]
            value = bound.field.prepare_value(bound.value())
            if value is True:
                sent[name] = "on"
            elif value is not None and value is not False and value != "":
                sent[name] = str(value)
            sent[bound.html_initial_name] = "" if value is None else str(value)
    return sent


def names_of(client: Client, url: str) -> set[str]:
    return {name for form in client.get(url).context["facts"] for name in form.fields}


@pytest.fixture
def url(elder_care_institution: Institution) -> str:
    return reverse(EDIT, args=[elder_care_institution.pk])


def changes(institution: Institution) -> list[dict[str, Any]]:
    return [entry.data["changes"] for entry in history(institution).filter(event=events.Changed.code)]


def test_own_people_keep_their_own_facts_and_officials_all(
    client: Client, url: str, elder_care_clerk: User, health_reviewer: User, civil_affairs_officer: User
) -> None:
    client.force_login(elder_care_clerk)
    own = names_of(client, url)
    assert {"address", "phone", "beds", "own_clinic_since"} < own
    assert not own & {"uscc", "region", "kind", "filed_on", "name"}
    client.force_login(health_reviewer)
    kept = names_of(client, url)
    assert own | {"uscc", "region", "kind"} < kept | {"x"}
    assert "filed_on" not in kept  # the other bureau watches it
    client.force_login(civil_affairs_officer)
    assert names_of(client, url) == kept | {"filing_number", "filed_on", "filing_valid_to"}


def test_only_what_was_changed_is_written_and_logged(
    client: Client, url: str, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    client.force_login(elder_care_clerk)
    sent = fields_of(client, url) | {"beds": "130", "has_own_clinic": "on", "own_clinic_since": "2026-01-01"}
    assert client.post(url, sent | {"uscc": "forged", "name": "forged"}).status_code == 302
    profile = ElderCareProfile.objects.get(institution=elder_care_institution)
    assert (profile.beds, profile.has_own_clinic) == (130, True)
    assert changes(elder_care_institution) == [
        {"beds": [120, 130], "has_own_clinic": [False, True], "own_clinic_since": [None, "2026-01-01"]}
    ]
    assert client.post(url, fields_of(client, url)).status_code == 302
    assert len(changes(elder_care_institution)) == 1
    page = client.get(reverse("institution-detail", args=[elder_care_institution.pk])).content.decode()
    assert "床位数：120 → 130" in page


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({"residents_65": "79"}, "不能多于上一项的人数"),
        ({"address": ""}, "请填写地址"),
        ({"opened_on": "2026-02-30"}, "请填写存在的日期"),
        ({"opened_on": "0020-02-03"}, "年份不对"),
        ({"has_own_clinic": "on", "own_clinic_until": "2026-01-01"}, "已经停办的"),
        ({"beds": "-1"}, "不能小于 0"),
        ({"address": "胜利路𓂀号"}, "这些字打印不出来：𓂀（U+13080）。请换成常用的字、符号或拼音"),
        ({"legal_representative": "赵🙂"}, "🙂（U+1F642）"),
    ],
)
def test_what_cannot_be_is_said_at_the_field(
    client: Client, url: str, elder_care_clerk: User, entered: dict[str, str], words: str
) -> None:
    client.force_login(elder_care_clerk)
    response = client.post(url, fields_of(client, url) | entered)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_what_was_registered_before_it_was_refused_is_put_right(
    client: Client, url: str, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    Institution.objects.filter(pk=elder_care_institution.pk).update(address="胜利路𓂀号")
    client.force_login(elder_care_clerk)
    assert client.post(url, fields_of(client, url) | {"address": "胜利路 9 号"}).status_code == 302
    elder_care_institution.refresh_from_db()
    assert elder_care_institution.address == "胜利路 9 号"


def test_a_doubtful_number_needs_a_tick(
    client: Client, url: str, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    client.force_login(elder_care_clerk)
    sent = fields_of(client, url) | {"phone": "88000001"}
    asked = client.post(url, sent)
    assert asked.status_code == 422
    (doubt,) = asked.context["doubts"]
    assert "区号" in doubt
    assert client.post(url, sent | {"looked": "yes", "doubt": "another doubt"}).status_code == 422
    assert client.post(url, sent | {"looked": "yes", "doubt": doubt}).status_code == 302
    elder_care_institution.refresh_from_db()
    assert elder_care_institution.phone == "88000001"


def test_a_phone_is_kept_in_plain_digits(
    client: Client, url: str, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    client.force_login(elder_care_clerk)
    assert client.post(url, fields_of(client, url) | {"phone": "０５７５－８８００００１２"}).status_code == 302
    elder_care_institution.refresh_from_db()
    assert elder_care_institution.phone == "0575-88000012"


def test_a_code_is_checked_and_taken_once(
    client: Client, url: str, health_reviewer: User, elder_care_institution: Institution
) -> None:
    other = factories.OpenElderCareFactory.create()
    client.force_login(health_reviewer)
    for code, words in ((other.uscc, "已登记给同类别的另一家机构"), ("123", "18")):
        response = client.post(url, fields_of(client, url) | {"uscc": code})
        assert (response.status_code, words in response.content.decode()) == (422, True), code
    code = compose_uscc("12", "330602", "MB999999")
    spaced = f"{code[:8]} {code[8:].lower()}"
    assert client.post(url, fields_of(client, url) | {"uscc": spaced}).status_code == 302
    elder_care_institution.refresh_from_db()
    assert elder_care_institution.uscc == code


def test_two_editors_of_different_fields_both_save(
    client: Client, url: str, elder_care_clerk: User, health_reviewer: User, elder_care_institution: Institution
) -> None:
    client.force_login(elder_care_clerk)
    first = fields_of(client, url) | {"address": "越城区新址 2 号"}
    client.force_login(health_reviewer)
    assert client.post(url, fields_of(client, url) | {"beds": "99"}).status_code == 302
    client.force_login(elder_care_clerk)
    assert client.post(url, first).status_code == 302
    elder_care_institution.refresh_from_db()
    assert elder_care_institution.address == "越城区新址 2 号"
    assert ElderCareProfile.objects.get(institution=elder_care_institution).beds == 99


def test_the_second_editor_of_a_field_is_told_and_loses_nothing(
    client: Client, url: str, elder_care_clerk: User, colleague: User, elder_care_institution: Institution
) -> None:
    client.force_login(elder_care_clerk)
    late = fields_of(client, url) | {"beds": "130", "address": "越城区新址 2 号"}
    client.force_login(colleague)
    assert client.post(url, fields_of(client, url) | {"beds": "125", "residents": "81"}).status_code == 302
    client.force_login(elder_care_clerk)
    told = client.post(url, late)
    text = told.content.decode()
    assert told.status_code == 409
    assert "周昇改成“125”，您填的是“130”" in text
    elder_care_institution.refresh_from_db()
    assert elder_care_institution.address != "越城区新址 2 号"
    # The page holds what was entered, and of the rest what is now; saving it again is a decision.
    again = {}
    for form in told.context["facts"]:
        for name in form.fields:
            bound, seen = form[name], form.data.get(form[name].html_initial_name)
            again[name] = "" if bound.value() in (None, False) else str(bound.value())
            again[bound.html_initial_name] = "" if seen is None else str(seen)
    assert (again["beds"], again["initial-beds"], again["residents"]) == ("130", "125", "81")
    assert client.post(url, {name: value for name, value in again.items() if value}).status_code == 302
    profile = ElderCareProfile.objects.get(institution=elder_care_institution)
    assert (profile.beds, profile.residents) == (130, 81)


def test_an_official_registers_one_institution(
    client: Client, civil_affairs_officer: User, civil_affairs_authority: Authority
) -> None:
    client.force_login(civil_affairs_officer)
    url = reverse("institution-add")
    assert client.get(url).context["role"] == "elder_care"
    region = civil_affairs_authority.region
    sent = fields_of(client, url) | {
        "name": "越城区新开养老院",
        "address": "越城区测试路 9 号",
        "legal_representative": "赵堃",
        "region": str(region.pk),
        "ownership": "public",
        "kind": "residential_care",
        "filing_number": "备2026-9",
        "filed_on": "2026-10-01",
    }
    refused = client.post(url, sent | {"region": str(factories.region("330604").pk)})
    assert refused.status_code == 422
    for name in ("name", "operator_name", "filing_number"):
        refused = client.post(url, sent | {name: "福𓂀"})
        assert (refused.status_code, "𓂀（U+13080）" in refused.content.decode()) == (422, True), name
    assert client.post(url, sent).status_code == 302
    added = Institution.objects.with_profiles().get(name="越城区新开养老院")
    assert (added.region, added.elder_care_profile.filing_number) == (region, "备2026-9")
    assert history(added).get().event == events.Added.code
