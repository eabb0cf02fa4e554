"""What a worker does with a job: claim it, work, and keep what came of it or fail, if it is still its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from jobs.kind import STATE, Kind, M


class Lost(Exception):
    """The job is no longer this worker's: it was taken for dead, and the job waits again or is another's."""


def run(kind: Kind[M], pk: int, work: Callable[[M], None]) -> None:
    """Claim a waiting job and do its work, which ends it by `keep`. Returns quietly when it is gone, taken or done.

    A refusal of the kind fails the job with its reason. Any other error fails it too, or lets it wait again, and is
    raised. A worker that has lost its claim leaves everything to the one that has it.
    """
    row = claim(kind, pk)
    if row is not None:
        carry_out(kind, row, work)


def carry_out(kind: Kind[M], row: M, work: Callable[[M], None]) -> None:
    """Do the work of a job that has been claimed, as `run` does."""
    with kind.within(row):
        try:
            work(row)
        except Lost:
            return
        except kind.refusals as refusal:
            _leave(kind, row, str(refusal))
        except Exception:
            _leave(kind, row, kind.fault)
            raise


def claim(kind: Kind[M], pk: int, /, *conditions: Q, **facts: Any) -> M | None:
    """Take up a waiting job that fits the conditions, and return its row; None when it is gone, taken or done."""
    writes = kind.moved(kind.running) | facts
    if kind.attempts:
        writes[kind.attempts] = F(kind.attempts) + 1
    rows: QuerySet[M] = kind.model._default_manager.filter(pk=pk)
    if rows.filter(*conditions, state=kind.waiting).update(**writes) != 1:
        return None
    return (rows.select_related(*kind.related) if kind.related else rows).first()


def hold(kind: Kind[M], row: M, /, **facts: Any) -> None:
    """Write something about a job under way. It stays this worker's to the end of the transaction. Raises Lost."""
    _write(kind, row, {kind.claimed: F(kind.claimed)} | facts)


def keep(kind: Kind[M], row: M, /, **facts: Any) -> None:
    """End a job well. Raises Lost: whatever else the same transaction wrote is then not kept either."""
    end(kind, row, kind.done, **facts)


def put_back(kind: Kind[M], row: M, /, **facts: Any) -> None:
    """Let a job wait again; the sweep rings. Raises Lost."""
    end(kind, row, kind.waiting, **facts)


def fail(kind: Kind[M], row: M, reason: str, /, **facts: Any) -> None:
    """End a job without a result, with the reason for people. Raises Lost."""
    with transaction.atomic():
        end(kind, row, kind.failed, **{kind.failure: reason}, **facts)
        kind.on_failure(row, reason)


def end(kind: Kind[M], row: M, state: str, /, **facts: Any) -> None:
    """End this worker's run in a state of the model's. Raises Lost."""
    _write(kind, row, kind.moved(state) | facts)


def _leave(kind: Kind[M], row: M, reason: str) -> None:
    with suppress(Lost):
        if reason:
            fail(kind, row, reason)
        else:
            put_back(kind, row)


def _write(kind: Kind[M], row: M, writes: dict[str, Any]) -> None:
    """Write to a row that is as this one knows it: in the same state, under the same claim. Raises Lost."""
    known = {"pk": row.pk, "state": getattr(row, STATE), kind.claimed: getattr(row, kind.claimed)}
    if kind.model._default_manager.filter(**known).update(**writes) != 1:
        raise Lost(f"{kind.name} {row.pk} is no longer this worker's")
