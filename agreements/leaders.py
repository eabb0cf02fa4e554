"""Who says for an institution that its side may agree to a text: its leaders, and never whoever had a hand in it."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import User
from agreements.events import Drafted, StepSaved
from agreements.models import Agreement, Approval
from agreements.permissions import leads
from audit.log import history
from audit.models import Entry
from institutions.models import institutions_led_by

WRITING = [Drafted.code, StepSaved.code]  # the events of whoever drafts


def can_answer_approval(user: User, approval: Approval) -> bool:
    """Whether the user answers as the leader: nobody does who asked for it, wrote in the draft or sent it here."""
    return leads(user, approval) and user.pk not in barred_from(approval)


def barred_from(approval: Approval) -> set[int]:
    """Return who never answers, whatever duties they hold: who asked, and who had a hand in the text."""
    return {approval.asked_by_id} | hands_in(approval.agreement, approval.institution_id)


def hands_in(agreement: Agreement, institution: int) -> set[int]:
    """Return who wrote in the draft, for whichever side, and of what came from the other side who sent it."""
    written = history(agreement).filter(event__in=WRITING).order_by().values_list("actor_id", flat=True)
    sender = agreement.sent_by_id if agreement.drafted_by_id != institution else None
    return {pk for pk in (*written, sender) if pk}


def to_answer_as_leader(user: User) -> QuerySet[Approval]:
    """Return the requests that the user may answer (`can_answer_approval`), for lists."""
    wrote = Entry.objects.filter(
        subject_type=Agreement._meta.label_lower,
        subject_id=OuterRef("agreement_id"),
        event__in=WRITING,
        actor_id=user.pk,
    )
    led = Approval.objects.waiting().filter(institution__in=institutions_led_by(user)).exclude(asked_by=user)
    sent_it = Q(agreement__sent_by=user) & ~Q(agreement__drafted_by=F("institution"))
    return led.exclude(Exists(wrote)).exclude(sent_it)
