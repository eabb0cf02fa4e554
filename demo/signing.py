"""Signatories with certificates of a demo, and seals that say 演示章, so that signing on the platform can be tried.

Everything is done by the people whose duty it is, through the verbs: asked for with a mandate, confirmed by another.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from demo.loading import DATA, registrar_of
from demo.people import staff_of
from demo.scans import marked
from institutions.models import Duty, Institution, Membership
from sealing import enrolling, seals
from sealing.authority import keeping
from sealing.authority.files import AuthorityClosed
from sealing.models import Level, Seal, SigningIdentity
from uploads.at_once import as_file, judged

SIGN = ("yc-a", "yc-1", "sy-a", "sy-1", "tx-a", "tx-1")  # both sides of three pairs
HAVE_SEALS = ("yc-a", "yc-1", "sy-1", "tx-a")  # those with an administrator, who registers them
YEAR = timedelta(days=365)
ADMINISTRATOR, KEEPER = "毛雅文", "计春燕"  # where the data names nobody


def load_signing(institutions: dict[str, Institution]) -> None:
    """Make what is missing. Where the authority is closed there are no certificates, and the demo goes on."""
    try:
        keeping.set_up()
    except AuthorityClosed:
        return
    for key in SIGN:
        signatory = _holder(institutions[key], Duty.SIGNATORY)
        if signatory is not None and not institutions[key].signing_identities.exists():
            certified(institutions[key], signatory)
    for key in HAVE_SEALS:
        if not institutions[key].seals.exists():
            sealed(institutions[key])


def open_authority() -> None:
    """Set up what issues certificates, before anybody chooses to sign electronically. Closed: paper stays open."""
    with suppress(AuthorityClosed):
        keeping.set_up()


def certified(institution: Institution, signatory: User) -> None:
    """Let a signatory get a certificate, which another confirms, with the demo's PIN."""
    mandate = enrolling.Mandate(Level.DEMO, timezone.localdate() + 2 * YEAR)
    file = as_file(marked(f"{institution.pk} {signatory.pk}"), "授权委托书（演示）.pdf")
    judged(enrolling.send_mandate(institution, mandate, by=signatory, file=file))
    asked = SigningIdentity.objects.get(institution=institution, person=signatory)
    confirmer = _holder(institution, Duty.ADMINISTRATOR) or registrar_of(institution)
    enrolling.activate(enrolling.confirm(asked, by=confirmer), settings.DEMO_PIN, by=signatory)


def sealed(institution: Institution) -> None:
    """A seal that the clerk keeps and the signatory may use, registered by whoever looks after the institution."""
    signatory = staff_of(institution, Duty.SIGNATORY, institution.legal_representative)
    administrator = staff_of(institution, Duty.ADMINISTRATOR, ADMINISTRATOR)
    keeper = staff_of(institution, Duty.CLERK, KEEPER)
    described = seals.Described(Seal.Kind.CONTRACT, f"YS{institution.pk:08d}", keeper.pk)
    file = as_file((DATA / "seal.png").read_bytes(), "合同专用章（演示）.png")
    judged(seals.send_picture(institution, described, by=administrator, file=file))
    seal = seals.confirm(Seal.objects.get(institution=institution), by=signatory)
    today = timezone.localdate()
    seals.authorise(seal, signatory, seals.Scope(today, today + YEAR), by=administrator)


def _holder(institution: Institution, duty: Duty) -> User | None:
    held = Membership.objects.effective().filter(institution=institution, duty=duty, user__is_active=True)
    found = held.select_related("user").order_by("pk").first()
    return found.user if found else None
