"""What a person is here for: the duties held, and for whom. Read once for a page."""

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from institutions.models import HELD, Duty, Membership
from institutions.models.duty import AT_INSTITUTIONS


@dataclass(frozen=True)
class Posts:
    """What one person holds at the place they act for, summed up."""

    duties: frozenset[Duty]
    places: tuple[str, ...]  # institutions and authorities by name; for a duty of the whole platform the duty itself
    is_of_the_platform: bool = False
    is_of_an_authority: bool = False

    @property
    def acting_for(self) -> str:
        """Whom the person stands for, as the top bar says it; "" without any duty."""
        return "、".join(self.places)

    @property
    def is_clerk(self) -> bool:
        return Duty.CLERK in self.duties

    @property
    def is_of_an_institution(self) -> bool:
        return bool(self.duties.intersection(AT_INSTITUTIONS))

    @property
    def is_approver(self) -> bool:
        return Duty.APPROVER in self.duties

    @property
    def is_reviewer(self) -> bool:
        return Duty.REVIEWER in self.duties

    @property
    def is_administrator(self) -> bool:
        return Duty.ADMINISTRATOR in self.duties

    @property
    def is_platform_administrator(self) -> bool:
        return self.is_administrator and self.is_of_the_platform

    @property
    def is_official(self) -> bool:
        return bool(self.duties & {Duty.REVIEWER, Duty.SUPERVISOR})


def held_by(user: User) -> list[Membership]:
    """Return what counts of the person at all places: without a query where the request has fetched it already."""
    fetched: list[Membership] | None = getattr(user, HELD, None)
    return list(user.memberships.effective().with_places()) if fetched is None else fetched


def posts_of(user: User) -> Posts:
    """Return the person's posts at the place they act for, in one query, or none within a request."""
    return _summed_up(held for held in held_by(user) if held.counts_for(user))


def keys_in_use(user: User) -> list[int]:
    """Return the keys of what the person holds and that counts at the place they act for."""
    return [held.pk for held in held_by(user) if held.counts_for(user)]


def _summed_up(held: Iterable[Membership]) -> Posts:
    held = list(held)
    places = [str(each.institution or each.authority or each.in_words) for each in held]
    duties = frozenset(Duty(each.duty) for each in held)
    is_of_the_platform = any(each.place_key[0] == "platform" for each in held)
    is_of_an_authority = any(each.authority_id is not None for each in held)
    return Posts(duties, tuple(dict.fromkeys(places)), is_of_the_platform, is_of_an_authority)
