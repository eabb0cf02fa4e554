"""What the database refuses of frozen texts and of signatures: see test_constraints.py, which runs through it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Model

from agreements.models import (
    Counterpart,
    FrozenText,
    IssuedFile,
    ReadBlanks,
    ReadTemplate,
    Rendition,
    ShownPage,
    Signature,
    SigningBatch,
    SigningItem,
    SigningWindow,
    TemplateVersion,
)
from institutions.models import Role
from sealing.models import SigningIdentity
from tests import factories
from tests.agreements.world import NOW, SIGNED, World, delete_row, rewrite, supersede

Refused = Callable[[World], Any]
VOID: dict[str, Any] = {"voided_at": NOW, "void_reason": "没有谈妥"}
DONE: dict[str, Any] = {"state": "signed", "words": "已签署。", "done_at": NOW}
EARLIER = date(2020, 1, 1)
FILE = {"file": "f" * 64}


def by_both_sides(world: World, **person: Any) -> None:
    """Sign for both sides by one person."""
    agreement = world.agreement("signing")
    world.signature(agreement, Role.MEDICAL, **{"entered_by": world.clerk, **person})
    world.signature(agreement, Role.ELDER_CARE, **{"entered_by": world.colleague, **person})


def change_text(text: FrozenText, **changes: Any) -> None:
    FrozenText.objects.filter(pk=text.pk).update(**changes)


def change_signature(signature: Signature, **changes: Any) -> None:
    Signature.objects.filter(pk=signature.pk).update(**changes)


def at_the_end(written: object) -> None:
    """Let the database ask what it only asks when the transaction ends, of what has been written."""
    connection.check_constraints()


def add_a_copy(made: Rendition) -> None:
    """What is made would verify whatever page says that it is of the second copy."""
    made.counterparts.create(number=2, holder="medical", holder_label="甲方存", page_count=3)


def window(world: World, **facts: Any) -> SigningWindow:
    """Insert until when a text can be signed on screen."""
    frozen = world.agreement("agreed").frozen
    return SigningWindow.objects.create(**{"frozen": frozen, "closes_on": date(2026, 4, 4), **facts})


def put_off(world: World, **changes: Any) -> int:
    made = window(world)
    later = {"closes_on": date(2026, 5, 1), "extensions": 1, "extended_by": world.clerk, "extended_at": NOW}
    return SigningWindow.objects.filter(pk=made.pk).update(**{**later, **changes})


def shown(world: World, page: int = 1) -> ShownPage:
    frozen = world.agreement("agreed").frozen
    assert frozen is not None
    return ShownPage.objects.create(frozen=frozen, person=world.clerk, page=page)


def shown_twice(world: World) -> None:
    again = shown(world)
    again.pk = None
    again.save(force_insert=True)


def read(world: World) -> ReadBlanks:
    frozen = world.agreement("agreed").frozen
    assert frozen is not None
    return ReadBlanks.objects.create(frozen=frozen, person=world.clerk)


def read_template(world: World) -> ReadTemplate:
    return ReadTemplate.objects.create(version=world.version, person=world.clerk)


def again(row: Model) -> None:
    row.pk = None
    row.save(force_insert=True)


def batch(world: World, **facts: Any) -> SigningBatch:
    """Insert a batch of one person, with the row of a certificate that was asked for."""
    identity = SigningIdentity.objects.create(
        person=world.clerk, institution=world.medical, level="agreed", is_legal_representative=True
    )
    basis = {"person": world.clerk, "institution": world.medical, "identity": identity}
    return SigningBatch.objects.create(**{**basis, **facts})


def item(world: World, **facts: Any) -> SigningItem:
    agreement = world.agreement("agreed")
    basis = {"batch": batch(world), "agreement": agreement, "frozen": agreement.frozen, "position": 1}
    return SigningItem.objects.create(**{**basis, "how_read": "pages", **facts})


def change_item(world: World, *, done: bool, **changes: Any) -> int:
    facts = DONE if done else {}
    return SigningItem.objects.filter(pk=item(world, **facts).pk).update(**changes)


def twice_in_a_batch(world: World) -> None:
    first = item(world)
    first.position = 2
    again(first)


def another_at_its_position(world: World) -> None:
    first = item(world)
    other = world.withdrawn()
    first.agreement, first.frozen = other, world.text(other, 2, digest="a" * 64)
    again(first)


def change_batch(world: World, *, ended: bool = False, **changes: Any) -> int:
    made = batch(world, **({"ended_at": NOW} if ended else {}))
    return SigningBatch.objects.filter(pk=made.pk).update(**changes)


def issued(world: World, **facts: Any) -> IssuedFile:
    """Insert the file of a copy after a timestamp, as if a party had signed before."""
    copy = facts.pop("counterpart", None) or world.made_copies().counterparts.get()
    basis = {"order": 1, "field": "time-1", "sha256": "a" * 64, "size": 10, "file": "a.pdf", "level": "B-T"}
    return IssuedFile.objects.create(counterpart=copy, **{**basis, **facts})


def issued_twice(world: World, **facts: Any) -> IssuedFile:
    first = issued(world)
    follows = {"order": 2, "previous": first, "field": "time-2", "sha256": "b" * 64, "size": 20}
    return issued(world, counterpart=first.counterpart, **{**follows, **facts})


def issued_by_paper(world: World) -> IssuedFile:
    """A file that a signature on paper, and of another text, is said to have made."""
    agreement = world.agreement("signing", **SIGNED)
    rendition = world.made_copies()
    copy, signature = rendition.counterparts.get(), agreement.signatures.get(role=Role.MEDICAL)
    return issued(world, counterpart=copy, field="seal-medical", signature=signature)


def second_text_in_place_of_the_first(world: World) -> None:
    agreement = world.void(world.agreement("agreed"))
    rewrite(agreement, frozen=world.text(agreement, voided_at=None, voided_by=None, void_reason=""))


def show_the_voided_one_again(world: World) -> None:
    """With a party that it was not agreed with."""
    text = world.voided_text()
    rewrite(text.agreement, state="agreed", frozen=text, elder_care=factories.OpenElderCareFactory.create())


def show_the_text_of_another_edition(world: World) -> None:
    version = world.version
    other = TemplateVersion.objects.create(
        template=version.template, number=2, title="协议", is_official=False, body={}, digest="d" * 64
    )
    draft = world.agreement("draft")
    text = world.text(draft)
    rewrite(draft, state="agreed", frozen=text, template_version=other)


def sign_the_first_of_two(world: World) -> None:
    agreement = world.frozen_again()
    world.signature(agreement, frozen=agreement.frozen_texts.get(edition=1))


def signed(world: World) -> Signature:
    """Return a current signature of what is in force."""
    return world.agreement("in_force").signatures.get(role=Role.MEDICAL)


CONSTRAINTS: list[tuple[str, Refused]] = [
    ("signing_window_extended_by_whom_and_when", lambda w: window(w, extensions=1)),
    ("signing_window_extended_by_whom_and_when", lambda w: window(w, extended_by=w.clerk)),
    ("agreements_signingwindow_frozen_id_", lambda w: window(w, frozen=window(w).frozen)),
    ("page_is_shown_once", shown_twice),
    ("shown_page_is_counted_from_one", lambda w: shown(w, page=0)),
    ("template_is_read_once", lambda w: again(read_template(w))),
    ("blanks_are_read_once", lambda w: again(read(w))),
    ("signing_batch_ended_is_at_rest", lambda w: batch(w, ended_at=NOW, beat_at=NOW)),
    ("signing_batch_ended_is_at_rest", lambda w: batch(w, ended_at=NOW, halt="停下")),
    ("signing_batch_at_work_or_halted", lambda w: batch(w, beat_at=NOW, halt="停下")),
    ("signing_batch_handwriting_lasts", lambda w: batch(w, handwriting="drawn")),
    ("signing_item_position", another_at_its_position),
    ("signing_item_is_in_a_batch_once", twice_in_a_batch),
    ("signing_item_in_words_exactly_when_done", lambda w: item(w, state="signed")),
    ("signing_item_in_words_exactly_when_done", lambda w: item(w, words="已签署。")),
    ("signing_item_was_read_or_is_left_out", lambda w: item(w, how_read="")),
    ("signing_item_was_read_or_is_left_out", lambda w: item(w, how_read="heard")),
    ("frozen_at", lambda w: w.text(frozen_at=None)),
    ("frozen_text_has_a_sha256", lambda w: w.text(digest="")),
    ("agreements_frozentext_digest_", lambda w: w.text(digest=w.agreement("agreed").frozen_texts.get().digest)),
    ("frozen_text_edition", lambda w: w.text(w.withdrawn(), 1, digest="a" * 64)),
    ("one_current_frozen_text", lambda w: w.text(w.agreement("agreed"))),
    ("one_current_frozen_text", lambda w: w.text(w.frozen_again(), 3)),
    ("voided_by_whom_and_when", lambda w: w.text(voided_at=NOW)),
    ("voided_by_whom_and_when", lambda w: w.text(void_reason="没有谈妥")),
    ("agreement_shows_its_own_text", lambda w: rewrite(w.agreement("draft"), state="agreed", frozen=w.text())),
    ("rendition_prints_its_agreements_text", lambda w: w.rendition(frozen_id=w.text().pk)),
    ("signature_is_of_its_agreements_text", lambda w: w.signature(frozen=w.text())),
    ("one_signature_per_side", lambda w: w.signature(w.agreement("signing", **SIGNED))),
    ("each_side_entered_by_its_own_person", lambda w: by_both_sides(w, entered_by=w.clerk)),
    ("each_side_signed_by_its_own_person", lambda w: by_both_sides(w, person=w.clerk)),
    ("electronic_signature_has_a_person", lambda w: w.signature(kind="electronic", proof=FILE)),
    ("electronic_signature_names_its_file", lambda w: w.signature(kind="electronic", person=w.clerk)),
    ("paper_signature_names_no_file", lambda w: w.signature(proof=FILE)),
    ("each_side_signs_in_a_known_way", lambda w: w.text(medical_signs="fax")),
    ("issued_file_order", lambda w: issued_twice(w, order=1, previous=None)),
    ("issued_file_fills_a_field_once", lambda w: issued_twice(w, field="time-1")),
    ("issued_file_follows_one", lambda w: issued_twice(w, order=1)),
    ("issued_file_by_a_signature_or_a_time", lambda w: issued(w, field="seal-medical")),
]
# Triggers, with what they say.
KEPT: list[tuple[str, str, Refused]] = [
    ("signing_window_is_only_put_off", "only put off", lambda w: put_off(w, closes_on=date(2026, 4, 4))),
    ("signing_window_is_only_put_off", "only put off", lambda w: put_off(w, closes_on=date(2026, 4, 1))),
    ("signing_window_is_only_put_off", "only put off", lambda w: put_off(w, extensions=2)),
    ("signing_window_is_kept", "only put off", lambda w: window(w).delete()),
    ("shown_page_is_kept", "stays shown", lambda w: shown(w) and ShownPage.objects.update(page=2)),
    ("shown_page_is_kept", "stays shown", lambda w: shown(w).delete()),
    (
        "read_template_is_kept",
        "is kept",
        lambda w: read_template(w) and ReadTemplate.objects.update(person=w.colleague),
    ),
    ("read_template_is_kept", "is kept", lambda w: read_template(w).delete()),
    ("read_blanks_are_kept", "is kept", lambda w: read(w) and ReadBlanks.objects.update(person=w.colleague)),
    ("read_blanks_are_kept", "is kept", lambda w: read(w).delete()),
    ("signing_batch_is_as_begun", "is kept", lambda w: change_batch(w, person=w.colleague)),
    ("signing_batch_is_as_begun", "is kept", lambda w: change_batch(w, institution=w.elder_care)),
    ("signing_batch_is_as_begun", "is kept", lambda w: change_batch(w, handwriting="typed")),
    ("signing_batch_is_as_begun", "is kept", lambda w: change_batch(w, ended=True, run=1)),
    ("signing_batch_is_kept", "is kept", lambda w: batch(w).delete()),
    ("signing_item_is_done_once", "is kept", lambda w: change_item(w, done=True, words="没有签。")),
    ("signing_item_is_done_once", "is kept", lambda w: change_item(w, done=False, how_read="blanks")),
    ("signing_item_is_kept", "is kept", lambda w: item(w).delete()),
    ("issued_file_is_kept", "stays", lambda w: IssuedFile.objects.filter(pk=issued(w).pk).update(sha256="e" * 64)),
    ("issued_file_is_kept", "stays", lambda w: issued(w).delete()),
    ("issued_file_is_kept", "final copy", issued_by_paper),
    ("issued_file_is_kept", "follows", lambda w: issued_twice(w, size=9)),
    ("issued_file_is_kept", "follows", lambda w: issued_twice(w, order=3)),
    ("frozen_text_is_immutable", "immutable", lambda w: change_text(w.text(), digest="e" * 64)),
    ("frozen_text_is_immutable", "immutable", lambda w: change_text(w.text(), frozen_at=NOW)),
    ("frozen_text_is_immutable", "immutable", lambda w: change_text(w.text(), medical_signs="electronic")),
    (
        "signature_in_the_way_that_was_chosen",
        "frozen with the text",
        lambda w: w.signature(kind="electronic", person=w.clerk, proof=FILE),
    ),
    ("frozen_text_is_immutable", "immutable", lambda w: change_text(w.text(), **VOID, voided_by=w.clerk, body={})),
    ("frozen_text_is_immutable", "immutable", lambda w: change_text(w.voided_text(), void_reason="另有原因")),
    (
        "frozen_text_is_immutable",
        "immutable",
        lambda w: change_text(w.voided_text(), voided_at=None, voided_by=None, void_reason=""),
    ),
    ("frozen_text_is_kept", "immutable", lambda w: w.text().delete()),
    ("frozen_text_is_kept", "immutable", lambda w: w.voided_text().delete()),
    ("frozen_agreement_is_immutable", "immutable", second_text_in_place_of_the_first),
    ("shown_text_is_current", "comes to show", show_the_voided_one_again),
    ("shown_text_is_current", "comes to show", show_the_text_of_another_edition),
    ("current_text_is_shown", "immutable", lambda w: rewrite(w.agreement("agreed"), state="draft", frozen=None)),
    ("sealed_number_is_kept", "immutable", lambda w: rewrite(w.agreement("agreed"), number="YY0000-000000")),
    ("sealed_number_is_kept", "immutable", lambda w: rewrite(w.voided_text().agreement, number="YY0000-000000")),
    ("frozen_agreement_is_kept", "immutable", lambda w: delete_row(w.voided_text().agreement)),
    (
        "no_voided_text_is_shown",
        "never shows",
        lambda w: at_the_end(w.unsigned("agreed", {}, voided_by=w.clerk, **VOID)),
    ),
    ("voided_text_is_not_shown", "never shows", lambda w: at_the_end(w.void(w.agreement("agreed")))),
    ("voided_text_is_not_shown", "never shows", lambda w: at_the_end(w.void(w.agreement("in_force")))),
    ("signature_enters_its_day", "a party's", lambda w: w.signature(on_behalf_of=w.elder_care)),
    ("signature_enters_its_day", "a party's", sign_the_first_of_two),
    ("signature_enters_its_day", "a party's", lambda w: w.signature(w.void(w.agreement("signing")))),
    ("signed_on_is_the_signatures_day", "that of", lambda w: rewrite(w.agreement("signing"), medical_signed_on=NOW)),
    (
        "signed_on_is_the_signatures_day",
        "that of",
        lambda w: rewrite(w.agreement("signing", **SIGNED), elder_care_signed_on=EARLIER),
    ),
    (
        "signed_on_is_the_signatures_day",
        "that of",
        lambda w: rewrite(w.agreement("signing", **SIGNED), elder_care_signed_on=None),
    ),
    ("signed_on_is_the_signatures_day", "that of", lambda w: w.unsigned("signing", {"medical_signed_on": EARLIER})),
    ("signature_is_immutable", "immutable", lambda w: change_signature(w.signature(), day=EARLIER)),
    ("signature_is_immutable", "immutable", lambda w: change_signature(w.signature(), person=w.clerk)),
    (
        "signature_is_immutable",
        "immutable",
        lambda w: supersede(w.signature(superseded_at=NOW), at=None),
    ),
    ("signature_is_kept", "immutable", lambda w: w.signature().delete()),
    ("certified_signature_is_immutable", "certified", lambda w: supersede(signed(w))),
    ("certified_signature_is_immutable", "certified", lambda w: change_signature(signed(w), proof={"scans": []})),
    ("certified_signature_is_immutable", "certified", lambda w: w.signature(w.agreement("expired"))),
    ("made_copies_are_immutable", "once made", lambda w: w.made_copies() and Rendition.objects.update(page_count=4)),
    ("made_copies_are_immutable", "once made", lambda w: w.made_copies() and Rendition.objects.update(state="failed")),
    ("made_copies_are_kept", "once made", lambda w: w.made_copies().delete()),
    ("final_copy_is_immutable", "once made", lambda w: w.made_copies() and Counterpart.objects.update(file="b.pdf")),
    ("final_copy_is_immutable", "once made", lambda w: w.made_copies() and Counterpart.objects.all().delete()),
    ("final_copy_is_immutable", "once made", lambda w: add_a_copy(w.made_copies())),
]
