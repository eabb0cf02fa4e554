"""Ordering a job, and ringing for it once the order is committed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import timezone

from jobs.kind import Kind, M
from patience import Away, asking

logger = logging.getLogger(__name__)
RUNG_IS_GOOD_FOR = 60  # seconds; a worker that comes later finds what the sweep rang for since, and no pile
_silent: ContextVar[list[str] | None] = ContextVar("bells that nobody heard", default=None)


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


def try_again(kind: Kind[M], pk: int) -> bool:
    """Let a failed job wait once more that nobody can order anew; False for another kind, or when it has not failed."""
    anew: dict[str, Any] = {kind.failure: "", kind.ordered: timezone.now()}
    if kind.attempts:
        anew[kind.attempts] = 0
    return kind.is_tried_again_by_hand and order_again(kind, pk, source=kind.failed, **anew)


def ring_on_commit(kind: Kind[M], pk: int | None = None) -> None:
    """Ring when the transaction is committed. With the broker away the order stands, and the sweep rings."""
    transaction.on_commit(lambda: _ring_or_note(kind, pk), robust=True)


def call_on_commit(task: str, *arguments: Any) -> None:
    """Call a task that is no job of a kind, likewise. No tool that shows the queue shows what it is called with."""
    transaction.on_commit(lambda: _call_or_note(task, arguments), robust=True)


def ring(kind: Kind[M], pk: int | None = None) -> None:
    """Tell the workers that a job waits. Raises Away while the broker does not answer, after a second at most."""
    arguments = [] if pk is None or kind.has_one_bell else [pk]
    with asking():
        current_app.send_task(kind.task, arguments, retry=False, expires=RUNG_IS_GOOD_FOR)


def _call_or_note(task: str, arguments: tuple[Any, ...]) -> None:
    try:
        with asking():
            current_app.send_task(task, arguments, retry=False, argsrepr="(hidden)")
    except Away:
        logger.warning("%s was not called: the broker is away", task)


@contextmanager
def noting_silence() -> Iterator[list[str]]:
    """Give a list of the kinds of job that were ordered inside the block while the broker was away."""
    silent: list[str] = []
    token = _silent.set(silent)
    try:
        yield silent
    finally:
        _silent.reset(token)


def _ring_or_note(kind: Kind[M], pk: int | None) -> None:
    try:
        ring(kind, pk)
    except Away:
        logger.warning("%s %s waits for the sweep: the broker is away", kind.name, pk)
        silent = _silent.get()
        if silent is not None:
            silent.append(kind.name)
