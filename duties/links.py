"""The answer that is a sealed letter: printed once, and to a double click the same again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_variables

from accounts.models import User
from boundary.serving import disposition, guarded
from duties import inviting, sealed
from duties.sealed import SealedLetter
from duties.sockets import LETTER_PDF
from once.sending import secret_of


@sensitive_variables("letter", "pdf")
def letter_file(letter: SealedLetter) -> HttpResponseBase:
    """Answer with the letter as PDF. Raises WrongState for characters that cannot be printed."""
    [pdf_of] = LETTER_PDF
    response = HttpResponse(pdf_of(letter), content_type="application/pdf")
    response["Content-Disposition"] = disposition(f"密封信-{letter.reader}.pdf")
    return guarded(response)


@sensitive_variables("secret")
def letter_again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Answer the same form sent again: its letter while the link is good, else the way back."""
    secret, person = secret_of(request), request.user
    invitation = inviting.find(secret)
    assert isinstance(person, User)  # noqa: S101 -- the view's guards stand outside
    if invitation is None or inviting.obstacle(invitation, None):
        is_open = inviting.cancellable(person).filter(pk=pk).exists()
        return redirect("invitation-sent", pk) if is_open else redirect("home")
    return letter_file(sealed.of_invitation(invitation, secret, by=person))
