"""An ending that the source prints after a name is taken from the name, and printed once."""

from dataclasses import replace

import pytest

from agreements.text.filling import FilledLine, FilledText, Run, fill_block
from agreements.text.schema import Blank, BlankKind, Block, BlockKind
from filing.comparison import compare, fixed_words

BLOCK = Block("p", BlockKind.PARTY, "乙方：{name}养老院（以下称乙方）")
NAME = Blank(
    "name", BlankKind.INSTITUTION, "乙方", printed="____", role="elder_care", fact="name", followed_by=("养老院",)
)
SOURCE = "乙方：____养老院（以下称乙方）"


def filled(name: str) -> FilledLine:
    return fill_block(BLOCK, {"name": NAME}, {"name": name} if name else {})


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("", SOURCE),
        ("福星养老院", "乙方：福星养老院（以下称乙方）"),
        ("福星颐养中心", "乙方：福星颐养中心（以下称乙方）"),
        ("养老院", "乙方：养老院（以下称乙方）"),
        ("养老院养老院", "乙方：养老院养老院（以下称乙方）"),  # registered so
        ("福星养老院（东院区）", "乙方：福星养老院（东院区）（以下称乙方）"),
        ("福星养老院有限公司", "乙方：福星养老院有限公司（以下称乙方）"),
        ("养老院联合社", "乙方：养老院联合社（以下称乙方）"),
    ],
)
def test_the_ending_is_printed_once(name: str, printed: str) -> None:
    assert filled(name).text == printed


@pytest.mark.parametrize(
    "name", ["", "福星养老院", "福星颐养中心", "养老院", "养老院养老院", "福星养老院（东院区）", "福星养老院有限公司"]
)
def test_with_what_was_left_out_the_line_is_the_sources(name: str) -> None:
    def as_in_the_source(line: FilledLine) -> str:
        return "".join((NAME.printed if run.blank else run.text) + run.left_out for run in line.runs)

    assert as_in_the_source(filled(name)) == SOURCE


def test_it_is_stored_with_the_text() -> None:
    text = FilledText("协议", (filled("福星颐养中心"),), side_by_side=True, signatures=())
    again = FilledText.from_json(text.to_json())
    assert again == text
    assert [run.left_out for run in again.lines[0].runs] == ["", "养老院", ""]
    plain = FilledText("协议", (filled("福星养老院"),), side_by_side=True, signatures=())
    assert "left_out" not in str(plain.to_json())


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("越城区", "报 越城区 卫生健康委（局）备案"),  # the place alone, as it is asked for
        ("越城区卫生健康委（局）", "报 越城区 卫生健康委（局）备案"),
        ("越城区卫生健康局", "报 越城区卫生健康局备案"),
        ("越城区社会事业局", "报 越城区社会事业局备案"),  # where one bureau has the work of several
        ("局", "报 局备案"),
    ],
)
def test_a_bureau_is_named_once_and_a_place_is_none(name: str, printed: str) -> None:
    block = Block("p", BlockKind.PARAGRAPH, "报 {name} 卫生健康委（局）备案")
    words = ("卫生健康委", "卫生健康委（局）", "卫生健康局")
    bureau = Blank("name", BlankKind.AUTHORITY, "哪个局？", printed="XXX", fact="health", followed_by=words)
    line = fill_block(block, {"name": bureau}, {"name": name})
    assert line.text == printed
    assert fixed_words(line) == fixed_words(fill_block(block, {"name": bureau}, {}))


@pytest.mark.parametrize("name", ["福星养老院", "福星颐养中心", "养老院", "福星养老院（东院区）"])
def test_the_comparison_with_the_template_finds_nothing_changed(name: str) -> None:
    found = compare([filled("")], [filled(name)])
    assert [each.result for each in found.lines] == ["filled"]
    assert found.in_words == "填写 1 处，留待手写 0 处，固定文字没有改动。"


def test_an_ending_that_somebody_took_out_is_a_change() -> None:
    line = filled("福星颐养中心")
    runs = tuple(replace(run, left_out="") for run in line.runs)
    assert [each.result for each in compare([filled("")], [replace(line, runs=runs)]).lines] == ["changed"]


@pytest.mark.parametrize("kind", [BlankKind.INSTITUTION, BlankKind.AUTHORITY])
def test_without_an_ending_in_the_text_a_name_is_left_as_it_is(kind: BlankKind) -> None:
    blank = replace(NAME, kind=kind)
    block = Block("p", BlockKind.PARTY, "乙方：{name}（养老机构）")
    assert fill_block(block, {"name": blank}, {"name": "福星养老院"}).runs[1] == Run(
        "福星养老院", "name", kind, filled=True
    )
