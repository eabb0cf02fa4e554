"""Jobs that the clock starts."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

import jobs
from duties.inviting import MAIL_TASK
from duties.models import Invitation
from duties.tasks import LETTER_ATTEMPTS, LETTER_PAUSE

# A letter that is tried again is on its way; one that still waits after all tries was never rung.
LOST_AFTER = timedelta(seconds=LETTER_PAUSE * (LETTER_ATTEMPTS + 2))


@shared_task(name="duties.schedule.sweep_letters")  # type: ignore[untyped-decorator]  # Celery has no types
def sweep_letters() -> None:
    """Ring again for the letters of invitations whose order was lost with the broker."""
    lost = Invitation.objects.waiting().filter(mail=Invitation.Mail.QUEUED, invited_at__lt=timezone.now() - LOST_AFTER)
    for pk in lost.order_by("pk").values_list("pk", flat=True):
        jobs.call_on_commit(MAIL_TASK, pk)
