"""Jobs that others enqueue: doorbells with an id."""

from celery import Task, shared_task

from duties import letters
from duties.inviting import MAIL_TASK
from notifications.channels import NotSent

LETTER_ATTEMPTS = 6
LETTER_PAUSE = 60  # seconds; below the broker's visibility timeout, so that a waiting job is not handed out twice


@shared_task(name=MAIL_TASK, bind=True, max_retries=LETTER_ATTEMPTS)  # type: ignore[untyped-decorator]  # Celery has no types
def mail_invitation(self: Task, invitation_id: int) -> None:
    try:
        letters.mail(invitation_id)
    except NotSent as refusal:
        if refusal.is_final or self.request.retries >= LETTER_ATTEMPTS:
            letters.give_up(invitation_id)
            return
        raise self.retry(countdown=LETTER_PAUSE) from refusal
