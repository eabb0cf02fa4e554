"""What a template is, as dataclasses.

A template file (YAML) is checked by `catalogue.reader` and stored as JSON in `TemplateVersion.body`;
`TemplateBody.from_json` gives it back as these classes. Nothing here knows Django.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from agreements.text import contradictions
from agreements.text.contradictions import Contradiction
from agreements.text.stored import as_json

ONE_COPY, ALL_COPIES = "one", "all"
SIDES = {"medical": "医疗卫生机构", "elder_care": "养老服务机构"}


class BlankKind(StrEnum):
    INSTITUTION = "institution"  # a fact of one party, filled from the chosen institution
    AUTHORITY = "authority"  # where a copy is filed; proposed from the region, may be changed
    PERSON = "person"
    TELEPHONE = "telephone"
    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"  # yuan with two decimals
    CHOICE = "choice"
    DATE = "date"
    SIGNING_DATE = "signing_date"  # written by hand (or at electronic signing), never asked by the wizard

    @property
    def is_day(self) -> bool:
        """Whether its value is a day of the calendar."""
        return self in {BlankKind.DATE, BlankKind.SIGNING_DATE}


class BlockKind(StrEnum):
    TITLE = "title"
    SUBTITLE = "subtitle"  # e.g. (参考模板)
    PARTY = "party"  # 甲方：… lines at the head
    PARAGRAPH = "paragraph"
    HEADING = "heading"  # 一、… or 第N条 as a title of its own
    SUBHEADING = "subheading"  # （一）… as a title of its own
    CLAUSE = "clause"  # a labelled clause with text
    ITEM = "item"  # a clause below a clause
    SIGNATURE = "signature"  # a line of the signature block, where it is asked for; no file names a block so


class TermKind(StrEnum):
    FIXED_YEARS = "fixed_years"
    BLANK_YEARS = "blank_years"
    DATE_RANGE = "date_range"
    WITH_MAIN = "with_main"  # a supplement runs as long as the agreement that it belongs to


class Effectiveness(StrEnum):
    BOTH_SEALS = "both_seals"
    BOTH_SIGNATURES = "both_signatures"
    LATER_OF_SEALS = "later_of_seals"  # the text is silent: 民法典 490


@dataclass(frozen=True)
class Blank:
    """One thing to fill in.

    `printed` is what the source prints for it when empty: "", spaces, "____", "XXX", "____年__月__日" …
    `before` and `after` are printed around a value only when there is one.
    """

    id: str
    kind: BlankKind
    label: str
    printed: str = ""
    required: bool = True
    help: str = ""
    unit: str = ""
    minimum: int | None = None
    maximum: int | None = None
    max_length: int = 200
    choices: tuple[str, ...] = ()
    role: str = ""  # institution, person: "medical" or "elder_care"
    fact: str = ""  # institution: "name" or "address"; authority: "health" or "civil_affairs"
    before: str = ""
    after: str = ""
    followed_by: tuple[str, ...] = ()  # endings the text prints after the blank (报 XXX 民政局, ____养老院)

    @property
    def is_asked(self) -> bool:
        """Whether the wizard has a field for it."""
        return self.kind not in {BlankKind.INSTITUTION, BlankKind.SIGNING_DATE}


@dataclass(frozen=True)
class Block:
    """One line of the source: its own label and heading, then text in which `{blank_id}` marks a blank.

    `{blank_id.capitals}` prints a money value in Chinese capitals.
    """

    id: str
    kind: BlockKind
    text: str
    label: str = ""
    heading: str = ""  # a clause's own, on the same line and with its stop: 建立医疗服务站点。
    notes: tuple[str, ...] = ()  # lint notes beside the text; they never change it


@dataclass(frozen=True)
class SignatureLine:
    """Text as in a Block, then what is to be done there: 甲方 and （盖章）：. In a file, a text alone is a line too."""

    text: str
    prompt: str = ""


@dataclass(frozen=True)
class SignatureParty:
    role: str
    lines: tuple[SignatureLine, ...]
    seal: bool
    seal_line: int = 1  # below which line the seal goes, counted from 1


@dataclass(frozen=True)
class SignatureBlock:
    side_by_side: bool
    parties: tuple[SignatureParty, ...]
    shared_lines: tuple[SignatureLine, ...] = ()  # below both, e.g. one shared date
    notes: tuple[str, ...] = ()  # lint notes beside the block, as those of a Block
    shared_seal_line: int = 0  # the shared line at which a further seal goes, a witness's; counted from 1, 0 for none


@dataclass(frozen=True)
class CopyHolder:
    holder: str  # "medical", "elder_care", "health", "civil_affairs" or "other"
    label: str  # e.g. 甲方存, 民政部门存
    name: str = ""  # only for "other"


@dataclass(frozen=True)
class TermRule:
    """How long an agreement runs. A text that states years *and* days names both, and they must agree."""

    kind: TermKind
    years: int | None = None  # fixed_years
    blank: str = ""  # blank_years
    from_blank: str = ""  # date_range
    to_blank: str = ""
    starts_on: str = ""  # ISO; a day that the text itself names
    ends_on: str = ""

    def years_in(self, values: Mapping[str, Any]) -> int | None:
        """Return the years that the filled text states, None for none."""
        years = values.get(self.blank) if self.blank else self.years
        return years if isinstance(years, int) else None

    def first_day_in(self, values: Mapping[str, Any]) -> date | None:
        """Return the first day that the filled text states, None for none."""
        return _day(self.starts_on, self.from_blank, values)

    def last_day_in(self, values: Mapping[str, Any]) -> date | None:
        """Return the last day that the filled text states, None for none."""
        return _day(self.ends_on, self.to_blank, values)


@dataclass(frozen=True)
class Commitment:
    """A countable promise. `quote` stands word for word in the text.

    With a `minimum_blank` the number agreed there is the promise, and `minimum` the least while it is empty.
    """

    metric: str
    by: str  # "medical", "elder_care" or "both"
    minimum: int
    per: str  # "year", "half_year", "quarter", "month", "week" or "day"
    quote: str
    age_min: int | None = None
    free: bool | None = None
    scope: str = ""
    minimum_blank: str = ""


@dataclass(frozen=True)
class Source:
    notice: str
    issuers: tuple[str, ...]
    document_number: str
    issued_on: str  # ISO date or a prefix of one (2021-09), as precise as the source; "" when it has none
    digest: str  # SHA-256 of the source document's bytes (for a platform-drafted text: of the notice it follows)
    status: str  # 范本, 参考样本, 参考模板, 平台拟稿
    remark: str = ""
    file: str = ""  # the official document, kept byte for byte beside the templates; its digest is `digest`
    until: str = ""  # the document's line behind the template's text; "": the text goes on to its end


@dataclass(frozen=True)
class TemplateBody:
    slug: str
    region: str
    title: str
    is_official: bool
    source: Source
    called: dict[str, str]  # role → 甲方 / 乙方
    blanks: tuple[Blank, ...]
    blocks: tuple[Block, ...]
    signature: SignatureBlock
    copies: tuple[CopyHolder, ...]
    term: TermRule
    effectiveness: Effectiveness
    purpose: str = "main"  # "supplement": not offered for a first agreement
    commitments: tuple[Commitment, ...] = ()
    asks: dict[str, tuple[str, ...]] = field(default_factory=dict)  # role → what the template asks of it, in short
    contradictions: tuple[Contradiction, ...] = ()  # what its answers may not say at once
    first_to_sign: str = ""  # who signs before the other may sign on screen: "medical" or "elder_care"; "": either
    scanned: str = ONE_COPY  # which signed copies come back as scans: "one" whole copy at least, or "all"

    @property
    def order_words(self) -> str:
        """Who signs first on screen, as the template's page says it."""
        if not self.first_to_sign:
            return "不分先后"
        return f"{self.called[self.first_to_sign]}（{SIDES[self.first_to_sign]}）先签署，另一方再签署"

    @property
    def takes_all_copies(self) -> bool:
        """Whether every copy is to come back as a scan before the agreement enters force."""
        return self.scanned == ALL_COPIES

    @property
    def term_words(self) -> str:
        """The term in words, as a list of templates shows it."""
        match self.term.kind:
            case TermKind.FIXED_YEARS:
                return f"固定 {self.term.years} 年"
            case TermKind.BLANK_YEARS:
                return "年数由双方填写"
            case TermKind.DATE_RANGE:
                return "起止日期由双方填写"
            case TermKind.WITH_MAIN:
                return "随原协议"

    @property
    def needs_attestation(self) -> bool:
        """Whether its text has no line for the day of signing: then a page beside the text attests it."""
        return all(blank.kind is not BlankKind.SIGNING_DATE for blank in self.blanks)

    @property
    def asks_of(self) -> list[tuple[str, tuple[str, ...]]]:
        """What the template asks of whom: (对甲方（…）的要求, lines) for each side."""
        return [(f"{self.called[role]}（{SIDES[role]}）", lines) for role, lines in self.asks.items()]

    def blank(self, blank_id: str) -> Blank:
        """Return the blank with this id. Raises KeyError."""
        for blank in self.blanks:
            if blank.id == blank_id:
                return blank
        raise KeyError(blank_id)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON. Fields that hold their default are left out, so a new field changes no old digest."""
        return as_json(self)

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON (sorted keys, no spaces, UTF-8), in hexadecimal."""
        canonical = json.dumps(self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> TemplateBody:
        """Rebuild the body from what `to_json` or the checked file gave."""
        return cls(
            slug=body["slug"],
            region=body["region"],
            title=body["title"],
            is_official=body["is_official"],
            source=Source(**{**body["source"], "issuers": tuple(body["source"]["issuers"])}),
            called=dict(body["called"]),
            blanks=tuple(map(_blank, body["blanks"])),
            blocks=tuple(map(_block, body["blocks"])),
            signature=_signature(body["signature"]),
            copies=tuple(CopyHolder(**c) for c in body["copies"]),
            term=TermRule(**{**body["term"], "kind": TermKind(body["term"]["kind"])}),
            effectiveness=Effectiveness(body["effectiveness"]),
            purpose=body.get("purpose", "main"),
            commitments=tuple(Commitment(**c) for c in body.get("commitments", ())),
            asks={role: tuple(lines) for role, lines in body.get("asks", {}).items()},
            contradictions=tuple(map(contradictions.from_row, body.get("contradictions", ()))),
            first_to_sign=body.get("first_to_sign", ""),
            scanned=body.get("scanned", ONE_COPY),
        )


def _day(fixed: str, blank: str, values: Mapping[str, Any]) -> date | None:
    if fixed:
        return date.fromisoformat(fixed)
    answered = values.get(blank) if blank else None
    return answered if isinstance(answered, date) else None


def _blank(row: Mapping[str, Any]) -> Blank:
    lists = {name: tuple(row.get(name, ())) for name in ("choices", "followed_by")}
    return Blank(**{**row, **lists, "kind": BlankKind(row["kind"])})


def _block(row: Mapping[str, Any]) -> Block:
    return Block(**{**row, "kind": BlockKind(row["kind"]), "notes": tuple(row.get("notes", ()))})


def _signature(row: Mapping[str, Any]) -> SignatureBlock:
    return SignatureBlock(
        side_by_side=row["side_by_side"],
        parties=tuple(SignatureParty(**{**party, "lines": _lines(party["lines"])}) for party in row["parties"]),
        shared_lines=_lines(row.get("shared_lines", ())),
        notes=tuple(row.get("notes", ())),
        shared_seal_line=row.get("shared_seal_line", 0),
    )


def _lines(rows: Iterable[str | Mapping[str, Any]]) -> tuple[SignatureLine, ...]:
    return tuple(SignatureLine(row) if isinstance(row, str) else SignatureLine(**row) for row in rows)
