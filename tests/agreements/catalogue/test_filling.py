"""Values go into their places and nowhere else; nothing in a value is ever read as a placeholder or as markup."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agreements.catalogue.reader import read_templates
from agreements.text.filling import FilledText, Run, Value, fill, printed_value
from agreements.text.schema import Blank, BlankKind, TemplateBody
from tests.agreements.catalogue.test_new_region import MADE_UP
from tests.proving import examples

BODIES = [template.body for template in (*read_templates(), *read_templates(MADE_UP))]
BY_SLUG = {template.slug: template for template in BODIES}
HOSTILE = ["<script>alert(1)</script>", "{{ 7*7 }}", "{x}", "{term_years}", "{annual_fee.capitals}", r"\1 \g<0>", "%s"]
words = st.one_of(
    st.sampled_from([*HOSTILE, "堃喆昇祎赟䶮𠅤", "越城区福星养老院"]),
    st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=60),
)


def value_for(blank: Blank) -> st.SearchStrategy[Value]:
    low, high = blank.minimum or 0, blank.maximum or 0
    match blank.kind:
        case BlankKind.INTEGER:
            return st.integers(low, high)
        case BlankKind.MONEY:
            return st.decimals(low, high, places=2, allow_nan=False)
        case BlankKind.CHOICE:
            return st.sampled_from(blank.choices)
        case BlankKind.DATE | BlankKind.SIGNING_DATE:
            return st.dates(date(2000, 1, 1), date(2099, 12, 31))
        case _:
            return words


@st.composite
def partly_filled(draw: st.DrawFn) -> tuple[TemplateBody, dict[str, Value]]:
    body = draw(st.sampled_from(BODIES))
    chosen = draw(st.sets(st.sampled_from([blank.id for blank in body.blanks])))
    return body, {name: draw(value_for(body.blank(name))) for name in sorted(chosen)}


def emptied(run: Run, body: TemplateBody) -> str:
    return body.blank(run.blank).printed if run.filled else run.text


@settings(max_examples=examples(150), deadline=None)
@given(partly_filled())
def test_taking_the_values_out_again_leaves_the_blank_text(case: tuple[TemplateBody, dict[str, Value]]) -> None:
    body, values = case
    filled = fill(body, values)
    lines = [line.label + "".join(emptied(run, body) for run in line.runs) for line in filled.all_lines()]
    assert "\n".join(lines) == fill(body, {}).plain


@settings(max_examples=examples(100), deadline=None)
@given(partly_filled())
def test_each_value_is_printed_as_itself_at_its_blank(case: tuple[TemplateBody, dict[str, Value]]) -> None:
    body, values = case
    runs = [run for line in fill(body, values).all_lines() for run in line.runs if run.filled]
    assert {run.blank for run in runs} == set(values)
    for run in runs:
        blank = body.blank(run.blank)
        in_words = blank.kind is BlankKind.MONEY and run.text.startswith("人民币")
        assert in_words or run.text == printed_value(blank, values[run.blank])


@settings(max_examples=examples(50), deadline=None)
@given(partly_filled())
def test_a_filled_text_survives_json(case: tuple[TemplateBody, dict[str, Value]]) -> None:
    filled = fill(*case)
    again = FilledText.from_json(filled.to_json())
    assert again == filled
    assert again.digest == filled.digest


@pytest.mark.parametrize("value", HOSTILE)
def test_what_looks_like_code_stays_literal(value: str) -> None:
    text = fill(BY_SLUG["hunan-2020"], {"other_services": value, "term_years": 3}).plain
    assert f"5. 其他经双方协议需甲方提供的健康服务：{value}。" in text
    assert "合作期限为3年" in text


def test_an_optional_clause_prints_its_colon_only_when_filled() -> None:
    assert "5. 其他经双方协议需甲方提供的健康服务。" in fill(BY_SLUG["hunan-2020"], {}).plain


def test_money_is_printed_in_figures_and_capitals_where_the_template_asks() -> None:
    text = fill(BY_SLUG["taihe-2021"], {"annual_fee": Decimal("12000")}).plain
    assert "签约服务费人民币12,000.00元（大写：人民币壹万贰仟元整）" in text
    plain = fill(BY_SLUG["shaoxing-2024-consortium"], {"annual_fee": Decimal("12000")}).plain
    assert "健康服务费合计人民币 12,000.00 元。" in plain
    assert "壹万" not in plain


def test_a_date_range_is_printed_as_two_dates() -> None:
    values: dict[str, Value] = {"valid_from": date(2026, 11, 22), "valid_to": date(2028, 11, 21)}
    text = fill(BY_SLUG["shaoxing-2024-consortium"], values).plain
    assert "有效期为2026年11月22日至2028年11月21日。" in text


def test_another_value_gives_another_digest() -> None:
    body = BY_SLUG["hunan-2020"]
    digests = {fill(body, {"term_years": years}).digest for years in (1, 2, 3)} | {fill(body, {}).digest}
    assert len(digests) == 4
