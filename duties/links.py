"""The page that shows an invitation's link, to whoever invited, once: to a double click the same page again."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_variables

from duties import inviting
from duties.letters import link_of
from duties.models import Invitation
from once.sending import secret_of


@sensitive_variables("secret")
def link_page(request: HttpRequest, invitation: Invitation, secret: str, *, back: str) -> HttpResponse:
    """Show the link, which nobody can see again. `back` names the address of the page that the person came from."""
    context = {"invitation": invitation, "link": link_of(secret), "back": back}
    return render(request, "duties/link.html", context)


def link_again(back: str) -> Callable[..., HttpResponse]:
    """Return what answers the same form sent again: its link while that is good, else the way back."""

    @sensitive_variables("secret")
    def again(request: HttpRequest, **_: object) -> HttpResponse:
        secret = secret_of(request)
        invitation = inviting.find(secret)
        if invitation is None or inviting.obstacle(invitation, None):
            return redirect(back)
        return link_page(request, invitation, secret, back=back)

    return again
