"""That the quick ways to a complete draft and to its copies, which other tests take, leave what people's acts leave."""

from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Model

from accounts.models import User
from agreements.documents import renditions
from agreements.models import Agreement, TemplateVersion
from audit.models import Entry
from institutions.models import Institution
from tests.agreements.making import agreed, complete_draft, drafted_by_steps, printed

OF_THE_MOMENT = ("id", "created_at", "updated_at")
OF_THE_PAPER = {"id", "requested_at", "finished_at", "page_count", "areas", "print_sha256", "sha256"}


def facts_of(made: Model) -> dict[str, Any]:
    """Return what stands in a row of copies, but for what differs from paper to paper and from moment to moment."""
    names = [field.attname for field in made._meta.concrete_fields if field.attname not in OF_THE_PAPER]
    return {name: str(getattr(made, name)) for name in names}


@pytest.mark.parametrize("drafting", ["elder_care", "medical"])
def test_a_complete_draft_is_what_the_wizard_makes(
    drafting: str,
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
    consortium: TemplateVersion,
) -> None:
    sides = [(elder_care_institution, elder_care_clerk), (medical_institution, medical_clerk)]
    (own, by), (partner, _) = sides if drafting == "elder_care" else reversed(sides)

    def written(row: Agreement) -> tuple[Any, Any]:
        facts = Agreement.objects.values().get(pk=row.pk)
        log = Entry.objects.filter(subject_type="agreements.agreement", subject_id=row.pk).order_by("sequence")
        told = list(log.values("event", "data", "sequence", "actor_id", "actor_name"))
        return {name: value for name, value in facts.items() if name not in OF_THE_MOMENT}, told

    with transaction.atomic():
        by_steps = written(drafted_by_steps(own, partner, consortium, by=by))
        transaction.set_rollback(True)
    assert written(complete_draft(own, partner, consortium, by=by)) == by_steps
    assert len(by_steps[1]) == 5


def test_printed_copies_are_what_the_worker_makes(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    """All but what differs from paper to paper: how many pages, and the digests of the files."""
    final = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    order = final.renditions.get()

    def written() -> tuple[Any, ...]:
        made = final.renditions.get(pk=order.pk)
        copies = list(made.counterparts.all())
        assert {copy.page_count for copy in copies} == {made.page_count}
        assert all(len(digest) == 64 for digest in (made.print_sha256, *(copy.sha256 for copy in copies)))
        assert made.finished_at is not None
        assert made.finished_at > made.requested_at
        log = Entry.objects.filter(subject_type="agreements.agreement", subject_id=final.pk).order_by("sequence")
        told = list(log.values("event", "data", "sequence", "actor_id", "actor_name"))
        return [facts_of(each) for each in (made, *copies)], told

    with transaction.atomic():
        renditions.render(order.pk)
        by_worker = written()
        transaction.set_rollback(True)
    for part in ("print", *(f"copy{number}" for number in range(1, 5))):
        default_storage.delete(renditions.path_of(order, part))  # what was rolled back left its files
    printed(final)
    assert written() == by_worker
    assert len(by_worker[0]) == 1 + 4
