"""A government identity provider as the first factor: OpenID Connect, code flow with PKCE, state and nonce.

mozilla-django-oidc fetches the token and checks signature, expiry and nonce; who issued it, for whom, and whose account
it opens is decided here. An identity opens only the account whose holder has linked it.
"""

from typing import Any

import jwt
import requests
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from accounts import events
from accounts.models import ExternalIdentity, User
from accounts.signing_in import why_barred
from audit.log import append
from verbs.errors import WrongState

STATES = "oidc_states"  # mozilla-django-oidc's name
UNFIT_ANSWERS = (SuspiciousOperation, jwt.PyJWTError, requests.RequestException, KeyError, TypeError, ValueError)


class IdentityRefused(Exception):
    """The provider's answer does not prove who the person is. The text is for the server's log."""


class Provider(OIDCAuthenticationBackend):  # type: ignore[misc]  # the library is untyped
    """The configured provider; not an authentication backend, because nobody is signed in by it alone."""

    def subject(self, request: HttpRequest) -> str:
        """Return who the person is at the provider, from the answer that this request brings.

        Raises IdentityRefused when anything about the answer is wrong.
        """
        state = request.session.get(STATES, {}).pop(request.GET.get("state", ""), None)
        request.session.modified = True  # no answer counts twice
        if state is None or not request.GET.get("code"):
            raise IdentityRefused("unknown state, or no code")
        asked = {
            "client_id": self.OIDC_RP_CLIENT_ID,
            "client_secret": self.OIDC_RP_CLIENT_SECRET,
            "grant_type": "authorization_code",
            "code": request.GET["code"],
            "redirect_uri": request.build_absolute_uri(request.path),
            "code_verifier": state["code_verifier"],
        }
        try:
            return self.subject_in(self.get_token(asked)["id_token"], state["nonce"])
        except UNFIT_ANSWERS as problem:
            raise IdentityRefused(f"{type(problem).__name__}: {problem}") from problem

    def subject_in(self, token: str, nonce: str) -> str:
        """Return the subject of an ID token that is signed by the provider, for us, now, and in answer to `nonce`.

        The library checks signature, algorithm, end and nonce, the rest is checked here (OpenID Connect Core 1.0,
        3.1.3.7). Raises IdentityRefused, or one of UNFIT_ANSWERS.
        """
        claims: dict[str, Any] = self.verify_token(token, nonce=nonce)
        audience = claims.get("aud")
        audiences = [audience] if isinstance(audience, str) else list(audience or [])
        authorised = claims.get("azp", self.OIDC_RP_CLIENT_ID if len(audiences) == 1 else None)
        subject = claims.get("sub")
        if claims.get("iss") != settings.OIDC_ISSUER:
            raise IdentityRefused("issued by somebody else")
        if self.OIDC_RP_CLIENT_ID not in audiences or authorised != self.OIDC_RP_CLIENT_ID:
            raise IdentityRefused("issued for another client")
        if "exp" not in claims or not isinstance(subject, str) or not subject:
            raise IdentityRefused("without end or subject")
        return subject


def holder_of(subject: str) -> User | None:
    """Return the person who linked this identity and may sign in; None for an unknown one. An unknown one is logged."""
    found = ExternalIdentity.objects.filter(issuer=settings.OIDC_ISSUER, subject=subject).select_related("user").first()
    if found is not None and found.user.may_sign_in:
        return found.user
    reason = why_barred(found.user) if found else events.Barred.UNKNOWN
    append(events.SignInFailed(reason=reason), by=None, subject=found.user if found else None)
    return None


def identity_of(user: User) -> ExternalIdentity | None:
    """Return what the person has linked at the configured provider."""
    return user.identities.filter(issuer=settings.OIDC_ISSUER).first() if settings.OIDC_ISSUER else None


def link(user: User, subject: str) -> None:
    """Link an identity to the person's own account. Raises WrongState if it, or another one, is linked already."""
    try:
        with transaction.atomic():
            ExternalIdentity.objects.create(user=user, issuer=settings.OIDC_ISSUER, subject=subject)
            append(events.IdentityLinked(issuer=settings.OIDC_ISSUER), by=user, subject=user)
    except IntegrityError as taken:
        raise WrongState("这个身份或这个账号已经绑定过了。要换绑，请先解除原来的绑定。") from taken


@transaction.atomic
def unlink(user: User) -> None:
    """Forget the person's identity at the configured provider; without one nothing happens."""
    removed, _ = user.identities.filter(issuer=settings.OIDC_ISSUER).delete()
    if removed:
        append(events.IdentityUnlinked(issuer=settings.OIDC_ISSUER), by=user, subject=user)


@transaction.atomic
def forget(user: User, *, by: User | None) -> None:
    """Unlink every identity of a person who is given new access: what was linked before opens the account no more."""
    issuers = sorted(user.identities.values_list("issuer", flat=True))
    user.identities.all().delete()
    for issuer in issuers:
        append(events.IdentityUnlinked(issuer=issuer), by=by, subject=user)
