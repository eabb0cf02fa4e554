"""Valkey that takes connections and says nothing, as one that the kernel has stopped: nobody waits for it twice."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery
from django.core.cache import cache, caches
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

import jobs
from accounts.models import User
from agreements.documents import renditions
from agreements.models import Agreement, Rendition
from audit.models import Work
from boundary import rates, tallies
from jobs import bell
from jobs.middleware import LATER
from patience import PATIENCE, Away, circuit
from patience.cache import ForgetfulCache
from tests.concurrency.kinds import broker_that_is_away

AN_ACT = 3.0  # seconds, at worst


@pytest.fixture
def silent(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a server that never answers, which everything here asks instead of Valkey."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "v"))
        listening.listen(64)
        url = f"unix://{tmp_path / 'v'}?db=0"
        settings.REDIS_URL = url
        hanging = Celery("hanging", set_as_current=False)
        hanging.config_from_object("django.conf:settings", namespace="CELERY")
        hanging.conf.broker_url = f"redis+socket://{tmp_path / 'v'}?virtual_host=0"
        monkeypatch.setattr(bell, "current_app", hanging)
        tallies._valkey.cache_clear()
        rates._limiter.cache_clear()
        yield url
        tallies._valkey.cache_clear()
        rates._limiter.cache_clear()


def options() -> dict[str, Any]:
    return {"OPTIONS": {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}}


def test_of_many_questions_only_the_first_waits(silent: str) -> None:
    began = time.monotonic()
    hanging = ForgetfulCache(silent, options())
    assert tallies.add("refusals", "somebody") is False
    assert rates.first_within(60, "anything") is True
    assert hanging.get("anything", "nothing") == "nothing"
    assert hanging.add("anything", 1) is True
    assert hanging.delete("anything") is False
    hanging.set("anything", 1)
    for _ in range(5):
        with pytest.raises(Away):
            jobs.ring(renditions.COPIES, 1)
    assert PATIENCE <= time.monotonic() - began < AN_ACT


def test_ringing_alone_waits_no_longer(silent: str) -> None:
    began = time.monotonic()
    with pytest.raises(Away):
        jobs.ring(renditions.COPIES, 1)
    assert time.monotonic() - began < AN_ACT


@pytest.mark.django_db(transaction=True)
def test_an_order_stands_and_whoever_ordered_is_told(silent: str, client: Client, auditor: User) -> None:
    client.force_login(auditor)
    began = time.monotonic()
    answer = client.post(reverse("log-verify"))
    assert time.monotonic() - began < AN_ACT
    assert answer.status_code == 302
    assert Work.objects.get().state == Work.State.QUEUED
    assert LATER in client.get(answer["Location"]).content.decode()


@pytest.mark.django_db(transaction=True)
def test_with_nobody_at_the_brokers_address_likewise(
    client: Client, elder_care_clerk: User, draft: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "current_app", broker_that_is_away())
    client.force_login(elder_care_clerk)
    answer = client.post(reverse("copies-request", args=[draft.number]), follow=True)
    assert Rendition.objects.get().state == Rendition.State.QUEUED
    assert LATER in answer.content.decode()


@pytest.mark.django_db
def test_health_tells_the_truth_at_every_time(silent: str, client: Client) -> None:
    circuit._Circuit.opens_at = 0.0
    assert client.get(reverse("health")).json() == {
        "database": True,
        "redis": False,
        "worker": None,
        "clock": None,
        "rounds": "done",
    }


def test_a_moment_later_it_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circuit._Circuit, "opens_at", time.monotonic() - 1)
    caches["default"].set("asked-again", 7)
    assert cache.get("asked-again") == 7
