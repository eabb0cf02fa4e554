"""The rounds of a negotiation: what was sent, why it came back, and what has changed since."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement, Round
from agreements.text.changes import ChangedLine, changed_lines


def open_round(row: Agreement, *, by: User) -> Round:
    """Keep what a locked agreement says while it is sent."""
    last = row.rounds.last()
    return row.rounds.create(
        number=last.number + 1 if last else 1, body=row.filled_text().to_json(), sent_at=timezone.now(), sent_by=by
    )


def close_round(row: Agreement, *, by: User, reason: str, is_withdrawn: bool = False) -> None:
    """Note with the last round why it came back, or that it was taken back."""
    last = row.rounds.last()
    if last is not None:
        row.rounds.filter(pk=last.pk).update(
            returned_at=timezone.now(), returned_by=by, reason=reason, is_withdrawn=is_withdrawn
        )


def was_sent(agreement: Agreement) -> bool:
    """Whether somebody has been shown a text of it: then it stays between the two."""
    return agreement.pk is not None and agreement.rounds.exists()


def returned_round(agreement: Agreement) -> Round | None:
    """Return the round that came back last, None where none did."""
    return agreement.rounds.filter(returned_at__isnull=False).last()


def changed_since_sent(agreement: Agreement) -> list[ChangedLine]:
    """Return what the text says otherwise than when it was sent: what is registered of a side stands in it."""
    last = agreement.rounds.last()
    return changed_lines(last.text, agreement.filled_text()) if last is not None else []


def changed_since_return(agreement: Agreement) -> list[ChangedLine] | None:
    """Return what the present text says otherwise than what came back last; None where nothing came back."""
    before = returned_round(agreement)
    return None if before is None else changed_lines(before.text, agreement.filled_text())
