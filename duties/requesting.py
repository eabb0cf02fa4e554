"""An institution's first administrator: anybody may ask, the county's bureau looks at the licence and decides."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from accounts.names import plain_name
from audit.log import append
from boundary.uploads import LookedAt, look_at
from duties import announcements, claims, events
from duties.inviting import open_invitation
from duties.lifecycle import CONFIRM, REFUSE, REQUEST
from duties.models import AdministratorRequest, Invitation
from institutions.models import Duty, Institution
from verbs.errors import Unacceptable

ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that look alike
NUMBER_LENGTH = 8  # about 39 bits: nobody finds another's request by trying
# Of one institution, from whatever addresses: more than people need, less than fills a disk or a bureau's list.
A_DAY = timedelta(days=1)
MOST_A_DAY = 10
MOST_BYTES_A_DAY = 200 * 1024 * 1024
ENOUGH = "这家机构今天收到的申请已经太多，暂时不能再提交。请明天再来，或直接联系所在地的主管部门。"

State = AdministratorRequest.State


@dataclass(frozen=True)
class Applicant:
    """Who asks. `browser`: the digest of the secret that their browser keeps, "" for whoever asks without one; `code`:
    what opens their own page elsewhere."""

    full_name: str
    mobile: str
    email: str = ""
    browser: str = ""
    code: str = field(default="", repr=False)


def ask(institution: Institution, applicant: Applicant, content: bytes, name: str) -> AdministratorRequest:
    """Keep a request with the scan of the licence and tell the bureau.

    Anybody may ask, so nobody is named as asking: the log knows the applicant's name. The same person asking twice from
    the same browser gets the request that waits already. From another one it is a request of its own: name and mobile
    number are known to many, and lead nobody to another's number.
    Raises UploadRefused for the file, Unacceptable when enough has been asked about the institution that day.
    """
    applicant = replace(applicant, full_name=plain_name(applicant.full_name))
    seen = look_at(content)  # before the institution is locked: a stranger's file may take its time
    with transaction.atomic():
        Institution.objects.select_for_update(no_key=True, of=("self",)).get(pk=institution.pk)
        waiting = institution.administrator_requests.filter(state=State.WAITING)
        of_applicant = {"full_name": applicant.full_name, "mobile": applicant.mobile, "browser": applicant.browser}
        same = waiting.filter(**of_applicant).first()
        if same is not None:
            return same
        _refuse_a_flood(institution, len(content))
        request = AdministratorRequest(institution=institution, number=_number())
        request.full_name, request.mobile, request.email = applicant.full_name, applicant.mobile, applicant.email
        request.browser, request.claim = applicant.browser, claims.digest_for(request.number, applicant.code)
        _keep_licence(request, seen, content, name)
        request.save()
        event = events.AdministratorRequested(number=request.number, full_name=request.full_name, sha256=request.sha256)
        append(event, by=None, subject=institution)
        announcements.requested(request)
    return request


@transaction.atomic
def confirm(request: AdministratorRequest, *, by: User) -> Invitation:
    """Decide for the applicant: return the invitation, whose link their own page shows and nobody else's.

    Raises WrongState when it is decided already, NotAllowed to all but the bureau of the institution's side and place.
    """
    row = REQUEST.begin(request, CONFIRM, by=by)
    invitation, _ = open_invitation(
        row.full_name, Duty.ADMINISTRATOR, row.institution, by=by, email=row.email, digest=row.claim
    )
    event = events.AdministratorConfirmed(number=row.number, full_name=row.full_name)
    row = REQUEST.finish(row, CONFIRM, event, by=by, writes={**_decided(by), "invitation": invitation})
    announcements.decided(row, by=by)
    return invitation


@transaction.atomic
def refuse(request: AdministratorRequest, *, by: User, reason: str) -> AdministratorRequest:
    """Decide against the applicant. Raises as `confirm` does."""
    row = REQUEST.begin(request, REFUSE, by=by)
    event = events.AdministratorRefused(number=row.number, full_name=row.full_name, reason=reason)
    row = REQUEST.finish(row, REFUSE, event, by=by, writes={**_decided(by), "reason": reason})
    announcements.decided(row, by=by)
    return row


def _refuse_a_flood(institution: Institution, size: int) -> None:
    """Raise Unacceptable beyond the day's number or bytes. The institution's row is locked: none slips past beside."""
    today = institution.administrator_requests.filter(requested_at__gt=timezone.now() - A_DAY)
    asked = today.aggregate(number=Count("pk"), bytes=Sum("size", default=0))
    if asked["number"] >= MOST_A_DAY or asked["bytes"] + size > MOST_BYTES_A_DAY:
        raise Unacceptable(ENOUGH)


def _decided(by: User) -> dict[str, Any]:
    return {"decided_by": by, "decided_at": timezone.now()}


def _keep_licence(request: AdministratorRequest, seen: LookedAt, content: bytes, name: str) -> None:
    request.original_name, request.content_type = name[-200:], seen.content_type
    request.sha256, request.page_count, request.size = seen.sha256, seen.page_count, len(content)
    secret = salted_hmac("institutions.licence", f"{request.number}/{seen.sha256}", algorithm="sha256").hexdigest()[:32]
    path = f"administrator-requests/{request.institution_id}/{secret}.{seen.ending}"
    request.licence.save(path, ContentFile(content), save=False)


def spelled(typed: str) -> str:
    """Return a number as it is given out, however it was copied: gl abcd efgh is GL-ABCD-EFGH. No L follows the GL."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum()).removeprefix("GL")
    return f"GL-{letters[:4]}-{letters[4:]}"


def _number() -> str:
    return spelled("".join(secrets.choice(ALPHABET) for _ in range(NUMBER_LENGTH)))
