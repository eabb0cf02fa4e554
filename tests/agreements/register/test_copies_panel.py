"""The copies on the agreement's page: progress, files, failure."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.documents import renditions
from agreements.models import Agreement, Rendition
from tests.agreements.making import agreed, in_force, ready, save, sent, signed_on
from tests.reading import table_rows

State = Rendition.State


@pytest.fixture
def final(client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """A frozen agreement whose copies were ordered by agreeing; its clerk is signed in."""
    client.force_login(elder_care_clerk)
    return agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)


def panel(client: Client, agreement: Agreement) -> str:
    return client.get(reverse("copies-panel", args=[agreement.number])).content.decode()


def finish(agreement: Agreement) -> Rendition:
    rendition = agreement.renditions.get()
    for copy in (1, 2):
        rendition.counterparts.create(
            number=copy,
            holder="medical",
            holder_label="甲方存",
            holder_name="塔山中心",
            sha256=f"{copy}" * 64,
            page_count=3,
        )
    rendition.state = State.READY
    rendition.finished_at = timezone.now()
    rendition.page_count = 3
    rendition.print_sha256 = "a" * 64
    rendition.areas = signed_on(3)
    rendition.save()
    return rendition


def test_it_asks_again_while_the_worker_is_at_it(client: Client, final: Agreement) -> None:
    text = panel(client, final)
    assert f'hx-get="{reverse("copies-panel", args=[final.number])}"' in text
    assert "every 2s" in text
    assert "排队中" in text


def test_it_shows_each_copy_with_holder_pages_and_digest(client: Client, final: Agreement) -> None:
    rendition = finish(final)
    text = panel(client, final)
    assert "hx-get" not in text
    for copy in (1, 2):
        assert reverse("copy-download", args=[final.number, rendition.pk, copy]) in text
        assert f"{copy}" * 12 + "…" in text
    assert [row["下载"] for row in table_rows(text)] == ["第 1 份", "第 2 份"]
    assert "塔山中心" in text
    assert "3 页" in text
    assert reverse("print-download", args=[final.number, rendition.pk]) in text
    assert f'action="{reverse("copies-request", args=[final.number])}"' not in text


def test_a_failure_says_why_and_offers_another_try(client: Client, final: Agreement) -> None:
    final.renditions.update(state=State.FAILED, failure="没有任何已安装的字体含有“𠅤”。")
    text = panel(client, final)
    assert "没有任何已安装的字体含有“𠅤”。" in text
    assert "重新生成" in text


def test_a_draft_may_order_copies_with_the_watermark(client: Client, draft: Agreement, elder_care_clerk: User) -> None:
    client.force_login(elder_care_clerk)
    text = panel(client, draft)
    assert "生成草稿正本" in text
    assert reverse("copies-request", args=[draft.number]) in text


def test_copies_of_an_older_text_say_which_and_offer_new_ones(
    client: Client, draft: Agreement, elder_care_clerk: User
) -> None:
    client.force_login(elder_care_clerk)
    draft.renditions.create(revision=draft.revision - 1, requested_by=elder_care_clerk)
    finish(draft)
    text = panel(client, draft)
    assert f"修订号 {draft.revision - 1}" in text
    assert "生成草稿正本" in text


def files_of(agreement: Agreement, run: Rendition) -> list[str]:
    return [
        reverse("copy-download", args=[agreement.number, run.pk, 1]),
        reverse("print-download", args=[agreement.number, run.pk]),
    ]


def given(client: Client, user: User, addresses: list[str]) -> set[int]:
    client.force_login(user)
    answers = [client.get(each) for each in addresses]
    assert all(b"".join(each).startswith(b"%PDF") for each in answers if each.streaming)
    return {each.status_code for each in answers}


def test_what_the_drafting_side_printed_of_its_draft_is_its_own(
    client: Client, draft: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    renditions.request(draft, by=elder_care_clerk)
    own = finish(draft)
    changed = save(draft, by=elder_care_clerk, step="terms", answers={**draft.answers, "annual_fee": "99999.00"})
    row = sent(changed, by=elder_care_clerk)
    assert list(renditions.shown_to(colleague, row)) == [own]
    assert given(client, medical_clerk, files_of(row, own)) == {404}
    assert "草稿，带水印" not in panel(client, row)
    as_sent = renditions.request(row, by=medical_clerk)
    assert list(renditions.shown_to(medical_clerk, row)) == [as_sent]
    assert "排队中" in panel(client, row)


def test_an_official_has_the_copies_of_the_text_that_counts_and_no_others(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User, health_reviewer: User
) -> None:
    drafted = renditions.request(draft, by=elder_care_clerk)
    Rendition.objects.filter(pk=drafted.pk).update(state=State.READY, page_count=3, print_sha256="a" * 64)
    row = ready(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    voided = row.renditions.final().get()
    row = lifecycle.withdraw(row, by=elder_care_clerk, reason="费用没有谈妥")
    row = in_force(row, drafter=elder_care_clerk, answerer=medical_clerk)
    assert given(client, health_reviewer, [*files_of(row, drafted), *files_of(row, voided)]) == {404}
    assert given(client, health_reviewer, files_of(row, row.renditions.final().get())) == {200}
    page = client.get(reverse("agreement-detail", args=[row.number])).content.decode()
    assert "已作废的文本" not in page
    client.force_login(medical_clerk)
    assert "已作废的文本" in client.get(reverse("agreement-detail", args=[row.number])).content.decode()
    assert given(client, medical_clerk, files_of(row, voided)) == {200}
