"""Who says for an institution that its side may agree to a text: its leaders, and never whoever had a hand in it."""

from django.db.models import Exists, F, OuterRef, QuerySet

from accounts.models import User
from agreements.events import Drafted, StepSaved
from agreements.models import Agreement, Approval
from agreements.permissions import leads
from audit.log import history
from audit.models import Entry
from institutions.models import institutions_led_by

WRITING = [Drafted.code, StepSaved.code]  # the events of whoever drafts


def can_answer_approval(user: User, approval: Approval) -> bool:
    """Whether the user answers as the leader: nobody does who asked for it, or wrote in the draft."""
    return leads(user, approval) and user.pk not in barred_from(approval)


def barred_from(approval: Approval) -> set[int]:
    """Return who never answers, whatever duties they hold: who asked, and who wrote in the draft."""
    return {approval.asked_by_id} | writers_of(approval.agreement, approval.institution_id)


def writers_of(agreement: Agreement, institution: int) -> set[int]:
    """Return who wrote in the draft, if it was this institution that drafted."""
    if agreement.drafted_by_id != institution:
        return set()
    written = history(agreement).filter(event__in=WRITING).order_by()
    return {pk for pk in written.values_list("actor_id", flat=True) if pk}


def to_answer_as_leader(user: User) -> QuerySet[Approval]:
    """Return the requests that the user may answer (`can_answer_approval`), for lists."""
    wrote = Entry.objects.filter(
        subject_type=Agreement._meta.label_lower,
        subject_id=OuterRef("agreement_id"),
        event__in=WRITING,
        actor_id=user.pk,
    )
    led = Approval.objects.waiting().filter(institution__in=institutions_led_by(user)).exclude(asked_by=user)
    return led.exclude(Exists(wrote), agreement__drafted_by=F("institution"))
