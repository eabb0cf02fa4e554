"""What an entry is about, by name; and which subjects somebody means who types a name or a number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from accounts.models import User
from agreements.models import Agreement
from audit.log import PLATFORM
from audit.models import Entry
from institutions.models import Authority, Institution
from institutions.searching import says

MOST_MEANT = 50  # of one kind: whoever means more must type more
Subject = tuple[str, int]


def names_of(subjects: Iterable[Subject]) -> Mapping[Subject, str]:
    """Return how to call each subject; one query for each kind of thing."""
    by_kind: dict[str, set[int]] = defaultdict(set)
    for kind, key in subjects:
        by_kind[kind].add(key)
    named: dict[Subject, str] = {}
    for kind, keys in by_kind.items():
        found = {} if kind == PLATFORM else _model(kind)._base_manager.in_bulk(keys)
        named |= {(kind, key): _name(kind, key, found.get(key)) for key in keys}
    return named


def meant_by(text: str) -> Q:
    """Return the condition on entries for an agreement's number, an institution, an authority or a person."""
    people = says("full_name", text) | Q(username__iexact=text)
    found: list[QuerySet[Model]] = [
        Agreement.objects.filter(number__icontains=text),
        Institution.objects.filter(says("name", text)),
        Authority.objects.filter(says("name", text)),
        User.objects.filter(people),
    ]
    meant = Q(pk__in=[])
    for things in found:
        keys = list(things.order_by("pk").values_list("pk", flat=True)[:MOST_MEANT])
        meant |= Q(subject_type=things.model._meta.label_lower, subject_id__in=keys)
    return meant | Q(subject_type=PLATFORM) if text == _name(PLATFORM, 0, None) else meant


def subject_of(entry: Entry) -> Subject:
    return entry.subject_type, entry.subject_id


def _model(kind: str) -> type[Model]:
    return apps.get_model(kind)


def _name(kind: str, key: int, thing: Model | None) -> str:
    if kind == PLATFORM:
        return "平台"
    words = str(_model(kind)._meta.verbose_name)
    return f"{words} {thing}" if thing else f"{words} 编号 {key}（已不在）"
