"""What an act on an institution concerns: its living agreements, as far as the person may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from accounts.models import User
from institutions.models import Institution, Role
from institutions.register.permissions import is_of

SHOWN = 20


@dataclass(frozen=True)
class Concerned:
    in_force: Sequence[Model]
    under_way: Sequence[Model]  # being drafted, negotiated or signed
    unseen: int  # under way, but not for this person to read

    @property
    def any(self) -> bool:
        return bool(self.in_force or self.under_way or self.unseen)


def agreements_of(institution: Institution) -> Any:
    """Return its agreements (an AgreementQuerySet, which stands above us) by the reverse relation of its side."""
    is_medical = institution.role == Role.MEDICAL
    return (institution.agreements_as_medical if is_medical else institution.agreements_as_elder_care).all()


def concerned(institution: Institution, user: User) -> Concerned:
    """Return the living agreements. Officials are told how many drafts there are, not what is in them."""
    living = agreements_of(institution).living().order_by("-updated_at", "-id")
    seen = living.visible_to(user).with_parties()
    under_way = seen.exclude(state="in_force")
    unseen = 0 if is_of(user, institution) else living.exclude(state="in_force").count() - under_way.count()
    return Concerned(seen.filter(state="in_force")[:SHOWN], under_way[:SHOWN], unseen)
