"""What may become of an import, and through whom, as data. The beats are those of verbs/lifecycle.py."""

from __future__ import annotations

from accounts.models import User
from audit.events import Event
from imports import events
from imports.models import InstitutionImport
from imports.permissions import can_act_on
from verbs.lifecycle import Lifecycle
from verbs.transitions import Transition

State = InstitutionImport.State
Step = Transition[State, User, InstitutionImport]

OPEN = frozenset({State.CHECKED, State.FAILED})
UNREAD = OPEN | {State.MAPPING}
GIVEN_UP_FROM = UNREAD | {State.WAITING}

SET_COLUMNS = Step("set_columns", "更改各列", UNREAD, State.WAITING, events.ColumnsSet, can_act_on)
RECHECK = Step("recheck", "重新核对", OPEN, State.WAITING, events.CheckOrdered, can_act_on)
DECIDE = Step("decide", "决定", frozenset({State.CHECKED}), State.CHECKED, events.Decided, can_act_on)
CONFIRM = Step("confirm", "导入", frozenset({State.CHECKED}), State.ORDERED, events.Confirmed, can_act_on)
ABANDON = Step("abandon", "放弃", GIVEN_UP_FROM, State.ABANDONED, events.Abandoned, can_act_on)
GIVE_UP = Step("give_up", "放弃", UNREAD, State.ABANDONED, events.Abandoned, may=None)
# The worker's: an import is two kinds of job (imports/background.py).
TAKE_UP = (
    Step("take_up", "开始核对", frozenset({State.WAITING}), State.CHECKING, Event, may=None),
    Step("take_up", "开始导入", frozenset({State.ORDERED}), State.WRITING, Event, may=None),
)
HAND_BACK = (
    Step("hand_back", "重新排队核对", frozenset({State.CHECKING}), State.WAITING, Event, may=None),
    Step("hand_back", "重新排队导入", frozenset({State.WRITING}), State.ORDERED, Event, may=None),
)
CHECK = Step("check", "核对", frozenset({State.CHECKING}), State.CHECKED, events.Checked, may=None)
WRITE = Step("write", "导入", frozenset({State.WRITING}), State.DONE, events.Done, may=None)
FAIL = Step("fail", "未成功", frozenset({State.CHECKING, State.WRITING}), State.FAILED, events.Failed, may=None)
TRANSITIONS = (
    SET_COLUMNS,
    RECHECK,
    DECIDE,
    CONFIRM,
    ABANDON,
    GIVE_UP,
    *TAKE_UP,
    *HAND_BACK,
    CHECK,
    WRITE,
    FAIL,
)
RULES = """\
- **Upload.** By a reviewer or administrator of the authority. A sheet whose columns are all known is checked at once.
- **Confirm.** No row may be wrong or undecided. Whoever confirmed must still import for the authority when it is
  written; all of it is written in one transaction, or nothing.
- **Hand back.** By the sweep, when the worker has died. **Give up.** By the clock, what nobody ended for 90 days.
"""


def _refusal(row: InstitutionImport, step: Step) -> str:
    return f"这次导入{row.get_state_display()}，现在不能{step.label}。"


LIFE: Lifecycle[State, User, InstitutionImport] = Lifecycle(
    "import", "这次导入", State, TRANSITIONS, InstitutionImport.objects.with_people, rules=RULES, wrong=_refusal
)
