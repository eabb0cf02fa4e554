"""Complete answers of either side, for tests to spoil."""

from typing import Any

from tests.factories import today

ELDER_CARE: dict[str, Any] = {
    "surveyed_on": today(),
    "beds": 120,
    "nursing_beds": 40,
    "residents": 80,
    "residents_under_60": 2,
    "residents_60_to_64": 8,
    "residents_65_to_79": 39,
    "residents_80_up": 31,
    "residents_disabled": 20,
    "residents_partly_disabled": 15,
    "residents_destitute": 6,
    "clinic_rooms": 1,
    "visiting_rooms": 2,
    "has_coordinator": True,
    "services": ["treatment", "hospice", "telemedicine"],
    "remark": "",
}
MEDICAL: dict[str, Any] = {
    "surveyed_on": today(),
    "beds": 30,
    "nursing_beds": 10,
    "physicians": 12,
    "general_practitioners": 4,
    "nurses": 15,
    "teams": 3,
    "team_members": 12,
    "partners_possible": 2,
    "has_fast_track": True,
    "services": ["treatment", "training"],
    "remark": "",
}


def typed(values: dict[str, Any], *, revision: int, go: str = "submit", **more: Any) -> dict[str, Any]:
    """Return the answers as the form posts them."""
    words = {True: "yes", False: "no"}
    plain = {key: words[value] if isinstance(value, bool) else value for key, value in values.items()}
    return {key: value for key, value in {**plain, "revision": revision, "go": go, **more}.items() if value is not None}
