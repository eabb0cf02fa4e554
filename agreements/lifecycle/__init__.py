"""The verbs that change an agreement's state. Web, tasks, commands and demo data all call these.

Every verb has the same beats: lock the row, guard, write only what changes, log, announce on commit.
"""

from agreements.lifecycle.ending import expire, expire_due, terminate
from agreements.lifecycle.negotiation import (
    agree,
    discard,
    refuse_the_sender,
    return_to_drafter,
    send,
    start_draft,
    wants_reason,
    withdraw,
)
from agreements.lifecycle.paper import (
    SCAN,
    SIGNED_ON,
    attach_scan,
    certify,
    record_signing,
    refuse_to_scan_voided,
    reject_scan,
    send_scan,
)
from agreements.lifecycle.rescinding import agree_to_rescind, ask_to_rescind, drop_rescission
from agreements.lifecycle.seen import Point, Seen
from agreements.lifecycle.succession import start_renewal, start_replacement, start_supplement
from agreements.lifecycle.transitions import (
    AGREE,
    CERTIFY,
    DISCARD,
    EXPIRE,
    LIFE,
    RESCIND,
    RETURN,
    SEND,
    SIGN,
    TERMINATE,
    TRANSITIONS,
    WITHDRAW,
)

__all__ = [
    "AGREE",
    "CERTIFY",
    "DISCARD",
    "EXPIRE",
    "LIFE",
    "RESCIND",
    "RETURN",
    "SCAN",
    "SEND",
    "SIGN",
    "SIGNED_ON",
    "TERMINATE",
    "TRANSITIONS",
    "WITHDRAW",
    "Point",
    "Seen",
    "agree",
    "agree_to_rescind",
    "ask_to_rescind",
    "attach_scan",
    "certify",
    "discard",
    "drop_rescission",
    "expire",
    "expire_due",
    "record_signing",
    "refuse_the_sender",
    "refuse_to_scan_voided",
    "reject_scan",
    "return_to_drafter",
    "send",
    "send_scan",
    "start_draft",
    "start_renewal",
    "start_replacement",
    "start_supplement",
    "terminate",
    "wants_reason",
    "withdraw",
]
