"""The log is the auditor's alone: not the platform administrator's, and nobody's beside another duty in use."""

from accounts.models import User
from frame.guards import only_for
from institutions.models import Duty, has_duty


def is_auditor(user: User) -> bool:
    return has_duty(user, Duty.AUDITOR)


auditor_only = only_for(is_auditor)
