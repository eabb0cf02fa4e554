"""Telephone numbers and e-mail addresses: shown to those who need them, and every look is logged."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from audit.log import append
from duties.directory import Person, people_at
from duties.events import ContactsRead
from duties.permissions import looks_after, sees_people_of
from duties.places import Place, name_of
from duties.sockets import CONTACT_RULES
from institutions.models import Duty, Institution
from verbs.errors import NotAllowed


@dataclass(frozen=True)
class Contacts:
    place: Place
    people: list[Person]

    @property
    def phone(self) -> str:
        """The place's own number."""
        return self.place.phone if self.place else ""


def may_read(user: User, place: Place) -> bool:
    """Return whether the contacts of a place are shown on request: to its own people, to officials over an institution
    and to its partners in agreements (`sockets.CONTACT_RULES`); of a bureau only to its administrators."""
    if isinstance(place, Institution):
        return sees_people_of(user, place) or _is_partner(user, place)
    return looks_after(user, place)


def read(user: User, place: Place) -> Contacts:
    """Return the contacts and log who read whose. Raises NotAllowed.

    A partner is shown the institution's number and its clerks, not everybody.
    """
    if not may_read(user, place):
        raise NotAllowed("只有本单位、辖区主管部门和签约对方可以查看联系方式。")
    people = people_at(place)
    if isinstance(place, Institution) and not sees_people_of(user, place):
        people = [
            person for person in people if any(held.duty == Duty.CLERK and held.is_effective for held in person.held)
        ]
    whose = [person.user.full_name for person in people]
    append(ContactsRead(place=name_of(place), whose=whose), by=user, subject=place)
    return Contacts(place, people)


def _is_partner(user: User, institution: Institution) -> bool:
    return any(rule(user, institution) for rule in CONTACT_RULES)
