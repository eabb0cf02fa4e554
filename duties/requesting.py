"""An institution's first administrator: anybody may ask, the county's bureau looks at the licence and decides."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from audit.log import append
from audit.models import Event
from boundary.uploads import look_at
from duties import telling
from duties.inviting import open_invitation
from duties.models import AdministratorRequest, Invitation
from duties.permissions import OFFICES
from institutions.models import Duty, Institution, Role, authorities_of
from verbs.errors import WrongState

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that look alike
NUMBER_LENGTH = 8  # about 39 bits: nobody finds another's request by trying

State = AdministratorRequest.State


@dataclass(frozen=True)
class Applicant:
    full_name: str
    mobile: str
    email: str = ""


@transaction.atomic
def ask(institution: Institution, applicant: Applicant, content: bytes, name: str) -> AdministratorRequest:
    """Keep a request with the scan of the licence and tell the bureau. Raises UploadRefused.

    The same person asking twice gets the request that waits already.
    """
    Institution.objects.select_for_update(no_key=True, of=("self",)).get(pk=institution.pk)
    waiting = institution.administrator_requests.filter(state=State.WAITING)
    same = waiting.filter(full_name=applicant.full_name, mobile=applicant.mobile).first()
    if same is not None:
        return same
    request = _with_licence(AdministratorRequest(institution=institution, number=_number()), content, name)
    request.full_name, request.mobile, request.email = applicant.full_name, applicant.mobile, applicant.email
    request.save()
    facts = {"number": request.number, "full_name": request.full_name, "sha256": request.sha256}
    append(Event.ADMINISTRATOR_REQUESTED, by=None, subject=institution, **facts)
    telling.requested(request)
    return request


@transaction.atomic
def confirm(request: AdministratorRequest, *, by: User) -> tuple[Invitation, str]:
    """Decide for the applicant: return the invitation and its secret. Raises WrongState when it is decided already."""
    row = _decided(request, State.CONFIRMED, by=by)
    invitation, secret = open_invitation(row.full_name, Duty.ADMINISTRATOR, row.institution, by=by, email=row.email)
    AdministratorRequest.objects.filter(pk=row.pk).update(invitation=invitation)
    append(Event.ADMINISTRATOR_CONFIRMED, by=by, subject=row.institution, number=row.number, full_name=row.full_name)
    telling.decided(row, by=by)
    return invitation, secret


@transaction.atomic
def refuse(request: AdministratorRequest, *, by: User, reason: str) -> AdministratorRequest:
    """Decide against the applicant. Raises WrongState when it is decided already."""
    row = _decided(request, State.REFUSED, by=by, reason=reason)
    facts = {"number": row.number, "full_name": row.full_name, "reason": reason}
    append(Event.ADMINISTRATOR_REFUSED, by=by, subject=row.institution, **facts)
    telling.decided(row, by=by)
    return row


def requests_for(user: User) -> QuerySet[AdministratorRequest]:
    """Return the requests that the user decides: of institutions in the remit of their bureau, of the bureau's side."""
    seats = authorities_of(user, *OFFICES).alias(own=Left("region__code", F("region__level") * 2))
    above = seats.filter(own=Left(OuterRef("institution__region__code"), F("region__level") * 2))
    fits = Q()
    for role in Role:
        fits |= Q(Exists(above.filter(kind=role.watched_by)), institution__role=role)
    return AdministratorRequest.objects.filter(fits).select_related("institution__region", "decided_by")


def _decided(request: AdministratorRequest, state: State, *, by: User, reason: str = "") -> AdministratorRequest:
    if not requests_for(by).filter(pk=request.pk).exists():
        raise PermissionDenied("只有机构所在地的主管部门可以核实。")
    waiting = AdministratorRequest.objects.filter(pk=request.pk, state=State.WAITING)
    if waiting.update(state=state, decided_by=by, decided_at=timezone.now(), reason=reason) != 1:
        raise WrongState("这份申请已由同事处理，请刷新后查看结果。")
    return AdministratorRequest.objects.select_related("institution__region").get(pk=request.pk)


def _with_licence(request: AdministratorRequest, content: bytes, name: str) -> AdministratorRequest:
    seen = look_at(content)
    request.original_name, request.content_type = name[-200:], seen.content_type
    request.sha256, request.page_count = seen.sha256, seen.page_count
    secret = salted_hmac("institutions.licence", f"{request.number}/{seen.sha256}", algorithm="sha256").hexdigest()[:32]
    path = f"administrator-requests/{request.institution_id}/{secret}.{seen.ending}"
    request.licence.save(path, ContentFile(content), save=False)
    return request


def spelled(typed: str) -> str:
    """Return a number as it is given out, however it was copied: gl abcd efgh is GL-ABCD-EFGH. No L follows the GL."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum()).removeprefix("GL")
    return f"GL-{letters[:4]}-{letters[4:]}"


def _number() -> str:
    return spelled("".join(secrets.choice(ALPHABET) for _ in range(NUMBER_LENGTH)))
