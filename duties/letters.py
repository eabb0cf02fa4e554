"""The letter of an invitation. Its secret is made when it is written and goes with it; only its digest stays.

An applicant has a secret of their own: their letter leads to their page.
"""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from duties.inviting import renewed_for_mail
from duties.models import AdministratorRequest, Invitation
from notifications.channels import Letter, Mailbag, sender_host

Mail = Invitation.Mail


@sensitive_variables("link")
def mail(invitation_id: int) -> bool:
    """Send the letter if the invitation still waits and no letter went out; False otherwise. Raises NotSent."""
    waiting = Invitation.objects.waiting().filter(pk=invitation_id, mail=Mail.QUEUED)
    invitation = waiting.select_related("institution", "authority", "invited_by").first()
    if invitation is None:
        return False
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend") and not settings.DEMO:
        give_up(invitation_id)  # there is no mail server: a link that is printed in a log is nobody's
        return False
    link = _link(invitation)
    if link is None:
        return False
    with Mailbag() as bag:
        bag.open()
        bag.send(letter_of(invitation, link))
    return bool(waiting.update(mail=Mail.SENT))


@sensitive_variables("secret")
def _link(invitation: Invitation) -> str | None:
    asked = AdministratorRequest.objects.filter(invitation=invitation).exclude(claim="").first()
    if asked is not None:
        return settings.SITE_URL + reverse("administrator-asked", args=[asked.number])
    secret = renewed_for_mail(invitation)
    return None if secret is None else link_of(secret)


def give_up(invitation_id: int) -> None:
    """Note that no letter goes out, so that whoever invited sees it and prints a sealed one."""
    Invitation.objects.filter(pk=invitation_id, mail=Mail.QUEUED).update(mail=Mail.FAILED)


@sensitive_variables("link")
def letter_of(invitation: Invitation, link: str) -> Letter:
    own_page = "/administrators/asked/" in link  # an applicant's: their code opens it
    facts: dict[str, object] = {"invitation": invitation, "link": link, "site": settings.SITE_URL, "own_page": own_page}
    return Letter("invitation", invitation.email, f"invitation-{invitation.pk}@{sender_host()}", facts)


def link_of(secret: str) -> str:
    """Return the whole address that the invited person opens."""
    return settings.SITE_URL + reverse("invitation", args=[secret])
