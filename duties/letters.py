"""The letter of an invitation. Its secret is not in the database: it comes with the job and goes with the letter."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from duties.models import Invitation
from notifications.channels import Letter, Mailbag, sender_host

Mail = Invitation.Mail


@sensitive_variables("secret")
def mail(invitation_id: int, secret: str) -> bool:
    """Send the letter if the invitation still waits and no letter went out; False otherwise. Raises NotSent."""
    waiting = Invitation.objects.waiting().filter(pk=invitation_id, mail=Mail.QUEUED)
    invitation = waiting.select_related("institution", "authority", "invited_by").first()
    if invitation is None:
        return False
    with Mailbag() as bag:
        bag.open()
        bag.send(letter_of(invitation, secret))
    return bool(waiting.update(mail=Mail.SENT))


def give_up(invitation_id: int) -> None:
    """Note that no letter goes out, so that whoever invited sees it and passes the link on."""
    Invitation.objects.filter(pk=invitation_id, mail=Mail.QUEUED).update(mail=Mail.FAILED)


@sensitive_variables("secret")
def letter_of(invitation: Invitation, secret: str) -> Letter:
    facts: dict[str, object] = {"invitation": invitation, "link": link_of(secret), "site": settings.SITE_URL}
    return Letter("invitation", invitation.email, f"invitation-{invitation.pk}@{sender_host()}", facts)


def link_of(secret: str) -> str:
    """Return the whole address that the invited person opens."""
    return settings.SITE_URL + reverse("invitation", args=[secret])
