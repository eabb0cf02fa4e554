"""Answers are typed from the form to the page; only where they are stored they are JSON."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agreements.text.answers import from_json, to_json, values_by_blank, values_of
from agreements.text.filling import Value
from agreements.text.schema import Blank, BlankKind, TemplateBody
from tests.agreements.catalogue.test_filling import BODIES, BY_SLUG, value_for
from tests.proving import examples

ASKED = [(body, blank) for body in BODIES for blank in body.blanks if blank.is_asked]


@st.composite
def answered(draw: st.DrawFn) -> tuple[Blank, Value]:
    _, blank = draw(st.sampled_from(ASKED))
    return blank, draw(value_for(blank))


@settings(max_examples=examples(150), deadline=None)
@given(answered())
def test_an_answer_comes_back_from_storage_as_the_same_value_of_the_same_type(case: tuple[Blank, Value]) -> None:
    blank, value = case
    again = from_json(blank, json.loads(json.dumps(to_json(value))))
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize("stored", [None, ""])
@pytest.mark.parametrize("kind", list(BlankKind))
def test_nothing_stored_is_no_value(kind: BlankKind, stored: str | None) -> None:
    assert from_json(Blank("x", kind, "问？"), stored) is None


@pytest.mark.parametrize(
    ("kind", "stored"),
    [
        (BlankKind.INTEGER, "三"),
        (BlankKind.MONEY, "一万"),
        (BlankKind.DATE, "2026-02-30"),
        (BlankKind.DATE, "2026年11月22日"),
        (BlankKind.CHOICE, "政府买单"),
    ],
)
def test_what_another_template_stored_under_the_same_id_is_no_value(kind: BlankKind, stored: str) -> None:
    assert from_json(Blank("x", kind, "问？", choices=("自理",)), stored) is None


def consortium() -> TemplateBody:
    return BY_SLUG["shaoxing-2024-consortium"]


def test_only_what_is_asked_is_read_from_the_answers() -> None:
    stored = {"annual_fee": "12000.50", "valid_from": "2026-11-22", "medical_name": "别家", "of_another_template": "1"}
    found = {name: value for name, value in values_by_blank(consortium(), stored).items() if value is not None}
    assert found == {"annual_fee": Decimal("12000.50"), "valid_from": date(2026, 11, 22)}


def test_values_are_the_answers_themselves_and_the_facts_of_the_parties() -> None:
    fee, day = Decimal("12000.50"), date(2026, 11, 22)
    answers: dict[str, Value | None] = {"annual_fee": fee, "valid_from": day, "valid_to": None, "medical_fee_payer": ""}
    values = values_of(consortium(), {**answers, "medical_name": "别家"}, {"medical": {"name": "塔山社区卫生服务中心"}})
    assert values == {"annual_fee": fee, "valid_from": day, "medical_name": "塔山社区卫生服务中心"}
    assert values["annual_fee"] is fee


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (date(2026, 2, 3), "2026-02-03"),
        (Decimal("12000.5"), "12000.50"),
        (7, 7),
        (0, 0),
        ("沈祎", "沈祎"),
        ("", ""),
        (None, ""),
    ],
)
def test_what_is_stored_of_a_value(value: Value | None, stored: object) -> None:
    assert to_json(value) == stored
    assert type(to_json(value)) is type(stored)


def test_a_party_is_its_name_unless_another_fact_is_asked() -> None:
    blanks = (
        Blank("named", BlankKind.INSTITUTION, "", role="medical", fact=""),
        Blank("address", BlankKind.INSTITUTION, "", role="elder_care", fact="address"),
        Blank("unknown", BlankKind.INSTITUTION, "", role="elder_care", fact="name"),
    )
    parties = {"medical": {"name": "塔山中心", "address": "塔山路"}, "elder_care": {"address": "环城路", "name": ""}}
    assert values_of(replace(consortium(), blanks=blanks), {}, parties) == {"named": "塔山中心", "address": "环城路"}
