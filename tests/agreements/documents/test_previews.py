"""The preview of a page as it will print: the request orders it, the worker makes it, the clock clears it away."""

import sys
from datetime import timedelta
from types import FrameType

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import jobs
from accounts.models import User
from agreements import lifecycle
from agreements.documents import previews
from agreements.models import Agreement, Preview
from agreements.schedule import drop_old_previews
from agreements.tasks import make_preview
from institutions.models import Institution, Role
from tests.agreements.documents.papers import poppler, squeezed
from tests.agreements.making import agreed, sent

pytestmark = pytest.mark.django_db
State = Preview.State
RENDERERS = {"weasyprint", "pikepdf", "pydyf", "agreements.documents.renderer", "agreements.documents.layout"}


@pytest.fixture
def clerk(client: Client, elder_care_clerk: User) -> Client:
    client.force_login(elder_care_clerk)
    return client


def addresses(agreement: Agreement) -> tuple[str, str, str]:
    """Return the page, what it asks for, and the file."""
    page, panel, file = (
        reverse(name, args=[agreement.number]) for name in ("agreement-preview", "preview-panel", "preview-file")
    )
    return page, panel, file


def page_of(client: Client, agreement: Agreement) -> str:
    return client.get(addresses(agreement)[0]).content.decode()


def fail(agreement: Agreement, by: User) -> Preview:
    preview = previews.request(agreement, by=by)
    claimed = jobs.claim(previews.PREVIEWS, preview.pk)
    assert claimed is not None
    jobs.fail(previews.PREVIEWS, claimed, "有的字印不出来。")
    return preview


def test_the_request_renders_nothing(clerk: Client, draft: Agreement) -> None:
    """Page, panel, file and the order again: no code that lays out or writes a PDF runs before the answer."""
    ran: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            ran.add(str(frame.f_globals.get("__name__", "")))

    sys.setprofile(note)
    try:
        answers = [clerk.get(each).status_code for each in addresses(draft)]
        answers.append(clerk.post(addresses(draft)[0]).status_code)
    finally:
        sys.setprofile(None)
    assert answers == [200, 200, 302, 302]
    assert "agreements.documents.previews" in ran
    assert not {name for name in ran if name in RENDERERS or name.split(".")[0] in RENDERERS}
    assert Preview.objects.get().state == State.QUEUED


def test_it_waits_and_then_shows_the_draft(clerk: Client, draft: Agreement) -> None:
    page, panel, file = addresses(draft)
    waiting = page_of(clerk, draft)
    assert ("正在生成预览…" in waiting, f'hx-get="{panel}"' in waiting, file in waiting) == (True, True, False)
    assert clerk.get(file).headers["Location"] == page
    make_preview(Preview.objects.get().pk)
    shown = clerk.get(panel).content.decode()
    assert ("正在生成预览…" in shown, "hx-get" in shown, shown.count(f'"{file}"')) == (False, False, 2)
    answer = clerk.get(file)
    content = answer.getvalue()
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "private, no-store")
    assert answer["Content-Disposition"].startswith("inline")
    assert squeezed(draft.party_name(Role.ELDER_CARE)) in squeezed(poppler("pdftotext", content))


def test_whoever_looks_at_the_same_text_waits_for_the_same_file(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    row = sent(draft, by=elder_care_clerk)
    for person in (elder_care_clerk, medical_clerk, elder_care_clerk):
        client.force_login(person)
        assert "正在生成预览…" in page_of(client, row)
    assert Preview.objects.get().requested_by == elder_care_clerk


def test_a_changed_text_is_another_preview(
    clerk: Client, draft: Agreement, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    previews.make(previews.request(draft, by=elder_care_clerk).pk)
    Institution.objects.filter(pk=elder_care_institution.pk).update(name="越城区长乐养老院")
    assert clerk.get(addresses(draft)[2]).status_code == 302, "what it showed is no longer the text"
    assert "正在生成预览…" in page_of(clerk, draft)
    assert Preview.objects.count() == 2


def test_a_text_that_changed_before_the_worker_came_is_not_shown_as_it_was_ordered(
    clerk: Client, draft: Agreement, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    preview = previews.request(draft, by=elder_care_clerk)
    Institution.objects.filter(pk=elder_care_institution.pk).update(name="越城区长乐养老院")
    previews.make(preview.pk)
    preview.refresh_from_db()
    assert (preview.state, preview.failure) == (State.FAILED, "文本在生成前又有变动，请重新打开预览。")
    assert "正在生成预览…" in page_of(clerk, draft), "the present text is ordered by looking"


def test_agreeing_makes_another_without_the_mark(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    before = previews.request(draft, by=elder_care_clerk)
    final = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert previews.request(final, by=medical_clerk).shows != before.shows


def test_a_failure_says_why_and_is_ordered_again(clerk: Client, draft: Agreement, elder_care_clerk: User) -> None:
    fail(draft, elder_care_clerk)
    page = page_of(clerk, draft)
    assert ("有的字印不出来。" in page, "重新生成</button>" in page, "hx-get=" in page) == (True, True, False)
    assert Preview.objects.count() == 1, "looking again does not try again"
    assert clerk.post(addresses(draft)[0]).headers["Location"] == addresses(draft)[0]
    assert "正在生成预览…" in page_of(clerk, draft)
    previews.make(Preview.objects.latest("pk").pk)
    assert addresses(draft)[2] in page_of(clerk, draft)


def test_ordering_again_what_is_there_orders_nothing(clerk: Client, draft: Agreement, elder_care_clerk: User) -> None:
    previews.make(previews.request(draft, by=elder_care_clerk).pk)
    assert clerk.post(addresses(draft)[0]).status_code == 302
    assert Preview.objects.get().state == State.READY


def test_characters_that_cannot_be_printed_are_named(
    draft: Agreement, elder_care_clerk: User, elder_care_institution: Institution
) -> None:
    Institution.objects.filter(pk=elder_care_institution.pk).update(name="越城区\ue000")
    row = Agreement.objects.with_parties().get(pk=draft.pk)
    preview = previews.request(row, by=elder_care_clerk)
    previews.make(preview.pk)
    preview.refresh_from_db()
    assert (preview.state, "U+E000" in preview.failure) == (State.FAILED, True)


def test_without_a_partner_there_is_nothing_to_show(
    clerk: Client, elder_care_institution: Institution, elder_care_clerk: User
) -> None:
    row = lifecycle.start_draft(elder_care_institution, by=elder_care_clerk)
    page, panel, file = addresses(row)
    resume = reverse("draft-resume", args=[row.number])
    there = [clerk.get(each).headers["Location"] for each in (page, panel, file)]
    assert there == [resume, page, page]
    assert clerk.post(page).headers["Location"] == resume
    with pytest.raises(ValueError, match="no text to print"):
        previews.request(row, by=elder_care_clerk)
    assert not Preview.objects.exists()


def test_the_clock_clears_yesterdays_away(clerk: Client, draft: Agreement, elder_care_clerk: User) -> None:
    previews.make(previews.request(draft, by=elder_care_clerk).pk)
    name = str(Preview.objects.get().file.name)
    drop_old_previews()
    assert (Preview.objects.count(), default_storage.exists(name)) == (1, True)
    with time_machine.travel(timezone.now() + previews.KEPT + timedelta(minutes=1)):
        drop_old_previews()
        drop_old_previews()
        assert (Preview.objects.count(), default_storage.exists(name)) == (0, False)
    assert "正在生成预览…" in page_of(clerk, draft)


def test_the_clock_leaves_what_a_worker_has_and_removes_files_that_no_row_knows(
    draft: Agreement, elder_care_clerk: User
) -> None:
    preview = previews.request(draft, by=elder_care_clerk)
    assert jobs.claim(previews.PREVIEWS, preview.pk)
    orphan = default_storage.save(f"{previews.FOLDER}/orphan.pdf", ContentFile(b"%PDF-"))
    drop_old_previews()
    assert default_storage.exists(orphan), "its row may just be written"
    with time_machine.travel(timezone.now() + previews.KEPT + timedelta(minutes=1)):
        drop_old_previews()
    assert (Preview.objects.get().state, default_storage.exists(orphan)) == (State.RENDERING, False)


def test_a_failed_run_leaves_no_file(draft: Agreement, elder_care_clerk: User) -> None:
    preview = previews.request(draft, by=elder_care_clerk)
    default_storage.save(previews.path_of(preview), ContentFile(b"%PDF- of a run that was killed"))
    fail(draft, elder_care_clerk)
    assert not default_storage.exists(previews.path_of(preview))
