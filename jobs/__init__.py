"""Work that a person or the clock orders and a worker does: order → ring → claim → keep or fail → sweep.

The row is the truth and the broker only rings. A conditional update is the lock: whoever moves a row from waiting to
running does the work, and what comes of it is kept only while the row still bears that claim
(docs/decisions/0020-one-module-of-jobs.md). A leaf: it knows nothing of ours, each app declares its own kinds.
"""

from jobs.alive import at_work
from jobs.bell import call_on_commit, order, order_again, ring, ring_on_commit, try_again
from jobs.kind import ALL, RING_AGAIN_AFTER, TAKEN_FOR_DEAD_AFTER, Kind
from jobs.running import Lost, carry_out, claim, end, fail, hold, keep, put_back, run
from jobs.sweeping import Swept, rescue, sweep

__all__ = [
    "ALL",
    "RING_AGAIN_AFTER",
    "TAKEN_FOR_DEAD_AFTER",
    "Kind",
    "Lost",
    "Swept",
    "at_work",
    "call_on_commit",
    "carry_out",
    "claim",
    "end",
    "fail",
    "hold",
    "keep",
    "order",
    "order_again",
    "put_back",
    "rescue",
    "ring",
    "ring_on_commit",
    "run",
    "sweep",
    "try_again",
]
