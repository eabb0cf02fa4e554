"""What an institution's page shows of its people, for whoever may see it."""

from __future__ import annotations

from accounts.models import User
from duties import directory, permissions
from duties.contacts import may_read
from frame.panels import Panel
from institutions.models import Institution


def people(institution: Institution, user: User) -> Panel | None:
    """Names and duties, for the institution's own people and the officials of its remit; nothing for others."""
    if not permissions.sees_people_of(user, institution):
        return None
    return Panel("duties/_people_panel.html", {"people": directory.people_at(institution)})


def contacts(institution: Institution, user: User) -> Panel:
    """The button that shows the contacts, for whoever may see them; for others a word that they are not shown."""
    return Panel("duties/_contacts.html", {"may_read": may_read(user, institution), "institution": institution})
