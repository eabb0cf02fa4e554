"""Every address that answers 200 to somebody of the cast, with somebody to whom it does: read off the access matrix."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from tests.access.test_matrix import BY_NAME, ROWS
from tests.access.world import World

# The fixtures of the cast by their names in the matrix; one of them can open any page there is.
CAST = {
    "clerk": "elder_care_clerk",
    "medical-clerk": "medical_clerk",
    "health-reviewer": "health_reviewer",
    "civil-affairs-officer": "civil_affairs_officer",
    "supervisor": "supervisor",
    "auditor": "auditor",
    "template-editor": "template_editor",
    "institution-administrator": "institution_administrator",
    "authority-administrator": "authority_administrator",
    "platform-administrator": "platform_administrator",
    "signatory": "signatory",
    "approver": "approver",
}


@dataclass(frozen=True)
class Visit:
    name: str
    url: str
    user: User

    def __str__(self) -> str:
        return f"{self.url} as {self.user.username}"


def visits(world: World, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Yield one visit for each row of the matrix that answers a GET with 200 and is about something in `world`."""
    for row in ROWS:
        roles = [role for role in CAST if row.expected.get(role) == 200]
        if row.method == "GET" and roles and row.about in world:
            user: Any = request.getfixturevalue(CAST[roles[0]])
            words = BY_NAME[row.address].pattern.converters
            url = reverse(row.address, kwargs={word: world[row.about][word] for word in words})
            yield Visit(row.address, url, user)
