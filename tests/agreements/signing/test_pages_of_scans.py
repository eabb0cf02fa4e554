"""What the scans show is known page by page; one file is taken back or turned down alone."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle.pages import pages_shown
from agreements.lifecycle.scans import waiting
from agreements.models import Agreement, Scan
from agreements.models.scan import in_words
from agreements.signing.forms import pages_written
from institutions.models import Role
from tests.agreements.making import agreed, certified, printed, scan_pdf, scans_of, seen_of
from tests.uploading import attach_scan
from verbs.errors import NotAllowed, Unacceptable

PAGES = 5
State = Scan.State


@pytest.fixture
def dated(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """Signed by both on copies of five pages."""
    row = printed(agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk), pages=PAGES)
    for role, clerk in ((Role.ELDER_CARE, elder_care_clerk), (Role.MEDICAL, medical_clerk)):
        row = lifecycle.record_signing(row, by=clerk, role=role, on=timezone.localdate())
    return row


def loose(row: Agreement, by: User, how_many: int = PAGES) -> list[Scan]:
    """Upload single pages, each another file."""
    return [
        attach_scan(row, by=by, content=scan_pdf(1) + b"%" * number, name=f"{number}.pdf")
        for number in range(1, how_many + 1)
    ]


def scan(name: str, placed: list[int] | None, copy: int = 1) -> Scan:
    return Scan(original_name=name, page_count=len(placed or [1]), placed=placed, copy=copy)


@pytest.mark.parametrize(
    ("scans", "words"),
    [
        ([scan("a", [1, 2, 3])], []),
        ([scan("a", [1]), scan("b", [3, 2, 0])], []),
        ([scan("a", [1, 3])], ["第 1 份正本共 3 页，还缺第 2 页。"]),
        ([scan("a", [1, 2, 3]), scan("b", [2])], ["第 1 份正本的第 2 页重复了，请取回多余的文件。"]),
        (
            [scan("a", [1, 2, 3], 1), scan("b", [1], 2)],
            ["扫描件里有第 1 份、第 2 份正本的页，请只用同一份正本。"],
        ),
        (
            [scan("a", None), scan("b", [3], 4)],
            ["还没有标明是第几页的文件：a。请由上传的人标明页码。", "第 4 份正本共 3 页，还缺第 1–2 页。"],
        ),
    ],
)
def test_the_verdict_names_pages_and_not_a_number(scans: list[Scan], words: list[str]) -> None:
    assert pages_shown(scans, 3).words == words


def test_a_replaced_page_stands_in_place_of_the_old_one_of_the_same_copy() -> None:
    old = [scan("a", [1, 2, 3], 2)]
    assert pages_shown([scan("b", [2], 2)], 3, beside=old).words == []
    assert pages_shown([scan("b", [2], 1)], 3, beside=old).words == ["原来扫描的是第 2 份正本，请仍用那一份重新扫描。"]


@pytest.mark.parametrize(
    ("typed", "pages"),
    [
        ("3", [3]),
        ("1-4", [1, 2, 3, 4]),
        ("2，1、 0", [2, 1, 0]),
        ("1–2;5", [1, 2, 5]),
        ("3至4", [3, 4]),
        ("第１页", [1]),
        ("第1页-第3页", [1, 2, 3]),
    ],
)
def test_page_numbers_are_read_as_people_write_them(typed: str, pages: list[int]) -> None:
    assert pages_written(typed) == pages


@pytest.mark.parametrize("typed", ["", "一", "4-1", "1-", "-2", "1-99999999999", "1.5", "1-2-3", "1-500 1-500"])
def test_anything_else_is_no_page_number(typed: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  -- its words are the form's
        pages_written(typed)


def test_runs_of_pages_are_drawn_together() -> None:
    assert (in_words([1, 2, 3, 5]), in_words([])) == ("1–3、5", "")


def test_five_loose_pages_are_no_copy_before_somebody_says_which_they_are(
    client: Client, dated: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    files = loose(dated, elder_care_clerk)
    client.force_login(elder_care_clerk)
    where = reverse("agreement-signing", args=[dated.number])
    page = client.get(where).content.decode()
    assert "扫描件都齐了" not in page
    assert "还没有标明是第几页的文件：1.pdf、2.pdf" in page
    with pytest.raises(Unacceptable, match="没有标明"):
        certified(dated, by=medical_clerk)
    fields = {f"pages_{each.pk}": "1" if number == 2 else str(number) for number, each in enumerate(files, 1)}
    assert client.post(reverse("scan-place", args=[dated.number]), {"copy": "1", **fields}).status_code == 302
    page = client.get(where).content.decode()
    assert "还缺第 2 页" in page
    assert "第 1 页重复了" in page
    fields[f"pages_{files[1].pk}"] = "2"
    client.post(reverse("scan-place", args=[dated.number]), {"copy": "1", **fields})
    assert "等待另一个人核验" in client.get(where).content.decode()
    client.force_login(medical_clerk)
    assert "第 1 份正本第 4 页" in client.get(reverse("agreement-certify", args=[dated.number])).content.decode()
    assert certified(dated, by=medical_clerk).state == Agreement.State.IN_FORCE


def test_the_pages_that_are_missing_are_proposed_in_order(
    client: Client, dated: Agreement, elder_care_clerk: User
) -> None:
    names = ["扫描10.pdf", "扫描1.pdf", "扫描2.pdf"]  # as the worker was done with them
    contents = {name: scan_pdf(1) + b"%" * at for at, name in enumerate(names)}
    files = [attach_scan(dated, by=elder_care_clerk, content=contents[name], name=name) for name in names]
    client.force_login(elder_care_clerk)
    form = client.get(reverse("agreement-signing", args=[dated.number])).context["placing"]
    assert [form[f"pages_{each.pk}"].value() for each in files] == ["3", "1", "2"]


def test_who_certifies_and_who_uploads_leaf_through_the_pages_in_their_order(
    client: Client, dated: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    names = ["第3页.pdf", "第1页.pdf", "第2页.pdf"]  # as the worker was done with them
    content = {name: scan_pdf(1) + b"%" * at for at, name in enumerate(names, 1)}
    files = [attach_scan(dated, by=elder_care_clerk, content=content[name], name=name) for name in names]
    for placed in (False, True):
        if placed:
            lifecycle.place_scans(
                dated, by=elder_care_clerk, copy=1, pages={each.pk: [int(each.original_name[1])] for each in files}
            )
        for person, address in ((medical_clerk, "agreement-certify"), (elder_care_clerk, "agreement-signing")):
            client.force_login(person)
            page = client.get(reverse(address, args=[dated.number])).content.decode().partition("<main")[2]
            page = page[page.index('id="scan-check-title"' if address == "agreement-certify" else 'class="scan-list') :]
            assert sorted(names) == sorted(names, key=page.index), (address, placed)


def test_loose_pages_are_looked_at_in_the_order_of_the_paper(dated: Agreement, elder_care_clerk: User) -> None:
    files = loose(dated, elder_care_clerk, 3)
    placed = {each.pk: [page] for each, page in zip(files, (3, 1, 2), strict=True)}
    lifecycle.place_scans(dated, by=elder_care_clerk, copy=1, pages=placed)
    assert [each.placed for each in waiting(dated)] == [[1], [2], [3]]


@pytest.mark.parametrize(
    ("copy", "pages", "words"),
    [(9, [1], "没有第 9 份"), (1, [6], "只有 5 页"), (1, [1, 2], "标明了 2 页"), (1, [0], "没有一页是协议的")],
)
def test_pages_that_the_copy_has_not_are_refused_and_what_was_typed_stays(
    copy: int, pages: list[int], words: str, client: Client, dated: Agreement, elder_care_clerk: User
) -> None:
    (file,) = loose(dated, elder_care_clerk, 1)
    with pytest.raises(Unacceptable, match=words):
        lifecycle.place_scans(dated, by=elder_care_clerk, copy=copy, pages={file.pk: pages})
    client.force_login(elder_care_clerk)
    typed = ",".join(map(str, pages))
    answer = client.post(reverse("scan-place", args=[dated.number]), {"copy": copy, f"pages_{file.pk}": typed})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.content.decode()
    file.refresh_from_db()
    assert file.placed is None


def test_pages_renamed_since_the_page_was_opened_are_looked_at_first(
    dated: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    whole = attach_scan(dated, by=elder_care_clerk, content=scan_pdf(PAGES), name="整本.pdf")
    assert whole.placed == [1, 2, 3, 4, 5]
    seen = seen_of(dated)
    lifecycle.place_scans(dated, by=elder_care_clerk, copy=2, pages={whole.pk: [1, 2, 3, 4, 5]})
    with pytest.raises(Unacceptable, match="页码在您打开这一页以后改过"):
        lifecycle.certify(dated, by=medical_clerk, seen=seen)


def test_who_uploaded_takes_one_file_back_and_may_send_it_again(
    client: Client, dated: Agreement, elder_care_clerk: User, colleague: User, medical_clerk: User
) -> None:
    wrong, other = loose(dated, elder_care_clerk, 2)
    take_back = reverse("scan-take-back", args=[dated.number, wrong.pk])
    client.force_login(colleague)
    assert client.post(take_back).status_code == 403
    client.force_login(elder_care_clerk)
    assert take_back in client.get(reverse("agreement-signing", args=[dated.number])).content.decode()
    assert client.post(take_back).status_code == 302
    assert client.post(take_back).status_code == 409, "a second time"
    states = dict(dated.scans.values_list("original_name", "state"))
    assert states == {"1.pdf": State.TAKEN_BACK, "2.pdf": State.UPLOADED}
    again = attach_scan(dated, by=elder_care_clerk, content=scan_pdf(1) + b"%", name="1.pdf")
    assert again.pk != wrong.pk
    other.refresh_from_db()
    assert other.state == State.UPLOADED


def test_what_is_certified_is_not_taken_back(dated: Agreement, elder_care_clerk: User, medical_clerk: User) -> None:
    whole = attach_scan(dated, by=elder_care_clerk, content=scan_pdf(PAGES), name="整本.pdf")
    certified(dated, by=medical_clerk)
    with pytest.raises(Unacceptable, match="已经核验"):
        lifecycle.take_back_scan(dated, by=elder_care_clerk, scan=whole.pk)


def test_one_bad_file_is_turned_down_and_the_good_ones_stay(
    client: Client, dated: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    files = loose(dated, elder_care_clerk)
    pages = {each.pk: [number] for number, each in enumerate(files, 1)}
    lifecycle.place_scans(dated, by=elder_care_clerk, copy=1, pages=pages)
    client.force_login(medical_clerk)
    reject = reverse("agreement-reject-scan", args=[dated.number])
    posted = {"scan": [each.pk for each in files], "reason": "第三页看不清"}
    assert client.post(reject, posted).status_code == 422, "none is named"
    assert client.post(reject, {**posted, "bad": files[2].pk}).status_code == 302
    assert scans_of(dated) == {each.pk for each in files} - {files[2].pk}
    files[2].refresh_from_db()
    assert (files[2].state, files[2].reason) == (State.REJECTED, "第三页看不清")
    new = attach_scan(dated, by=elder_care_clerk, content=scan_pdf(1) + b"%" * 9, name="第三页.pdf")
    lifecycle.place_scans(dated, by=elder_care_clerk, copy=1, pages={new.pk: [3]})
    assert certified(dated, by=medical_clerk).state == Agreement.State.IN_FORCE


def test_only_who_uploaded_says_which_pages_a_file_shows(
    dated: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    (file,) = loose(dated, elder_care_clerk, 1)
    with pytest.raises(NotAllowed, match="上传的人自己"):
        lifecycle.place_scans(dated, by=medical_clerk, copy=1, pages={file.pk: [1]})


def test_a_page_looked_at_closely_leads_back_to_where_one_came_from(
    client: Client, dated: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    file = attach_scan(dated, by=elder_care_clerk, content=scan_pdf(PAGES), name="整本.pdf")
    client.force_login(medical_clerk)
    here, certify = reverse("upload-page", args=[file.upload_id, 1]), reverse("agreement-certify", args=[dated.number])
    page = client.get(here, headers={"referer": f"http://testserver{certify}"})
    assert page.context["back"] == certify
    assert f'href="{certify}">返回</a>' in page.content.decode()
    assert client.get(here, {"back": certify}).context["back"] == certify
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        assert client.get(here, {"back": elsewhere}).context["back"] == reverse("home")
    assert client.get(here, headers={"referer": "http://[::1"}).context["back"] == reverse("home")
