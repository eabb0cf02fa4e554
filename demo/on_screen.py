"""Agreements of the demo that both sides sign on screen, with seals.

Loading freezes their texts; the worker signs them once it runs, so that nobody waits for it at the start: the people of
each side get certificates and a seal, read every page and sign, through the verbs. Of what a visitor has touched since
nothing is signed.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.documents.renditions import copies_are_not_ready
from agreements.lifecycle.electronic import Accepted, paper_of, show_page, unread_pages
from agreements.lifecycle.pens import pen_of
from agreements.lifecycle.succession import SUPPLEMENT_SLUG
from agreements.lifecycle.ways import awaited_on_screen, offered
from agreements.models import Agreement
from agreements.models.states import BEING_SIGNED
from agreements.models.ways import Way
from demo.loading import DemoDataError, known_institutions, rows_of
from demo.people import staff_of
from demo.signing import certified, sealed
from institutions.models import Duty, Institution, Role
from sealing.models import SigningIdentity
from sealing.pades.hands import CannotSign
from sealing.seals import seals_usable_by
from sealing.unlocking import unlock
from verbs.errors import NotAllowed, Unacceptable, WrongState

logger = logging.getLogger(__name__)

REFUSALS = (WrongState, NotAllowed, Unacceptable, CannotSign)
SIGNED, SUPPLEMENT_SIGNED, SUPPLEMENT_WAITS = "on-screen", "supplement-on-screen", "supplement-to-sign"


def way_of_demo() -> Way:
    """Return how both sides sign: on paper where this site cannot sign electronically, and the demo goes on."""
    return Way.ELECTRONIC if Way.ELECTRONIC in offered() else Way.PAPER


def sign_waiting() -> int:
    """Sign what was frozen for it and is ready; return how many signatures were made. Safe to run twice, and at once.

    What cannot be signed now (its copies are not made yet) the next turn finds.
    """
    if not settings.DEMO:
        return 0
    institutions = known_institutions()
    return sum(_sign(row) for row in _frozen_for_it(institutions))


def _frozen_for_it(institutions: dict[str, Institution]) -> list[Agreement]:
    """Return the demo's own agreements of these rows, each the first of its pair and template."""
    found = []
    for row in rows_of("agreements"):
        keys = {row["drafter"], row["partner"]}
        if row["ending"] not in {SIGNED, SUPPLEMENT_SIGNED} or not keys <= set(institutions):
            continue
        sides = [institutions[key] for key in keys]
        medical, elder_care = (next(side for side in sides if side.role == role) for role in Role)
        slug = row["template"] if row["ending"] == SIGNED else SUPPLEMENT_SLUG
        rows = Agreement.objects.with_parties().with_text().filter(is_demo=True, template_version__template__slug=slug)
        first = rows.filter(medical=medical, elder_care=elder_care).order_by("pk").first()
        if first is not None and first.state in BEING_SIGNED and first.frozen_texts.count() == 1:
            found.append(first)
    return found


def _sign(agreement: Agreement) -> int:
    if copies_are_not_ready(agreement):
        return 0
    made = 0
    for role in awaited_on_screen(agreement):
        party = agreement.party(role)
        if party is None:
            raise DemoDataError(f"{agreement.number} 没有{role.label}。")
        try:
            agreement = _signed(agreement, party)
        except REFUSALS as refusal:  # e.g. the other worker has just signed it
            logger.warning("%s is not signed: %s", agreement.number, refusal)
            break
        made += 1
    return made


def _signed(agreement: Agreement, party: Institution) -> Agreement:
    person = staff_of(party, Duty.SIGNATORY, party.legal_representative)
    identity = _identity(party, person)
    now, paper = timezone.now(), paper_of(agreement)
    seals = [each.seal for each in seals_usable_by(person, party, on=timezone.localdate(), paper=paper)]
    for page in unread_pages(agreement, by=person):
        show_page(agreement, by=person, page=page)
    unlocked = unlock(identity, settings.DEMO_PIN, by=person, confirmed_at=now)
    pen = pen_of(unlocked, confirmed_at=now, seal=next(iter(seals), None))
    text = agreement.frozen
    return lifecycle.sign_electronically(
        agreement, by=person, pen=pen, accepted=Accepted(text.digest if text is not None else "")
    )


def _identity(party: Institution, person: User) -> SigningIdentity:
    """Return what the person signs with; made, with a seal of the house, where it is missing."""
    own = SigningIdentity.objects.filter(institution=party, person=person)
    if not own.exists():
        certified(party, person)
    if not party.seals.exists():
        sealed(party)
    return own.latest("pk")
