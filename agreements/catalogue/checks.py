"""What the JSON schema cannot say about a template: that its parts fit each other.

Each check yields `(path in the file, what is wrong)`; the reader turns the path into a line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from agreements.text.contradictions import Condition
from agreements.text.filling import PLACEHOLDER, ending_after, fill
from agreements.text.schema import Blank, BlankKind, BlockKind, Effectiveness, SignatureParty, TemplateBody, TermKind

Path = tuple[str | int, ...]
Mistake = tuple[Path, str]
ROLES = ("medical", "elder_care")
ROLE_NAMES = {"medical": "医疗卫生机构", "elder_care": "养老机构"}
DRAFTED = "平台拟稿"
# Copies are counted in common or in financial numerals: 一式四份, 一式肆份.
COPIES_IN_TEXT = re.compile(r"一式([两二三四五六贰叁肆伍陆])份")
COPIES_COUNT = {"两": 2, "二": 2, "贰": 2, "三": 3, "叁": 3, "四": 4, "肆": 4, "五": 5, "伍": 5, "六": 6, "陆": 6}
ASKS_FOR_A_SEAL = re.compile("盖章|签章|公章")
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
    yield from _term(body)
    yield from _signature(body)
    yield from _contradictions(body)
    if not unfit:  # the text can be read only when every placeholder has its blank
        yield from _words(body)


def _heads(body: TemplateBody) -> Iterator[Mistake]:
    if body.called["medical"] == body.called["elder_care"]:
        yield ("called", "elder_care"), f"双方的称呼不能相同：“{body.called['elder_care']}”"
    titles = [block.text for block in body.blocks if block.kind is BlockKind.TITLE]
    if titles != [body.title]:
        yield ("title",), "正文应当有且只有一行标题（kind: title），并与 title 相同"
    if body.is_official == (body.source.status == DRAFTED):
        yield ("source", "status"), f"只有 is_official 为 false 的范本才是“{DRAFTED}”，也必须写明“{DRAFTED}”"
    if body.is_official and not body.source.digest:
        yield ("source", "digest"), "官方范本要写明来源文件的 SHA-256"


def _ids(body: TemplateBody) -> Iterator[Mistake]:
    for part, ids in (("blanks", [blank.id for blank in body.blanks]), ("blocks", [block.id for block in body.blocks])):
        seen = set[str]()
        for index, name in enumerate(ids):
            if name in seen:
                yield (part, index, "id"), f"id 重复：“{name}”"
            seen.add(name)


def _blanks(body: TemplateBody) -> Iterator[Mistake]:
    used = {match.group(1) for _, text in _texts(body) for match in PLACEHOLDER.finditer(text)}
    for index, blank in enumerate(body.blanks):
        where = ("blanks", index)
        if blank.id not in used:
            yield where, f"填写项“{blank.id}”在正文和签署栏里都没有用到"
        if blank.choices and blank.kind is not BlankKind.CHOICE:
            yield (*where, "choices"), "只有 kind: choice 才有 choices"
        if blank.minimum is not None and blank.maximum is not None and blank.minimum > blank.maximum:
            yield (*where, "minimum"), f"最小值 {blank.minimum} 大于最大值 {blank.maximum}"
    named = {blank.role for blank in body.blanks if blank.kind is BlankKind.INSTITUTION and blank.fact == "name"}
    for role in ROLES:
        if role not in named:
            yield ("blanks",), f"缺少{ROLE_NAMES[role]}的名称（kind: institution、role: {role}、fact: name）"


def _placeholders(body: TemplateBody) -> Iterator[Mistake]:
    kinds = {blank.id: blank.kind for blank in body.blanks}
    for where, text in _texts(body):
        for name, capitals in PLACEHOLDER.findall(text):
            if name not in kinds:
                yield where, f"没有名为“{name}”的填写项"
            elif capitals and kinds[name] is not BlankKind.MONEY:
                yield where, f"“{name}”不是金额，不能写 .capitals"
        if re.search("[{}]", PLACEHOLDER.sub("", text)):
            yield where, "花括号不成对，或括号内不是填写项的 id"


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
            yield ("blanks", at[blank.id], "followed_by"), "只有机构名称和主管部门才有 followed_by"
        elif blank.id not in printed:
            words = "、".join(blank.followed_by)
            yield ("blanks", at[blank.id], "followed_by"), f"正文里“{{{blank.id}}}”后面没有印着“{words}”"


def _is_name(blank: Blank) -> bool:
    return blank.kind is BlankKind.AUTHORITY or (blank.kind is BlankKind.INSTITUTION and blank.fact == "name")


def _copies(body: TemplateBody) -> Iterator[Mistake]:
    counted = Counter[str]()
    for index, copy in enumerate(body.copies):
        counted[copy.holder] += 1
        if counted[copy.holder] > 1 and copy.holder != "other":
            yield ("copies", index, "holder"), f"执存方“{copy.holder}”写了两次"
    for role in ROLES:
        if not counted[role]:
            yield ("copies",), f"{ROLE_NAMES[role]}应当执存一份"


def _term(body: TemplateBody) -> Iterator[Mistake]:
    kinds = {blank.id: blank.kind for blank in body.blanks}
    needed = {
        TermKind.FIXED_YEARS: (),
        TermKind.BLANK_YEARS: (("blank", body.term.blank, BlankKind.INTEGER, "整数"),),
        TermKind.DATE_RANGE: (
            ("from_blank", body.term.from_blank, BlankKind.DATE, "日期"),
            ("to_blank", body.term.to_blank, BlankKind.DATE, "日期"),
        ),
    }.get(body.term.kind, ())
    for field, name, kind, word in needed:
        if name not in kinds:
            yield ("term", field), f"没有名为“{name}”的填写项"
        elif kinds[name] is not kind:
            yield ("term", field), f"“{name}”应当是{word}（kind: {kind}）"
    if (body.term.kind is TermKind.WITH_MAIN) != (body.purpose == "supplement"):
        yield ("term", "kind"), "补充协议（purpose: supplement）的期限只能随原协议（with_main），其他范本不能"
    if body.term.kind is TermKind.DATE_RANGE and body.term.from_blank == body.term.to_blank:
        yield ("term", "to_blank"), "起止日期不能是同一个填写项"


def _signature(body: TemplateBody) -> Iterator[Mistake]:
    parties = body.signature.parties
    if {party.role for party in parties} != set(ROLES):
        yield ("signature", "parties"), "双方各有一个签署栏"
    for index, party in enumerate(parties):
        if message := _seal_line(party):
            yield ("signature", "parties", index, "seal_line"), message
    yield from _shared_seal(body)
    if body.effectiveness is Effectiveness.BOTH_SIGNATURES:
        return
    for index, party in enumerate(parties):
        if not party.seal:
            yield ("signature", "parties", index, "seal"), "盖章生效的范本，双方签署栏都要有盖章处（seal: true）"


def _shared_seal(body: TemplateBody) -> Iterator[Mistake]:
    """A witness's seal needs its room as the parties' do."""
    lines, sealed = body.signature.shared_lines, body.signature.shared_seal_line
    asking = [n for n, line in enumerate(lines, 1) if ASKS_FOR_A_SEAL.search(line.text + line.prompt)]
    if sealed > len(lines):
        yield ("signature", "shared_seal_line"), f"共用的签署行有 {len(lines)} 行，没有第 {sealed} 行"
    elif len(asking) > 1:
        yield ("signature", "shared_lines", asking[1] - 1), "共用的签署行里只能有一处盖章"
    elif asking and sealed != asking[0]:
        yield (
            ("signature", "shared_lines", asking[0] - 1),
            f"这一行要盖章，须留出盖章的地方：请在 signature 里写 shared_seal_line: {asking[0]}",
        )


def _contradictions(body: TemplateBody) -> Iterator[Mistake]:
    blanks = {blank.id: blank for blank in body.blanks if blank.is_asked}
    for index, rule in enumerate(body.contradictions):
        if rule.at not in blanks:
            yield ("contradictions", index, "at"), f"没有名为“{rule.at}”的、要填写的填写项"
        for place, condition in enumerate(rule.when):
            if message := _condition(condition, blanks):
                yield ("contradictions", index, "when", place), message


def _condition(condition: Condition, blanks: Mapping[str, Blank]) -> str:
    """Return what is wrong with a condition of a contradiction; "" when nothing is."""
    if condition.fact:
        return "" if condition.among or condition.other_than else "机构的情况只能用 among、other_than 来比"
    blank = blanks.get(condition.blank)
    if blank is None:
        return f"没有名为“{condition.blank}”的、要填写的填写项"
    unknown = [] if blank.kind is not BlankKind.CHOICE else [*condition.among, *condition.other_than]
    if strange := [word for word in unknown if word not in blank.choices]:
        return f"“{condition.blank}”没有这个选项：{'、'.join(strange)}"
    measured = condition.equals is not None or condition.above is not None
    if measured and blank.kind not in {BlankKind.INTEGER, BlankKind.MONEY}:
        return f"“{condition.blank}”不是数，不能用 equals、above 来比"
    return ""


def _seal_line(party: SignatureParty) -> str:
    """Return what is wrong with where the seal goes; "" when nothing is."""
    asking = [n for n, line in enumerate(party.lines, 1) if ASKS_FOR_A_SEAL.search(line.text + line.prompt)]
    if not party.seal:
        return "没有盖章处（seal: false），不能写 seal_line" if party.seal_line > 1 else ""
    if party.seal_line > len(party.lines):
        return f"签署栏只有 {len(party.lines)} 行，没有第 {party.seal_line} 行"
    if asking and party.seal_line not in asking:
        return f"章应当盖在写明盖章的第 {_numbers(set(asking))} 行，而不是第 {party.seal_line} 行"
    return ""


def _words(body: TemplateBody) -> Iterator[Mistake]:
    filled = fill(body, {})
    stated = {COPIES_COUNT[word] for line in filled.all_lines() for word in COPIES_IN_TEXT.findall(line.text)}
    if stated and stated != {len(body.copies)}:
        yield ("copies",), f"正文写明一式 {_numbers(stated)} 份，这里列出 {len(body.copies)} 份"
    kinds = {blank.id: blank.kind for blank in body.blanks}
    for index, commitment in enumerate(body.commitments):
        where = ("commitments", index)
        if not any(commitment.quote in line.text for line in filled.all_lines()):
            yield (*where, "quote"), f"正文里没有这句话：“{commitment.quote}”"
        if commitment.minimum_blank and kinds.get(commitment.minimum_blank) is not BlankKind.INTEGER:
            yield (*where, "minimum_blank"), f"“{commitment.minimum_blank}”应当是一个整数填写项"


def _numbers(found: set[int]) -> str:
    return "、".join(str(number) for number in sorted(found))


def _texts(body: TemplateBody) -> Sequence[tuple[Path, str]]:
    """Return every text that may hold blanks, with its path in the file."""
    found: list[tuple[Path, str]] = [(("blocks", i, "text"), block.text) for i, block in enumerate(body.blocks)]
    for i, party in enumerate(body.signature.parties):
        found += [(("signature", "parties", i, "lines", j), line.text) for j, line in enumerate(party.lines)]
    found += [(("signature", "shared_lines", i), line.text) for i, line in enumerate(body.signature.shared_lines)]
    return found
