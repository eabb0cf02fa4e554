"""An ending that the source prints after a name is taken from the name, and printed once."""

import pytest

from agreements.text.filling import FilledLine, FilledText, fill_block
from agreements.text.schema import Blank, BlankKind, Block, BlockKind

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
    ],
)
def test_the_ending_is_printed_once(name: str, printed: str) -> None:
    assert filled(name).text == printed


@pytest.mark.parametrize("name", ["", "福星养老院", "福星颐养中心", "养老院"])
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


def test_other_blanks_keep_what_stands_after_them() -> None:
    bureau = Blank("name", BlankKind.AUTHORITY, "哪个局？", fact="civil_affairs", followed_by=("养老院",))
    assert fill_block(BLOCK, {"name": bureau}, {"name": "越城区"}).text == "乙方：越城区养老院（以下称乙方）"
