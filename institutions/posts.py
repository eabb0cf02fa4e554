"""What a person is here for: the duties held, and for whom. Read once for a page."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from institutions.models import Duty, Membership, memberships_in_use


@dataclass(frozen=True)
class Posts:
    """What one person holds at the place they act for, summed up."""

    duties: frozenset[Duty]
    places: tuple[str, ...]  # institutions and authorities by name; for a duty of the whole platform the duty itself

    @property
    def acting_for(self) -> str:
        """Whom the person stands for, as the top bar says it; "" without any duty."""
        return "、".join(self.places)

    @property
    def is_clerk(self) -> bool:
        return Duty.CLERK in self.duties

    @property
    def is_of_an_institution(self) -> bool:
        return bool(self.duties & {Duty.CLERK, Duty.SIGNATORY})

    @property
    def is_reviewer(self) -> bool:
        return Duty.REVIEWER in self.duties

    @property
    def is_administrator(self) -> bool:
        return Duty.ADMINISTRATOR in self.duties

    @property
    def is_official(self) -> bool:
        return bool(self.duties & {Duty.REVIEWER, Duty.SUPERVISOR})


def posts_of(user: User) -> Posts:
    """Return the person's posts at the place they act for, in one query."""
    held = memberships_in_use(user).select_related("institution", "authority")
    return _summed_up(held.order_by("institution__name", "authority__name", "id"))


def _summed_up(held: Iterable[Membership]) -> Posts:
    held = list(held)
    places = [str(each.institution or each.authority or each.get_duty_display()) for each in held]
    return Posts(frozenset(Duty(each.duty) for each in held), tuple(dict.fromkeys(places)))
