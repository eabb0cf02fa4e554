"""What the JSON schema cannot say about a template: that its parts fit each other.

Each check yields `(path in the file, what is wrong)`; the reader turns the path into a line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from agreements.catalogue.mistake import ROLES, Mistake, Path
from agreements.catalogue.signature_checks import signature_mistakes
from agreements.catalogue.term_checks import is_a_day, term_mistakes
from agreements.catalogue.words_checks import words_mistakes
from agreements.text.contradictions import Condition
from agreements.text.filling import PLACEHOLDER, ending_after, fill
from agreements.text.schema import Blank, BlankKind, BlockKind, TemplateBody
from chinese.dates import cn_partial
from chinese.numerals import NUMERAL, whole_number

ROLE_NAMES = {"medical": "医疗卫生机构", "elder_care": "养老机构"}
DRAFTED = "平台拟稿"
# Copies are counted in common or in financial numerals: 一式四份, 一式肆份, 一式六（6）份.
COPIES_IN_TEXT = re.compile(rf"一式\s*({NUMERAL})\s*(?:[（(]\s*{NUMERAL}\s*[）)])?\s*份")
PERCENT = re.compile(r"\s*(?:%|％|个?百分点)")
WHOLE = 100
# What names of institutions and bureaus end with: printed behind a blank, the name would end so twice.
ENDING = re.compile(
    r"\s*(?P<word>县?(?:养老院|敬老院|颐养院|福利院|养老服务中心|卫生院|卫生服务中心|医院|护理院|卫生室"
    r"|民政局|卫生健康(?:委员会|委|局)(?:[（(]局[）)])?))"
)


def mistakes(body: TemplateBody) -> Iterator[Mistake]:
    """Yield everything in which the parts of a template contradict each other."""
    yield from _heads(body)
    yield from _ids(body)
    yield from _blanks(body)
    unfit = list(_placeholders(body))
    yield from unfit
    yield from _headings(body)
    yield from _endings(body)
    yield from _copies(body)
    yield from term_mistakes(body)
    yield from signature_mistakes(body)
    yield from words_mistakes(body)
    yield from _contradictions(body)
    if not unfit:  # the text can be read only when every placeholder has its blank
        yield from _words(body)


def _heads(body: TemplateBody) -> Iterator[Mistake]:
    if body.called["medical"] == body.called["elder_care"]:
        yield ("called", "elder_care"), f"双方的称呼不能相同：“{body.called['elder_care']}”，写成一方 甲方、另一方 乙方"
    titles = [block.text for block in body.blocks if block.kind is BlockKind.TITLE]
    if titles != [body.title]:
        yield ("title",), f"正文应当有且只有一行标题，并与 title 相同：写成 kind: title、text: {body.title}"
    if body.is_official == (body.source.status == DRAFTED):
        yield ("source", "status"), f"只有 is_official 为 false 的范本才是“{DRAFTED}”，也必须写明“{DRAFTED}”"
    yield from _source(body)


def _source(body: TemplateBody) -> Iterator[Mistake]:
    source = body.source
    if body.is_official and not source.file:
        yield ("source", "file"), "官方范本要写明来源文件，写成 file: hunan-2020-8.txt 这样，并把它放进 official 文件夹"
    if body.is_official and not source.digest:
        yield ("source", "digest"), "官方范本要写明来源文件的 SHA-256，用 sha256sum 文件名 计算"
    elif source.digest and not source.file:
        yield ("source", "digest"), "写了 digest，也要写明来源文件，写成 file: hunan-2020-8.txt 这样"
    if source.issued_on.count("-") == 2 and not is_a_day(source.issued_on):
        yield ("source", "issued_on"), f"没有“{cn_partial(source.issued_on)}”这一天，请照原文核对"
    if source.until and not body.is_official:
        yield ("source", "until"), "只有官方范本才写 until，请删去"


def _ids(body: TemplateBody) -> Iterator[Mistake]:
    for part, ids in (("blanks", [blank.id for blank in body.blanks]), ("blocks", [block.id for block in body.blocks])):
        seen = set[str]()
        for index, name in enumerate(ids):
            if name in seen:
                yield (part, index, "id"), f"id 重复：“{name}”，请换一个"
            seen.add(name)


def _blanks(body: TemplateBody) -> Iterator[Mistake]:
    used = {match.group(1) for _, text in _texts(body) for match in PLACEHOLDER.finditer(text)}
    for index, blank in enumerate(body.blanks):
        where = ("blanks", index)
        if blank.id not in used:
            yield (
                where,
                (f"填写项“{blank.id}”在正文和签署栏里都没有用到：请在要填的地方写 {{{blank.id}}}，或者删去这一项"),
            )
        if blank.choices and blank.kind is not BlankKind.CHOICE:
            yield (*where, "choices"), "只有 kind: choice 才有 choices，请删去"
        if blank.minimum is not None and blank.maximum is not None and blank.minimum > blank.maximum:
            yield (*where, "minimum"), f"最小值 {blank.minimum} 大于最大值 {blank.maximum}，请核对"
        if blank.maximum is not None and blank.maximum > WHOLE and _is_percentage(blank, body):
            yield (*where, "maximum"), f"百分比最大是 100，现在是 {blank.maximum}，写成 maximum: 100"
    named = {blank.role for blank in body.blanks if blank.kind is BlankKind.INSTITUTION and blank.fact == "name"}
    for role in ROLES:
        if role not in named:
            yield ("blanks",), f"缺少{ROLE_NAMES[role]}的名称（kind: institution、role: {role}、fact: name）"


def _is_percentage(blank: Blank, body: TemplateBody) -> bool:
    """Whether a blank's unit, or what stands right behind or before it in the text, says so."""
    behind = (text[match.end() :] for _, text in _texts(body) for match in _places_of(blank, text))
    before = (text[: match.start()] for _, text in _texts(body) for match in _places_of(blank, text))
    return (
        bool(PERCENT.match(blank.unit) or "百分" in blank.unit)
        or any(PERCENT.match(each) for each in behind)
        or any(each.rstrip().endswith("百分之") for each in before)
    )


def _places_of(blank: Blank, text: str) -> Iterator[re.Match[str]]:
    return (match for match in PLACEHOLDER.finditer(text) if match.group(1) == blank.id)


def _placeholders(body: TemplateBody) -> Iterator[Mistake]:
    kinds = {blank.id: blank.kind for blank in body.blanks}
    for where, text in _texts(body):
        for name, capitals in PLACEHOLDER.findall(text):
            if name not in kinds:
                yield where, f"没有名为“{name}”的填写项{_meant(name, kinds)}"
            elif capitals and kinds[name] is not BlankKind.MONEY:
                yield where, f"“{name}”不是金额，不能写 .capitals：写成 {{{name}}}"
        if re.search("[{}]", PLACEHOLDER.sub("", text)):
            yield where, "花括号不成对，或括号内不是填写项的 id：写成 {term_years} 这样"


def _meant(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f"，是不是“{near[0]}”？" if near else "：请在 blanks 里加上，或者改成已有的 id"


def placeholders_fit(body: TemplateBody) -> bool:
    """Whether every placeholder has its blank, so that the text can be read."""
    return not any(_placeholders(body))


def _headings(body: TemplateBody) -> Iterator[Mistake]:
    """A screen reader's list of headings has no gaps: below the title comes a heading, below that a subheading."""
    for index, block in enumerate(body.blocks):
        if block.kind is BlockKind.HEADING:
            return
        if block.kind is BlockKind.SUBHEADING:
            yield (
                ("blocks", index, "kind"),
                f"小标题“{block.label}{block.text}”前面没有标题：请写 kind: heading，或者在它前面加一个标题",
            )


def _endings(body: TemplateBody) -> Iterator[Mistake]:
    """An ending that the source prints behind a name is told, so that no 养老院养老院 is printed."""
    blanks = {blank.id: blank for blank in body.blanks if _is_name(blank)}
    at = {blank.id: index for index, blank in enumerate(body.blanks)}
    printed = set[str]()
    for where, text in _texts(body):
        for match in PLACEHOLDER.finditer(text):
            if (blank := blanks.get(match.group(1))) is None:
                continue
            behind = text[match.end() :]
            if ending_after(blank, behind):
                printed.add(blank.id)
            elif ending := ENDING.match(behind):
                word = ending["word"]
                yield where, f"“{{{blank.id}}}”后面印着“{word}”，名称会重复：请在这个填写项里写 followed_by: [{word}]"
    for blank in body.blanks:
        if not blank.followed_by:
            continue
        if blank.id not in blanks:
            yield ("blanks", at[blank.id], "followed_by"), "只有机构名称和主管部门才有 followed_by，请删去"
        elif blank.id not in printed:
            words = "、".join(blank.followed_by)
            yield (
                ("blanks", at[blank.id], "followed_by"),
                f"正文里“{{{blank.id}}}”后面没有印着“{words}”，请删去",
            )


def _is_name(blank: Blank) -> bool:
    return blank.kind is BlankKind.AUTHORITY or (blank.kind is BlankKind.INSTITUTION and blank.fact == "name")


def _copies(body: TemplateBody) -> Iterator[Mistake]:
    counted = Counter[str]()
    for index, copy in enumerate(body.copies):
        counted[copy.holder] += 1
        if counted[copy.holder] > 1 and copy.holder != "other":
            yield (
                ("copies", index, "holder"),
                f"执存方“{copy.holder}”写了两次，请改成另一方或者 other",
            )
    for role in ROLES:
        if not counted[role]:
            yield ("copies",), f"{ROLE_NAMES[role]}应当执存一份：请加上 holder: {role}"


def _contradictions(body: TemplateBody) -> Iterator[Mistake]:
    blanks = {blank.id: blank for blank in body.blanks if blank.is_asked}
    for index, rule in enumerate(body.contradictions):
        if rule.at not in blanks:
            yield ("contradictions", index, "at"), f"没有名为“{rule.at}”的、要填写的填写项，请核对 id"
        for place, condition in enumerate(rule.when):
            if message := _condition(condition, blanks):
                yield ("contradictions", index, "when", place), message


def _condition(condition: Condition, blanks: Mapping[str, Blank]) -> str:
    """Return what is wrong with a condition of a contradiction; "" when nothing is."""
    if condition.fact:
        return (
            ""
            if condition.among or condition.other_than
            else "机构的情况只能用 among、other_than 来比，写成 among: [一级, 二级] 这样"
        )
    blank = blanks.get(condition.blank)
    if blank is None:
        return f"没有名为“{condition.blank}”的、要填写的填写项，请核对 id"
    unknown = [] if blank.kind is not BlankKind.CHOICE else [*condition.among, *condition.other_than]
    if strange := [word for word in unknown if word not in blank.choices]:
        return f"“{condition.blank}”没有这个选项：{'、'.join(strange)}；可以写：{'、'.join(blank.choices)}"
    measured = condition.equals is not None or condition.above is not None
    if measured and blank.kind not in {BlankKind.INTEGER, BlankKind.MONEY}:
        return f"“{condition.blank}”不是数，不能用 equals、above 来比，请改用 among 或 other_than"
    return ""


def _words(body: TemplateBody) -> Iterator[Mistake]:
    filled = fill(body, {})
    words = [word for line in filled.all_lines() for word in COPIES_IN_TEXT.findall(line.text)]
    stated = {number for word in words if (number := whole_number(word)) is not None}
    if stated and stated != {len(body.copies)}:
        listed = f"这里列出 {len(body.copies)} 份，请改成一致"
        yield ("copies",), f"正文写明一式 {_numbers(stated)} 份，{listed}"
    kinds = {blank.id: blank.kind for blank in body.blanks}
    for index, commitment in enumerate(body.commitments):
        where = ("commitments", index)
        if not any(commitment.quote in line.text for line in filled.all_lines()):
            yield (*where, "quote"), f"正文里没有这句话：“{commitment.quote}”，请从正文照抄"
        if commitment.minimum_blank and kinds.get(commitment.minimum_blank) is not BlankKind.INTEGER:
            yield (*where, "minimum_blank"), f"“{commitment.minimum_blank}”应当是一个整数填写项（kind: integer）"


def _numbers(found: set[int]) -> str:
    return "、".join(str(number) for number in sorted(found))


def _texts(body: TemplateBody) -> Sequence[tuple[Path, str]]:
    """Return every text that may hold blanks, with its path in the file."""
    found: list[tuple[Path, str]] = [(("blocks", i, "text"), block.text) for i, block in enumerate(body.blocks)]
    for i, party in enumerate(body.signature.parties):
        found += [(("signature", "parties", i, "lines", j), line.text) for j, line in enumerate(party.lines)]
    found += [(("signature", "shared_lines", i), line.text) for i, line in enumerate(body.signature.shared_lines)]
    return found
