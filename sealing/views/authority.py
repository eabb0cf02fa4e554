"""What anybody may have of the platform's authority: what it is, its certificate, its list of what was revoked."""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import Encoding
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import User
from boundary.rates import limited
from sealing.authority import files, issuing, keeping
from sealing.authority.files import AuthorityClosed
from sealing.figures import figures_for

KEPT_SECONDS = 3600  # a list lasts days; whoever checks a signature need not ask for each
CERTIFICATE, LIST = "application/pkix-cert", "application/pkix-crl"


@login_not_required
@limited("verify")
@require_GET
def about(request: HttpRequest) -> HttpResponse:
    """Say what the certificates of this platform are, and what they are not; how many, to who looks after them."""
    try:
        own = files.certificates()
    except AuthorityClosed:
        own = []
    shown = [(each, keeping.fingerprint(each)) for each in own]
    figures = figures_for(request.user) if isinstance(request.user, User) else None
    context = {"certificates": shown, "newest": issuing.newest_list(), "closed": files.why_closed(), "figures": figures}
    return render(request, "sealing/authority.html", context)


@login_not_required
@limited("verify")
@require_GET
def certificate(request: HttpRequest) -> HttpResponse:
    """Give out the certificate under which certificates are issued now."""
    try:
        own = files.certificates()
    except AuthorityClosed:
        raise Http404 from None
    if not own:
        raise Http404
    return _public(own[0].public_bytes(Encoding.DER), CERTIFICATE, "authority.crt")


@login_not_required
@limited("verify")
@require_GET
def revocation_list(request: HttpRequest) -> HttpResponse:
    """Give out the newest list, as it was made by the clock or by the last revocation."""
    newest = issuing.newest_list()
    if newest is None:
        raise Http404
    return _public(bytes(newest.content), LIST, "list.crl")


def _public(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {
        "Cache-Control": f"public, max-age={KEPT_SECONDS}",
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(content, content_type=kind, headers=headers)
