"""A worker's sign of life, written beside its work by a thread with a connection of its own."""

from datetime import timedelta

import pytest
from django.db import transaction

import jobs
from embedded.waiting import wait_until
from jobs import alive
from jobs.models import Lease
from tests.concurrency.kinds import Case

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30.0


@pytest.mark.parametrize("name", ["rendition", "import_write"])
def test_it_is_seen_while_the_work_is_one_long_transaction(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    case: Case = request.getfixturevalue(f"{name}_case")
    monkeypatch.setattr(alive, "BEAT", timedelta(milliseconds=10))
    case.order()
    row = jobs.claim(case.kind, case.row().pk)
    first = Lease.objects.get().seen_at
    with jobs.at_work(case.kind, row), transaction.atomic():
        jobs.hold(case.kind, row)  # the job's own row is locked meanwhile
        assert wait_until(lambda: Lease.objects.get().seen_at > first, PATIENCE)
    last = Lease.objects.get().seen_at
    case.go_on(row)
    assert (case.state(), case.count(), last > first) == (case.kind.done, 1, True)
    assert not Lease.objects.exists()
