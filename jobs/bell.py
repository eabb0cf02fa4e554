"""Ordering a job, and ringing for it once the order is committed."""

from __future__ import annotations

from typing import Any

from celery import current_app
from django.db import transaction

from jobs.kind import Kind, M


def order(kind: Kind[M], /, **facts: Any) -> M:
    """Write a new row that waits, inside the caller's transaction, and ring after its commit. Return the row."""
    row = kind.model._default_manager.create(state=kind.waiting, **facts)
    ring_on_commit(kind, row.pk)
    return row


def order_again(kind: Kind[M], pk: int, /, *, source: str, **facts: Any) -> bool:
    """Let a row that stands in `source` wait for the worker, and ring. False when somebody else was quicker."""
    rows = kind.model._default_manager.filter(pk=pk, state=source)
    if rows.update(**kind.moved(kind.waiting), **facts) != 1:
        return False
    ring_on_commit(kind, pk)
    return True


def ring_on_commit(kind: Kind[M], pk: int | None = None) -> None:
    """Ring when the transaction is committed. Robust: with the broker away the order stands, and the sweep rings."""
    transaction.on_commit(lambda: ring(kind, pk), robust=True)


def ring(kind: Kind[M], pk: int | None = None) -> None:
    """Tell the workers that a job waits. Raises Kombu's OperationalError while the broker is away."""
    current_app.send_task(kind.task, [] if pk is None or kind.has_one_bell else [pk])
