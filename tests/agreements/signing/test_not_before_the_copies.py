"""Nothing is dated, scanned or certified before the final copies are made: by the verbs, and as the pages say it."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.documents import renditions
from agreements.models import Agreement, Rendition
from institutions.models import Role
from tests.agreements.making import agreed, certified, printed, scan_pdf, seen_of, signed, signed_on
from tests.uploading import attach_scan
from verbs.errors import NotAllowed, WrongState

State = Rendition.State
Verb = Callable[[Agreement, User], object]
FAULT = "有的字印不出来"

VERBS: dict[str, Verb] = {
    "date": lambda row, by: lifecycle.record_signing(row, by=by, role=Role.MEDICAL, on=timezone.localdate()),
    "scan": lambda row, by: attach_scan(row, by=by, content=scan_pdf(1), name="a.pdf"),
    "certify": lambda row, by: lifecycle.certify(row, by=by, seen=seen_of(row)),
    "reject": lambda row, by: lifecycle.reject_scan(row, by=by, reason="缺页", seen=frozenset()),
}
COMING: dict[State | None, str] = {State.QUEUED: "排队中", State.RENDERING: "正在生成"}
STUCK: dict[State | None, str] = {State.FAILED: "没有生成成功", None: "还没有生成"}
WORDS: dict[State | None, str] = {**COMING, **STUCK}


@pytest.fixture
def ordered(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """The text is frozen, its copies are ordered and not made."""
    return agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)


def stand(agreement: Agreement, state: State | None) -> None:
    """Let the run of the renderer stand there, None for no run at all."""
    if state is None:
        agreement.renditions.all().delete()
    else:
        failure = FAULT if state is State.FAILED else ""
        agreement.renditions.update(state=state, started_at=timezone.now(), failure=failure)


def in_the_midst_of_signing(agreement: Agreement) -> None:
    """As a row that came there by a way that is closed now."""
    Agreement.objects.filter(pk=agreement.pk).update(state=Agreement.State.SIGNING)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", WORDS)
def test_no_verb_goes_on_without_ready_copies(
    ordered: Agreement, medical_clerk: User, verb: str, state: State | None
) -> None:
    stand(ordered, state)
    if verb != "date":
        in_the_midst_of_signing(ordered)
    with pytest.raises(WrongState, match=WORDS[state]):
        VERBS[verb](ordered, medical_clerk)
    ordered.refresh_from_db()
    assert not ordered.signatures.exists()
    assert not ordered.scans.exists()
    assert ordered.certified_at is None


def test_whoever_may_not_is_told_so_before_anything_about_the_copies(ordered: Agreement, stranger: User) -> None:
    with pytest.raises(NotAllowed):
        VERBS["date"](ordered, stranger)


def test_copies_of_a_draft_are_not_those_to_be_signed(
    draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    order = renditions.request(draft, by=elder_care_clerk)
    made = {"page_count": 1, "print_sha256": "0" * 64, "finished_at": timezone.now()}
    Rendition.objects.filter(pk=order.pk).update(state=State.READY, **made)
    final = agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    with pytest.raises(WrongState, match="排队中"):
        VERBS["date"](final, medical_clerk)
    assert VERBS["date"](printed(final), medical_clerk)


def test_the_table_offers_the_acts_only_then(ordered: Agreement, medical_clerk: User) -> None:
    assert not lifecycle.LIFE.allows(ordered, lifecycle.SIGN, by=medical_clerk)
    assert lifecycle.LIFE.allows(printed(ordered), lifecycle.SIGN, by=medical_clerk)


def page_of(client: Client, agreement: Agreement) -> str:
    return client.get(reverse("agreement-signing", args=[agreement.number])).content.decode()


@pytest.mark.parametrize("state", WORDS)
def test_the_page_says_why_and_offers_nothing_else(
    client: Client, ordered: Agreement, medical_clerk: User, state: State | None
) -> None:
    stand(ordered, state)
    client.force_login(medical_clerk)
    page = page_of(client, ordered)
    assert WORDS[state] in page
    assert "登记日期" not in page
    asks_again = f'hx-get="{reverse("agreement-signing", args=[ordered.number])}"'
    assert (asks_again in page) == (state in COMING)
    assert ("刷新查看进度" in page) == (state in COMING)  # without JavaScript
    assert (reverse("copies-request", args=[ordered.number]) in page) == (state in STUCK)
    assert (FAULT in page) == (state is State.FAILED)


@pytest.mark.parametrize("name", ["signing-record", "scan-attach", "agreement-certify", "agreement-reject-scan"])
def test_what_is_sent_all_the_same_is_refused_with_the_reason(
    client: Client, ordered: Agreement, medical_clerk: User, name: str
) -> None:
    if name != "signing-record":
        in_the_midst_of_signing(ordered)
    client.force_login(medical_clerk)
    args = [ordered.number, "medical"] if name == "signing-record" else [ordered.number]
    sent = {"on": str(timezone.localdate()), "scans": SimpleUploadedFile("a.pdf", scan_pdf(1)), "reason": "缺页"}
    answer = client.post(reverse(name, args=args), sent)
    assert (answer.status_code, "还没有好" in answer.content.decode()) == (409, True)
    assert not ordered.signatures.exists()
    assert not ordered.scans.exists()


def test_a_failed_run_is_ordered_again_from_the_same_page(
    client: Client, ordered: Agreement, medical_clerk: User, signatory: User
) -> None:
    stand(ordered, State.FAILED)
    signing, order = (reverse(name, args=[ordered.number]) for name in ("agreement-signing", "copies-request"))
    client.force_login(signatory)
    assert order not in page_of(client, ordered)  # who only reads is told, and orders nothing
    client.force_login(medical_clerk)
    assert "重新生成" in page_of(client, ordered)
    assert client.post(order, {"back": "agreement-signing"})["Location"] == signing
    assert "排队中" in page_of(client, ordered)
    elsewhere = client.post(order, {"back": "https://elsewhere.example/"})["Location"]
    assert elsewhere == reverse("agreement-detail", args=[ordered.number])
    again = ordered.renditions.exclude(state=State.FAILED)
    made = {"page_count": 3, "print_sha256": "0" * 64, "finished_at": timezone.now(), "areas": signed_on(3)}
    assert again.update(state=State.READY, **made) == 1
    assert "登记日期" in page_of(client, ordered)


def test_copies_once_made_stay_made(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    row = signed(draft, drafter=elder_care_clerk, answerer=medical_clerk)
    assert renditions.request(row, by=medical_clerk).state == State.READY
    assert certified(row, by=medical_clerk).certified_at
