"""The page that load balancers and compose ask: is the database there, the broker, the worker and the clock?"""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobs import signs
from jobs.standing import in_a_word


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database and broker answer, else 503; says only what is missing.

    Without worker or clock pages are served all the same: that is told and changes nothing of the status. None:
    unknown, because the broker is away. `rounds` says whether what the clock does with many rows is done, under way
    (a long one goes on in slices, and the worker is alive meanwhile) or late; None: the database is away.
    """
    database, (broker, seen) = _database_answers(), signs.seen()
    parts = {"database": database, "redis": broker, **seen, "rounds": _rounds() if database else None}
    return JsonResponse(parts, status=200 if database and broker else 503)


def _rounds() -> str | None:
    try:
        return in_a_word()
    except Error:
        return None


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True
