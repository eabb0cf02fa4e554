"""The frozen text as a row of its own: made when both have agreed, voided when the text is given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import models
from django.utils import timezone

from accounts.models import User
from agreements import announcements
from agreements.models import Agreement, FrozenText, Rendition, Scan
from agreements.models.frozen import digest_of
from agreements.models.party_facts import snapshot_of
from agreements.models.ways import Way
from institutions.models import Role


def freeze(row: Agreement, *, by: User, at: datetime, ways: Mapping[Role, Way]) -> FrozenText:
    """Keep a locked agreement's present text, template version and party facts as its next edition, and how each side
    signs it."""
    text, edition = row.filled_text(), row.frozen_texts.count() + 1
    return FrozenText.objects.create(
        agreement=row,
        edition=edition,
        template_version=row.chosen_version,
        body=text.to_json(),
        digest=digest_of(row.number, edition, text),
        party_snapshots={role.value: snapshot_of(row.party(role)) for role in Role},
        medical_signs=ways[Role.MEDICAL],
        elder_care_signs=ways[Role.ELDER_CARE],
        frozen_at=at,
        frozen_by=by,
    )


def voided_texts(agreement: Agreement) -> models.QuerySet[FrozenText]:
    """Return what was frozen and given up, in order, each with the copies that were made of it (`copies_made`)."""
    made = Rendition.objects.filter(state=Rendition.State.READY).prefetch_related("counterparts")
    voided = agreement.frozen_texts.filter(voided_at__isnull=False).defer("body").select_related("voided_by")
    return voided.prefetch_related(models.Prefetch("renditions", made, to_attr="copies_made"))


def give_up_text(row: Agreement, text: FrozenText, *, by: User | None, reason: str) -> None:
    """Void the text of a locked agreement with what stands on it: it stays, and its signature and scans count no more.

    `by` is None for the clock, which always gives a reason. A page that was printed of it is told to be void when it is
    scanned.
    """
    now = timezone.now()
    row.signatures.current().update(superseded_at=now)  # a trigger takes the day off the agreement
    row.scans.filter(state=Scan.State.UPLOADED).update(state=Scan.State.VOIDED)
    text.voided_at, text.voided_by, text.void_reason = now, by, reason
    text.save(update_fields=["voided_at", "voided_by", "void_reason"])
    row.refresh_from_db(fields=["medical_signed_on", "elder_care_signed_on"])
    announcements.nobody_waits_to_sign(row, *Role)
