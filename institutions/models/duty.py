"""The duties that a person can hold, and which of them count while the person acts for one place."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from accounts.models import User

if TYPE_CHECKING:
    from institutions.models.membership import Membership

EFFECTIVE = "effective"  # Membership.State: its holder is confirmed
HELD = "held_in_request"  # where the middleware of `institutions.acting` keeps the memberships on the user


class Duty(models.TextChoices):
    CLERK = "clerk", "经办人"
    SIGNATORY = "signatory", "授权签约人"
    # The leader of an institution: approves a text before it is agreed to, where the institution switched that on.
    APPROVER = "approver", "审批人"
    REVIEWER = "reviewer", "审核员"
    SUPERVISOR = "supervisor", "督查员"
    TEMPLATE_EDITOR = "template_editor", "范本管理员"
    AUDITOR = "auditor", "审计员"
    # Of an institution, an authority or the platform: looks after its people and reads none of its papers.
    ADMINISTRATOR = "administrator", "管理员"


AT_INSTITUTIONS = (Duty.CLERK, Duty.SIGNATORY, Duty.APPROVER)
AT_AUTHORITIES = (Duty.REVIEWER, Duty.SUPERVISOR)
OF_INSTITUTIONS = (*AT_INSTITUTIONS, Duty.ADMINISTRATOR)
# They keep what an institution says about itself up to date: its entry in the register, its survey.
KEEPERS = (Duty.CLERK, Duty.ADMINISTRATOR)
OF_AUTHORITIES = (*AT_AUTHORITIES, Duty.ADMINISTRATOR)
OF_THE_PLATFORM = (Duty.TEMPLATE_EDITOR, Duty.AUDITOR, Duty.ADMINISTRATOR)


def in_use(user: User, path: str = "") -> Q:
    """Return the condition on memberships: the person's own that count, at the place of `User.acting` if one is
    chosen.

    `path` leads from the queried model to its memberships, such as "memberships". Every question about what a person
    may see or do starts here, so that a switch of place switches all of it.
    """
    beginning = f"{path}__" if path else ""
    held: dict[str, object] = {"user": user, "state": EFFECTIVE}
    if user.acting is not None:
        kind, pk = user.acting
        held |= {"institution": pk} if kind == "institution" else {"institution__isnull": True}
        held |= {"authority": pk} if kind == "authority" else {"authority__isnull": True}
    return Q(**{beginning + name: value for name, value in held.items()})


def holds_none(user: User, duties: Collection[str]) -> bool:
    """Whether the request has read that the person holds none of these duties where they act: then nothing is asked.

    It only ever denies. What may be held is asked of the database again, which knows what has ended meanwhile.
    """
    fetched = read_of(user)
    return fetched is not None and not any(held.duty in duties for held in fetched)


def read_of(user: User) -> "list[Membership] | None":
    """Return what the request has read of what the person holds and that counts where they act; None outside one."""
    fetched: list[Membership] | None = getattr(user, HELD, None)
    return None if fetched is None else [held for held in fetched if held.counts_for(user)]
