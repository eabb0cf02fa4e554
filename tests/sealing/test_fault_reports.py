"""What a report of a fault says that came while a PIN or a key lay in memory: where, and nothing that was entered."""

import logging
import sys
from typing import Any

import pytest
from django import forms
from django.core import mail
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.log import AdminEmailHandler

from accounts.models import User
from agreements.models.handwriting import Handwritten
from agreements.signing import batch_views, ceremony_forms
from agreements.signing.ceremony_forms import PenForm
from institutions.models import Institution
from sealing import unlocking
from sealing.keys import sealed
from sealing.models import SigningIdentity
from tests.sealing.making import ANOTHER, PIN, active, just_now, signatory_of

pytestmark = pytest.mark.django_db


class BrokeError(Exception):
    """A fault that nobody has foreseen."""


def breaks(*_: object, **__: object) -> None:
    raise BrokeError("half-way")


@pytest.fixture(autouse=True)
def told(settings: Any) -> None:
    settings.ADMINS = [("Operator", "operator@example.org")]


def reports(of: str) -> str:
    """Return the one letter that told of a fault, text and HTML: the handler that Django has for it."""
    [letter] = mail.outbox
    assert isinstance(letter, mail.EmailMultiAlternatives)
    text = str(letter.body) + "".join(str(each) for each in letter.alternatives)
    assert of in text, "the frame is told"
    assert "half-way" in text
    return text


def report_now(request: Any = None) -> None:
    """Send a letter of the fault that is handled just now, as a fault of a page is sent."""
    record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "broke", None, sys.exc_info())
    record.request = request
    AdminEmailHandler(include_html=True).emit(record)


@pytest.fixture
def identity(elder_care_institution: Institution, institution_administrator: User) -> SigningIdentity:
    return active(signatory_of(elder_care_institution), elder_care_institution, institution_administrator)


@pytest.mark.parametrize("where", ["a field", "the form"])
def test_the_form_of_signing_tells_no_pin(
    where: str, identity: SigningIdentity, elder_care_institution: Institution, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a field the PIN is a variable of Django's own frames."""
    if where == "a field":
        monkeypatch.setattr(forms.CharField, "validate", breaks)
    else:
        monkeypatch.setattr(ceremony_forms, "strokes_of", breaks)
    entered = QueryDict(f"seal=none&intent=on&pin={PIN}&handwriting={Handwritten.DRAWN}&strokes=1")
    form = PenForm(entered, institution=elder_care_institution, identities=[identity], seals=[], hands=[*Handwritten])
    request = RequestFactory().post("/", {"pin": PIN})
    try:
        form.is_valid()
    except BrokeError:
        report_now(request)
    assert PIN not in reports("_clean_fields" if where == "a field" else "strokes_of")


def test_the_page_of_a_pin_tells_neither_the_old_nor_the_new(
    identity: SigningIdentity, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(identity.person)
    session = client.session
    monkeypatch.setattr(forms.CharField, "validate", breaks)
    client.raise_request_exception = False
    entered = {"before": PIN, "pin": ANOTHER, "again": ANOTHER}
    assert client.post(reverse("signing-pin", args=[identity.pk]), entered).status_code == 500
    text = reports("_clean_fields")
    assert not [each for each in (PIN, ANOTHER, session.session_key or "no session") if each in text]


@pytest.mark.parametrize("where", ["before the key is open", "after"])
def test_opening_a_key_tells_neither_pin_nor_key(
    where: str, identity: SigningIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The views of a batch hand the PIN on, so that it is a variable of theirs too. A key is shown by its kind."""
    if where == "after":
        monkeypatch.setattr(unlocking, "_begin_anew", breaks)
    else:
        monkeypatch.setattr(sealed, "_key", breaks)
    request: Any = RequestFactory().post("/", {"pin": PIN})
    request.user, request.session = identity.person, {}
    monkeypatch.setattr(batch_views, "confirmed_at", lambda _: just_now())
    try:
        batch_views._pen(request, identity, PIN, seal=None, handwriting="")
    except BrokeError:
        report_now(request)
    text = reports("_pen")
    assert PIN not in text
    assert "PrivateKey object" not in text
