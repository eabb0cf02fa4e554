"""What pages of an institution show of its agreements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from agreements.lifecycle.approving import last_switched
from agreements.models import Agreement
from agreements.models.agreement import AgreementQuerySet
from agreements.permissions import switches_approval
from frame.panels import Panel
from institutions.models import Institution, Role
from institutions.permissions import is_of

MOST_LISTED = 10  # on the institution's page
MOST_CONCERNED = 20  # of each kind, beside an act


@dataclass(frozen=True)
class Concerned:
    in_force: Sequence[Agreement]
    under_way: Sequence[Agreement]  # being drafted, negotiated or signed
    unseen: int  # under way, but not for this person to read

    @property
    def any(self) -> bool:
        return bool(self.in_force or self.under_way or self.unseen)


def agreements(institution: Institution, user: User) -> Panel | None:
    """The institution's agreements that the person may see, the latest first."""
    found = _agreements_of(institution).visible_to(user).with_parties().order_by("-updated_at", "-id")[:MOST_LISTED]
    return Panel("agreements/_of_institution.html", {"agreements": found}) if found else None


def approval(institution: Institution, user: User) -> Panel | None:
    """Whether its texts need a leader's approval, for its own people; whoever looks after them finds the switch."""
    if not is_of(user, institution):
        return None
    last = last_switched(institution)
    facts = {"institution": institution, "switches": switches_approval(user, institution), "last": last}
    return Panel("agreements/approval/_of_institution.html", facts)


def concerned(institution: Institution, user: User) -> Panel:
    """What an act on the institution concerns: its living agreements, as far as the person may see them."""
    return Panel("agreements/_concerned.html", {"concerned": concerned_by(institution, user)})


def concerned_by(institution: Institution, user: User) -> Concerned:
    """Return the living agreements. Officials are told how many drafts there are, not what is in them."""
    living = _agreements_of(institution).living().order_by("-updated_at", "-id")
    seen = living.visible_to(user).with_parties()
    under_way = seen.exclude(state=Agreement.State.IN_FORCE)
    in_force = seen.filter(state=Agreement.State.IN_FORCE)
    unseen = 0
    if not is_of(user, institution):
        unseen = living.exclude(state=Agreement.State.IN_FORCE).count() - under_way.count()
    return Concerned(list(in_force[:MOST_CONCERNED]), list(under_way[:MOST_CONCERNED]), unseen)


def _agreements_of(institution: Institution) -> AgreementQuerySet:
    side = "medical" if institution.role == Role.MEDICAL else "elder_care"
    return Agreement.objects.filter(**{side: institution})
