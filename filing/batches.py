"""Many filings at once: every row its own transaction, every row its own answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from filing import lifecycle
from filing.models import Filing
from filing.objections import in_words, objections
from verbs.errors import NotAllowed, WrongState

MOST = 200  # rows at once


@dataclass(frozen=True)
class Result:
    """What became of one row: `text` says it in Chinese."""

    filing: Filing
    done: bool
    text: str


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
class Batch:
    verb: str
    label: str
    run: Callable[..., str]
    asks_first: bool  # what cannot be undone asks once


BATCHES = {
    batch.verb: batch
    for batch in (
        Batch("take_up", "批量接收", take_up, asks_first=False),
        Batch("accept", "批量受理备案", accept, asks_first=True),
    )
}


def run(batch: Batch, filings: Iterable[Filing], *, by: User) -> list[Result]:
    """Do one act to each filing and return what became of it; a refusal of one stops none of the others."""
    return [_one(batch, filing, by) for filing in filings]


def _one(batch: Batch, filing: Filing, by: User) -> Result:
    try:
        return Result(filing, done=True, text=batch.run(filing, by=by))
    except (WrongState, NotAllowed) as refusal:
        return Result(filing, done=False, text=str(refusal))
