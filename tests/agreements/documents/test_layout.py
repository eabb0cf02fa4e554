"""The layout goes by what a stretch of the text is, never by what its characters look like."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agreements.documents.layout import SHORT, Line, Piece, body_html, laid_line
from agreements.documents.press import copies_of
from agreements.text.filling import FilledLine, Run, Value, fill, fill_block
from agreements.text.schema import Blank, BlankKind, Block, BlockKind, SignatureLine, SignatureParty
from chinese.dates import cn_day
from tests.agreements.documents import papers
from tests.proving import examples

DAY = "2026年11月22日"
TEXTS = [kind for kind in BlankKind if not kind.is_day]


def laid(*runs: Run, kind: str = "paragraph", label: str = "") -> Line:
    return laid_line(FilledLine("l", kind, label, runs))


@pytest.mark.parametrize("kind", [BlankKind.DATE, BlankKind.SIGNING_DATE])
@pytest.mark.parametrize("text", [DAY, f"自{DAY}起"])
def test_a_day_is_kept_together(kind: BlankKind, text: str) -> None:
    assert laid(Run(text, "day", kind, filled=True)).pieces == (Piece("filled together", text),)


@pytest.mark.parametrize("kind", TEXTS)
def test_what_merely_looks_like_a_day_may_be_broken(kind: BlankKind) -> None:
    assert laid(Run(DAY, "remark", kind, filled=True)).pieces == (Piece("filled", DAY),)


@settings(max_examples=examples(150), deadline=None)
@given(st.sampled_from(TEXTS), st.one_of(st.dates().map(cn_day), st.text(min_size=1)))
def test_of_other_values_only_the_short_are_kept_together(kind: BlankKind, text: str) -> None:
    [piece] = laid(Run(text, "remark", kind, filled=True)).pieces
    assert ("together" in piece.kind) is (len(text) <= SHORT)


@pytest.mark.parametrize("text", ["自行协商。", "签约服务。其他。", DAY + "。"])
@pytest.mark.parametrize("label", ["一、", "第一条", "（一）", "1. ", ""])
def test_an_early_stop_makes_no_heading(label: str, text: str) -> None:
    found = laid_line(fill_block(Block("c", BlockKind.CLAUSE, f"{text}双方另行约定。", label=label), {}, {}))
    assert found.outline == ""
    assert found.html == f'<p class="clause">{label}{text}双方另行<span class="together">约定。</span></p>'


def test_the_heading_that_the_template_names_is_set_apart_and_bookmarked() -> None:
    clause = Block("c", BlockKind.CLAUSE, "每月{n}次，由甲方。", label="（一）", heading="巡诊：定期，不限于此。")
    found = laid_line(fill_block(clause, {"n": Blank("n", BlankKind.INTEGER, "几次？")}, {"n": 3}))
    assert found.outline == "（一）巡诊：定期，不限于此"
    assert found.html == (
        '<p class="clause" data-outline="（一）巡诊：定期，不限于此">'
        '<span class="head">（一）巡诊：定期，不限于此。</span>'
        '每月<span class="filled together"> 3 </span>次，由<span class="together">甲方。</span></p>'
    )


@pytest.mark.parametrize("value", ["此处加盖公章", "签章处", "（盖章）："])
def test_a_value_that_speaks_of_seals_moves_none(value: str) -> None:
    lines = (
        SignatureLine("甲方", "（盖章）："),
        SignatureLine("备注：{other_services}"),
        SignatureLine("{signing_date}"),
    )
    assert sealed_lines(lines, {"other_services": value}) == ["甲方（盖章）："]


@pytest.mark.parametrize(("seal_line", "words"), [(1, "甲方："), (2, "(签章)(盖章)"), (3, "代表人：(签名)")])
def test_the_seal_goes_where_the_template_says(seal_line: int, words: str) -> None:
    lines = tuple(map(SignatureLine, ("甲方：", "(签章)(盖章)", "代表人：(签名)")))
    assert sealed_lines(lines, {}, seal_line=seal_line) == [words]


def test_a_party_without_a_seal_has_no_line_for_one() -> None:
    assert sealed_lines((SignatureLine("甲方（盖章）："),), {}, seal=False) == []


def test_only_what_the_template_calls_a_prompt_is_kept_together() -> None:
    lines = (SignatureLine("代表", "（签字）："), SignatureLine("代表（签字）："))
    html = signature_html(lines, {})
    prompt = '<span class="together">（签字）：</span>'
    assert f'<p class="signature takes-seal together">代表{prompt}<span class="pen"' in html
    assert '<p class="signature together">代表（签字）：</p>' in html


def test_room_before_the_year_is_left_for_a_day_only() -> None:
    def rooms(kind: BlankKind) -> int:
        return sum(piece.kind == "room" for piece in laid(Run("年  月", "x", kind)).pieces)

    assert (rooms(BlankKind.SIGNING_DATE), rooms(BlankKind.DATE), rooms(BlankKind.TEXT)) == (2, 2, 1)


@pytest.mark.parametrize("slug", sorted(papers.bodies()))
def test_where_a_text_asks_for_a_seal_there_it_goes(slug: str) -> None:
    html = body_html(papers.template_paper(slug, is_filled=True))
    sealed = papers.bodies()[slug].signature.parties[0].seal
    found = re.findall('<p class="signature takes-seal(?: together)?">(.*?)</p>', html)
    assert len(found) == (2 if sealed else 0)
    assert all("章" in line for line in found)


def signature_html(lines: tuple[SignatureLine, ...], values: dict[str, Value], **of_party: bool | int) -> str:
    body = papers.bodies()["hunan-2020"]
    first = SignatureParty("medical", lines, **{"seal": True, **of_party})  # type: ignore[arg-type]  # one bool, one int
    block = replace(body.signature, parties=(first,), shared_lines=())
    return body_html(papers.paper(fill(replace(body, signature=block), values)))


def sealed_lines(lines: tuple[SignatureLine, ...], values: dict[str, Value], **of_party: bool | int) -> list[str]:
    found = re.findall(
        '<p class="signature takes-seal(?: together)?">(.*?)</p>', signature_html(lines, values, **of_party)
    )
    return [re.sub("<[^>]*>", "", line) for line in found]


def test_a_witness_has_room_for_a_seal_too() -> None:
    body = papers.bodies()["hunan-2020"]
    lines = (SignatureLine("见证方", "（盖章）："), *body.signature.shared_lines)
    block = replace(body.signature, shared_lines=lines, shared_seal_line=1)
    made = copies_of(papers.paper(fill(replace(body, signature=block), {})))
    [whole] = [area for area in made.areas if area.role == "" and area.kind == "block"]
    [seal] = [area for area in made.areas if area.role == "" and area.kind == "seal"]
    assert whole.height >= 44
    assert seal.left + 42 <= 184
    others = [area for area in made.areas if area.kind == "seal" and area.role]
    assert all(seal.top >= other.top + 42 for other in others if other.page == seal.page)
