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
    known = {
        (code, kind): pk
        for kind in {each.kind for each in below}
        for code, pk in Authority.objects.of_kind(Authority.Kind(kind))
        .filter(region__code__in=codes)
        .values_list("region__code", "pk")
    }
    supervisors = _of_duty(Duty.SUPERVISOR, known.values())
    found = {}
    for each in below:
        above = (known.get((code, each.kind), 0) for code in reversed(each.region.chain_codes[:-1]))
        found[each.pk] = next((people for pk in above if (people := supervisors[pk])), [])
    return found


def _of_duty(duty: Duty, authorities: Iterable[int]) -> Mapping[int, list[int]]:
    held = Membership.objects.effective().filter(authority__in=set(authorities))
    duties = held.filter(duty=duty, user__is_active=True)
    return _grouped(duties.order_by("user").values_list("authority", "user"))


def reviewers_by_region(regions: Iterable[Region], kind: Authority.Kind) -> Mapping[int, list[int]]:
    """Return, by region id, the reviewers of its authority of that kind, or of the nearest above that is known."""
    places = {region.pk: region.chain_codes for region in regions}
    codes = {code for chain in places.values() for code in chain}
    known = dict(Authority.objects.of_kind(kind).filter(region__code__in=codes).values_list("region__code", "pk"))
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
