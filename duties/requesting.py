"""An institution's first administrator: anybody may ask, the county's bureau looks at the licence and decides."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from accounts.models import User
from accounts.names import plain_name
from audit.log import append
from duties import announcements, claims, events, introducing, one_person
from duties.inviting import open_invitation
from duties.lifecycle import CONFIRM, REFUSE, REQUEST
from duties.models import AdministratorRequest, Introduction, Invitation
from institutions.models import Duty, Institution
from uploads.models import Upload
from uploads.receiving import receive
from verbs.errors import NotAllowed, Unacceptable

LICENCE = "licence"  # the purpose of such an upload; its `part` is the number
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that look alike
NUMBER_LENGTH = 8  # about 39 bits: nobody finds another's request by trying
# Of one institution, from whatever addresses: more than people need, less than fills a disk or a bureau's list.
A_DAY = timedelta(days=1)
MOST_A_DAY = 10
MOST_WAITING = 20  # files without a verdict, which may come to nothing
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


def send(
    institution: Institution,
    applicant: Applicant,
    file: File[Any],
    *,
    sender: str,
    introduction: Introduction | None = None,
) -> str:
    """Take in the scan of the licence with what was entered; return the number under which the request will be kept.

    Anybody may ask, with the code of a letter (`introduction`) or without one. The same person asking twice from the
    same browser gets the number that there is already. From another one it is a request of its own: name and mobile
    number are known to many, and lead nobody to another's.
    Raises UploadRefused for the file, Unacceptable when enough has been asked about the institution that day.
    """
    applicant = replace(applicant, full_name=plain_name(applicant.full_name))
    with transaction.atomic():
        Institution.objects.select_for_update(no_key=True, of=("self",)).get(pk=institution.pk)
        same = _waiting(institution, applicant)
        if same is not None:
            return same.number
        of_applicant = {f"facts__{name}": value for name, value in _same(applicant).items()}
        waits = Upload.objects.of(LICENCE, institution.pk).waiting().filter(**of_applicant).first()
        if waits is not None:
            return waits.part
        _refuse_a_flood(institution, file.size or 0)
        number = _number()
        facts = {**_same(applicant), "email": applicant.email, "claim": claims.digest_for(number, applicant.code)}
        facts["introduction"] = str(introduction.pk) if introduction else ""
        return receive(LICENCE, institution.pk, file, sender=sender, part=number, facts=facts).part


def send_another(refused: Upload, file: File[Any], *, sender: str) -> str:
    """Take in another file in the place of one that was refused, with what was entered then; return the same number.

    Raises as `send` does.
    """
    with transaction.atomic():
        institution = Institution.objects.select_for_update(no_key=True, of=("self",)).get(pk=refused.subject)
        _refuse_a_flood(institution, file.size or 0)
        return receive(LICENCE, refused.subject, file, sender=sender, part=refused.part, facts=refused.facts).part


def ask(
    institution: Institution, applicant: Applicant, upload: Upload, *, claim: str, introduction: str = ""
) -> AdministratorRequest:
    """Keep a request with a judged scan of the licence, under its number (`upload.part`), and tell the bureau.

    `claim` is the digest of what opens the applicant's own page (`claims.digest_for`), "" where they have no code.

    `introduction` is the key of the letter that they came by, "" without one; where somebody else has applied with its
    code meanwhile, this is an application like any other. Nobody is named as asking: the log knows the applicant's
    name. Who has a request that waits gets that one. Raises Unacceptable when enough has been asked meanwhile.
    """
    with transaction.atomic():
        Institution.objects.select_for_update(no_key=True, of=("self",)).get(pk=institution.pk)
        same = _waiting(institution, applicant)
        if same is not None:
            return same
        _refuse_a_flood(institution, upload.size, at_the_end=True)
        request = AdministratorRequest(institution=institution, number=upload.part, upload=upload)
        request.full_name, request.mobile, request.email = applicant.full_name, applicant.mobile, applicant.email
        request.browser, request.claim = applicant.browser, claim
        request.introduction = introducing.unused(institution, introduction)
        request.licence.name, request.original_name = upload.file.name, upload.name
        request.content_type, request.sha256 = upload.content_type, upload.sha256
        request.page_count, request.size = upload.page_count, upload.size
        request.save()
        append(_asked(request), by=None, subject=institution)
        announcements.requested(request)
    return request


def under_number(number: str) -> Upload | None:
    """Return the newest file that was sent under a number of which there is no request yet."""
    return Upload.objects.filter(purpose=LICENCE, part=number).order_by("-pk").first()


@transaction.atomic
def confirm(request: AdministratorRequest, *, by: User, browser: str = "") -> Invitation:
    """Decide for the applicant: return the invitation, whose link their own page shows and nobody else's.

    `browser` is the digest of what the decider's browser keeps. Raises WrongState when it is decided already,
    NotAllowed to all but the bureau of the institution's side and place, and to whoever is plainly the applicant.
    """
    row = REQUEST.begin(request, CONFIRM, by=by)
    if told := one_person.why_not_decided_by(row, by, browser=browser):
        raise NotAllowed(told)
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


def _asked(request: AdministratorRequest) -> events.AdministratorRequested:
    told = {"number": request.number, "full_name": request.full_name, "sha256": request.sha256}
    letter = request.introduction
    by_letter = {"agreement": letter.about, "sender": letter.sender} if letter else {}
    return events.AdministratorRequested(**told, **by_letter)


def _same(applicant: Applicant) -> dict[str, str]:
    """Return by what the same person in the same browser is known."""
    return {"full_name": applicant.full_name, "mobile": applicant.mobile, "browser": applicant.browser}


def _waiting(institution: Institution, applicant: Applicant) -> AdministratorRequest | None:
    return institution.administrator_requests.filter(state=State.WAITING, **_same(applicant)).first()


def _refuse_a_flood(institution: Institution, size: int, *, at_the_end: bool = False) -> None:
    """Raise Unacceptable beyond the day's number or bytes. The institution's row is locked: none slips past beside.

    `at_the_end`: the file has its verdict, and what waits besides it is judged when it has its own.
    """
    today = institution.administrator_requests.filter(requested_at__gt=timezone.now() - A_DAY)
    sums = {"number": Count("pk"), "bytes": Sum("size", default=0)}
    asked = today.aggregate(**sums)
    waiting = Upload.objects.of(LICENCE, institution.pk).waiting().aggregate(**sums)
    bytes_waiting = 0 if at_the_end else waiting["bytes"]
    if not at_the_end and waiting["number"] >= MOST_WAITING:
        raise Unacceptable(ENOUGH)
    if asked["number"] >= MOST_A_DAY or asked["bytes"] + bytes_waiting + size > MOST_BYTES_A_DAY:
        raise Unacceptable(ENOUGH)


def _decided(by: User) -> dict[str, Any]:
    return {"decided_by": by, "decided_at": timezone.now()}


def spelled(typed: str) -> str:
    """Return a number as it is given out, however it was copied: gl abcd efgh is GL-ABCD-EFGH. No L follows the GL."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum()).removeprefix("GL")
    return f"GL-{letters[:4]}-{letters[4:]}"


def _number() -> str:
    return spelled("".join(secrets.choice(ALPHABET) for _ in range(NUMBER_LENGTH)))
