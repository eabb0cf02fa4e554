"""Search over 100,000 institutions: right rows, literal wildcards, and no sequential scan (by EXPLAIN)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import Collate
from pytest_django import DjangoDbBlocker

from accounts.models import User
from database.roles import become_application, become_owner
from institutions.models import Institution, InstitutionQuerySet, Role
from tests import factories
from tests.institutions import crowd
from tests.proving import rows as proved_rows

PAGE = 20
ALL = 100_000
TEXTS = [
    pytest.param("福星", id="two characters"),
    pytest.param("堃", id="one rare character"),
    pytest.param("院", id="one character that most names have"),
    pytest.param("养老院", id="three characters"),
    pytest.param("社区卫生服务中心", id="eight characters"),
    pytest.param("长沙 夕阳", id="two words"),
    pytest.param("没有", id="no such name"),
    pytest.param("100%", id="a literal percent sign"),
    pytest.param("百_岁", id="a literal underscore"),
    pytest.param("5233", id="four characters of a code"),
    pytest.param("52330007", id="eight characters of a code"),
    pytest.param("52 330007", id="a code typed with a space"),
]


@pytest.fixture(scope="module")
def rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[crowd.Row]]:
    """The crowd, loaded once for the module and rolled back after it."""
    made = crowd.make_rows(proved_rows(ALL))
    become_owner()  # whose alone the planner's statistics are
    with django_db_blocker.unblock(), transaction.atomic():
        crowd.copy_in(made)
        if len(made) < ALL:
            # Of so few rows all are read as fast; what is asked then is whether an index can serve at all.
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
        yield made
        transaction.set_rollback(True)
    become_application()


def page(text: str, order: str | Collate = "name") -> InstitutionQuerySet:
    """The query of every list and of the wizard's partner step."""
    found: InstitutionQuerySet = Institution.objects.search(text).open().of_role(Role.ELDER_CARE)
    return found.order_by(order, "id")[:PAGE]


def scans(queryset: InstitutionQuerySet) -> set[str]:
    """The kinds of access to the table and its indexes in the plan that PostgreSQL chooses."""

    def walk(node: dict[str, Any]) -> Iterator[str]:
        if "Scan" in node["Node Type"]:
            yield node["Node Type"]
        for child in node.get("Plans", []):
            yield from walk(child)

    plan = json.loads(queryset.explain(format="json"))
    return set(walk(plan[0]["Plan"]))


def slow_search(rows: list[crowd.Row], text: str) -> list[str]:
    """The oracle: look at every row."""
    code = text.replace(" ", "")
    by_code = len(code) >= 4 and code.isascii() and code.isalnum()
    found = [
        name
        for name, uscc, role in rows
        if role == "elder_care" and (all(word in name for word in text.split()) or (by_code and uscc.startswith(code)))
    ]
    return sorted(found)[:PAGE]


@pytest.mark.parametrize("text", TEXTS)
def test_search_stays_on_indexes(rows: list[crowd.Row], text: str) -> None:
    used = scans(page(text))

    assert used
    assert "Seq Scan" not in used


@pytest.mark.parametrize("text", TEXTS)
def test_search_agrees_with_looking_at_every_row(rows: list[crowd.Row], text: str) -> None:
    # Python sorts by code point; the database's own collation may not.
    found = page(text, order=Collate("name", "C"))

    assert [institution.name for institution in found] == slow_search(rows, text)


def test_counting_two_characters_stays_on_indexes(rows: list[crowd.Row]) -> None:
    matching = Institution.objects.search("福星").open()

    assert "Seq Scan" not in scans(matching)
    assert matching.count() == sum("福星" in name for name, _, _ in rows)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_text_leaves_the_list_alone(text: str) -> None:
    made = factories.OpenElderCareFactory.create()

    assert list(Institution.objects.search(text)) == [made]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["%", "_", "\\", "'; --", "养%院", "😀", "x" * 500])
def test_special_characters_mean_themselves(text: str) -> None:
    factories.OpenElderCareFactory.create(name="福星养老院")

    assert not Institution.objects.search(text).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("喀什阿凡提·艾力养老院", ("阿凡提•艾力", "阿凡提・艾力", "凡提‧艾", "阿凡提．艾力", "阿凡提·艾")),
        ("St. Mary’s养老院", ("mary's", "MARY‘S", "ｍａｒｙ＇ｓ", "st· mary")),
        ("越城区ＡＢ12号养老院", ("ab12", "ＡＢ１２号", "Ab 养老")),
        ("越城区老年公寓", ("⽼年", "老年 公寓")),
    ],
)
def test_finds_a_name_however_it_is_typed(name: str, texts: tuple[str, ...]) -> None:
    made = factories.OpenElderCareFactory.create(name=name)
    renamed = factories.OpenElderCareFactory.create(former_names=name)
    factories.OpenElderCareFactory.create(name="别家养老院")
    for text in texts:
        assert set(Institution.objects.search(text)) == {made, renamed}, text


@pytest.mark.django_db
def test_finds_by_code_however_it_is_typed() -> None:
    made = factories.OpenElderCareFactory.create(uscc="91330602MA3306028K")

    for text in ["91330602ma3306028k", "9133 0602", "91330602-MA33"]:
        assert list(Institution.objects.search(text)) == [made]


def test_everyone_sees_open_institutions_and_their_own_in_any_state(elder_care_clerk: User) -> None:
    shut = factories.ClosedElderCareFactory.create()
    own_shut = factories.ClosedElderCareFactory.create()
    factories.MembershipFactory.create(user=elder_care_clerk, institution=own_shut)
    partner = factories.OpenMedicalInstitutionFactory.create()

    seen = set(Institution.objects.visible_to(elder_care_clerk))

    assert {own_shut, partner} < seen
    assert shut not in seen
