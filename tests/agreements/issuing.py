"""An agreement that both sides sign electronically, with real copies and a register: written past the ceremony."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from agreements.documents.issued import keep, newest
from agreements.documents.places import rows_of
from agreements.documents.stamping import StampedSet
from agreements.documents.verdicts import Verdict, verdict_on
from agreements.models import Agreement, Counterpart, IssuedFile, Rendition, Signature
from institutions.models import Role
from sealing.pades.looks import Appearance
from sealing.pades.signing import Stamp, sign
from tests.agreements.world import World
from tests.hands import NAMES, hand, signing

ELECTRONIC = {"medical_signs": "electronic", "elder_care_signs": "electronic"}


@dataclass
class Issuing:
    """One agreement whose copies are signed, verified and spoilt. `folder` is for what somebody shows us."""

    world: World
    agreement: Agreement
    rendition: Rendition
    folder: Path

    def copy(self, number: int = 1) -> Counterpart:
        return self.rendition.counterparts.get(number=number)

    def sign(
        self, role: Role, *, copies: int = 1, stamp: Stamp | None = None, looks: Appearance | None = None
    ) -> list[IssuedFile]:
        """Sign the first copies as a party, each in a revision of its own."""
        with transaction.atomic():
            counterparts = [self.copy(number) for number in range(1, copies + 1)]
            signed = [
                sign(newest(copy)[0], signing(role, looks=looks), hand(role), stamp=stamp) for copy in counterparts
            ]
            row = self.signature(role, signed[0].sha256)
            return [keep(copy, each, signature=row) for copy, each in zip(counterparts, signed, strict=True)]

    def signature(self, role: Role, sha256: str) -> Signature:
        person = self.world.clerk if role == Role.ELDER_CARE else self.world.colleague
        return self.world.signature(
            self.agreement,
            role,
            kind="electronic",
            person=person,
            entered_by=person,
            on_behalf_of=self.agreement.party(role),
            signatory_name=NAMES[role],
            proof={"file": sha256, "level": "demo", "words": "乙代甲签"},
        )

    def content(self, number: int = 1) -> bytes:
        return newest(self.copy(number))[0]

    def shown(self, content: bytes) -> Verdict:
        """Return what is said of a file that somebody shows."""
        path = self.folder / f"{hashlib.sha256(content).hexdigest()[:16]}.pdf"
        path.write_bytes(content)
        try:
            return verdict_on(path)
        finally:
            path.unlink()


def issuing(world: World, made: StampedSet, folder: Path) -> Issuing:
    """Return an agreement with these copies, frozen and ready, which nobody has signed."""
    agreement = world.unsigned("signing", {}, **ELECTRONIC)
    rendition = world.rendition(agreement=agreement)
    for number, file in enumerate(made.copies, 1):
        name = default_storage.save(f"agreements/issuing/copy{number}.pdf", ContentFile(file.content))
        Counterpart.objects.create(
            rendition=rendition,
            number=number,
            holder="medical",
            holder_label="甲方存",
            file=name,
            sha256=file.sha256,
            page_count=file.pages,
        )
    rendition.areas = rows_of(made.areas)
    rendition.state, rendition.page_count = Rendition.State.READY, made.pages_each
    rendition.print_sha256, rendition.finished_at = made.print_file.sha256, datetime.now(UTC)
    rendition.save()
    return Issuing(world, Agreement.objects.with_parties().get(pk=agreement.pk), rendition, folder)
