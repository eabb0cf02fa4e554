"""That the quick way to a complete draft, which other tests take, leaves what the wizard leaves."""

from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from agreements.models import Agreement, TemplateVersion
from audit.models import Entry
from institutions.models import Institution
from tests.agreements.making import complete_draft, drafted_by_steps

OF_THE_MOMENT = ("id", "created_at", "updated_at")


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
