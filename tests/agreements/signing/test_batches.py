"""Many signed with one PIN: the verbs, and the loop that a thread of the web process runs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.documents import issued
from agreements.lifecycle import batches, electronic
from agreements.lifecycle.reading import blanks_of, differing_lines, how_read, next_to_read, read_blanks, read_template
from agreements.lifecycle.seen import text_shown
from agreements.models import Agreement, HowRead, IssuedFile, SigningBatch, SigningItem, TemplateVersion
from audit.models import Entry
from institutions.models import Institution, Membership
from sealing.models import SigningIdentity
from tests.agreements.batches import begun, on_screen_many, read_all
from tests.agreements.electronic import pen, read_by, signed_on_screen
from tests.sealing.making import just_now
from verbs.errors import NotAllowed, Unacceptable, WrongState

State = SigningItem.State


@pytest.fixture
def three(
    signing_is_open: None,
    elder_care_institution: Institution,
    medical_institution: Institution,
    consortium: TemplateVersion,
    elder_care_clerk: User,
    medical_clerk: User,
    elder_care_signatory: User,
    health_authority: Any,
    civil_affairs_authority: Any,
) -> list[Agreement]:
    """Three that wait for both signatories."""
    return on_screen_many(
        3, elder_care_institution, medical_institution, consortium, drafter=elder_care_clerk, answerer=medical_clerk
    )


def states(batch: SigningBatch) -> list[str]:
    return list(batch.items.values_list("state", flat=True))


def test_twenty_are_signed_with_one_pin(
    three: list[Agreement],
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_institution: Institution,
    consortium: TemplateVersion,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    more = on_screen_many(
        17, elder_care_institution, medical_institution, consortium, drafter=elder_care_clerk, answerer=medical_clerk
    )
    rows = [*three, *more]
    read_all(rows, elder_care_signatory)
    own = pen(elder_care_signatory, elder_care_institution)
    batch = begun(rows, elder_care_signatory, elder_care_institution)
    batches.go_through(batch.pk, batches.take_up(batch, by=elder_care_signatory), own)
    batch = SigningBatch.objects.with_counts().get()
    assert (batch.total, batch.signed, batch.waiting) == (20, 20, 0)
    assert batch.ended_at is not None
    assert set(batch.items.values_list("how_read", flat=True)) == {HowRead.BLANKS}
    assert IssuedFile.objects.count() == 80, "four copies of each"
    assert [row.signatures.get().proof["read"] for row in rows] == ["blanks"] * 20
    assert Entry.objects.filter(event="agreement.batch_begun").count() == 1


def test_read_is_every_page_or_template_and_blanks_and_what_was_not_is_left_out(
    three: list[Agreement], elder_care_signatory: User, elder_care_institution: Institution
) -> None:
    by_page, by_blanks, unread = three
    signs = elder_care_signatory
    read_by(by_page, signs)
    read_blanks(by_blanks, by=signs, text_seen=text_shown(by_blanks))
    assert how_read(three, by=signs) == {by_page.pk: HowRead.PAGES}, "the blanks without the template are not enough"
    read_template(by_blanks.chosen_version, by=signs)
    read_template(by_blanks.chosen_version, by=signs)  # safe to say twice
    assert how_read(three, by=signs) == {by_page.pk: HowRead.PAGES, by_blanks.pk: HowRead.BLANKS}
    assert next_to_read(batches.waiting_for(signs, elder_care_institution), by=signs) == unread
    own = pen(signs, elder_care_institution)
    batch = begun(three, signs, elder_care_institution)
    batches.go_through(batch.pk, batches.take_up(batch, by=signs), own)
    assert states(batch) == [State.SIGNED, State.SIGNED, State.LEFT_OUT]
    assert list(batch.items.values_list("how_read", flat=True)) == ["pages", "blanks", ""]
    assert "没有看完" in batch.items.get(agreement=unread).words
    assert unread.signatures.count() == 0


def test_the_blanks_are_all_there_with_what_differs_from_the_template(three: list[Agreement]) -> None:
    row = three[0]
    shown = {blank.label: blank.value for blank in blanks_of(row)}
    in_text = {run.blank for line in row.filled_text().all_lines() for run in line.runs if run.blank}
    assert len(blanks_of(row)) == len(in_text)
    assert row.party_name(row.drafting_role) in "".join(shown.values())
    changed = "".join(each.text for line in differing_lines(row) for each in line.changes if each.kind == "added")
    filled = [run.text for line in row.filled_text().all_lines() for run in line.runs if run.filled]
    assert filled
    assert {text for text in filled if not set(text) & set(changed)} == set(), "nothing filled in is left out"


def test_only_a_signatory_reads_and_only_the_text_that_was_shown(
    three: list[Agreement], elder_care_signatory: User, elder_care_clerk: User, stranger: User
) -> None:
    row = three[0]
    for other in (elder_care_clerk, stranger):
        with pytest.raises(NotAllowed):
            read_blanks(row, by=other, text_seen=text_shown(row))
        with pytest.raises(NotAllowed):
            read_template(row.chosen_version, by=other)
    with pytest.raises(Unacceptable):
        read_blanks(row, by=elder_care_signatory, text_seen="0" * 64)
    assert how_read(three, by=elder_care_signatory) == {}


def test_who_begins_a_batch_and_of_what(
    three: list[Agreement],
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_signatory: User,
    medical_institution: Institution,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = SigningIdentity.objects.get(person=elder_care_signatory)
    others = SigningIdentity.objects.get(person=medical_signatory)
    texts = [row.frozen_id for row in three if row.frozen_id]
    signs = elder_care_signatory
    with pytest.raises(NotAllowed):
        batches.begin_batch(medical_institution, texts, by=signs, identity=own, seal=None)
    with pytest.raises(NotAllowed):
        batches.begin_batch(elder_care_institution, texts, by=signs, identity=others, seal=None)
    with pytest.raises(Unacceptable, match="请先勾选"):
        batches.begin_batch(elder_care_institution, [], by=signs, identity=own, seal=None)
    monkeypatch.setattr(batches, "MOST", 2)
    with pytest.raises(Unacceptable, match="最多 2 份"):
        batches.begin_batch(elder_care_institution, texts, by=signs, identity=own, seal=None)
    assert not SigningBatch.objects.exists()
    batch = begun(three[:1], signs, elder_care_institution)
    for verb in (batches.take_up, batches.stop, batches.end):
        with pytest.raises(NotAllowed):
            verb(batch, by=medical_signatory)


def test_after_a_kill_the_rest_waits_for_the_pin_and_goes_on(
    three: list[Agreement], elder_care_signatory: User, elder_care_institution: Institution
) -> None:
    """One is signed, then the thread is gone without a word: only its silence tells."""
    signs = elder_care_signatory
    read_all(three, signs)
    own = pen(signs, elder_care_institution)
    batch = begun(three, signs, elder_care_institution)
    run = batches.take_up(batch, by=signs)
    assert batches.sign_next(batch.pk, run, own)
    batch.refresh_from_db()
    assert batch.is_at_work
    with pytest.raises(WrongState, match="正在签署"):
        batches.take_up(batch, by=signs)
    SigningBatch.objects.update(beat_at=timezone.now() - SigningBatch.LONGEST_SILENCE)
    batch.refresh_from_db()
    assert not batch.is_at_work
    again = batches.take_up(batch, by=signs)
    assert not batches.sign_next(batch.pk, run, own), "the older thread, were it alive, finds that its time is over"
    assert states(batch) == [State.SIGNED, State.WAITING, State.WAITING]
    batches.go_through(batch.pk, again, own)
    assert states(batch) == [State.SIGNED] * 3
    assert [row.signatures.count() for row in three] == [1, 1, 1]
    batch.refresh_from_db()
    with pytest.raises(WrongState, match="已经结束"):
        batches.take_up(batch, by=signs)


def test_a_stop_leaves_the_rest_waiting_and_an_end_leaves_it_out(
    three: list[Agreement], elder_care_signatory: User, elder_care_institution: Institution
) -> None:
    signs = elder_care_signatory
    read_all(three, signs)
    own = pen(signs, elder_care_institution)
    batch = begun(three, signs, elder_care_institution)
    run = batches.take_up(batch, by=signs)
    batches.sign_next(batch.pk, run, own)
    with pytest.raises(WrongState, match="请先停下"):
        batches.end(batch, by=signs)
    batches.stop(batch, by=signs)
    batches.go_through(batch.pk, run, own)
    assert states(batch) == [State.SIGNED, State.WAITING, State.WAITING]
    batch.refresh_from_db()
    assert (batch.is_at_work, batch.halt) == (False, batches.STOPPED)
    batches.end(batch, by=signs)
    assert states(batch) == [State.SIGNED, State.LEFT_OUT, State.LEFT_OUT]
    assert batches.waiting_for(signs, elder_care_institution).count() == 2, "they can be chosen again"


def test_it_halts_when_the_proof_is_old_or_the_person_signs_for_nobody(
    three: list[Agreement], elder_care_signatory: User, elder_care_institution: Institution, settings: Any
) -> None:
    signs = elder_care_signatory
    read_all(three, signs)
    own = pen(signs, elder_care_institution)
    batch = begun(three, signs, elder_care_institution)
    old = replace(own, confirmed_at=just_now() - timedelta(seconds=settings.CONFIRMATION_SECONDS))
    batches.go_through(batch.pk, batches.take_up(batch, by=signs), old)
    batch.refresh_from_db()
    assert "再次确认是您本人" in batch.halt
    run = batches.take_up(batch, by=signs)
    batches.sign_next(batch.pk, run, own)
    Membership.objects.filter(user=signs).delete()
    batches.go_through(batch.pk, run, own)
    batch.refresh_from_db()
    assert "已不是" in batch.halt
    assert states(batch) == [State.SIGNED, State.WAITING, State.WAITING]


def test_what_is_refused_or_breaks_stops_none_of_the_others(
    three: list[Agreement],
    elder_care_signatory: User,
    elder_care_institution: Institution,
    medical_signatory: User,
    medical_institution: Institution,
    elder_care_clerk: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One is taken back after it was chosen, one breaks at the storage, the third is the second of two signatures."""
    taken_back, breaks, second = three
    signs = elder_care_signatory
    read_all(three, signs)
    signed_on_screen(second, medical_signatory, medical_institution)
    own = pen(signs, elder_care_institution)
    batch = begun(three, signs, elder_care_institution)
    lifecycle.withdraw(taken_back, by=elder_care_clerk, reason="要改一处。")
    kept = issued.keep

    def broken(copy: Any, *args: Any, **kwargs: Any) -> IssuedFile:
        if copy.rendition.agreement_id == breaks.pk and copy.number == 4:
            raise OSError("no space left")
        return kept(copy, *args, **kwargs)

    monkeypatch.setattr(electronic, "keep", broken)
    batches.go_through(batch.pk, batches.take_up(batch, by=signs), own)
    assert dict(batch.items.values_list("agreement", "state")) == {
        taken_back.pk: State.LEFT_OUT,
        breaks.pk: State.FAILED,
        second.pk: State.SIGNED,
    }
    assert "已生效" in batch.items.get(agreement=second).words
    assert breaks.signatures.count() == 0, "no copy of it is signed"
    assert not IssuedFile.objects.filter(counterpart__rendition__agreement=breaks).exists()


def test_of_two_batches_with_the_same_agreements_each_is_signed_once(
    three: list[Agreement], elder_care_signatory: User, elder_care_institution: Institution
) -> None:
    signs = elder_care_signatory
    read_all(three, signs)
    own = pen(signs, elder_care_institution)
    both = [begun(three, signs, elder_care_institution) for _ in range(2)]
    runs = [batches.take_up(batch, by=signs) for batch in both]
    for _ in range(len(three) + 1):  # by turns
        for batch, run in zip(both, runs, strict=True):
            batches.sign_next(batch.pk, run, own)
    results = [states(batch) for batch in both]
    assert sorted(zip(*results, strict=True)) == [(State.SIGNED, State.LEFT_OUT)] * 3
    assert [row.signatures.count() for row in three] == [1, 1, 1]
