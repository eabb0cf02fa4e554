"""Many agreements that wait for one signatory, and what they have read of them."""

from collections.abc import Sequence

from accounts.models import User
from agreements.documents import renditions
from agreements.lifecycle import batches
from agreements.lifecycle.reading import read_blanks, read_template
from agreements.lifecycle.seen import text_shown
from agreements.models import Agreement, Counterpart, Rendition, SigningBatch, TemplateVersion
from institutions.models import Institution
from sealing.models import Seal, SigningIdentity
from tests.agreements.electronic import on_screen_for
from tests.agreements.making import complete_draft


def on_screen_many(
    number: int, own: Institution, partner: Institution, version: TemplateVersion, *, drafter: User, answerer: User
) -> list[Agreement]:
    """Return agreements that both sides sign on screen: the first is printed by the renderer, the others have its
    copies, whose fields are signed like those of their own."""
    found = list[Agreement]()
    for _ in range(number):
        draft = complete_draft(own, partner, version, by=drafter)
        row = on_screen_for(draft, drafter=drafter, answerer=answerer)
        if found:
            _printed_like(found[0], row)
        else:
            renditions.render(row.renditions.final().get().pk)
        found.append(Agreement.objects.with_parties().with_text().get(pk=row.pk))
    return found


def _printed_like(first: Agreement, row: Agreement) -> None:
    made, ordered = first.renditions.final().get(), row.renditions.final().get()
    same = ("number", "holder", "holder_label", "holder_name", "file", "sha256", "page_count")
    Counterpart.objects.bulk_create(
        Counterpart(rendition=ordered, **{name: getattr(copy, name) for name in same})
        for copy in made.counterparts.all()
    )
    facts = ("page_count", "areas", "print_file", "print_sha256", "state", "finished_at", "text_digest")
    Rendition.objects.filter(pk=ordered.pk).update(**{name: getattr(made, name) for name in facts})


def read_all(rows: Sequence[Agreement], person: User) -> None:
    """The person reads the template once, and what was filled into each."""
    read_template(rows[0].chosen_version, by=person)
    for row in rows:
        read_blanks(row, by=person, text_seen=text_shown(row))


def begun(
    rows: Sequence[Agreement], person: User, house: Institution, *, seal: Seal | None = None, read: bool = False
) -> SigningBatch:
    """Write down that the person signs all of these, after they have `read` them."""
    identity = SigningIdentity.objects.get(person=person, institution=house, state="active")
    if read:
        read_all(rows, person)
    texts = [row.frozen_id for row in rows if row.frozen_id is not None]
    return batches.begin_batch(house, texts, by=person, identity=identity, seal=seal)
