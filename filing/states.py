"""The states of a filing, and the groups of them that rules speak of: each listed here and nowhere else."""

from django.db import models


class State(models.TextChoices):
    DUE = "due", "待报送"
    SUBMITTED = "submitted", "已报送"
    UNDER_REVIEW = "under_review", "审核中"
    ACCEPTED = "accepted", "已备案"
    RETURNED = "returned", "退回补正"
    CLOSED = "closed", "已结案"


# The authority has it, and its clock runs.
WITH_AUTHORITY = (State.SUBMITTED, State.UNDER_REVIEW)
# Over for good: nothing more is wanted.
SETTLED = (State.ACCEPTED, State.CLOSED)
# Nothing has been handed in, and the authority's clock never ran.
NEVER_SUBMITTED = (State.DUE, State.CLOSED)
# The institutions have something to hand in.
OWED = (State.DUE, State.RETURNED)
# The first of these that a filing of an agreement is in stands for all its filings.
MOST_URGENT = (State.RETURNED, State.DUE, State.SUBMITTED, State.UNDER_REVIEW, State.ACCEPTED, State.CLOSED)
# Not decided yet: there is at most one per agreement and authority.
OPEN = (State.DUE, *WITH_AUTHORITY)


class HandInState(models.TextChoices):
    """Of a supplementary hand-in (补报): the corrected scan of a copy that an authority has already."""

    DUE = "due", "待补报"
    SUBMITTED = "submitted", "已补报，待查收"
    NOTED = "noted", "已查收"
    RETURNED = "returned", "补报已退回"
    REPLACED = "replaced", "已由后来的报送代替"


class CallState(models.TextChoices):
    """Of a call for another scan of paper that was certified."""

    OPEN = "open", "等待重新扫描"
    DONE = "done", "已重新扫描并核验"
    DROPPED = "dropped", "已撤销"


# The authority has a copy whose scan may turn out to be bad; what is due takes the newest scan along by itself.
HAS_THE_COPY = (*WITH_AUTHORITY, State.ACCEPTED)
# The two sides may find that the scan is bad: nobody has returned it, which would be reason enough.
MAY_BE_RESCANNED = (State.DUE, *HAS_THE_COPY)
# Somebody is still to do something about it.
HAND_IN_OPEN = (HandInState.DUE, HandInState.SUBMITTED)
# The authority has said what it thinks of a hand-in.
HAND_IN_DECIDED = (HandInState.NOTED, HandInState.RETURNED)
# What has been handed in and counts.
HANDED_IN = (HandInState.SUBMITTED, HandInState.NOTED)
# Nothing more becomes of it.
HAND_IN_OVER = (*HAND_IN_DECIDED, HandInState.REPLACED)
