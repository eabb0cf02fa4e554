"""Filing numbers (备案号) in the form of a document number: 越城卫健医养备〔2026〕0001号, per authority and year.

An authority may write its numbers in its own way (`Authority.number_form`): YYYY stands for the year, the Ns for the
running number, as many as it has digits at least. No two authorities write theirs alike, not even but for brackets.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Length
from django.utils import timezone

from accounts.models import User
from audit.log import append
from filing import events
from filing.models import Filing
from institutions.models import Authority, Duty, memberships_in_use
from numbering.drawing import begin_after, draw, drawn, hold
from regions.naming import distinct_name
from verbs.errors import NotAllowed, Unacceptable

SERIES = "filings"
SHORT_KIND = {Authority.Kind.HEALTH: "卫健", Authority.Kind.CIVIL_AFFAIRS: "民政"}
YEAR, DIGIT = "YYYY", "N"
FORM_LENGTH = Authority._meta.get_field("number_form").max_length or 0
# What tells nobody one number from another: 第 and 号, 字 before the year, brackets, hyphens, spaces.
SAID_BY_NONE = re.compile(r"[\W_第号字]+")
# What only looks like a word (⺠ beside 民, А beside A) would tell two alike apart.
HAN = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af〇"
WRITTEN_WITH = re.compile(f"[{HAN}A-Za-z]" + r"|[〔〕（）\[\]【】《》〈〉<>{}/·、,.:()\s-]")
DASHES = re.compile(r"[\u2010-\u2015\u2212\u2e3a\u2e3b\u2500\u2501\u30fc]+")
MOST_DIGITS = 6  # of a running number: no bureau accepts a million copies a year


@dataclass(frozen=True)
class Form:
    """How numbers are written: what stands before the year, between year and number, and behind; digits at least."""

    before: str
    between: str
    behind: str
    digits: int

    @classmethod
    def parsed(cls, text: str) -> Form:
        before, rest = text.split(YEAR)
        found = re.fullmatch(rf"(.*?)({DIGIT}+)(.*)", rest)
        if found is None:
            raise ValueError(f"{text} has no place for the number")
        return cls(before, found[1], found[3], len(found[2]))

    def __str__(self) -> str:
        return f"{self.before}{YEAR}{self.between}{DIGIT * self.digits}{self.behind}"

    def number(self, year: int, counted: int) -> str:
        return f"{self.before}{year}{self.between}{counted:0{self.digits}d}{self.behind}"

    def count_in(self, number: str, year: int) -> int:
        """Return the running number within a number of that year; 0 where it is written otherwise."""
        written = re.fullmatch(
            rf"{re.escape(f'{self.before}{year}{self.between}')}(\d+){re.escape(self.behind)}", number
        )
        return int(written[1]) if written else 0

    @property
    def key(self) -> str:
        """What of it can be told apart when somebody reads it out; the same for two that could be confused."""
        said = unicodedata.normalize("NFKC", f"{self.before}{YEAR}{self.between}{DIGIT}{self.behind}").casefold()
        return SAID_BY_NONE.sub("", said)


def next_number(authority: Authority) -> str:
    """Draw the next number of this year of whoever answers for the authority, within the caller's transaction."""
    answering, year = authority.now, timezone.localdate().year
    form = form_of(answering)
    # The series is that of the words that numbers begin with: an authority that follows another of the same name in
    # the middle of a year (a county becomes a city) counts on, and no number is given twice.
    return form.number(year, draw(_series(answering), year, issued=lambda: _highest(form, year)))


def form_of(authority: Authority) -> Form:
    """Return how an authority writes its numbers: as it has set, or by the platform's way."""
    if authority.number_form:
        return Form.parsed(authority.number_form)
    return _by_default(name_in_numbers(authority))


def name_in_numbers(authority: Authority) -> str:
    """Return an authority's name in numbers, which no other has: 越城卫健 for the health bureau of 越城区."""
    kind = SHORT_KIND[Authority.Kind(authority.kind)]
    short = distinct_name(authority.region, timezone.localdate()) + kind
    taken = Authority.objects.filter(number_keys__contains=[_by_default(short).key]).exclude(pk=authority.pk)
    return authority.region.full_name + kind if taken.exists() else short


def next_to_come(authority: Authority) -> str:
    """Return the number that the next acceptance will give, if nobody is quicker."""
    form, year = form_of(authority), timezone.localdate().year
    return form.number(year, (drawn(_series(authority), year) or _highest(form, year)) + 1)


def form_in(example: str, year: int) -> tuple[Form, int]:
    """Return the form of a number that somebody wrote as the next of the year, and its running number.

    Raises Unacceptable with the right form.
    """
    text = unicodedata.normalize("NFKC", example).replace("(", "（").replace(")", "）")
    text = re.sub(r"[\[【〔（]\s*(?=\d{4}\s*[\]】〕）])", "〔", text)
    text = re.sub(r"(?<=〔)(\d{4})\s*[\]】〕）]", r"\1〕", text)
    shown = f"例如 越城卫健医养备〔{year}〕0001号"
    text = DASHES.sub("-", text)
    # Its own digits may be those of the year: 〔2026〕2026号.
    written = re.fullmatch(rf"(\D*){year}(\D*)(\d+)(\D*)", text)
    if written is None and text.count(str(year)) != 1:
        raise Unacceptable(f"请写今年的一个完整编号，里面恰好有一次年份 {year}，{shown}。", "example")
    if written is None:
        raise Unacceptable(f"年份后面要有、而且只有一个序号，别处不要再有数字，{shown}。", "example")
    before, between, number, behind = written.groups()
    if not re.search(r"\w", before):
        raise Unacceptable(f"年份前面要有本部门的代字，这样才不会和别的部门混淆，{shown}。", "example")
    words = before + between + behind
    if re.search(rf"{YEAR}|{DIGIT}", words):
        raise Unacceptable(f"代字里请不要用字母 Y 和 N，{shown}。", "example")
    if alien := [sign for sign in dict.fromkeys(words) if not WRITTEN_WITH.fullmatch(sign)]:
        told = "、".join(alien)
        raise Unacceptable(f"代字请只用汉字和英文字母，标点请用括号、连字符和空格；“{told}”容易看错。", "example")
    if not 1 <= int(number) < 10**MOST_DIGITS or len(number) > MOST_DIGITS:
        raise Unacceptable(f"序号从 1 开始，最多 {MOST_DIGITS} 位，{shown}。", "example")
    form = Form(before, between, behind, len(number))
    if len(str(form)) > FORM_LENGTH - MOST_DIGITS:  # its numbers grow longer with the count
        raise Unacceptable(f"编号太长，最多 {FORM_LENGTH - MOST_DIGITS} 个字。", "example")
    return form, int(number)


def set_form(authority: Authority, example: str, *, by: User) -> bool:
    """Write numbers from now on as in `example`, which is the next of this year; False where it is so already.

    What was issued stays. Raises NotAllowed to others than the authority's administrators, and Unacceptable for what is
    no number, could be taken for another authority's, or has been issued.
    """
    try:
        return _set_form(authority, example, by=by)
    except IntegrityError as clash:  # another chose the same meanwhile
        raise Unacceptable("别的部门刚刚设定了同样的写法，请换一个代字。", "example") from clash


def _set_form(authority: Authority, example: str, *, by: User) -> bool:
    year = timezone.localdate().year
    form, counted = form_in(example, year)
    with transaction.atomic():
        rows = Authority.objects.select_for_update(no_key=True, of=("self",)).select_related("region")
        row = rows.get(pk=authority.pk)
        if not memberships_in_use(by).filter(authority=row, duty=Duty.ADMINISTRATOR).exists():
            raise NotAllowed("只有这个部门的管理员可以改备案号的写法。")
        if form.number(year, counted) == next_to_come(row):
            return False
        _refuse_confusion(row, form)
        row.number_keys = [*dict.fromkeys([*row.number_keys, form_of(row).key, form.key])]
        hold(_series(row), year)  # whoever accepts just now has given the number by then, or waits
        row.number_form, row.number_key, row.number_turn = str(form), form.key, row.number_turn + 1
        issued = _given(row, form, year)
        if counted <= issued:
            told = f"今年已经发到 {form.number(year, issued)}，下一个请从 {form.number(year, issued + 1)} 或以后写起。"
            raise Unacceptable(told, "example")
        row.save(update_fields=["number_form", "number_key", "number_turn", "number_keys"])
        begin_after(_series(row), year, counted - 1)
        append(events.NumbersSet(authority=row.name, following=form.number(year, counted)), by=by, subject=row)
    return True


def _by_default(called: str) -> Form:
    return Form(f"{called}医养备〔", "〕", "号", 4)


def _series(authority: Authority) -> str:
    """Return the series' name: of the platform's way by the name in numbers, as it always was; else by the form, whose
    it is and how often they set it: what was typed wrongly is put right by a new beginning, who follows begins anew."""
    if not authority.number_form:
        return f"{SERIES} {name_in_numbers(authority)}"
    return f"{SERIES} {authority.number_form}#{authority.pk}.{authority.number_turn}"


def _refuse_confusion(row: Authority, form: Form) -> None:
    """Raise Unacceptable where another authority, also a closed one that this does not follow, writes so."""
    others = Authority.objects.exclude(pk=row.pk).exclude(successor=row).select_related("region__parent")
    clash = others.filter(number_keys__contains=[form.key]).first()
    if clash is None:
        begin = SAID_BY_NONE.sub("", unicodedata.normalize("NFKC", form.before))[:2]
        near = Q(region__name__startswith=begin) | Q(region__full_name__startswith=begin)
        near |= Q(region__parent__name__startswith=begin)
        likely = others.filter(near, number_form="")
        clash = next((each for each in likely if form_of(each).key == form.key), None)
    if clash is not None:
        raise Unacceptable(f"这种写法会和{clash.name}的备案号混淆，请换一个代字。", "example")


def _given(row: Authority, form: Form, year: int) -> int:
    """Return the highest number of the year that was given by this authority, or by one that it follows, in this or in
    any way that could be taken for it."""
    numbers = Filing.objects.filter(Q(authority=row) | Q(authority__successor=row), number__contains=str(year))
    counts = [_highest(form, year)]
    for number in numbers.values_list("number", flat=True):
        with suppress(Unacceptable):
            written, count = form_in(number, year)
            counts.append(count if written.key == form.key else 0)
    return max(counts)


def _highest(form: Form, year: int) -> int:
    issued = Filing.objects.filter(
        number__startswith=f"{form.before}{year}{form.between}", number__endswith=form.behind
    )
    # After 9999 the numbers grow longer: the longest is the latest.
    last = issued.order_by(Length("number").desc(), "-number").values_list("number", flat=True).first()
    return form.count_in(last, year) if last else 0
