"""The decorator of every view that creates something, and the sweep of what it keeps."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import salted_hmac

from once.models import SentForm
from once.tokens import FIELD, digest_of, person_of

# Longer than any session lasts: a form that was opened in one cannot be sent again after its row is gone.
KEPT = timedelta(days=7)
AGAIN = "这张表单已经送出过，没有重复办理。这里是上一次的结果。"
SECRET_BYTES, GROUP = 16, 5
REFUSED = 400  # the lowest status of an answer that says that nothing was created

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
Again = Callable[..., HttpResponseBase]


def sent_once(view: View) -> View:
    """Let the view create once: who sends the same form again is led to where the first answer led.

    The view runs in one transaction with the row of its form; whoever sends it at the same moment waits for that row.
    Nothing is kept of a form that was refused (an error status, or an exception): it can be sent again. Guards stand
    outside, so that who may no longer see the page is not led anywhere. A form without a token is not looked at.
    """
    return shown_again(None)(view)


def shown_again(again: Again | None) -> Callable[[View], View]:
    """Give `sent_once` the answer to whoever sends the form again, for a view that does not answer with a redirect."""

    def decorator(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method != "POST" or not request.POST.get(FIELD):
                return view(request, *args, **kwargs)
            with transaction.atomic():
                facts = {"person_id": person_of(request), "address": request.get_full_path()}
                sent, is_first = SentForm.objects.get_or_create(digest=digest_of(request), defaults=facts)
                if is_first:
                    return _kept(sent, view(request, *args, **kwargs))
            if again is not None:
                return again(request, *args, **kwargs)
            messages.info(request, AGAIN)
            return redirect(sent.leads_to or request.path)

        guarded.creates_once = True  # type: ignore[attr-defined]  # by this a test knows the views that create
        return guarded  # type: ignore[return-value]  # it takes and returns what the view does

    return decorator


def _kept(sent: SentForm, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code >= REFUSED:
        sent.delete()
        return response
    sent.leads_to = response.headers.get("Location", "")
    sent.save(update_fields=["leads_to"])
    return response


def secret_of(request: HttpRequest) -> str:
    """Return a secret that only this form, sent by this person in this session, leads to; "" without a token.

    For what is shown once and kept nowhere: the page that a double click brings up shows the same as the first. It is
    128 bits in small letters and groups, for some type it from paper.
    """
    if not request.POST.get(FIELD):
        return ""
    made = salted_hmac("once.secret", digest_of(request), algorithm="sha256").digest()[:SECRET_BYTES]
    letters = b32encode(made).decode().rstrip("=").lower()
    return "-".join(letters[place : place + GROUP] for place in range(0, len(letters), GROUP))


def forget() -> int:
    """Delete the rows of forms that nobody can send any more, and return how many they were."""
    deleted, _ = SentForm.objects.filter(sent_at__lt=timezone.now() - KEPT).delete()
    return deleted
