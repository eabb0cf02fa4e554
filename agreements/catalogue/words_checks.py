"""Whether a template's file says of its text what the text says: who is 甲方, what makes it take effect, who keeps a
copy, how often something is promised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category

from agreements.catalogue.mistake import ROLES, Mistake, Path
from agreements.text.filling import PLACEHOLDER
from agreements.text.schema import BlankKind, BlockKind, Commitment, Effectiveness, TemplateBody
from chinese.numerals import NUMERAL, whole_number
from regions.datafile import UNSEEN

TAKES_EFFECT = re.compile(r"自[^，。；]{0,6}?(签字盖章|签字|签名|签章|盖章)之日起[^，。；]{0,4}生效")
BY_SIGNATURE = {"签字", "签名"}
OF_THE_COPIES = re.compile(rf"一式\s*{NUMERAL}")
KEEPERS = (("civil_affairs", "民政", re.compile("民政")), ("health", "卫生健康", re.compile("卫生健康|卫健")))
TIMES = re.compile(rf"({NUMERAL})\s*次")
AGE = re.compile(r"([0-9]+)\s*周?岁")
PERIODS = {
    "year": re.compile("每年"),
    "half_year": re.compile("每半年"),
    "quarter": re.compile("每季度?"),
    "month": re.compile("每月"),
    "week": re.compile("每周"),
    "day": re.compile("每日|每天"),
}


def words_mistakes(body: TemplateBody) -> Iterator[Mistake]:
    """Yield where the file says otherwise than the text it holds."""
    yield from _called(body)
    yield from _invisible(body)
    yield from _effect(body)
    yield from _keepers(body)
    for index, commitment in enumerate(body.commitments):
        yield from _promise(("commitments", index), commitment)


def _called(body: TemplateBody) -> Iterator[Mistake]:
    """A line that begins with 甲方 and names the medical side says that the medical side is 甲方."""
    if body.called[ROLES[0]] == body.called[ROLES[1]]:
        return  # told as such
    names = {b.id: b.role for b in body.blanks if b.kind is BlankKind.INSTITUTION and b.fact == "name"}
    lines = [
        (names[match.group(1)], block.text)
        for block in body.blocks
        if block.kind is BlockKind.PARTY
        for match in PLACEHOLDER.finditer(block.text)
        if match.group(1) in names
    ]
    lines += [(party.role, line.text) for party in body.signature.parties for line in party.lines]
    for role in ROLES:
        other = body.called[ROLES[1 - ROLES.index(role)]]
        if not any(body.called[role] in block.text for block in body.blocks):
            yield ("called", role), f"正文里没有“{body.called[role]}”这个称呼，请照正文写"
        if any(said == role and text.startswith(other) for said, text in lines):
            yield ("called", role), f"正文里这一方叫“{other}”，这里写的是“{body.called[role]}”：双方写反了，请对调"


def _invisible(body: TemplateBody) -> Iterator[Mistake]:
    """What nobody sees cannot be printed, and the text would stop every draft."""
    for index, block in enumerate(body.blocks):
        found = sorted({char for char in block.label + block.heading + block.text if category(char) in UNSEEN})
        if found:
            named = "、".join(f"U+{ord(char):04X}" for char in found)
            yield ("blocks", index, "text"), f"有看不见的字符（{named}），请删去"


def _effect(body: TemplateBody) -> Iterator[Mistake]:
    for block in body.blocks:
        said = TAKES_EFFECT.search(block.text)
        if said is None:
            continue
        stated = Effectiveness.BOTH_SIGNATURES if said.group(1) in BY_SIGNATURE else Effectiveness.BOTH_SEALS
        if body.effectiveness is not stated:
            yield ("effectiveness",), f"正文写明“{said.group(0)}”，请写 effectiveness: {stated.value}"
        return


def _keepers(body: TemplateBody) -> Iterator[Mistake]:
    holders = {copy.holder for copy in body.copies}
    for block in body.blocks:
        if OF_THE_COPIES.search(block.text):
            for holder, word, named in KEEPERS:
                if named.search(block.text) and holder not in holders:
                    yield ("copies",), f"正文写明报{word}部门一份，请加上 holder: {holder}"


def _promise(where: Path, commitment: Commitment) -> Iterator[Mistake]:
    quote = commitment.quote
    times = {whole_number(word) for word in TIMES.findall(quote)}
    if times and not commitment.minimum_blank and commitment.minimum not in times:
        yield (*where, "minimum"), f"引用的原话是“{quote}”，这里是 {commitment.minimum} 次，请改成一致"
    periods = {name for name, said in PERIODS.items() if said.search(quote)}
    if periods and commitment.per not in periods:
        yield (*where, "per"), f"引用的原话是“{quote}”，请写 per: {'、'.join(sorted(periods))}"
    ages = {int(age) for age in AGE.findall(quote)}
    if ages and commitment.age_min not in ages:
        yield (*where, "age_min"), f"引用的原话是“{quote}”，请写 age_min: {min(ages)}"
