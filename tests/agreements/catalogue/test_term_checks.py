"""What a text states of its term is found however it is written, and what it does not state is not."""

from dataclasses import replace
from typing import Any

import pytest

from agreements.catalogue.reader import read_template
from agreements.catalogue.term_checks import term_mistakes
from agreements.text.schema import Blank, BlankKind, Block, BlockKind, TermKind, TermRule
from tests.agreements.catalogue.test_new_region import MADE_UP

BODY = read_template(MADE_UP / "qingshan-2026.yaml").body
BLANKS = (
    Blank("years", BlankKind.INTEGER, "几年？"),
    Blank("since", BlankKind.DATE, "从哪天？"),
    Blank("until", BlankKind.DATE, "到哪天？"),
    Blank("signed", BlankKind.SIGNING_DATE, "签署日期"),
)
THREE = {"kind": TermKind.FIXED_YEARS, "years": 3}
ASKED = {"kind": TermKind.BLANK_YEARS, "blank": "years"}
DAYS = {"kind": TermKind.DATE_RANGE, "from_blank": "since", "to_blank": "until"}


def told(text: str, **term: Any) -> list[str]:
    body = replace(BODY, blanks=BLANKS, blocks=(Block("qx", BlockKind.CLAUSE, text),), term=TermRule(**term))
    return [message.rpartition("请在 term 里写 ")[2] for _, message in term_mistakes(body)]


@pytest.mark.parametrize(
    ("text", "term", "wanted"),
    [
        ("有效期三年。", THREE, []),
        ("合作期限为 3 年，期满后可续签。", THREE, []),
        ("本协议自双方签字之日起叁年内有效，期限届满自动终止。", THREE, []),
        ("服务期：３年。", THREE, []),
        ("有效期两年。", THREE, ["years: 2"]),
        ("合作期限为十二年。", THREE, ["years: 12"]),
        ("有效期为{years}年。", ASKED, []),
        ("有效期为 {years} 年。", THREE, ["blank: years"]),
        ("有效期三年。", DAYS, ["years: 3"]),
        ("有效期为{since}至{until}。", DAYS, []),
        ("合作期限自{since}起至{until}止。", ASKED, ["to_blank: until", "from_blank: since"]),
        ("合作期限为{years}年，到{until}为止。", ASKED, ["to_blank: until"]),
        ("合作时间从{since}到{until}，共三年。", {**THREE, "from_blank": "since", "to_blank": "until"}, []),
        ("合作时间从{since}到{until}，共三年。", THREE, ["to_blank: until", "from_blank: since"]),
        ("有效期三年，至2028年1月1日。", THREE, ["ends_on: 2028-01-01"]),
        ("有效期三年，至 2028 年 1 月 1 日止。", {**THREE, "ends_on": "2028-01-01"}, []),
        (
            "有效期三年，自2025年1月1日至2028年1月1日。",
            {**THREE, "ends_on": "2028-01-02", "starts_on": "2025-01-01"},
            ["ends_on: 2028-01-01"],
        ),
        ("有效期至2028年1月1日。", DAYS, ["ends_on: 2028-01-01"]),
        # what speaks of other days and years
        ("本方案自2026年起施行，三年内完成，期限内报送。", DAYS, []),
        ("近三年内未发生重大事故的，可以延长期限。", DAYS, []),
        ("期满前三十日协商续签，期限另定。", DAYS, []),
        ("合作期限内，老年人可至{signed}前预约。", DAYS, []),
        ("乙方于{since}至{until}举办讲座。", ASKED, []),
    ],
)
def test_what_a_line_states_of_the_term_must_be_named(text: str, term: dict[str, Any], wanted: list[str]) -> None:
    assert told(text, **term) == wanted


def test_a_day_that_there_is_not_is_told() -> None:
    assert told("有效期三年，至2028年2月30日。", **THREE) == ["正文写明期限到2028-2-30，没有这一天，请核对来源文件"]
    assert told("有效期三年。", **THREE, ends_on="2028-02-30") == ["没有“2028-02-30”这一天，请照正文核对"]
