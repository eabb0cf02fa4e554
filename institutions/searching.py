"""Finding a name however it is typed: whatever the case and width, and whichever dot or apostrophe stands in it.

The SQL functions are made by the first migration of this app; both sides of a comparison go through them.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import StrIndex
from django.db.models.lookups import Contains, GreaterThan


def searchable(text: F | KeyTextTransform | Value) -> Func:
    """Return the expression for a text as it is compared: 买买提·艾力 and 买买提•艾力 are one."""
    return Func(text, function="searchable", output_field=models.TextField())


def says(field: str | KeyTextTransform, text: str) -> Q:
    """Return the condition that a field, or a text inside one of JSON, contains a text. `%` and `_` mean themselves."""
    return Q(Contains(searchable(F(field) if isinstance(field, str) else field), searchable(Value(text))))


def grams_of(text: F | Value) -> Func:
    """Return the expression for the single characters and character pairs of a text as it is compared.

    pg_trgm needs three characters for its index, and most names are searched by two. A plain Func: a migration that
    names it imports nothing of ours.
    """
    return Func(text, function="name_grams", output_field=ArrayField(models.TextField()))


def searched_grams(word: str) -> Func:
    """Return the expression for what `grams_of` a name must have for the name to contain a word."""
    return Func(Value(word), function="searched_grams", output_field=ArrayField(models.TextField()))


def among_names(field: str, text: str, *, by_index: bool) -> Q:
    """Return the condition that the names in a field, kept `searchable` and one a line, contain every word of a text.

    `by_index`: of many rows, which an index over `grams_of` the field finds, or as the planner thinks better.
    """
    found, by_grams = Q(), Q()
    for word in text.split():
        found &= Q(GreaterThan(StrIndex(F(field), searchable(Value(word))), 0))
        by_grams &= Q(_has_all(grams_of(F(field)), searched_grams(word)))
    # The grams last: row by row they cost a hundred times as much.
    return found & by_grams if by_index else found


def _has_all(grams: Func, searched: Func) -> Func:
    return Func(grams, searched, arg_joiner=" @> ", template="%(expressions)s", output_field=models.BooleanField())
