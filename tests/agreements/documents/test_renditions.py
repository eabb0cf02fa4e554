"""Ordering copies, making them, and every way in which that goes wrong."""

import hashlib
import json
import threading
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection
from django.db.models.fields.files import FieldFile
from django.test import override_settings
from django.utils import timezone

from accounts.models import User
from agreements import events, lifecycle
from agreements.documents import renditions
from agreements.documents.places import signature_areas
from agreements.documents.press import copies_of
from agreements.models import Agreement, Counterpart, Rendition
from agreements.schedule import sweep_renditions
from agreements.tasks import render_rendition
from audit.models import Entry
from jobs import RING_AGAIN_AFTER, TAKEN_FOR_DEAD_AFTER, bell
from patience import circuit
from tests.agreements.documents import papers
from tests.agreements.making import agreed
from tests.concurrency.kinds import broker_that_is_away
from verbs.errors import WrongState

State = Rendition.State


@pytest.fixture
def broker() -> Iterator[Any]:
    """A client of the real broker, the workers' queue empty."""
    with current_app.connection_for_read() as connected:
        client = connected.default_channel.client
        client.delete("celery")
        yield client
        client.delete("celery")


def rung(broker: Any) -> list[int]:
    """Return the rendition ids that wait in the workers' queue, oldest first."""
    messages = [json.loads(message) for message in reversed(broker.lrange("celery", 0, -1))]
    assert {message["headers"]["task"] for message in messages} <= {renditions.RENDER_TASK}
    return [json.loads(b64decode(message["body"]))[0][0] for message in messages]


@pytest.fixture
def order(draft: Agreement, elder_care_clerk: User) -> Rendition:
    return renditions.request(draft, by=elder_care_clerk)


def read(file: FieldFile) -> bytes:
    with file.open("rb") as opened:
        return bytes(opened.read())


def logged(agreement: Agreement) -> list[str]:
    return [e.event for e in Entry.objects.filter(subject_id=agreement.pk, event__startswith="copies.").order_by("id")]


@pytest.mark.django_db(transaction=True)
def test_order_is_queued_and_rung_once_committed(broker: Any, draft: Agreement, elder_care_clerk: User) -> None:
    rendition = renditions.request(draft, by=elder_care_clerk)
    assert (rendition.state, rendition.revision, rendition.is_final) == (State.QUEUED, draft.revision, False)
    assert rung(broker) == [rendition.pk]
    assert logged(draft) == [events.CopiesRequested.code]


@pytest.mark.parametrize("state", [State.QUEUED, State.RENDERING])
def test_ordering_again_gives_the_existing_order(
    state: State, order: Rendition, draft: Agreement, elder_care_clerk: User
) -> None:
    Rendition.objects.update(state=state)
    assert renditions.request(draft, by=elder_care_clerk) == order
    assert logged(draft) == [events.CopiesRequested.code]


def test_failed_order_and_changed_text_are_ordered_anew(
    order: Rendition, draft: Agreement, elder_care_clerk: User
) -> None:
    Rendition.objects.update(state=State.FAILED)
    again = renditions.request(draft, by=elder_care_clerk)
    Agreement.objects.update(revision=draft.revision + 1)
    changed = renditions.request(draft, by=elder_care_clerk)
    assert len({order.pk, again.pk, changed.pk}) == 3


def test_given_up_agreement_gets_no_copies(draft: Agreement, elder_care_clerk: User) -> None:
    lifecycle.discard(draft, by=elder_care_clerk)
    with pytest.raises(WrongState):
        renditions.request(draft, by=elder_care_clerk)
    assert not Rendition.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_broker_away_loses_no_order(
    draft: Agreement, elder_care_clerk: User, monkeypatch: pytest.MonkeyPatch, broker: Any
) -> None:
    with monkeypatch.context() as away:
        away.setattr(bell, "current_app", broker_that_is_away())
        rendition = renditions.request(draft, by=elder_care_clerk)
    circuit.ask_again()
    assert Rendition.objects.get().state == State.QUEUED
    Rendition.objects.update(requested_at=timezone.now() - RING_AGAIN_AFTER * 2)
    sweep_renditions()
    assert rung(broker) == [rendition.pk]


def test_rendering_stores_every_copy_and_the_print_file(order: Rendition, draft: Agreement) -> None:
    render_rendition(order.pk)
    order.refresh_from_db()
    assert order.state == State.READY
    copies = list(order.counterparts.all())
    assert [copy.number for copy in copies] == [1, 2, 3, 4]
    assert [copy.holder_name for copy in copies] == [
        "越城区福星养老院",
        "越城区塔山街道社区卫生服务中心",
        "越城区民政局",
        "越城区卫生健康局",
    ]
    for copy in copies:
        content = read(copy.file)
        assert hashlib.sha256(content).hexdigest() == copy.sha256
        assert papers.page_count(content) == copy.page_count == order.page_count
        assert papers.codes_of(content)[0][0].startswith(
            f"{settings.SITE_URL}/V/{draft.number}/{copy.number}/1-".upper()
        )
    assert {area.role for area in signature_areas(order)} == {"medical", "elder_care"}
    printed = read(order.print_file)
    assert hashlib.sha256(printed).hexdigest() == order.print_sha256
    assert logged(draft) == [events.CopiesRequested.code, events.CopiesRendered.code]


def test_frozen_text_is_printed_without_the_draft_mark(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    frozen = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    rendition = frozen.renditions.get()
    renditions.render(rendition.pk)
    rendition.refresh_from_db()
    assert (rendition.is_final, rendition.text_digest) == (True, frozen.frozen_texts.get().digest)
    content = read(rendition.counterparts.get(number=1).file)
    assert "草稿" not in papers.poppler("pdfinfo", content)
    assert papers.squeezed(papers.type_area_text(content)) == papers.squeezed(frozen.filled_text().plain)


def test_rendering_twice_changes_nothing(order: Rendition, draft: Agreement) -> None:
    render_rendition(order.pk)
    first = list(Counterpart.objects.values())
    render_rendition(order.pk)
    assert list(Counterpart.objects.values()) == first
    assert logged(draft).count(events.CopiesRendered.code) == 1


def test_rendition_that_is_gone_is_let_be(db: None) -> None:
    render_rendition(404)


def test_paths_cannot_be_guessed(order: Rendition) -> None:
    renditions.render(order.pk)
    folders = {Path(str(copy.file.name)).parent for copy in order.counterparts.all()}
    (folder,) = folders
    assert len(folder.name) == 32
    with override_settings(SECRET_KEY="of another installation"):
        assert folder != Path(renditions.path_of(order, "copy1")).parent, "the row alone does not tell it"
    assert folder == Path(renditions.path_of(order, "copy1")).parent


def test_changed_text_fails_kindly(order: Rendition, draft: Agreement) -> None:
    Agreement.objects.update(revision=draft.revision + 1)
    renditions.render(order.pk)
    order.refresh_from_db()
    assert (order.state, order.failure) == (State.FAILED, "文本在生成前又有变动，请重新生成。")
    assert logged(draft)[-1] == events.CopiesFailed.code


def test_unprintable_character_fails_with_its_name(order: Rendition, draft: Agreement) -> None:
    assert draft.elder_care is not None
    type(draft.elder_care).objects.filter(pk=draft.elder_care.pk).update(name="越城区𓂀养老院")
    renditions.render(order.pk)
    order.refresh_from_db()
    assert order.state == State.FAILED
    assert "𓂀（U+13080）" in order.failure


def test_failure_in_the_last_step_leaves_no_rows_and_can_be_ordered_again(
    order: Rendition, draft: Agreement, elder_care_clerk: User
) -> None:
    # A row in the way makes the database refuse the copies after the files have been stored.
    Counterpart.objects.create(rendition=order, number=4, holder="x", file="x", sha256="x", page_count=1)
    with pytest.raises(IntegrityError):
        renditions.render(order.pk)
    order.refresh_from_db()
    assert order.state == State.FAILED
    assert order.counterparts.count() == 1
    assert (order.print_file.name, order.page_count) == ("", 0)
    assert logged(draft)[-1] == events.CopiesFailed.code
    assert default_storage.listdir(str(Path(renditions.path_of(order, "print")).parent))[1] == []
    again = renditions.request(draft, by=elder_care_clerk)
    renditions.render(again.pk)
    assert again.counterparts.count() == 4


def test_files_of_a_run_that_died_are_written_over(order: Rendition) -> None:
    renditions.render(order.pk)
    name = str(order.counterparts.get(number=1).file.name)
    Counterpart.objects.all().delete()
    Rendition.objects.update(state=State.QUEUED)
    renditions.render(order.pk)
    assert order.counterparts.get(number=1).file.name == name
    assert len(default_storage.listdir(str(Path(name).parent))[1]) == 5


def test_late_worker_keeps_nothing(order: Rendition, draft: Agreement, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker taken for dead comes back after another one has taken the order up."""

    def slowly(paper: Any) -> Any:
        made = copies_of(paper)
        Rendition.objects.update(started_at=timezone.now())  # the other worker's claim
        return made

    monkeypatch.setattr(renditions, "copies_of", slowly)
    renditions.render(order.pk)
    order.refresh_from_db()
    assert order.state == State.RENDERING
    assert not order.counterparts.exists()
    assert events.CopiesRendered.code not in logged(draft)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_one_set(order: Rendition, draft: Agreement) -> None:
    start = threading.Barrier(2)
    problems: list[BaseException] = []

    def work() -> None:
        try:
            start.wait()
            renditions.render(order.pk)
        except BaseException as problem:  # noqa: BLE001 -- carried to the test's own thread
            problems.append(problem)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not problems
    order.refresh_from_db()
    assert order.state == State.READY
    assert order.counterparts.count() == 4
    assert logged(draft).count(events.CopiesRendered.code) == 1


def test_sweep_rings_for_lost_orders_only(broker: Any, order: Rendition) -> None:
    sweep_renditions()
    assert rung(broker) == []
    Rendition.objects.update(requested_at=timezone.now() - RING_AGAIN_AFTER - timedelta(seconds=1))
    sweep_renditions()
    assert rung(broker) == [order.pk]


def test_sweep_takes_over_from_a_dead_worker(broker: Any, order: Rendition) -> None:
    started = timezone.now() - TAKEN_FOR_DEAD_AFTER
    Rendition.objects.update(state=State.RENDERING, requested_at=started, started_at=started + timedelta(seconds=5))
    sweep_renditions()
    assert rung(broker) == []
    Rendition.objects.update(started_at=started - timedelta(seconds=5))
    sweep_renditions()
    assert rung(broker) == [order.pk]
    renditions.render(order.pk)
    order.refresh_from_db()
    assert order.state == State.READY
