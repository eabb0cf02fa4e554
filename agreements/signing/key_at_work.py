"""The thread of this web process that holds a key while it signs a batch.

The key is an object of this process and of no other: when the process ends, killed or not, it is gone, and the page of
the batch asks for the PIN again. It is gone as well when the thread has nothing left to do or may not go on.
"""

from __future__ import annotations

from threading import Thread

from django.db import connections, transaction
from django.views.decorators.debug import sensitive_variables

from agreements.lifecycle.batches import go_through
from agreements.lifecycle.pens import Pen
from agreements.models import SigningBatch
from audit import origin

NAME = "signing-batch-{}"


@sensitive_variables()
def sign_in_the_background(batch: SigningBatch, run: int, pen: Pen) -> None:
    """Begin to sign a batch as soon as its rows are committed; what is logged comes from where the request came."""
    came_from = origin.kept()
    thread = Thread(target=_sign, args=(batch.pk, run, pen, came_from), name=NAME.format(batch.pk), daemon=True)
    transaction.on_commit(thread.start)


@sensitive_variables()
def _sign(batch_id: int, run: int, pen: Pen, came_from: dict[str, str]) -> None:
    try:
        with origin.as_ordered(came_from):
            go_through(batch_id, run, pen)
    finally:
        connections.close_all()
