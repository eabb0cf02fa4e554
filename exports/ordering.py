"""Ordering a list to take along, and letting one go."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.http import QueryDict

import jobs
from accounts.models import User
from audit import origin
from exports import making
from exports.models import LONGEST_QUERY, Export, place_of
from exports.sockets import duties_of, listed
from verbs.errors import WrongState

# Written at once, for a worker would take longer to come: half a second at most. A list of one institution or county is
# seldom longer.
FEW = 1_000
MOST_UNDER_WAY = 5  # of one person's
TOO_MANY = f"您还有 {MOST_UNDER_WAY} 份导出没有生成完，请等其中一份生成以后再导出，或者在“我的导出”里取消。"
TOO_LONG = "筛选条件太长，请减少一些再导出。"
PAGING = ("page", "after", "ticked")  # of the page from which it is ordered, and not of the list


def order(slug: str, query: QueryDict, *, by: User) -> Export:
    """Order a list as this address shows it, all pages of it, or return the same order that is under way.

    Raises LookupError for a list that there is not, and whatever the list refuses the person with.
    """
    which = listed(slug)
    asked = which.ask(by, query)
    spelt = spelling_of(query)
    if len(spelt) > LONGEST_QUERY:
        raise WrongState(TOO_LONG)
    same = {"ordered_by": by, "place": place_of(by), "slug": slug, "query": spelt}
    found = Export.objects.under_way().filter(**same).first()
    if found is not None:
        return found
    if Export.objects.under_way().filter(ordered_by=by).count() >= MOST_UNDER_WAY:
        raise WrongState(TOO_MANY)
    words = origin.printable(asked.words)  # what was typed may be no text
    facts = {"title": which.title, "asked": words, "duties": duties_of(by), "origin": origin.kept()}
    try:
        with transaction.atomic():
            return _order(same | facts, is_short=not asked.is_long and asked.count(FEW + 1) <= FEW)
    except IntegrityError:  # the same at the same moment
        return Export.objects.filter(**same).latest("pk")


def spelling_of(query: QueryDict) -> str:
    """Return the query in one order, without what says which page of the list was looked at."""
    kept = QueryDict(mutable=True)
    for name, values in sorted(query.lists()):
        if name not in PAGING and any(values):
            kept.setlist(name, [value for value in values if value])
    return kept.urlencode()


def delete(export: Export) -> None:
    """Let an order and its file go, made or not; a worker that is at it finds out and keeps nothing."""
    Export.objects.filter(pk=export.pk).delete()
    making.tell_gone(export)
    transaction.on_commit(lambda: default_storage.delete(making.path_of(export)))


def _order(facts: dict[str, object], *, is_short: bool) -> Export:
    if not is_short:
        return jobs.order(making.EXPORTS, **facts)
    export = Export.objects.create(state=Export.State.WAITING, **facts)
    # Robust: what goes wrong stands in the row, and in the platform's log; the person is shown the row's page.
    transaction.on_commit(lambda: making.make(export.pk), robust=True)
    return export
