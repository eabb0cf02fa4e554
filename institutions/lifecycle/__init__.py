"""What may be done with a registered institution. Every verb locks its row first, logs, and tells on commit."""

from institutions.lifecycle.changing import Overtake, Overtaken, add, change
from institutions.lifecycle.naming import correct_name, rename
from institutions.lifecycle.status import ACTS, CLOSE, REOPEN, SUSPEND, Act, close, reopen, suspend
from institutions.lifecycle.validity import Period, enter_period, withdraw_filing

__all__ = [
    "ACTS",
    "CLOSE",
    "REOPEN",
    "SUSPEND",
    "Act",
    "Overtake",
    "Overtaken",
    "Period",
    "add",
    "change",
    "close",
    "correct_name",
    "enter_period",
    "rename",
    "reopen",
    "suspend",
    "withdraw_filing",
]
