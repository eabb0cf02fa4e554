"""Whoever begins a step holds its row: of two at once the second waits, and then sees what the first has done."""

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle.transitions import DISCARD, LIFE
from agreements.models import Agreement


def test_the_row_is_locked_before_it_is_read(draft: Agreement, elder_care_clerk: User) -> None:
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        LIFE.begin(draft, DISCARD, by=elder_care_clerk)
    asked = [query["sql"] for query in queries if "agreements_agreement" in query["sql"]]
    assert asked[0].endswith('FOR NO KEY UPDATE OF "agreements_agreement"')
    assert "UPDATE" not in asked[1]


def test_what_was_read_before_is_read_anew(draft: Agreement, elder_care_clerk: User) -> None:
    stale = Agreement.objects.get(pk=draft.pk)
    Agreement.objects.filter(pk=draft.pk).update(revision=99)
    assert lifecycle.discard(stale, by=elder_care_clerk).revision == 99
