"""By which regions a list can be narrowed down."""

from django.db.models import QuerySet

from accounts.models import User
from institutions.models import seats_in_numbers, under_seats
from regions.models import Region

WIDE = 100  # below it are the seats of provinces, two digits, and of the nation


def is_wide(user: User) -> bool:
    """Whether the person looks over a province or the nation: then nothing of theirs is read for a list of choices."""
    return any(seat < WIDE for seat in seats_in_numbers(user))


def region_choices(used: QuerySet[Region], user: User) -> list[tuple[str, str]]:
    """Return the regions that a person's rows are `used` in; over a province all places in it, over the nation the
    provinces, with rows or without."""
    if not is_wide(user):
        return [(region.code, f"{region.parent or ''}{region.name}") for region in used.select_related("parent")]
    seats = seats_in_numbers(user)
    places = Region.objects.filter(is_grouping=False)
    if 0 in seats:
        return list(places.filter(level=Region.Level.PROVINCE).values_list("code", "name"))
    below = places.filter(under_seats(seats), level__gt=Region.Level.PROVINCE)
    provinces = dict(places.filter(level=Region.Level.PROVINCE).values_list("code", "full_name"))
    rows = below.values_list("code", "full_name")
    return [(code, name.removeprefix(provinces.get(f"{code[:2]}0000", ""))) for code, name in rows]


def in_region(code: str) -> QuerySet[Region]:
    """Return the region of a code and all below it, for a condition on rows that lie in one."""
    region = Region.objects.filter(code=code).first()
    return Region.objects.under(region) if region else Region.objects.none()
