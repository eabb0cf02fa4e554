# ruff: noqa: S608  -- our own words are put into SQL
"""What a chain cannot show of itself, its strand does: that it was cut, or was there at all; nobody waits for it."""

import io
import zipfile
from pathlib import Path
from threading import Barrier

import pytest
from django.db import transaction
from django.utils import timezone

from audit.exporting import write_export
from audit.log import STRANDS, append, append_many
from audit.models import Entry, Head, Strand
from audit.verifier import command
from tests.at_once import at_once
from tests.audit.worlds import CLERK, NOTHING, SUBJECTS, checked, execute, remake, spoiling, subject, write_world

OF = "subject_type = 'accounts.user' AND subject_id ="


def cut(about: int, *, keep: int) -> None:
    """Cut a chain after its first entries and move its head back; with none left, take the head too."""
    execute(f"DELETE FROM audit_entry WHERE {OF} %s AND sequence > %s", about, keep)
    execute(f"DELETE FROM audit_head WHERE {OF} %s AND %s = 0", about, keep)
    execute(
        "UPDATE audit_head SET sequence = entry.sequence, hash = entry.hash FROM audit_entry AS entry"
        " WHERE (audit_head.subject_type, audit_head.subject_id) = (entry.subject_type, entry.subject_id)"
        " AND entry.subject_type = 'accounts.user' AND entry.subject_id = %s AND entry.sequence = %s",
        about,
        keep,
    )


@pytest.fixture
def written_today(owner: None, db: None) -> None:
    """An anchored past, and today a new chain between others."""
    write_world()
    for about in (9, 0, 9, 1):
        append(NOTHING, by=CLERK, subject=SUBJECTS[0].__class__(pk=900) if about == 9 else subject(about))


@pytest.mark.parametrize("keep", [0, 1])
def test_a_chain_that_no_anchor_holds_deleted_or_cut_is_found_and_placed(written_today: None, keep: int) -> None:
    assert checked()[0] == []
    with spoiling():
        cut(900, keep=keep)
        findings, _ = checked()
    assert {one.where for one in findings} == {"横链 1"}
    today = f"{timezone.localdate()}"
    assert all(("缺第" in one.what and today in one.what) or "不相接" in one.what for one in findings)
    assert sum("缺第" in one.what for one in findings) == 2 - keep
    assert checked()[0] == []


def test_an_outsider_finds_it_too(written_today: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    today, file = timezone.localdate(), io.BytesIO()
    with spoiling():
        cut(900, keep=0)
        write_export(file, since=today, until=today)
    zipfile.ZipFile(file).extractall(tmp_path / "log")
    assert command.main([str(tmp_path / "log")]) == 1
    assert "✗ 横链 1：" in capsys.readouterr().out


def test_the_last_entry_of_all_is_missed_at_the_end_of_its_strand(written_today: None) -> None:
    with spoiling():
        cut(SUBJECTS[1].pk, keep=Head.objects.get(subject_id=SUBJECTS[1].pk).sequence - 1)
        assert [one.where for one in checked()[0]] == ["横链 1"]
        remake()
        findings, tally = checked()
    # Nothing in the database knows of it any more, but for the number that it had drawn.
    assert findings == []
    assert any("已取用 1 个编号而没有记录" in note for note in tally.notes)


@pytest.mark.django_db
def test_a_strand_that_is_gone_with_all_its_entries_is_found_by_its_anchor(owner: None) -> None:
    write_world()
    with spoiling():
        execute("UPDATE audit_strand SET place = 0, hash = repeat('0', 64)")
        assert any(one.where == "横链 1" for one in checked()[0])


@pytest.mark.django_db
def test_acts_that_fail_raise_no_alarm() -> None:
    append(NOTHING, by=CLERK, subject=subject(0))
    for _ in range(3):
        with transaction.atomic():
            append(NOTHING, by=CLERK, subject=subject(1))
            append_many(by=CLERK, about=[(about, NOTHING) for about in SUBJECTS])
            transaction.set_rollback(True)
        with transaction.atomic():
            append(NOTHING, by=CLERK, subject=subject(2))
            with transaction.atomic():
                append(NOTHING, by=CLERK, subject=subject(3))
                transaction.set_rollback(True)
    assert checked()[0] == []
    assert [entry.place for entry in Entry.objects.order_by("id")] == [1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_who_writes_at_the_same_time_takes_another_strand_and_waits_for_nobody() -> None:
    writing = 8
    all_wrote = Barrier(writing)

    def write(number: int) -> int:
        with transaction.atomic():
            taken = append(NOTHING, by=CLERK, subject=SUBJECTS[0].__class__(pk=900 + number)).strand
            all_wrote.wait(timeout=30)  # none has committed before all have written
        return taken

    taken = at_once(*[lambda number=number: write(number) for number in range(writing)])
    assert sorted(taken) == list(range(1, writing + 1))
    assert checked()[0] == []


@pytest.mark.django_db(transaction=True)
def test_when_all_strands_are_held_one_is_waited_for() -> None:
    held, done = Barrier(2), Barrier(2)

    def hold() -> None:
        with transaction.atomic():
            list(Strand.objects.select_for_update().order_by("number"))
            held.wait(timeout=30)
            done.wait(timeout=30)

    def come() -> int:
        held.wait(timeout=30)
        done.wait(timeout=30)
        return append(NOTHING, by=CLERK, subject=subject(0)).place

    assert at_once(hold, come)[1] == 1
    assert Strand.objects.count() == STRANDS
    assert checked()[0] == []
