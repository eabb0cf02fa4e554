"""What may become of a survey round, and through whom, as data. The beats are those of verbs/lifecycle.py."""

from __future__ import annotations

from accounts.models import User
from surveys import events
from surveys.models import SurveyRound
from surveys.permissions import can_close
from verbs.lifecycle import Lifecycle
from verbs.transitions import Transition

State = SurveyRound.State
Step = Transition[State, User, SurveyRound]

CLOSE = Step("close", "结束", frozenset({State.OPEN}), State.CLOSED, events.Closed, can_close)

LIFE: Lifecycle[State, User, SurveyRound] = Lifecycle(
    "survey round",
    "这次摸底",
    State,
    (CLOSE,),
    lambda: SurveyRound.objects.select_related("authority__region"),
    subject=lambda row: row.authority,
    rules="""\
- **Ask.** By a reviewer of the authority; one open round of a title. Who has not answered when it is closed has not
  answered it. The institutions' own surveys are drafts until they submit an edition, which nobody changes.
""",
    wrong=lambda row, _: "这次摸底已经结束。可能刚刚有人处理过，请刷新查看。",
)
