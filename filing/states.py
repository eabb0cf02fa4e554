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
