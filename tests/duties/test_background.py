"""The platform administrator's page of what the workers do: it tells what was given up, and tries receipts again."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

import jobs
from accounts.models import User
from audit.models import Entry
from duties import background
from duties.events import JobTriedAgain
from filing import lifecycle, receipts, reminders
from filing.models import Filing, Receipt
from jobs import signs
from jobs.models import Round
from tests.filing.fixtures import InState
from verbs.errors import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def given_up(in_state: InState, health_reviewer: User) -> Receipt:
    """A receipt at which three workers died."""
    filing = lifecycle.accept(in_state(Filing.State.UNDER_REVIEW), by=health_reviewer)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(receipts.RECEIPTS.most_deaths):
            assert jobs.claim(receipts.RECEIPTS, filing.pk)
            clock.shift(receipts.RECEIPTS.dead_after + timedelta(seconds=1))
            jobs.rescue()
    return Receipt.objects.get(filing=filing)


def test_what_the_workers_died_at_is_told_to_the_official_and_to_the_platform(
    client: Client, given_up: Receipt, health_reviewer: User, platform_administrator: User
) -> None:
    client.force_login(health_reviewer)
    page = client.get(reverse("filing-detail", args=[given_up.pk])).content.decode()
    assert "生成回执时后台连续中断了几次，已停止。备案号有效" in page
    client.force_login(platform_administrator)
    page = client.get(reverse("platform-background")).content.decode()
    assert page.count("连续中断，已停止") == 1
    assert given_up.filing.agreement.number not in page, "what it is about is no matter of the platform's"


def test_it_is_tried_again_once_and_then_made(
    client: Client, given_up: Receipt, platform_administrator: User, health_reviewer: User
) -> None:
    address = reverse("background-again", args=["receipt", given_up.pk])
    client.force_login(platform_administrator)
    assert "已让它重新处理" in client.post(address, follow=True).content.decode()
    assert "不用再处理" in client.post(address, follow=True).content.decode()
    assert Entry.objects.filter(event=JobTriedAgain.code).count() == 1
    receipts.make(given_up.pk)
    assert Receipt.objects.get().state == Receipt.State.READY


@pytest.mark.parametrize("kind", ["rendition", "nosuch"])
def test_what_people_order_anew_is_not_tried_again_by_hand(
    client: Client, given_up: Receipt, platform_administrator: User, kind: str
) -> None:
    client.force_login(platform_administrator)
    assert client.post(reverse("background-again", args=[kind, given_up.pk])).status_code == 404


def test_only_the_platforms_administrator_may(given_up: Receipt, health_reviewer: User) -> None:
    with pytest.raises(NotAllowed):
        background.try_again(receipts.RECEIPTS, given_up, by=health_reviewer)
    assert Receipt.objects.get().state == Receipt.State.FAILED


def test_the_page_says_whether_worker_clock_and_broker_are_at_work(
    client: Client, platform_administrator: User, settings: Settings
) -> None:
    client.force_login(platform_administrator)
    with signs.broker() as broker:
        broker.set("yiyang:alive:worker", "1", ex=signs.LASTS)
        broker.delete("yiyang:alive:clock")
    page = client.get(reverse("platform-background")).content.decode()
    assert (page.count("在运行"), page.count("一分钟没有动静")) == (1, 1)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # where nobody answers
    page = client.get(reverse("platform-background")).content.decode()
    assert (page.count("消息队列没有回应"), page.count("现在不知道")) == (1, 2)


def test_the_page_and_health_say_how_a_long_round_stands(client: Client, platform_administrator: User) -> None:
    client.force_login(platform_administrator)
    now = timezone.now()
    row = Round.objects.create(name=reminders.ROUND, step="filing_deadline", after=["2026-12-31", 7], done=12_345)

    def shown() -> tuple[str, str]:
        page = client.get(reverse("platform-background")).content.decode()
        assert "备案的提醒" in page
        assert "12,345 项" in page
        words = [word for word in ("正在进行", "已走完", "很久没有前进") if word in page]
        return "".join(words), client.get(reverse("health")).json()["rounds"]

    assert shown() == ("正在进行", "under way")
    Round.objects.filter(pk=row.pk).update(moved_at=now - timedelta(hours=2))
    assert shown() == ("很久没有前进", "late")
    Round.objects.filter(pk=row.pk).update(moved_at=now, ended_at=now, step="", after=None)
    assert shown() == ("已走完", "done")
