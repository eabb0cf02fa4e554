"""The frozen text as a row of its own: made when both have agreed, voided when the text is given up."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from agreements.models import Agreement, FrozenText
from agreements.models.frozen import digest_of
from agreements.models.party_facts import snapshot_of
from institutions.models import Role


def freeze(row: Agreement, *, by: User, at: datetime) -> FrozenText:
    """Keep a locked agreement's present text, template version and party facts as its next edition."""
    text, edition = row.filled_text(), row.frozen_texts.count() + 1
    return FrozenText.objects.create(
        agreement=row,
        edition=edition,
        template_version=row.chosen_version,
        body=text.to_json(),
        digest=digest_of(row.number, edition, text),
        party_snapshots={role.value: snapshot_of(row.party(role)) for role in Role},
        frozen_at=at,
        frozen_by=by,
    )


def void(text: FrozenText, *, by: User, reason: str) -> None:
    """Mark a text as given up. It stays, and a page that was printed of it is told to be void when it is scanned."""
    text.voided_at, text.voided_by, text.void_reason = timezone.now(), by, reason
    text.save(update_fields=["voided_at", "voided_by", "void_reason"])
