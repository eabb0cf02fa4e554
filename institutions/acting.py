"""For which place a person acts. The session holds the choice; every request checks it against what the person holds.

Whoever holds duties at one place acts for it. With several and none chosen it is the first by name. Everything a
person may see or do begins with `institutions.models.duty.in_use`, so this choice alone moves all of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import User
from audit.log import append
from audit.origin import set_role
from institutions.events import ActingSwitched
from institutions.models import HELD, Membership
from institutions.posts import held_by
from verbs.errors import NotAllowed

CHOSEN = "acting"  # in the session
SHOWN_FOR = "X-Acting"  # the place that the sending page was shown for: of a fragment in the header …
SHOWN_FOR_FIELD = "acting_for"  # … of a form in a field that static/js/frame.js adds
FOR_ANY_PLACE = frozenset({"acting-switch", "sign-out", "large-print"})
CONFLICT = 409

Key = tuple[str, int]


@dataclass(frozen=True)
class PlaceChoice:
    """One place that a person can act for, as the switch in the top bar shows it."""

    kind: str  # "institution", "authority" or "platform"
    pk: int  # 0 for the platform
    name: str
    duties: str  # in words

    @property
    def key(self) -> Key:
        return self.kind, self.pk

    @property
    def word(self) -> str:
        """The place as pages send it back, such as institution-7."""
        return f"{self.kind}-{self.pk}"


def places_of(user: User) -> list[PlaceChoice]:
    """Return every place at which the person holds a duty, by name; for the platform's own duties the platform."""
    by_key: dict[Key, list[Membership]] = {}
    for held in held_by(user):
        by_key.setdefault(held.place_key, []).append(held)
    places = (
        PlaceChoice(*key, name=group[0].place, duties="、".join(held.in_words for held in group))
        for key, group in by_key.items()
    )
    return sorted(places, key=lambda place: (place.kind == "platform", place.name, place.pk))


def other_places(user: User) -> list[PlaceChoice]:
    """Return the places that the person could switch to."""
    return [place for place in places_of(user) if place.key != user.acting]


def word_of(user: User) -> str:
    """Return the place acted for as pages send it back; "" without any."""
    return "-".join(map(str, user.acting or ()))


def switch(session: SessionBase, user: User, place: PlaceChoice) -> None:
    """Act for another of the person's places from now on, in this session; choosing the same again does nothing.

    Raises NotAllowed for a place at which the person holds no duty.
    """
    if place not in places_of(user):
        raise NotAllowed("您没有在这个单位任职，不能代表它办理。")
    before = user.acting
    session[CHOSEN] = list(place.key)
    _act_for(user, place)
    if before != place.key:
        append(ActingSwitched(place=place.name, duties=place.duties), by=user, subject=user)


def chosen(places: Iterable[PlaceChoice], wanted: object) -> PlaceChoice | None:
    """Return the place that was chosen if the person still holds it, else the first; None without any."""
    places = list(places)
    asked = tuple(wanted) if isinstance(wanted, list) else ()
    return next((place for place in places if place.key == asked), places[0] if places else None)


def _act_for(user: User, place: PlaceChoice) -> None:
    user.acting = place.key
    set_role(f"{place.duties} · {place.name}")


class ActingMiddleware:
    """Sets `request.user.acting`, in the one query that `institutions.posts` then needs no more.

    A form or fragment that was sent from a page shown for another place is refused: somebody with two windows must not
    do for the one what they saw for the other.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User):
            setattr(user, HELD, list(Membership.objects.effective().filter(user=user).with_places()))
            place = chosen(places_of(user), request.session.get(CHOSEN))
            if place is not None:
                _act_for(user, place)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[object], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        if not isinstance(request.user, User) or request.method != "POST":
            return None
        if request.resolver_match and request.resolver_match.url_name in FOR_ANY_PLACE:
            return None
        shown_for = request.headers.get(SHOWN_FOR) or request.POST.get(SHOWN_FOR_FIELD, "")
        if not shown_for or shown_for == word_of(request.user):
            return None
        page = render(request, "institutions/acting_changed.html", status=CONFLICT)
        page["HX-Retarget"], page["HX-Reswap"] = "body", "innerHTML"  # of a fragment too the whole page is told
        return page
