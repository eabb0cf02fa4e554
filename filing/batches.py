"""Many filings at once: ordered as a row with an address, done by a worker, each filing in its own transaction.

Whoever reloads, presses twice or comes back tomorrow finds the same batch. A worker that dies has ended what it ended:
the next one goes on with what still waits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction

import jobs
from accounts.models import User
from audit import origin
from filing import lifecycle
from filing.models import Batch, BatchRow, Filing
from filing.objections import in_words, objections
from institutions.models import reviews_for
from verbs.errors import NotAllowed, WrongState

MOST = 200  # rows at once
BATCH_TASK = "filing.tasks.go_through_batch"
DIED = "后台办理时连续中断了几次，已停止。上面办成的都有效；还没有办的，请重新勾选办理。"
LEFT = "这一批中途停止，没有办到这一件。"

State, Outcome = Batch.State, BatchRow.Outcome


def take_up(filing: Filing, *, by: User) -> str:
    lifecycle.take_up(filing, by=by)
    return "已接收"


def accept(filing: Filing, *, by: User) -> str:
    """Accept one to which nothing is objected; what still waits is taken up first, in the same transaction."""
    with transaction.atomic():
        if Filing.objects.get(pk=filing.pk).state == Filing.State.SUBMITTED:
            lifecycle.take_up(filing, by=by)
        if found := objections([filing])[filing.pk]:
            raise WrongState(f"没有受理，请打开逐件审核。{in_words(found)}")
        return f"已受理，备案号 {lifecycle.accept(filing, by=by).number}"


@dataclass(frozen=True)
class Act:
    """What can be done to many: `asks_first` what cannot be undone."""

    verb: Batch.Verb
    run: Callable[..., str]
    asks_first: bool

    @property
    def label(self) -> str:
        return str(self.verb.label)


ACTS: dict[str, Act] = {
    act.verb.value: act
    for act in (
        Act(Batch.Verb.TAKE_UP, take_up, asks_first=False),
        Act(Batch.Verb.ACCEPT, accept, asks_first=True),
    )
}


def order(act: Act, filings: Iterable[Filing], *, by: User) -> Batch:
    """Order one act for each filing, in this order. All are filed with one authority, for which the person reviews.

    Raises NotAllowed for any other, and WrongState for filings that wait in another batch already.
    """
    rows = list(filings)
    with transaction.atomic():
        # Locked, so that of two who order the same one finds the other's.
        list(
            Filing.objects.filter(pk__in=[row.pk for row in rows])
            .order_by("pk")
            .select_for_update(no_key=True, of=("self",))
        )
        [authority] = {row.authority.now for row in rows}
        if not reviews_for(by, authority):
            raise NotAllowed(f"只有{authority}的审核员才能批量办理报送给它的备案。")
        waiting = set(
            BatchRow.objects.filter(filing__in=rows, outcome=Outcome.WAITING).values_list("filing", flat=True)
        )
        if waiting:
            raise WrongState(f"其中 {len(waiting)} 件正在另一批里办理，没有重复办理。请在“批量办理记录”里查看结果。")
        batch = jobs.order(BATCHES, verb=act.verb, authority=authority, ordered_by=by, origin=origin.kept())
        BatchRow.objects.bulk_create(
            BatchRow(batch=batch, filing=row, position=position) for position, row in enumerate(rows, 1)
        )
    return batch


def go_through(batch_id: int) -> None:
    """Do what a batch orders. Returns quietly when it is gone, taken or done."""
    jobs.run(BATCHES, batch_id, _go_through)


def sweep() -> int:
    """Ring again for batches that nobody took up or whose worker died. Return for how many."""
    return len(jobs.sweep(BATCHES).rung)


def _go_through(batch: Batch) -> None:
    act = ACTS[batch.verb]
    _reviewer(batch)  # of one whose rows are all ended, too
    for row in batch.rows.filter(outcome=Outcome.WAITING).select_related("filing__authority", "filing__agreement"):
        with transaction.atomic():
            jobs.hold(BATCHES, batch)
            _one(act, row, _reviewer(batch))
    jobs.keep(BATCHES, batch)


def _reviewer(batch: Batch) -> User:
    """Return who ordered it as they are now: accounts are suspended and duties end between one filing and the next.

    Raises NotAllowed, which stops the batch.
    """
    by = User.objects.get(pk=batch.ordered_by_id).at("authority", batch.authority_id)
    if not (by.may_sign_in and reviews_for(by, batch.authority)):
        raise NotAllowed(f"{by}现在不是{batch.authority}的审核员，没有继续办理。请由现任审核员重新勾选办理。")
    return by


def _one(act: Act, row: BatchRow, by: User) -> None:
    """Do the act to one filing and write down what became of it; a refusal stops none of the others."""
    try:
        with transaction.atomic():
            row.outcome, row.text = Outcome.DONE, act.run(row.filing, by=by)
    except (WrongState, NotAllowed) as refusal:
        row.outcome, row.text = Outcome.REFUSED, str(refusal)
    row.save(update_fields=["outcome", "text"])


def _leave(batch: Batch, reason: str) -> None:
    """Say of each filing that was not reached that it was not, so that it can be ordered anew."""
    batch.rows.filter(outcome=Outcome.WAITING).update(outcome=Outcome.REFUSED, text=LEFT)


BATCHES = jobs.Kind(
    "filing_batch",
    Batch,
    BATCH_TASK,
    waiting=State.QUEUED,
    running=State.RUNNING,
    done=State.DONE,
    failed=State.FAILED,
    ordered="ordered_at",
    claimed="claimed_at",
    ended="finished_at",
    related=("authority", "ordered_by"),
    words="批量办理备案",
    died=DIED,
    refusals=(NotAllowed,),
    on_failure=_leave,
    within=lambda batch: origin.as_ordered(batch.origin),
)
