"""The institution register as a person reads it."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from institutions.models import Institution
from tests import factories


@pytest.fixture
def at_home(client: Client, elder_care_clerk: User) -> Client:
    client.force_login(elder_care_clerk)
    return client


def found(client: Client, **asked: str) -> set[str]:
    response = client.get(reverse("institution-list"), asked)
    assert response.status_code == 200
    return {row.institution.name for row in response.context["rows"]}


def test_own_institution_stands_first(at_home: Client, elder_care_institution: Institution) -> None:
    response = at_home.get(reverse("institution-list"))
    assert list(response.context["own"]) == [elder_care_institution]


def test_search_and_filters(
    at_home: Client, medical_institution: Institution, elder_care_institution: Institution
) -> None:
    assert found(at_home, q="塔山") == {medical_institution.name}
    assert found(at_home, q=medical_institution.uscc) == {medical_institution.name}
    assert found(at_home, role="elder_care") == {elder_care_institution.name}
    assert found(at_home, region="绍兴") == {medical_institution.name, elder_care_institution.name}
    assert found(at_home, region="43") == found(at_home, region="没有这个地方") == set()


def test_a_closed_institution_is_seen_by_its_own_people_only(
    client: Client, at_home: Client, elder_care_institution: Institution, stranger: User
) -> None:
    elder_care_institution.status = Institution.Status.CLOSED
    elder_care_institution.save(update_fields=["status"])
    url = reverse("institution-detail", args=[elder_care_institution.pk])
    assert "已关闭" in at_home.get(url).content.decode()
    client.force_login(stranger)
    assert client.get(url).status_code == 404


def test_a_page_says_what_speaks_against_signing(at_home: Client) -> None:
    expired = factories.ExpiredLicenceMedicalFactory.create()
    page = at_home.get(reverse("institution-detail", args=[expired.pk])).content.decode()
    assert "到期，续期后才能签约" in page
    # What blocks is red; what is only worth a look is not.
    blocking = re.search(r'<div class="alert alert-(\w+)"[^>]*>(?:(?!<div).)*?续期后才能签约', page, re.DOTALL)
    assert blocking is not None
    assert blocking[1] == "danger"


def test_institutions_without_a_code_of_their_own(at_home: Client) -> None:
    codeless = factories.CodelessElderCareFactory.create()
    page = at_home.get(reverse("institution-detail", args=[codeless.pk])).content.decode()
    assert "没有自己的代码" in page
    assert codeless.operator_name in page


def test_someone_without_an_institution_is_told_whom_to_ask(client: Client, nobodys_user: User) -> None:
    client.force_login(nobodys_user)
    assert "请联系本机构管理员授予职责" in client.get(reverse("institution-list")).content.decode()
