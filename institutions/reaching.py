"""Whom to tell: people by place, one query for many places. Ids in, ids out, for those who can still sign in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from institutions.models import Authority, Duty, Membership
from regions.models import Region


def clerks_by_institution(institutions: Iterable[int | None]) -> Mapping[int, list[int]]:
    """Return the clerks of each institution, by its id; an institution without any gives []."""
    duties = Membership.objects.effective().filter(
        duty=Duty.CLERK, user__is_active=True, institution__in={i for i in institutions if i}
    )
    return _grouped(duties.order_by("user").values_list("institution", "user"))


def signatories_by_institution(institutions: Iterable[int | None]) -> Mapping[int, list[int]]:
    """Return who signs electronically for each institution, by its id."""
    duties = Membership.objects.effective().filter(
        duty=Duty.SIGNATORY, user__is_active=True, institution__in={i for i in institutions if i}
    )
    return _grouped(duties.order_by("user").values_list("institution", "user"))


def approvers_of(institution: int) -> list[int]:
    """Return who approves the texts of an institution as its leaders."""
    held = Membership.objects.effective().filter(duty=Duty.APPROVER, user__is_active=True, institution=institution)
    return list(held.order_by("user").values_list("user", flat=True))


def people_by_institution(institutions: Iterable[int]) -> Mapping[int, list[int]]:
    """Return everybody with a duty at each institution, by its id; an institution without anybody gives []."""
    duties = Membership.objects.effective().filter(user__is_active=True, institution__in=set(institutions))
    return _grouped(duties.order_by("user").values_list("institution", "user").distinct())


def reviewers_by_authority(authorities: Iterable[int]) -> Mapping[int, list[int]]:
    """Return the reviewers of each authority, by its id; an authority without any gives []."""
    return _of_duty(Duty.REVIEWER, authorities)


def administrators_by_authority(authorities: Iterable[int]) -> Mapping[int, list[int]]:
    """Return the administrators of each authority, by its id; an authority without any gives []."""
    return _of_duty(Duty.ADMINISTRATOR, authorities)


def supervisors_above(authorities: Iterable[Authority]) -> Mapping[int, list[int]]:
    """Return, by the id of each authority, the supervisors of the nearest of its kind above it that has any."""
    below = list(authorities)
    codes = {code for each in below for code in each.region.chain_codes[:-1]}
    kinds = {each.kind for each in below}
    known = {(code, kind): pk for kind in kinds for code, pk in _answering(codes, kind).items()}
    supervisors = _of_duty(Duty.SUPERVISOR, known.values())
    found = {}
    for each in below:
        above = (known.get((code, each.kind), 0) for code in reversed(each.region.chain_codes[:-1]))
        found[each.pk] = next((people for pk in above if (people := supervisors[pk])), [])
    return found


def _of_duty(duty: Duty, authorities: Iterable[int]) -> Mapping[int, list[int]]:
    """Return who holds a duty at each authority or, where another has followed it, at that one."""
    asked = set(authorities)
    duties = Membership.objects.effective().filter(duty=duty, user__is_active=True)
    own = duties.filter(authority__in=asked).values_list("authority", "user")
    following = duties.filter(authority__predecessors__in=asked).values_list("authority__predecessors", "user")
    return _grouped(own.union(following).order_by("user"))


def _answering(codes: Iterable[str], kind: str) -> dict[str, int]:
    """Return the key of whoever answers in each of these regions that has an authority of the kind."""
    found = reversed(Authority.objects.of_kind(kind).answering_in(codes))  # of a region the one that acts comes last
    return {each.region.code: each.now.pk for each in found}


def reviewers_by_region(regions: Iterable[Region], kind: Authority.Kind) -> Mapping[int, list[int]]:
    """Return, by region id, the reviewers of its authority of that kind, or of the nearest above that is known."""
    places = {region.pk: region.chain_codes for region in regions}
    codes = {code for chain in places.values() for code in chain}
    known = _answering(codes, kind)
    nearest = {
        place: next((known[code] for code in reversed(chain) if code in known), 0) for place, chain in places.items()
    }
    reviewers = reviewers_by_authority(nearest.values())
    return {place: reviewers[authority] for place, authority in nearest.items()}


def _grouped(pairs: Iterable[tuple[int | None, int]]) -> Mapping[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for place, person in pairs:
        if place is not None:
            found[place].append(person)
    return found
