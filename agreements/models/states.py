"""The states of an agreement, and the groups of them that rules speak of: each listed here and nowhere else.

From which states a verb leads away, its row in lifecycle/transitions.py says.
"""

from django.db import models


class State(models.TextChoices):
    DRAFT = "draft", "起草中"
    NEGOTIATING = "negotiating", "待对方确认"
    AGREED = "agreed", "文本已定"
    SIGNING = "signing", "签章中"
    IN_FORCE = "in_force", "生效中"
    EXPIRED = "expired", "已到期"
    TERMINATED = "terminated", "已终止"
    SUPERSEDED = "superseded", "已续签或换签"
    DISCARDED = "discarded", "已作废"
    RESCINDED = "rescinded", "已合意解除"


# The drafting side's own paper: the partner sees nothing of it, and it may be incomplete.
DRAFTS = (State.DRAFT, State.DISCARDED)
# The text may still change. (An earlier text of it may have been frozen and voided.)
BEFORE_FREEZING = (*DRAFTS, State.NEGOTIATING)
# The text is final, and the parties sign it.
BEING_SIGNED = (State.AGREED, State.SIGNING)
# It is in force or was once: its dates stand, officials see it, figures count it.
HAS_BEEN_IN_FORCE = (State.IN_FORCE, State.EXPIRED, State.TERMINATED, State.SUPERSEDED)
# At least one party has signed.
SIGNING_OR_LATER = (State.SIGNING, *HAS_BEEN_IN_FORCE)
# The text is final, and was not given up before both had signed.
AGREED_OR_LATER = (State.AGREED, *SIGNING_OR_LATER)
# The text is final or was when it was dissolved: what was dated and scanned can be looked at.
HAS_BEEN_AGREED = (*AGREED_OR_LATER, State.RESCINDED)
# Over before the last day of its term.
ENDED_EARLY = (State.TERMINATED, State.SUPERSEDED)
# It was in force, and its end is settled: by its own term, or before it.
OVER = (State.EXPIRED, *ENDED_EARLY)
# Runs, or ran until the last day of its term: may be renewed, and people are told of its end.
RENEWABLE = (State.IN_FORCE, State.EXPIRED)
# Agreed on and not over: what befalls a party concerns it, and it counts as one more partner.
AGREED_AND_LIVING = (*BEING_SIGNED, State.IN_FORCE)
# Between two parties, agreed on or not, and not over.
SENT_AND_LIVING = (State.NEGOTIATING, *AGREED_AND_LIVING)
# Not over.
LIVING = (State.DRAFT, *SENT_AND_LIVING)
# Never came into force, and never will.
GIVEN_UP = (State.DISCARDED, State.RESCINDED)
