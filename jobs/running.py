"""What a worker does with a job: claim it, work, and keep what came of it or fail, if it is still its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import Error, connection, transaction
from django.db.models import F, Q, QuerySet

from jobs import alive
from jobs.kind import STATE, Kind, M
from jobs.passing import is_passing

logger = logging.getLogger(__name__)


class Lost(Exception):
    """The job is no longer this worker's: it was taken for dead, and the job waits again or is another's."""


def run(kind: Kind[M], pk: int, work: Callable[[M], None]) -> None:
    """Claim a waiting job and do its work, which ends it by `keep`. Returns quietly when it is gone, taken or done.

    A refusal of the kind fails the job with its reason. A full disk or an absent PostgreSQL lets it wait again, however
    often. Any other error fails it, or lets it wait again a few times, and is raised. A worker that has lost its claim
    leaves everything to the one that has it.
    """
    row = claim(kind, pk)
    if row is not None:
        carry_out(kind, row, work)


def carry_out(kind: Kind[M], row: M, work: Callable[[M], None]) -> None:
    """Do the work of a job that has been claimed, as `run` does."""
    with kind.within(row), alive.at_work(kind, row):
        try:
            work(row)
        except Lost:
            return
        except kind.refusals as refusal:
            _leave(kind, row, str(refusal))
        except Exception as error:
            if is_passing(error):
                _wait_again(kind, row, error)
                return
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
    alive.begin(kind, pk)
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
    if state != kind.waiting:
        alive.forget(kind, row.pk)


def died(kind: Kind[M], row: M, /, **facts: Any) -> bool:
    """Count a run that no worker ended: the job waits again, or fails after too many. False for that. Raises Lost."""
    if alive.deaths(kind, row.pk) + 1 >= kind.most_deaths:
        fail(kind, row, kind.died)
        return False
    with transaction.atomic():
        put_back(kind, row, **facts)
        alive.note_death(kind, row.pk)
    return True


def _wait_again(kind: Kind[M], row: M, error: Exception) -> None:
    """Put a job back that failed by no fault of its own; while PostgreSQL is away, the sweep does it later."""
    logger.warning("%s %s waits again: %s", kind.name, row.pk, error)
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    with suppress(Lost, Error):
        put_back(kind, row)


def _leave(kind: Kind[M], row: M, reason: str) -> None:
    with suppress(Lost):
        if reason:
            fail(kind, row, reason)
        else:
            died(kind, row)


def _write(kind: Kind[M], row: M, writes: dict[str, Any]) -> None:
    """Write to a row that is as this one knows it: in the same state, under the same claim. Raises Lost."""
    known = {"pk": row.pk, "state": getattr(row, STATE), kind.claimed: getattr(row, kind.claimed)}
    if kind.model._default_manager.filter(**known).update(**writes) != 1:
        raise Lost(f"{kind.name} {row.pk} is no longer this worker's")
