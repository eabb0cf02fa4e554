"""From the file that was sent to its verdict: through every state, killed workers, and what changed meanwhile."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

import jobs
from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle.scans import SCAN
from agreements.models import Agreement
from audit.models import Entry
from boundary.events import UploadRefused as RefusedEvent
from boundary.refused import UploadRefused
from institutions.models import Membership, Role
from tests.agreements.making import rejected, scan_pdf
from tests.uploading import judge_all
from uploads import at_once, judging, receiving, sweeping
from uploads.at_once import as_file
from uploads.background import DIED, JUDGE, MOST_ATTEMPTS
from uploads.models import Page, Upload
from uploads.receiving import account, receive

pytestmark = pytest.mark.django_db
State = Upload.State


@pytest.fixture
def sent(scanned: Agreement, elder_care_clerk: User) -> Upload:
    return lifecycle.send_scan(scanned, by=elder_care_clerk, file=as_file(scan_pdf(2), "b.pdf"))


def again(upload: Upload) -> Upload:
    return Upload.objects.get(pk=upload.pk)


def test_a_kept_file_has_its_pages_as_pictures_and_is_a_scan(scanned: Agreement, sent: Upload) -> None:
    assert (sent.state, scanned.scans.count()) == (State.WAITING, 1)
    judging.judge_next()
    kept = again(sent)
    assert (kept.state, kept.page_count, kept.content_type) == (State.KEPT, 2, "application/pdf")
    assert scanned.scans.get(upload=kept).uploaded_by == sent.uploaded_by
    pages = list(kept.pages.all())
    assert [page.number for page in pages] == [1, 2]
    assert all("几乎全是白" in page.doubt for page in pages), "blank sheets are doubtful"
    for page in pages:
        with default_storage.open(page.large) as file, Image.open(file) as picture:
            assert (picture.format, picture.size, picture.mode) == ("JPEG", (page.width, page.height), "RGB")
        assert default_storage.exists(page.small)


def test_the_same_file_sent_again_while_it_waits_is_one(scanned: Agreement, sent: Upload) -> None:
    clerk = sent.uploaded_by
    assert clerk is not None
    assert lifecycle.send_scan(scanned, by=clerk, file=as_file(scan_pdf(2), "c.pdf")) == sent
    with pytest.raises(IntegrityError), transaction.atomic():
        Upload.objects.create(
            purpose=SCAN,
            subject=scanned.pk,
            part=sent.part,
            sender=sent.sender,
            sha256=sent.sha256,
            token="x",
            file="x",
            size=1,
        )


def test_a_worker_that_was_killed_is_followed_by_another(scanned: Agreement, sent: Upload) -> None:
    """It had stored pictures, and died before it could keep them: the next one stores its own over them."""
    dead = jobs.claim(JUDGE, sent.pk)
    assert dead is not None
    default_storage.save(Page(upload=sent, number=1).large, as_file(b"half a picture", "1.jpg"))
    with time_machine.travel(timezone.now() + JUDGE.dead_after + timedelta(seconds=1)):
        sweeping.sweep()
        assert again(sent).state == State.WAITING
        judging.judge_next()
    kept = again(sent)
    assert (kept.state, kept.attempts, scanned.scans.filter(upload=kept).count()) == (State.KEPT, 2, 1)
    with default_storage.open(kept.pages.get(number=1).large) as file:
        assert file.read(2) == b"\xff\xd8"
    with pytest.raises(jobs.Lost):
        judging.judge(dead)
    assert again(sent).state == State.KEPT


def test_whoever_waits_for_a_verdict_judges_a_file_that_a_worker_puts_back(
    sent: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is where the machine is too busy for a cell: the demo's first start waits for no sweep."""
    busy = jobs.claim(JUDGE, sent.pk)
    assert busy is not None
    passing = SimpleNamespace(monotonic=time.monotonic, sleep=lambda _: jobs.put_back(JUDGE, busy))
    monkeypatch.setattr(at_once, "time", passing)
    assert at_once.judged(sent).state == State.KEPT


def test_a_file_over_which_workers_die_is_given_up(sent: Upload) -> None:
    for _ in range(MOST_ATTEMPTS):
        assert jobs.claim(JUDGE, sent.pk) is not None
        with time_machine.travel(timezone.now() + JUDGE.dead_after + timedelta(seconds=1)):
            sweeping.sweep()
    assert (again(sent).state, again(sent).reason) == (State.REFUSED, DIED)


def test_a_verdict_after_the_agreement_was_withdrawn_is_a_refusal(
    final: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = lifecycle.record_signing(final, by=elder_care_clerk, role=Role.ELDER_CARE, on=timezone.localdate())
    sent = lifecycle.send_scan(row, by=elder_care_clerk, file=as_file(scan_pdf(1), "a.pdf"))
    lifecycle.withdraw(row, by=medical_clerk, reason="费用没有谈妥")
    judge_all()
    assert again(sent).state == State.REFUSED
    assert "已作废的文本" in again(sent).reason
    assert not again(sent).pages.exists()
    assert not default_storage.exists(Page(upload=sent, number=1).large), "nothing of it is left but the file"


def test_whoever_has_lost_the_duty_meanwhile_uploads_nothing(scanned: Agreement, sent: Upload) -> None:
    Membership.objects.filter(user=sent.uploaded_by).delete()
    judge_all()
    assert (again(sent).state, scanned.scans.count()) == (State.REFUSED, 1)


def test_nor_does_a_suspended_account(scanned: Agreement, sent: Upload) -> None:
    User.objects.filter(pk=sent.uploaded_by_id or 0).update(is_active=False)
    judge_all()
    assert (again(sent).reason, scanned.scans.count()) == (judging.NO_ACCOUNT, 1)


def test_a_scan_that_was_turned_down_comes_back_as_a_refusal(
    scanned: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    rejected(scanned, by=medical_clerk, reason="第二页不清")
    sent = lifecycle.send_scan(scanned, by=elder_care_clerk, file=as_file(scan_pdf(), "又一次.pdf"))
    judge_all()
    assert "核验时没有通过" in again(sent).reason
    assert Entry.objects.get(event=RefusedEvent.code).subject_id == scanned.pk


def test_what_need_not_be_opened_is_refused_at_once(
    scanned: Agreement, elder_care_clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "LARGEST_BYTES", 1000)
    for content, words in ((b"", "空的"), (bytes(1001), "超过")):
        with pytest.raises(UploadRefused, match=words):
            lifecycle.send_scan(scanned, by=elder_care_clerk, file=as_file(content, "a.pdf"))
    monkeypatch.setattr(receiving, "MOST_WAITING", 1)
    lifecycle.send_scan(scanned, by=elder_care_clerk, file=as_file(b"a", "a.pdf"))
    with pytest.raises(UploadRefused, match="没有检查完"):
        lifecycle.send_scan(scanned, by=elder_care_clerk, file=as_file(b"b", "a.pdf"))


def queued(sender: str, content: bytes) -> Upload:
    return receive(SCAN, 1, as_file(content, "a.pdf"), sender=sender)


def test_everybodys_first_file_comes_before_anybodys_second() -> None:
    flood = [queued("somebody", b"%d" % number) for number in range(3)]
    other = queued(account(User(pk=7)), b"one page")
    assert list(judging._ready()) == [flood[0], other, flood[1], flood[2]]


def test_of_one_sender_one_large_file_is_opened_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "SMALL", 3)
    large, larger, small = (queued("somebody", content) for content in (b"large", b"larger", b"s"))
    other = queued("another", b"large too")
    assert jobs.claim(JUDGE, large.pk) is not None
    assert set(judging._ready()) == {small, other}
    assert larger.state == State.WAITING


def test_refused_files_and_those_of_no_row_are_deleted_in_time(sent: Upload, scanned: Agreement) -> None:
    bad = receive(SCAN, scanned.pk, as_file(b"MZ", "a.pdf"), sender="somebody")
    orphan = default_storage.save("uploads/0123456789abcdef/original", as_file(b"x", "x"))
    judge_all()
    assert (sweeping.delete_refused(), sweeping.delete_orphans()) == (0, 0)
    with time_machine.travel(timezone.now() + sweeping.REFUSED_KEPT + timedelta(minutes=1)):
        assert sweeping.delete_refused() == 1
        assert sweeping.delete_orphans() >= 1, "those of other tests, whose rows were rolled back, are some too"
    assert not Upload.objects.filter(pk=bad.pk).exists()
    assert not any(default_storage.exists(name) for name in (bad.folder, str(bad.file.name), orphan))
    assert default_storage.exists(str(again(sent).file.name)), "a kept file stays"
