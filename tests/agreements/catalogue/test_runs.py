"""Every stretch of a filled text says what it is: the template's words, or which blank of which kind, filled or not."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from agreements.text.filling import FilledLine, FilledText, Run, Value, Words, fill, fill_block
from agreements.text.schema import Blank, BlankKind, Block, BlockKind, SignatureLine, TemplateBody
from tests.agreements.catalogue.test_filling import BY_SLUG
from tests.agreements.documents.papers import sample_values


def runs_of(text: FilledText) -> list[Run]:
    return [run for line in text.all_lines() for run in line.runs]


def in_blank(body: TemplateBody, values: dict[str, Value], name: str) -> list[Run]:
    return [run for run in runs_of(fill(body, values)) if run.blank == name]


@pytest.mark.parametrize("slug", sorted(BY_SLUG))
@pytest.mark.parametrize("is_filled", [True, False])
def test_each_blank_keeps_its_kind_filled_or_empty(slug: str, *, is_filled: bool) -> None:
    body = BY_SLUG[slug]
    values = dict(sample_values(body)) if is_filled else {}
    for run in runs_of(fill(body, values)):
        assert run.kind is (body.blank(run.blank).kind if run.blank else None)
        assert run.filled is (run.blank in values)


def test_money_is_money_in_figures_and_in_capitals() -> None:
    figures, capitals = in_blank(BY_SLUG["taihe-2021"], {"annual_fee": Decimal("16409.02")}, "annual_fee")
    assert (figures.text, figures.kind) == ("16,409.02", BlankKind.MONEY)
    assert (capitals.text, capitals.kind) == ("人民币壹万陆仟肆佰零玖元零贰分", BlankKind.MONEY)


def test_money_without_a_value_is_an_empty_blank_twice() -> None:
    empty = in_blank(BY_SLUG["taihe-2021"], {}, "annual_fee")
    assert [(run.kind, run.filled) for run in empty] == [(BlankKind.MONEY, False)] * 2


def test_a_day_is_known_by_its_kind_and_not_by_its_look() -> None:
    [day] = in_blank(BY_SLUG["shaoxing-2024-consortium"], {"valid_from": date(2026, 11, 22)}, "valid_from")
    [words] = in_blank(BY_SLUG["supplement"], {"main_title": "2026年11月22日"}, "main_title")
    assert day.text == words.text
    assert (day.is_day, words.is_day) == (True, False)


@pytest.mark.parametrize("value", [None, date(2026, 11, 22)])
def test_a_signing_day_is_a_day_before_it_is_written_and_after(value: date | None) -> None:
    values: dict[str, Value] = {"signing_date": value} if value else {}
    [run] = in_blank(BY_SLUG["hunan-2020"], values, "signing_date")
    assert (run.kind, run.is_day, run.filled) == (BlankKind.SIGNING_DATE, True, value is not None)


def test_a_clauses_own_heading_is_what_the_template_says() -> None:
    lines = {line.id: line for line in fill(BY_SLUG["shaoxing-2024-consortium"], {}).lines}
    assert lines["fw-1"].heading == "一、建立医疗服务站点。"
    assert lines["fw-1"].text.startswith("一、建立医疗服务站点。甲方内设医疗机构")
    assert lines["fee"].heading == ""


def test_what_looks_like_a_heading_is_none_of_its_own() -> None:
    body = BY_SLUG["supplement"]
    clause = Block("bc-2", BlockKind.CLAUSE, "其他约定。双方另行协商。", label="二、")
    line = fill(replace(body, blocks=(clause,)), {}).lines[0]
    assert line.heading == ""
    assert [run.words for run in line.runs] == [Words.PLAIN]


def test_what_a_signature_line_asks_for_is_a_run_of_its_own() -> None:
    first = fill(BY_SLUG["taihe-2021"], {}).signatures[0].lines[1]
    assert [(run.text, run.words) for run in first.runs] == [
        ("法定代表人或者授权代表", Words.PLAIN),
        ("（签字）：", Words.PROMPT),
    ]
    assert first.text == "法定代表人或者授权代表（签字）："


@pytest.mark.parametrize("slug", sorted(BY_SLUG))
def test_kinds_survive_being_stored(slug: str) -> None:
    body = BY_SLUG[slug]
    for values in ({}, sample_values(body)):
        text = fill(body, values)
        again = FilledText.from_json(json.loads(json.dumps(text.to_json())))
        assert again == text
        assert {type(run.kind) for run in runs_of(again)} == {BlankKind, type(None)}


def test_what_holds_its_default_is_not_stored() -> None:
    stored = fill(BY_SLUG["hunan-2020"], {"term_years": 3}).to_json()
    assert stored["lines"][0]["runs"] == [{"text": "医养签约合作协议书（范本）"}]
    [years] = [run for line in stored["lines"] for run in line["runs"] if run.get("blank") == "term_years"]
    assert years == {"text": "3", "blank": "term_years", "kind": "integer", "filled": True}


@pytest.mark.parametrize("stray", [{"blank": "term_years"}, {"kind": BlankKind.TEXT}])
def test_a_blank_without_a_kind_and_a_kind_without_a_blank_are_refused(stray: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="a blank has a kind"):
        Run("3", **stray)  # type: ignore[arg-type]  # one of the two, whichever


def test_a_line_is_cut_at_its_blanks_and_nowhere_else() -> None:
    blanks = {name: Blank(name, BlankKind.TEXT, "", printed="__") for name in ("a", "b")}

    def cut(text: str, **values: Value) -> list[tuple[str, str]]:
        line = fill_block(Block("x", BlockKind.CLAUSE, text), blanks, values)
        return [(run.text, run.blank) for run in line.runs]

    assert cut("{a}") == [("__", "a")]
    assert cut("{a}{b}", a="甲", b="") == [("甲", "a"), ("__", "b")]
    assert cut("由{a}与{b}。", b=0) == [("由", ""), ("__", "a"), ("与", ""), ("0", "b"), ("。", "")]
    assert cut("没有空格") == [("没有空格", "")]
    assert cut("") == []


def test_a_heading_of_several_runs_is_one() -> None:
    runs = (Run("一", words=Words.HEADING), Run("、二。", words=Words.HEADING), Run("正文。"))
    line = FilledLine("x", "clause", "第一条 ", runs)
    assert (line.heading, line.text) == ("第一条 一、二。", "第一条 一、二。正文。")
    assert FilledLine("x", "clause", "第一条 ", runs[2:]).heading == ""


@pytest.mark.parametrize("side_by_side", [True, False])
def test_the_lines_of_both_sides_and_those_that_they_share(*, side_by_side: bool) -> None:
    body = BY_SLUG["hunan-2020"]
    shared = SignatureLine("签订日期："), SignatureLine("签订地点：")
    block = replace(body.signature, shared_lines=shared, side_by_side=side_by_side)
    text = fill(replace(body, signature=block), {})
    assert text.side_by_side is side_by_side
    first, *others = block.parties
    assert [each.role for each in text.signatures] == [first.role, *(each.role for each in others), ""]
    numbered = [f"signature-{first.role}-{number}" for number in range(1, len(first.lines) + 1)]
    assert [line.id for line in text.signatures[0].lines] == numbered
    last = text.signatures[-1]
    assert (last.seal, last.seal_line) == (False, 1)
    assert [(line.id, line.kind, line.label, line.text) for line in last.lines] == [
        ("signature-shared-1", "signature", "", "签订日期："),
        ("signature-shared-2", "signature", "", "签订地点："),
    ]


def test_what_is_stored_is_plain_json_without_defaults() -> None:
    text = fill(BY_SLUG["taihe-2021"], {"annual_fee": Decimal("1")}).to_json()
    kinds = {
        type(run[name]) for line in text["lines"] for run in line["runs"] for name in ("kind", "words") if name in run
    }
    assert kinds == {str}
    blank = next(run for line in text["lines"] for run in line["runs"] if run.get("blank") == "annual_fee")
    assert blank == {"text": "1.00", "blank": "annual_fee", "kind": "money", "filled": True}
    assert {"text": "（签字）：", "words": "prompt"} in text["signatures"][0]["lines"][1]["runs"]
