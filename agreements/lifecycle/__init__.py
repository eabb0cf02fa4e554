"""The verbs that change an agreement's state. Web, tasks, commands and demo data all call these.

Every verb has the same beats: lock the row, guard, write only what changes, log, announce on commit.
"""

from agreements.lifecycle.approved import APPROVAL, APPROVE, DECLINE, TAKE_BACK, asks_for, standing_for
from agreements.lifecycle.approving import (
    approve,
    ask_for_approval,
    decline,
    switch_approval,
    take_back_approval,
)
from agreements.lifecycle.copying import start_copy
from agreements.lifecycle.electronic import decline_to_sign, sign_electronically
from agreements.lifecycle.ending import expire, expire_due, terminate
from agreements.lifecycle.entering import what_certifying_brings, what_signing_brings
from agreements.lifecycle.looking import send_back_pages, tick_page, untick_page
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
from agreements.lifecycle.paper import SIGNED_ON, certify, record_signing
from agreements.lifecycle.reminding import remind
from agreements.lifecycle.rescanning import certify_rescan, rescan_wanted
from agreements.lifecycle.rescinding import agree_to_rescind, ask_to_rescind, drop_rescission
from agreements.lifecycle.scanning import (
    attach_scan,
    place_pages,
    refuse_to_scan_voided,
    reject_scan,
    send_scan,
    set_blanks_aside,
    take_back_scan,
)
from agreements.lifecycle.scans import SCAN
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
from agreements.lifecycle.ways import awaited_on_screen, has_paper, turn_on_screen
from agreements.lifecycle.windows import extend_window, lapse_due

__all__ = [
    "AGREE",
    "APPROVAL",
    "APPROVE",
    "CERTIFY",
    "DECLINE",
    "DISCARD",
    "EXPIRE",
    "LIFE",
    "RESCIND",
    "RETURN",
    "SCAN",
    "SEND",
    "SIGN",
    "SIGNED_ON",
    "TAKE_BACK",
    "TERMINATE",
    "TRANSITIONS",
    "WITHDRAW",
    "Point",
    "Seen",
    "agree",
    "agree_to_rescind",
    "approve",
    "ask_for_approval",
    "ask_to_rescind",
    "asks_for",
    "attach_scan",
    "awaited_on_screen",
    "certify",
    "certify_rescan",
    "decline",
    "decline_to_sign",
    "discard",
    "drop_rescission",
    "expire",
    "expire_due",
    "extend_window",
    "has_paper",
    "lapse_due",
    "place_pages",
    "record_signing",
    "refuse_the_sender",
    "refuse_to_scan_voided",
    "reject_scan",
    "remind",
    "rescan_wanted",
    "return_to_drafter",
    "send",
    "send_back_pages",
    "send_scan",
    "set_blanks_aside",
    "sign_electronically",
    "standing_for",
    "start_copy",
    "start_draft",
    "start_renewal",
    "start_replacement",
    "start_supplement",
    "switch_approval",
    "take_back_approval",
    "take_back_scan",
    "terminate",
    "tick_page",
    "turn_on_screen",
    "untick_page",
    "wants_reason",
    "what_certifying_brings",
    "what_signing_brings",
    "withdraw",
]
