"""What may be done with a registered institution. Every verb: lock, guard, may, write, log, announce."""

from institutions.lifecycle.changing import Overtake, Overtaken, add, change
from institutions.lifecycle.naming import correct_name, rename, rename_within
from institutions.lifecycle.status import CLOSE, LIFE, REOPEN, STEPS, SUSPEND, close, reopen, suspend
from institutions.lifecycle.validity import PERIOD, Period, enter_period, send_period, withdraw_filing

__all__ = [
    "CLOSE",
    "LIFE",
    "PERIOD",
    "REOPEN",
    "STEPS",
    "SUSPEND",
    "Overtake",
    "Overtaken",
    "Period",
    "add",
    "change",
    "close",
    "correct_name",
    "enter_period",
    "rename",
    "rename_within",
    "reopen",
    "send_period",
    "suspend",
    "withdraw_filing",
]
