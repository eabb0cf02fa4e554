"""The receipt as a document, and how it comes to be made once."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pikepdf import Pdf

import jobs
from accounts.models import User
from audit.log import history
from chinese.dates import cn_day
from filing import events as filing_events
from filing import lifecycle, receipts
from filing.letter import letter_of, receipt_pdf
from filing.models import Filing, Receipt
from institutions.models import Authority
from tests.agreements.documents import papers
from tests.filing.fixtures import InState
from tests.pictures import baselines
from tests.pictures.documents import RECEIPTS, receipt_pictures

State = Filing.State


@pytest.fixture(autouse=True)
def no_renderer_warning(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    for record in caplog.get_records("call"):
        assert not (record.name.startswith(("weasyprint", "fontTools")) and record.levelno >= logging.WARNING)


@pytest.fixture
def accepted(in_state: InState) -> Filing:
    return in_state(State.ACCEPTED)


@pytest.fixture
def made(accepted: Filing) -> Filing:
    receipts.make(accepted.pk)
    return Filing.objects.with_parties().get(pk=accepted.pk)


def test_it_says_who_what_and_that_filing_is_no_approval(accepted: Filing) -> None:
    assert accepted.agreement.effective_on is not None
    text = papers.squeezed(papers.type_area_text(receipt_pdf(letter_of(accepted))))
    for words in (
        "越城区卫生健康局",
        "备案回执",
        accepted.number,
        "越城区福星养老院、越城区塔山街道社区卫生服务中心：",
        accepted.agreement.number,
        "养医联合体服务协议",
        cn_day(accepted.agreement.effective_on),
        accepted.agreement.frozen_texts.get().digest,
        "备案不是行政审批",
    ):
        assert papers.squeezed(words) in text


def test_it_is_one_page_with_embedded_fonts_and_room_for_a_seal(accepted: Filing) -> None:
    pdf = receipt_pdf(letter_of(accepted))
    fonts = [line.split() for line in papers.poppler("pdffonts", pdf).splitlines()[2:]]
    assert papers.page_count(pdf) == 1
    assert fonts
    assert all("yes" in font[-5:-3] for font in fonts)
    [words] = papers.words_of(pdf)
    date_line = max(word.bottom for word in words)
    # 42 mm of seal with its middle on the date ends a centimetre above the sheet's end.
    assert date_line < (297 - 21 - 10) * papers.POINTS


@pytest.mark.parametrize("name", RECEIPTS)
def test_it_looks_as_accepted(name: str) -> None:
    baselines.check(name, receipt_pictures(name))


def test_the_longest_names_stay_on_one_page(accepted: Filing) -> None:
    long = "新疆维吾尔自治区伊犁哈萨克自治州察布查尔锡伯自治县卫生健康委员会"
    Authority.objects.filter(pk=accepted.authority_id).update(name=long)
    parties = "绍兴市越城区塔山街道幸福里社区养老服务中心（综合示范）有限责任公司分公司", "越城区第二人民医院" * 4
    letter = replace(letter_of(Filing.objects.with_parties().get(pk=accepted.pk)), addressees=parties)
    assert papers.page_count(receipt_pdf(letter)) == 1


def test_the_worker_stores_it_once_with_its_digest(made: Filing) -> None:
    with made.receipt.file.open("rb") as file:
        content = file.read()
    assert hashlib.sha256(content).hexdigest() == made.receipt.sha256
    with Pdf.open(BytesIO(content)) as pdf:
        assert len(pdf.pages) == 1
    receipts.make(made.pk)
    again = Filing.objects.get(pk=made.pk)
    assert (again.receipt.file.name, again.receipt.sha256) == (made.receipt.file.name, made.receipt.sha256)
    assert history(made.agreement).filter(event=filing_events.ReceiptRendered.code).count() == 1


@pytest.mark.parametrize("state", [state for state in State if state is not State.ACCEPTED])
def test_nothing_is_made_for_what_is_not_accepted(state: State, in_state: InState) -> None:
    filing = in_state(state)
    receipts.make(filing.pk)
    assert not Receipt.objects.exists()
    with pytest.raises(ValueError, match="not accepted"):
        letter_of(filing)


def test_what_cannot_be_printed_is_said_and_not_tried_for_ever(
    in_state: InState, health_authority: Authority, health_reviewer: User
) -> None:
    Authority.objects.filter(pk=health_authority.pk).update(name="越城区\ue000卫生健康局")
    accepted = lifecycle.accept(in_state(Filing.State.UNDER_REVIEW), by=health_reviewer)
    receipts.make(accepted.pk)
    assert "无法打印的字符" in Receipt.objects.get(filing=accepted).failure
    Receipt.objects.update(ordered_at=timezone.now() - timedelta(hours=1))
    assert receipts.sweep() == 0


def test_the_sweep_rings_for_receipts_that_nobody_made(accepted: Filing) -> None:
    assert receipts.sweep() == 0
    Receipt.objects.update(ordered_at=timezone.now() - timedelta(minutes=2))
    assert receipts.sweep() == 1


def test_both_parties_and_the_authority_may_fetch_it(
    client: Client, made: Filing, elder_care_clerk: User, medical_clerk: User, health_reviewer: User, supervisor: User
) -> None:
    for person in (elder_care_clerk, medical_clerk, health_reviewer, supervisor):
        client.force_login(person)
        response = client.get(reverse("filing-receipt", args=[made.pk]))
        assert response.status_code == 200
        assert response.getvalue().startswith(b"%PDF")
    assert history(made.agreement).filter(event=filing_events.ReceiptDownloaded.code).count() == 4


def test_strangers_and_early_birds_get_404(
    client: Client, accepted: Filing, stranger: User, other_reviewer: User, medical_clerk: User
) -> None:
    for person in (stranger, other_reviewer, medical_clerk):
        client.force_login(person)
        assert client.get(reverse("filing-receipt", args=[accepted.pk])).status_code == 404


def test_two_workers_leave_one_file(accepted: Filing) -> None:
    """The second, taken for dead, finishes after the first and touches no file."""
    late = jobs.claim(receipts.RECEIPTS, accepted.pk)
    assert late
    Receipt.objects.update(state=Receipt.State.QUEUED, claimed_at=None)
    receipts.make(accepted.pk)
    with pytest.raises(jobs.Lost):
        receipts._keep(late, accepted, b"%PDF")
    stored = Receipt.objects.get(filing=accepted)
    assert hashlib.sha256(stored.file.read()).hexdigest() == stored.sha256
    stored.file.close()
    folder = str(stored.file.name).rpartition("/")[0]
    assert default_storage.listdir(folder) == ([], ["receipt.pdf"])
