"""What may become of an import, and through whom, as data. The beats are those of verbs/lifecycle.py."""

from __future__ import annotations

from accounts.models import User
from audit.events import Event
from boundary.events import UploadRefused
from imports import events
from imports.models import InstitutionImport
from imports.permissions import can_act_on
from verbs.lifecycle import Lifecycle
from verbs.transitions import Transition

State = InstitutionImport.State
Step = Transition[State, User, InstitutionImport]

OPEN = frozenset({State.CHECKED, State.FAILED})
READ_ALREADY = OPEN | {State.MAPPING}
LEFT = READ_ALREADY | {State.UNREAD}
GIVEN_UP_FROM = LEFT | {State.WAITING, State.RECEIVED}

REOPEN = Step("reopen", "重新打开", frozenset({State.UNREAD}), State.RECEIVED, events.CheckOrdered, can_act_on)
SET_COLUMNS = Step("set_columns", "更改各列", READ_ALREADY, State.WAITING, events.ColumnsSet, can_act_on)
RECHECK = Step("recheck", "重新核对", OPEN, State.WAITING, events.CheckOrdered, can_act_on)
DECIDE = Step("decide", "决定", frozenset({State.CHECKED}), State.CHECKED, events.Decided, can_act_on)
CONFIRM = Step("confirm", "导入", frozenset({State.CHECKED}), State.ORDERED, events.Confirmed, can_act_on)
ABANDON = Step("abandon", "放弃", GIVEN_UP_FROM, State.ABANDONED, events.Abandoned, can_act_on)
GIVE_UP = Step("give_up", "放弃", LEFT, State.ABANDONED, events.Abandoned, may=None)
# The worker's: an import is three kinds of job (imports/background.py).
TAKE_UP = (
    Step("take_up", "开始打开", frozenset({State.RECEIVED}), State.OPENING, Event, may=None),
    Step("take_up", "开始核对", frozenset({State.WAITING}), State.CHECKING, Event, may=None),
    Step("take_up", "开始导入", frozenset({State.ORDERED}), State.WRITING, Event, may=None),
)
HAND_BACK = (
    Step("hand_back", "重新排队打开", frozenset({State.OPENING}), State.RECEIVED, Event, may=None),
    Step("hand_back", "重新排队核对", frozenset({State.CHECKING}), State.WAITING, Event, may=None),
    Step("hand_back", "重新排队导入", frozenset({State.WRITING}), State.ORDERED, Event, may=None),
)
READ = Step("read", "打开", frozenset({State.OPENING}), State.MAPPING, Event, may=None)
READ_AND_ORDER = Step("read", "打开，各列都认得", frozenset({State.OPENING}), State.WAITING, Event, may=None)
REFUSE = Step("refuse", "不收", frozenset({State.OPENING}), State.REFUSED, UploadRefused, may=None)
FAIL_TO_OPEN = Step("fail", "没能打开", frozenset({State.OPENING}), State.UNREAD, events.Failed, may=None)
CHECK = Step("check", "核对", frozenset({State.CHECKING}), State.CHECKED, events.Checked, may=None)
WRITE = Step("write", "导入", frozenset({State.WRITING}), State.DONE, events.Done, may=None)
FAIL = Step("fail", "未成功", frozenset({State.CHECKING, State.WRITING}), State.FAILED, events.Failed, may=None)
TRANSITIONS = (
    REOPEN,
    SET_COLUMNS,
    RECHECK,
    DECIDE,
    CONFIRM,
    ABANDON,
    GIVE_UP,
    *TAKE_UP,
    *HAND_BACK,
    READ,
    READ_AND_ORDER,
    REFUSE,
    FAIL_TO_OPEN,
    CHECK,
    WRITE,
    FAIL,
)
RULES = """\
- **Upload.** By a reviewer or administrator of the authority. It is opened in a cell, which
  may refuse it; a sheet whose columns are all known is checked at once. **Reopen.** After a fault of ours only.
- **Confirm.** No row may be wrong or undecided. Whoever confirmed must still import for the authority when it is
  written; all of it is written in one transaction, or nothing.
- **Hand back.** By the sweep, when the worker has died. **Give up.** By the clock, what nobody ended for 90 days.
"""


def _refusal(row: InstitutionImport, step: Step) -> str:
    return f"这次导入{row.get_state_display()}，现在不能{step.label}。"


LIFE: Lifecycle[State, User, InstitutionImport] = Lifecycle(
    "import", "这次导入", State, TRANSITIONS, InstitutionImport.objects.with_people, rules=RULES, wrong=_refusal
)
