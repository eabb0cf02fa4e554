"""By which names an agreement is found: as registered, as they were, as frozen; noted whatever writes."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement
from filing.models import Filing
from institutions.lifecycle import correct_name, rename
from institutions.models import Institution, Role
from tests import factories
from tests.agreements.making import agreed

pytestmark = pytest.mark.django_db


def found(text: str, *, is_wide: bool = False) -> list[Agreement]:
    return list(Agreement.objects.search(text, is_wide=is_wide))


def names_of(agreement: Agreement) -> list[str]:
    return sorted(Agreement.objects.values_list("names", flat=True).get(pk=agreement.pk).split("\n"))


def home_of(agreement: Agreement) -> QuerySet[Institution]:
    return Institution.objects.filter(agreements_as_elder_care=agreement)


@pytest.fixture
def named(draft: Agreement) -> Agreement:
    """A draft between 越城区福星养老院 and 镜湖社区卫生服务中心."""
    assert draft.medical is not None
    assert draft.elder_care is not None
    Institution.objects.filter(pk=draft.elder_care.pk).update(name="越城区福星养老院")
    Institution.objects.filter(pk=draft.medical.pk).update(name="镜湖社区卫生服务中心")
    return Agreement.objects.with_parties().get(pk=draft.pk)


@pytest.mark.parametrize("is_wide", [False, True])
def test_every_word_is_looked_for_among_the_names_of_both(named: Agreement, *, is_wide: bool) -> None:
    for text in ("福星", "镜湖", "星", "社区卫生服务中心", "福星 养老", "养老院 镜湖", "福星养老院 卫生服务"):
        assert found(text, is_wide=is_wide) == [named], text
    for text in ("福养", "星福", "院镜", "福星 医院", "%", "_", "\\", "'; --", "😀"):
        assert found(text, is_wide=is_wide) == [], text


@pytest.mark.parametrize("is_wide", [False, True])
def test_number_and_code_are_found_beside_the_names(named: Agreement, *, is_wide: bool) -> None:
    home_of(named).update(uscc="91330602MA3306028K", name="福星2026养老院")
    for text in (named.number, named.number.lower(), named.number[2:], "91330602ma", "9133 0602-MA", "2026养"):
        assert found(text, is_wide=is_wide) == [named], text
    assert found(named.number[4:], is_wide=is_wide) == ([] if is_wide else [named])
    assert found("91330603", is_wide=is_wide) == []


def test_a_code_that_many_have_is_looked_for_row_by_row(named: Agreement, monkeypatch: pytest.MonkeyPatch) -> None:
    home_of(named).update(uscc="91330602MA3306028K")
    monkeypatch.setattr("agreements.models.agreement.MOST_HOLDERS", 0)
    assert found("9133", is_wide=True) == found("9133") == [named]


def test_a_renaming_and_a_correction_take_the_agreements_along(named: Agreement, health_reviewer: User) -> None:
    clinic = named.medical
    assert clinic is not None
    clinic = rename(clinic, by=health_reviewer, to="城南长乐医院", on=factories.today(), reason="更名")
    assert found("镜湖") == found("长乐") == [named]
    correct_name(clinic, by=health_reviewer, to="城南常乐医院")
    assert (found("镜湖"), found("常乐"), found("长乐")) == ([named], [named], [])


def test_a_name_that_only_the_frozen_text_has_is_found_by_a_province_too(
    named: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = agreed(named, drafter=elder_care_clerk, answerer=medical_clerk)
    home_of(row).update(name="城南常乐养老院")
    for is_wide in (False, True):
        assert found("福星", is_wide=is_wide) == found("常乐", is_wide=is_wide) == [row]
    lifecycle.withdraw(row, by=elder_care_clerk, reason="重新商量。")
    assert (found("福星", is_wide=True), found("常乐", is_wide=True)) == ([], [row]), "a voided text is nobody's"


def by_a_whole_row(row: Agreement, other: Institution) -> None:
    row.medical = other
    row.save()


def by_a_query(row: Agreement, other: Institution) -> None:
    Agreement.objects.filter(pk=row.pk).update(medical=other)


def by_many_rows(row: Agreement, other: Institution) -> None:
    row.medical = other
    Agreement.objects.bulk_update([row], ["medical"])


def by_sql(row: Agreement, other: Institution) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE agreements_agreement SET medical_id = %s WHERE id = %s", [other.pk, row.pk])


@pytest.mark.parametrize("way", [by_a_whole_row, by_a_query, by_many_rows, by_sql])
def test_whatever_writes_a_partner_the_names_follow(
    named: Agreement, way: Callable[[Agreement, Institution], None]
) -> None:
    way(named, factories.OpenMedicalInstitutionFactory.create(name="ＡＢ·鉴湖医院"))
    assert names_of(named) == ["ab·鉴湖医院", "越城区福星养老院"]


def test_nobody_writes_names_otherwise(named: Agreement) -> None:
    before = names_of(named)
    Agreement.objects.filter(pk=named.pk).update(names="麓山医院")
    assert names_of(named) == before
    named.refresh_from_db()
    named.names = ""
    named.save()
    assert names_of(named) == before
    copy = Agreement.objects.get(pk=named.pk)
    copy.pk, copy.number, copy.names = None, f"{named.number}9", "麓山医院"
    Agreement.objects.bulk_create([copy])
    assert [names_of(row) for row in Agreement.objects.all()] == [before, before]


def test_a_search_goes_by_the_index_of_names(named: Agreement) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for text in ("福星", "星", "福星养老院 卫生"):
        assert "agreement_names" in Agreement.objects.search(text, is_wide=True).order_by().explain(), text


@pytest.mark.parametrize("most", [0, 3_000])
def test_filings_are_found_by_the_names_of_their_agreements_and_by_their_numbers(
    accepted: Filing, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Of few agreements by these, of many row by row."""
    monkeypatch.setattr("filing.models.filing.MOST_FOUND", most)
    every = Filing.objects.filter(agreement=accepted.agreement)
    for text in (accepted.agreement.party_name(role) for role in Role):
        for among in (None, Agreement.objects.all()):
            assert set(Filing.objects.search(text[:2], among=among)) == set(every)
            assert list(Filing.objects.search(accepted.number[:6], among=among)) == [accepted]
            assert not Filing.objects.search("麓山", among=among)
