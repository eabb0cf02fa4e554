"""The rounds of a negotiation: what was sent, why it came back, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement, Round
from agreements.text.answers import to_json, values_by_blank
from agreements.text.changes import ChangedLine, changed_lines
from agreements.text.filling import Value, printed_value
from agreements.text.passages import clauses, passages_of
from agreements.text.remarks import Proposal, Remark, stored_remarks
from agreements.text.schema import Blank
from institutions.models import Role


def open_round(row: Agreement, *, by: User) -> Round:
    """Keep what a locked agreement says while it is sent."""
    last = row.rounds.last()
    return row.rounds.create(
        number=last.number + 1 if last else 1, body=row.filled_text().to_json(), sent_at=timezone.now(), sent_by=by
    )


def close_round(
    row: Agreement,
    *,
    by: User | None,
    reason: str,
    remarks: Iterable[Remark] = (),
    is_withdrawn: bool = False,
    declined_by: Role | None = None,
) -> None:
    """Note with the last round why it came back and what was said at its passages, or that it was taken back.

    `declined_by`: the side whose signatory would not sign the text.
    """
    last = row.rounds.last()
    if last is not None:
        row.rounds.filter(pk=last.pk).update(
            returned_at=timezone.now(),
            returned_by=by,
            reason=reason,
            remarks=stored_remarks(remarks),
            is_withdrawn=is_withdrawn,
            declined_by=declined_by or "",
        )


def remarks_on(row: Agreement, comments: Mapping[str, str], values: Mapping[str, Value | None]) -> list[Remark]:
    """Return what is said of a text, in its order: comments by block id, other values by blank id.

    Left out are empty ones, and ids that this text does not have.
    """
    body = row.chosen_version.parsed
    now = values_by_blank(body, row.answers)

    found = []
    for passage in clauses(passages_of(body)):
        comment = comments.get(passage.block.id, "").strip()
        named = [replace(blank, label=row.named(blank.label)) for blank in passage.blanks]
        proposals = tuple(_proposals(named, values, now))
        if comment or proposals:
            found.append(Remark(passage.block.id, passage.heading, comment, proposals))
    return found


def _proposals(
    blanks: Iterable[Blank], values: Mapping[str, Value | None], now: Mapping[str, Value | None]
) -> Iterator[Proposal]:
    for blank in blanks:
        value, before = values.get(blank.id), now.get(blank.id)
        if value is None or value in ("", before):
            continue
        words = "" if before is None else printed_value(blank, before)
        yield Proposal(blank.id, blank.label, to_json(value), printed_value(blank, value), words)


def was_sent(agreement: Agreement) -> bool:
    """Whether somebody has been shown a text of it: then it stays between the two."""
    return agreement.pk is not None and agreement.rounds.exists()


def returned_round(agreement: Agreement) -> Round | None:
    """Return the round that came back last, None where none did."""
    return agreement.rounds.filter(returned_at__isnull=False).last()


def remarked_round(agreement: Agreement) -> Round | None:
    """Return the last round that the answering side gave back, with what it said; None where there is none."""
    return agreement.rounds.filter(returned_at__isnull=False, is_withdrawn=False).select_related("returned_by").last()


@dataclass(frozen=True)
class Taken:
    """What became of one proposal: whether the present text says so, and what it says, as printed."""

    proposal: Proposal
    is_taken: bool
    now: str


@dataclass(frozen=True)
class Answered:
    """What became of one remark: of each of its proposals, and whether the passage reads otherwise since."""

    remark: Remark
    taken: tuple[Taken, ...]
    is_changed: bool


def answered_remarks(agreement: Agreement) -> list[Answered]:
    """Return what the answering side said last, each with what the present text makes of it."""
    before = remarked_round(agreement)
    if before is None or not before.remarks:
        return []
    then = {line.id: line.text for line in before.text.all_lines()}
    now = {line.id: line.text for line in agreement.filled_text().all_lines()}
    body = agreement.chosen_version.parsed
    values, blanks = values_by_blank(body, agreement.answers), {blank.id: blank for blank in body.blanks}

    def taken(proposal: Proposal) -> Taken:
        value, blank = values.get(proposal.blank), blanks.get(proposal.blank)
        words = printed_value(blank, value) if blank and value is not None else ""
        return Taken(proposal, value is not None and to_json(value) == proposal.value, words)

    return [
        Answered(remark, tuple(map(taken, remark.proposals)), then.get(remark.block) != now.get(remark.block))
        for remark in before.said
    ]


def changed_since_sent(agreement: Agreement) -> list[ChangedLine]:
    """Return what the text says otherwise than when it was sent: what is registered of a side stands in it."""
    last = agreement.rounds.last()
    return changed_lines(last.text, agreement.filled_text()) if last is not None else []


def changed_since_return(agreement: Agreement) -> list[ChangedLine] | None:
    """Return what the present text says otherwise than what came back last; None where nothing came back."""
    before = returned_round(agreement)
    return None if before is None else changed_lines(before.text, agreement.filled_text())
