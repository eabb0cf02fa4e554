"""The token that a form carries in a hidden field, and what makes a form that was sent the same as another."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Max
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.views.decorators.debug import sensitive_variables

from once.models import SentForm

FIELD = "once"
LENGTH = 32
CSRF = "csrfmiddlewaretoken"  # masked anew in every page
USED = "_once_used"  # on the request: one page may have several forms


def token_for(request: HttpRequest, address: str) -> str:
    """Return the token of the form that is sent to this address, for a page that shows it.

    It stays the same in all tabs of a person's session until the form was sent: then what is opened anew is another
    form. A person who is not signed in has nothing that tabs share, and gets a token for each page.
    """
    key = request.session.session_key if person_of(request) is not None else None
    if key is None:
        return secrets.token_hex(LENGTH // 2)
    last = _used_by(request).get(address, 0)
    return salted_hmac("once.tokens", f"{key} {last} {address}", algorithm="sha256").hexdigest()[:LENGTH]


@sensitive_variables("part")
def digest_of(request: HttpRequest) -> str:
    """Return what the form that was just sent is known by; its files are read and put back to their beginning.

    Whatever was entered is part of it: who goes back and sends something else wants something else.
    """
    seen = hashlib.sha256()
    for part in (str(person_of(request)), request.get_full_path(), *_entered(request)):
        seen.update(hashlib.sha256(part.encode(errors="surrogatepass")).digest())
    return seen.hexdigest()


def person_of(request: HttpRequest) -> int | None:
    """Return the key of who is signed in."""
    return None if isinstance(request.user, AnonymousUser) else request.user.pk


def _used_by(request: HttpRequest) -> dict[str, int]:
    """Return the last form that the person sent from each address, in one query for the whole page."""
    used: dict[str, int] | None = getattr(request, USED, None)
    if used is None:
        sent = SentForm.objects.filter(person=person_of(request)).values_list("address").annotate(last=Max("pk"))
        used = dict(sent)
        setattr(request, USED, used)
    return used


@sensitive_variables("values")
def _entered(request: HttpRequest) -> Iterator[str]:
    for name, values in sorted(request.POST.lists()):
        if name != CSRF:
            yield from (name, *values)
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            yield from (name, str(file.name), _digest(file))


def _digest(file: UploadedFile[Any]) -> str:
    seen = hashlib.sha256()
    for chunk in file.chunks():
        seen.update(chunk)
    file.seek(0)
    return seen.hexdigest()
