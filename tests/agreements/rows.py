"""Agreements written as rows, past the verbs: each with the frozen text and the signatures that it stands on."""

from collections.abc import Iterable, Iterator, Sequence

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from agreements.lifecycle import SIGNED_ON
from agreements.models import Agreement, FrozenText, Signature
from agreements.models.frozen import digest_of
from agreements.models.party_facts import facts_of
from agreements.models.states import BEFORE_FREEZING
from agreements.text.filling import FilledText
from institutions.models import Role

TEXT = FilledText("协议", (), side_by_side=False, signatures=())
BATCH = 2_000


def write_agreements(agreements: Sequence[Agreement], *, by: User) -> list[Agreement]:
    """Insert unsaved agreements in a few statements, whatever their number, and return them.

    From agreed on each gets a text; each date of signing a signature, of two people. Those come
    first, for the database takes no such agreement without them; that they belong to one it asks at the end.
    """
    with transaction.atomic():
        for agreement, pk in zip(agreements, next_ids(len(agreements)), strict=True):
            agreement.pk = pk
        frozen = [agreement for agreement in agreements if agreement.state not in BEFORE_FREEZING]
        texts = FrozenText.objects.bulk_create((text_of(each, by) for each in frozen), batch_size=BATCH)
        for agreement, text in zip(frozen, texts, strict=True):
            agreement.frozen = text
        Signature.objects.bulk_create(_signatures(frozen, by), batch_size=BATCH)
        return Agreement.objects.bulk_create(agreements, batch_size=BATCH)


def text_of(agreement: Agreement, by: User, edition: int = 1) -> FrozenText:
    """Return an unsaved frozen text without a word in it."""
    return FrozenText(
        agreement=agreement,
        edition=edition,
        template_version=agreement.template_version,
        body=TEXT.to_json(),
        digest=digest_of(agreement.number, edition, TEXT),
        party_snapshots={role.value: facts_of(agreement.party(role)) for role in Role},
        frozen_at=agreement.certified_at or agreement.sent_at or timezone.now(),
        frozen_by=by,
    )


def signature_of(agreement: Agreement, role: Role, by: User) -> Signature:
    """Return the unsaved signature that a date of an agreement stands for."""
    return Signature(
        agreement=agreement,
        frozen=agreement.frozen,
        role=role,
        on_behalf_of=agreement.party(role),
        kind=Signature.Kind.PAPER,
        day=getattr(agreement, SIGNED_ON[role]),
        entered_by=by,
    )


def _signatures(agreements: Iterable[Agreement], by: User) -> Iterator[Signature]:
    other, _ = User.objects.get_or_create(username="other-side", defaults={"full_name": "对方经办"})
    people = {Role.MEDICAL: by, Role.ELDER_CARE: other}
    for agreement in agreements:
        for role, person in people.items():
            if getattr(agreement, SIGNED_ON[role]):
                yield signature_of(agreement, role, person)


def next_ids(count: int) -> list[int]:
    """Return keys that no agreement has yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('agreements_agreement_id_seq') FROM generate_series(1, %s)", [count])
        return [pk for (pk,) in cursor.fetchall()]
