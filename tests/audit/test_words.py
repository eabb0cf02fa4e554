"""The auditor reads words: every event and every fact of it has one. The demo's log checks values."""

import datetime as dt
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from accounts import events as accounts
from accounts.models import User
from audit import log_events
from audit.events import ALL, Event, fact, facts_of
from audit.log import append
from audit.models import Work
from auditing.words import Spot
from boundary import events as boundary
from tests.audit.heads import HEADS

CHINESE = re.compile(r"[\u4e00-\u9fff]")
DIGEST = "ab" * 32
Told = dict[str, str]

# What can happen here, what people call it, and what the auditor's page tells of its facts.
OURS: list[tuple[Event, str, Told]] = [
    (accounts.SignedIn(first=accounts.Factor.PASSWORD), "登录", {"第一步": "密码", "第二步": "—"}),
    (
        accounts.SignedIn(first=accounts.Factor.IDENTITY, second=accounts.Factor.RECOVERY_CODE),
        "登录",
        {"第一步": "统一身份认证", "第二步": "恢复码"},
    ),
    (accounts.SignInFailed(username="clerk"), "登录失败", {"用户名": "clerk"}),
    (accounts.SignInFailed(name_digest=DIGEST), "登录失败", {"名称摘要": DIGEST}),
    (accounts.SignInFailed(reason=accounts.Barred.INACTIVE), "登录失败", {"原因": "账号已停用"}),
    (accounts.SignInLocked(username="clerk"), "多次失败，登录暂停", {"用户名": "clerk"}),
    (accounts.SignedOut(), "退出登录", {}),
    (accounts.SignedOut(reason=accounts.Ending.IDLE), "退出登录", {"原因": "长时间没有操作"}),
    (accounts.SessionsEnded(ended=2), "结束其他登录", {"结束的登录数": "2"}),
    (accounts.ConfirmedAgain(), "重新验证身份", {}),
    (accounts.ConfirmingFailed(), "重新验证身份失败", {}),
    (accounts.PasswordIssued(sessions_ended=0), "发放临时密码", {"结束的登录数": "0"}),
    (accounts.PasswordChanged(), "修改密码", {}),
    (accounts.SecondFactorEnrolled(), "启用动态口令", {}),
    (accounts.SecondFactorFailed(), "动态口令验证失败", {}),
    (accounts.SecondFactorReset(sessions_ended=1), "重置动态口令", {"结束的登录数": "1"}),
    (accounts.RecoveryCodesMade(), "生成恢复码", {}),
    (accounts.RecoveryCodeUsed(left=9), "使用恢复码登录", {"剩余": "9"}),
    (accounts.IdentityLinked(issuer="https://id.example"), "绑定统一身份认证", {"身份提供方": "https://id.example"}),
    (
        accounts.IdentityUnlinked(issuer="https://id.example"),
        "解除统一身份认证绑定",
        {"身份提供方": "https://id.example"},
    ),
    (boundary.FileDownloaded(sha256=DIGEST, copy=2), "下载文件", {"文件摘要": DIGEST, "份": "2"}),
    (boundary.FileDownloaded(sha256=DIGEST, copy="print"), "下载文件", {"文件摘要": DIGEST, "份": "print"}),
    (boundary.FileDownloaded(sha256=DIGEST, scan=5), "下载文件", {"文件摘要": DIGEST, "扫描件": "5"}),
    (boundary.FileDownloaded(sha256=DIGEST, evidence=6), "下载文件", {"文件摘要": DIGEST, "证明材料编号": "6"}),
    (
        boundary.FileDownloaded(sha256=DIGEST, file="marked"),
        "下载文件",
        {"文件摘要": DIGEST, "文件": "标注问题的表格"},
    ),
    (
        boundary.ListExported(list="协议台账", asked="全部", rows=3, on="2026-11-22"),
        "导出台账",
        {"清单": "协议台账", "条件": "全部", "行数": "3", "日期": "2026-11-22"},
    ),
    (
        boundary.AccessRefused(
            reason=boundary.Refusal.UNSEEN,
            address="agreement",
            method="GET",
            key={"number": "X1", "role": "medical", "pk": "7"},
        ),
        "无权限的操作被拒绝",
        {
            "原因": "看不到的内容",
            "页面": "agreement",
            "方式": "GET",
            "编号": "pk 7；机构类别 医疗卫生机构；编号 X1",
        },
    ),
    (
        boundary.AccessRefused(reason=boundary.Refusal.FORBIDDEN, not_listed=40),
        "无权限的操作被拒绝",
        {"原因": "没有权限", "未逐条记录的次数": "40"},
    ),
    (
        boundary.RateLimited(what="search", whose="account"),
        "操作过于频繁被拒绝",
        {"操作": "search", "计数对象": "account"},
    ),
    (
        boundary.UploadRefused(reason="文件是空的。", name="扫描.pdf", bytes=0, sha256=DIGEST),
        "上传文件被拒绝",
        {"原因": "文件是空的。", "名称": "扫描.pdf", "大小": "0", "文件摘要": DIGEST},
    ),
    (
        log_events.Read(asked={"who": "陈喆", "about": "福星", "event": "log.read", "since": "2026-01-01"}),
        "查阅日志",
        {"条件": "操作人 陈喆；对象 福星；事件 log.read；自 2026-01-01"},
    ),
    (log_events.Read(asked={}), "查阅日志", {"条件": "—"}),
    (
        log_events.Exported(since=dt.date(2026, 1, 1), until=dt.date(2026, 1, 2)),
        "导出日志",
        {"自": "2026-01-01", "至": "2026-01-02"},
    ),
    (
        log_events.Verified(state=Work.State.DONE, found=3, sha256=""),
        "核验日志",
        {"结果": "已完成", "发现改动": "3", "文件摘要": "—"},
    ),
    (
        log_events.TimestampRefused(made="2026-01-01 10:05", reason="timeout"),
        "未取得可信时间戳",
        {"锚": "2026-01-01 10:05", "原因": "timeout"},
    ),
    (
        log_events.TimestampObtained(made="2026-01-01 10:05", stamped_at="2026-01-02T00:00:00.000000Z"),
        "补取可信时间戳",
        {"锚": "2026-01-01 10:05", "时间戳时间": "2026-01-02T00:00:00.000000Z"},
    ),
]


def of_apps() -> Iterator[type[Event]]:
    """Yield the events that apps declare; tests declare some of their own."""
    yield from (event for event in ALL.values() if not event.__module__.startswith("tests."))


def names_of_facts() -> Iterator[tuple[str, str]]:
    """Yield event and key of each declared fact: nothing else can be logged."""
    for event in of_apps():
        yield from ((event.code, key) for key in facts_of(event.code))


def test_every_fact_that_is_logged_has_a_name_in_chinese() -> None:
    found = set(names_of_facts())
    assert {"sha256", "revision", "findings", "to"} <= {name for _, name in found}
    assert {(event, name) for event, name in found if not CHINESE.search(Spot(event, name).name)} == set()


def test_every_event_has_words_of_its_own_and_a_heading() -> None:
    words = [event.words for event in of_apps()]
    assert [each for each in words if not CHINESE.search(each)] == []
    assert len(set(words)) == len(words)
    assert {event.code for event in of_apps() if event.group is Event.group} == set()


def test_no_event_of_ours_is_left_out() -> None:
    modules = {"accounts.events", "boundary.events", "audit.log_events"}
    assert {type(event) for event, _, _ in OURS} == {event for event in of_apps() if event.__module__ in modules}


@pytest.mark.django_db
@pytest.mark.parametrize(("event", "words", "told"), OURS, ids=[f"{n}-{e.code}" for n, (e, _, _) in enumerate(OURS)])
def test_the_auditor_reads_every_event_in_words(
    client: Client, auditor: User, event: Event, words: str, told: Told
) -> None:
    client.force_login(auditor)
    entry = append(event, by=auditor, subject=auditor)
    entry.refresh_from_db()
    assert entry.words == words
    assert entry.happened == event, "what is read is what was logged, in its types"
    page = client.get(reverse("log-search"), {"event": event.code})
    (line,) = [line for line in page.context["lines"] if line.entry == entry]
    assert dict(line.facts) == told
    for text in (words, *told, *told.values()):
        assert escape(text) in page.content.decode()


@pytest.mark.django_db
def test_what_is_no_longer_in_the_vocabulary_is_told_by_its_code(client: Client, auditor: User) -> None:
    class Bygone(Event, code="log.bygone", words="旧事"):
        day: str = fact("日子")

    client.force_login(auditor)
    entry = append(Bygone(day="昨天"), by=auditor, subject=auditor)
    del ALL["log.bygone"]
    assert (entry.words, entry.happened) == ("log.bygone", None)
    (line,) = [line for line in client.get(reverse("log-search")).context["lines"] if line.entry == entry]
    assert line.facts == [("day", "昨天")]


@pytest.mark.django_db
def test_events_are_offered_under_their_headings_in_the_same_order(client: Client, auditor: User) -> None:
    client.force_login(auditor)
    choices = client.get(reverse("log-search")).context["form"].fields["event"].choices
    shown = {heading: [code for code, _ in found] for heading, found in choices if isinstance(found, list)}
    shown.pop("其他", None)  # those of tests
    assert (choices[0], list(shown.items())) == (("", "事件：全部"), HEADS)
