"""What a template is, as typed data.

A template file (YAML) is checked by `catalogue.reader` and stored as JSON in `TemplateVersion.body`;
`TemplateBody.from_json` gives it back as these classes. Nothing here knows Django.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class BlankKind(StrEnum):
    INSTITUTION = "institution"  # a fact of one party, filled from the chosen institution
    AUTHORITY = "authority"  # where a copy is filed; proposed from the region, may be changed
    PERSON = "person"
    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"  # yuan with two decimals
    CHOICE = "choice"
    DATE = "date"
    SIGNING_DATE = "signing_date"  # written by hand (or at electronic signing), never asked by the wizard


class BlockKind(StrEnum):
    TITLE = "title"
    SUBTITLE = "subtitle"  # e.g. (参考模板)
    PARTY = "party"  # 甲方：… lines at the head
    PARAGRAPH = "paragraph"
    HEADING = "heading"  # 一、… or 第N条 as a title of its own
    SUBHEADING = "subheading"  # （一）… as a title of its own
    CLAUSE = "clause"  # a labelled clause with text
    ITEM = "item"  # a clause below a clause


class TermKind(StrEnum):
    FIXED_YEARS = "fixed_years"
    BLANK_YEARS = "blank_years"
    DATE_RANGE = "date_range"


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

    @property
    def is_asked(self) -> bool:
        """Whether the wizard has a field for it."""
        return self.kind not in {BlankKind.INSTITUTION, BlankKind.SIGNING_DATE}


@dataclass(frozen=True)
class Block:
    """One line of the source: its own label, then text in which `{blank_id}` marks a blank.

    `{blank_id.capitals}` prints a money value in Chinese capitals.
    """

    id: str
    kind: BlockKind
    text: str
    label: str = ""
    notes: tuple[str, ...] = ()  # lint notes beside the text; they never change it


@dataclass(frozen=True)
class SignatureParty:
    role: str
    lines: tuple[str, ...]
    seal: bool


@dataclass(frozen=True)
class SignatureBlock:
    side_by_side: bool
    parties: tuple[SignatureParty, ...]
    shared_lines: tuple[str, ...] = ()  # below both, e.g. one shared date


@dataclass(frozen=True)
class CopyHolder:
    holder: str  # "medical", "elder_care", "health", "civil_affairs" or "other"
    label: str  # e.g. 甲方存, 民政部门存
    name: str = ""  # only for "other"


@dataclass(frozen=True)
class TermRule:
    kind: TermKind
    years: int | None = None  # fixed_years
    blank: str = ""  # blank_years
    from_blank: str = ""  # date_range
    to_blank: str = ""


@dataclass(frozen=True)
class Commitment:
    """A countable promise. `quote` stands word for word in the text."""

    metric: str
    by: str
    minimum: int
    per: str
    quote: str
    age_min: int | None = None
    free: bool | None = None
    scope: str = ""


@dataclass(frozen=True)
class Source:
    notice: str
    issuers: tuple[str, ...]
    document_number: str
    issued_on: str  # ISO date or a prefix of one (2021-09), as precise as the source
    digest: str  # SHA-256 of the source text as UTF-8; "" only for platform-drafted
    status: str  # 范本, 参考样本, 参考模板, 平台拟稿
    remark: str = ""


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
    commitments: tuple[Commitment, ...] = ()
    asks: dict[str, tuple[str, ...]] = field(default_factory=dict)  # role → what the template asks of it, in short

    def blank(self, blank_id: str) -> Blank:
        """Return the blank with this id. Raises KeyError."""
        for blank in self.blanks:
            if blank.id == blank_id:
                return blank
        raise KeyError(blank_id)

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> TemplateBody:
        """Rebuild the typed body from what `to_json` or the checked file gave."""
        signature = body["signature"]
        return cls(
            slug=body["slug"],
            region=body["region"],
            title=body["title"],
            is_official=body["is_official"],
            source=Source(**{**body["source"], "issuers": tuple(body["source"]["issuers"])}),
            called=dict(body["called"]),
            blanks=tuple(
                Blank(**{**b, "kind": BlankKind(b["kind"]), "choices": tuple(b.get("choices", ()))})
                for b in body["blanks"]
            ),
            blocks=tuple(
                Block(**{**b, "kind": BlockKind(b["kind"]), "notes": tuple(b.get("notes", ()))}) for b in body["blocks"]
            ),
            signature=SignatureBlock(
                side_by_side=signature["side_by_side"],
                parties=tuple(SignatureParty(**{**p, "lines": tuple(p["lines"])}) for p in signature["parties"]),
                shared_lines=tuple(signature.get("shared_lines", ())),
            ),
            copies=tuple(CopyHolder(**c) for c in body["copies"]),
            term=TermRule(**{**body["term"], "kind": TermKind(body["term"]["kind"])}),
            effectiveness=Effectiveness(body["effectiveness"]),
            commitments=tuple(Commitment(**c) for c in body.get("commitments", ())),
            asks={role: tuple(lines) for role, lines in body.get("asks", {}).items()},
        )
