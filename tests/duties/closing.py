"""A bureau that is closed as two administrators of the platform close it."""

from accounts.models import User
from duties import bureaus
from institutions.models import Authority, Duty
from tests import factories


def closed(bureau: Authority, *, by: User, reason: str = "机构改革", successor: Authority | None = None) -> Authority:
    """Ask for it and have another administrator confirm. Raises what either raises."""
    bureaus.ask_to_close(bureau, by=by, reason=reason, successor=successor)
    return confirmed(bureau, by=deputy())


def confirmed(bureau: Authority, *, by: User) -> Authority:
    """Confirm what is asked for now."""
    return bureaus.close(bureau, by=by, seen=bureaus.asked_for(Authority.objects.get(pk=bureau.pk)))


def deputy() -> User:
    """Return another administrator of the platform."""
    return factories.MembershipFactory.create(institution=None, duty=Duty.ADMINISTRATOR).user
