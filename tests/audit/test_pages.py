"""The auditor searches, verifies and exports; nobody else does, and what the auditor does is logged too."""

import datetime as dt
import zipfile
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import jobs
from accounts.events import Factor, SignedIn, SignInFailed
from accounts.models import User
from agreements.models import Agreement
from audit import log_events, works
from audit.log import append, append_many, history
from audit.models import Anchor, Entry, Work
from audit.schedule import sweep_works
from auditing.searching import PER_PAGE
from boundary.events import FileDownloaded
from tests.audit.worlds import DAYS, SUBJECTS, clock_at, execute, spoiling, write_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client: Client, auditor: User) -> Client:
    client.force_login(auditor)
    return client


def shown(client: Client, **asked: str) -> list[Entry]:
    page = client.get(reverse("log-search"), asked)
    assert page.status_code == 200
    return [line.entry for line in page.context["lines"]]


def test_search_by_person_subject_event_and_period(
    reader: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    append(FileDownloaded(copy=2, sha256="ab" * 32), by=medical_clerk, subject=draft)
    append(SignedIn(first=Factor.PASSWORD), by=medical_clerk, subject=medical_clerk)
    with clock_at(timezone.now() - dt.timedelta(days=40)):
        append(SignInFailed(username="不存在"), by=None, subject=None)
    of_clerk = shown(reader, who=elder_care_clerk.full_name)
    assert of_clerk
    assert {entry.actor_id for entry in of_clerk} == {elder_care_clerk.pk}
    assert shown(reader, who=medical_clerk.username.upper())[0].event == SignedIn.code
    assert {entry.subject_id for entry in shown(reader, about=draft.number)} == {draft.pk}
    assert {entry.event for entry in shown(reader, who="系统", about="平台")} == {SignInFailed.code}
    assert [entry.event for entry in shown(reader, event=FileDownloaded.code)] == [FileDownloaded.code]
    long_ago = str(timezone.localdate() - dt.timedelta(days=30))
    assert [entry.event for entry in shown(reader, until=long_ago)] == [SignInFailed.code]
    assert SignInFailed.code not in {entry.event for entry in shown(reader, since=long_ago)}
    assert shown(reader, who="没有这个人") == []
    page = reader.get(reverse("log-search"), {"about": draft.number}).content.decode()
    assert f"协议 {draft.number}" in page
    told = reader.get(reverse("log-search"), {"event": SignedIn.code, "who": medical_clerk.username}).context["lines"]
    assert ("第一步", "密码") in told[0].facts, "codes are said in words"
    assert "下载文件" in page
    assert "<dt>文件摘要</dt>" in page


def test_pages_follow_one_another_without_gap_in_few_queries(reader: Client, elder_care_clerk: User) -> None:
    signed_in = SignedIn(first=Factor.PASSWORD)
    append_many(by=elder_care_clerk, about=[(User(pk=key), signed_in) for key in range(PER_PAGE * 2 + 5)])
    same = Entry.objects.filter(event=SignedIn.code).order_by("-at", "-id")
    seen, place = [], ""
    for _ in range(3):
        asked = {"event": SignedIn.code, **({"before": place} if place else {})}
        with CaptureQueriesContext(connection) as queries:
            page = reader.get(reverse("log-search"), asked)
        assert len(queries) <= 20
        seen += [line.entry.pk for line in page.context["lines"]]
        place = page.context["older"]
        assert not place or f"before={quote(place, safe='')}" in page.content.decode()
    assert seen == list(same.values_list("pk", flat=True))
    assert place == ""
    for odd in ("x", "2026-01-01~1", "2026-13-01T00:00:00+00:00~1", f"{timezone.now().isoformat()}~{'9' * 40}"):
        assert shown(reader, before=odd)


def test_reading_is_logged_once_for_each_search(reader: Client, auditor: User) -> None:
    for asked in ({}, {}, {"who": "陈喆"}, {"who": "陈喆", "before": "x"}, {"event": "nonsense"}):
        reader.get(reverse("log-search"), asked)
    read = [entry.data["asked"] for entry in history(auditor).filter(event=log_events.Read.code).order_by("sequence")]
    assert read == [{}, {"who": "陈喆"}, {}]


@pytest.mark.usefixtures("owner")
def test_a_verification_is_ordered_carried_out_and_its_result_kept(
    reader: Client, auditor: User, django_capture_on_commit_callbacks: Any
) -> None:
    write_world()
    with django_capture_on_commit_callbacks(execute=False) as rung:
        answer = reader.post(reverse("log-verify"))
        assert reader.post(reverse("log-verify"))["Location"] == answer["Location"]  # one at a time
    assert len(rung) == 1
    work = Work.objects.get()
    assert "排队中" in reader.get(answer["Location"]).content.decode()
    works.carry_out(work.pk)
    works.carry_out(work.pk)
    page = reader.get(answer["Location"]).content.decode()
    assert "未发现改动" in page
    assert f"核对了 {DAYS} 个锚" in page
    ordered, done = history(work).order_by("sequence")
    assert (ordered.data.get("state"), done.data.get("state")) == (None, "done")
    # The worker's entry is as much the auditor's as the order, in the same role and from the same place.
    assert (done.actor_id, done.actor_name) == (auditor.pk, str(auditor))
    assert "审计" in done.role
    for name in ("actor_name", "role", "address", "user_agent", "request_id"):
        assert getattr(done, name) == getattr(ordered, name), name
    with spoiling():
        execute("UPDATE audit_entry SET event = 'x' WHERE subject_id = %s", SUBJECTS[0].pk)
        execute("SET LOCAL session_replication_role = origin")
        again = works.ask_verification(by=auditor)
        works.carry_out(again.pk)
        again.refresh_from_db()
        assert (again.state, again.found) == ("done", (DAYS + 1) * 3)
        assert "第 1 条：内容与其哈希不符" in reader.get(reverse("log-work", args=[again.pk])).content.decode()


def test_an_export_is_ordered_made_and_given_out(reader: Client) -> None:
    write_world()
    today = timezone.localdate()
    wrong = reader.post(reverse("log-export"), {"since": str(today), "until": "2020-01-01"})
    assert (wrong.status_code, "截止日期早于起始日期" in wrong.content.decode()) == (422, True)
    answer = reader.post(reverse("log-export"), {"since": str(today - dt.timedelta(days=9)), "until": str(today)})
    work = Work.objects.get()
    assert reader.get(reverse("log-work-file", args=[work.pk])).status_code == 404
    works.carry_out(work.pk)
    assert "下载导出包" in reader.get(answer["Location"]).content.decode()
    with zipfile.ZipFile(BytesIO(reader.get(reverse("log-work-file", args=[work.pk])).getvalue())) as archive:
        names = archive.namelist()
    assert names == ["entries.jsonl", "anchors.json", "platform-key.pem", "verify_log.pyz", "说明.txt"]
    assert [entry.event for entry in history(work)] == [log_events.Exported.code] * 3  # ordered, made, given out
    with clock_at(timezone.now() + dt.timedelta(days=8)):
        sweep_works()
    assert "文件已过七天" in reader.get(answer["Location"]).content.decode()


def test_work_at_which_the_workers_die_is_given_up_and_says_so(reader: Client, auditor: User) -> None:
    work = works.ask_verification(by=auditor)
    now = timezone.now()
    for death in range(1, works.WORKS.most_deaths + 1):
        assert jobs.claim(works.WORKS, work.pk)
        with clock_at(now := now + works.WORKS.dead_after + dt.timedelta(minutes=death)):
            sweep_works()
    assert Work.objects.get().state == Work.State.FAILED
    assert history(work)[0].actor_name == "系统", "the clock gave it up"
    assert "后台连续中断了几次，已停止。请重新发起" in reader.get(reverse("log-work", args=[work.pk])).content.decode()


def stored(work: Work) -> list[str]:
    folder = f"log-exports/{work.pk}"
    return default_storage.listdir(folder)[1] if default_storage.exists(folder) else []


class Killed(BaseException):
    """What no code of the work catches, as none runs after SIGKILL."""


def test_what_a_killed_export_has_stored_is_written_over_or_removed(
    auditor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    done, given_up = (works.ask_export(by=auditor, since=today, until=today) for _ in range(2))

    def killed(*_: object, **__: object) -> None:
        raise Killed

    now = timezone.now()
    with monkeypatch.context() as patched:
        patched.setattr(works, "append", killed)  # the last of the work, when its file is stored
        for death in range(1, works.WORKS.most_deaths + 1):
            for work in (done, given_up) if death < works.WORKS.most_deaths else (given_up,):
                with pytest.raises(Killed):
                    works.carry_out(work.pk)
                assert len(stored(work)) == 1
            with (
                clock_at(now := now + works.WORKS.dead_after + dt.timedelta(minutes=death)),
                monkeypatch.context() as m,
            ):
                m.setattr(works, "append", append)
                sweep_works()
    assert (Work.objects.get(pk=given_up.pk).state, stored(given_up)) == (Work.State.FAILED, [])
    works.carry_out(done.pk)
    done.refresh_from_db()
    assert [f"log-exports/{done.pk}/{name}" for name in stored(done)] == [done.file.name]


def test_anchors_key_and_verifier_are_given_out(reader: Client) -> None:
    assert "还没有锚" in reader.get(reverse("log-anchors")).content.decode()
    write_world()
    page = reader.get(reverse("log-anchors")).content.decode()
    assert page.count("平台自签，无第三方时间戳") == DAYS
    assert reader.get(reverse("log-anchors"), {"before": "2"}).context["anchors"] == [Anchor.objects.get(number=1)]
    assert reader.get(reverse("log-anchor-file", args=[2])).content.startswith(b'[{"hash":"')
    assert reader.get(reverse("log-key")).content.startswith(b"-----BEGIN PUBLIC KEY-----")
    assert reader.get(reverse("log-verifier")).content.startswith(b"#!/usr/bin/env python3\nPK")


def test_who_acts_in_another_duty_is_forbidden(client: Client, platform_administrator: User, auditor: User) -> None:
    client.force_login(platform_administrator)
    assert client.get(reverse("log-search")).status_code == 403
    assert not history(platform_administrator).filter(event=log_events.Read.code).exists()
    auditor.memberships.all().delete()
    client.force_login(auditor)
    assert client.get(reverse("log-search")).status_code == 403


def test_a_period_has_both_its_days_and_cannot_end_before_it_starts(reader: Client, elder_care_clerk: User) -> None:
    append(SignedIn(first=Factor.PASSWORD), by=elder_care_clerk, subject=elder_care_clerk)
    today = timezone.localdate()
    yesterday, tomorrow = str(today - dt.timedelta(days=1)), str(today + dt.timedelta(days=1))

    def found(since: str, until: str) -> list[str]:
        return [entry.event for entry in shown(reader, event=SignedIn.code, since=since, until=until)]

    assert found(str(today), str(today)) == [SignedIn.code]
    assert found(yesterday, tomorrow) == [SignedIn.code]
    assert found(yesterday, yesterday) == found(tomorrow, tomorrow) == []
    page = reader.get(reverse("log-search"), {"since": str(today), "until": yesterday})
    assert page.context["form"].errors == {"until": ["截止日期早于起始日期。"]}
