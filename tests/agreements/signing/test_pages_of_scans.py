"""What the scans show is known page by page; one file is taken back or turned down alone."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle.pages import PagesShown, in_paper_order
from agreements.lifecycle.scans import waiting, waiting_sheets
from agreements.lifecycle.seen import text_shown
from agreements.models import Agreement, Scan, ScanPage
from agreements.models.scan import in_words
from agreements.signing import progress as signing_progress
from institutions.models import Role
from tests.agreements.making import agreed, certified, printed, scan_pdf, scans_of, seen_of, ticked
from tests.reading import words
from tests.uploading import attach_read, attach_scan, judge_all, place
from uploads.at_once import as_file
from uploads.models import Page
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


Finding = ScanPage.Finding


def page_of(name: str, number: int, finding: Finding = Finding.FOUND, at: tuple[int, int] | None = None) -> ScanPage:
    """Return a page of a file, by default page `number` of the first copy, that no database knows."""
    scan = Scan(pk=ord(name), original_name=name)
    copy, page = at or (1, number)
    is_placed = finding in {Finding.FOUND, Finding.UNSIGNED, Finding.VOIDED, Finding.OTHER_TEXT}
    picture = Page(number=number)
    return ScanPage(
        scan=scan,
        picture=picture,
        finding=finding,
        copy=copy if is_placed else None,
        page=page if is_placed else None,
    )


def found(name: str, *pages: int, copy: int = 1) -> list[ScanPage]:
    """Return the pages of a file that show these of a copy, in this order."""
    return [page_of(name, number, at=(copy, page)) for number, page in enumerate(pages, 1)]


def shown(sheets: list[ScanPage], beside: list[ScanPage] | None = None, *, takes_all: bool = False) -> PagesShown:
    return PagesShown(3, (1, 2), takes_all, tuple(sheets), tuple(beside or ()))


def sent_back(sheet: ScanPage) -> ScanPage:
    sheet.sent_back_at = timezone.now()
    return sheet


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        (found("a", 1, 2, 3), []),
        ([*found("a", 1), *found("b", 3, 2)], []),
        ([*found("a", 1, 2, 3), page_of("a", 4, Finding.NO_PAGE)], []),
        (found("a", 1, 3), ["第 1 份正本共 3 页，还缺第 2 页。"]),
        (found("a", 2, 3, copy=2), ["第 2 份正本共 3 页，还缺第 1 页。"]),
        (
            [*found("a", 1, 2, 3), *found("b", 2)],
            ["第 1 份正本的第 2 页重复了。请取回多余的文件，或者把多出的一页标明为“不是正本的页”。"],
        ),
        ([*found("a", 1, 2, 3), *found("b", 1, copy=2)], []),
        (
            [*found("a", 1, 2), page_of("a", 3, Finding.UNSIGNED)],
            [
                "a 第 3 页和电子版一样，没有签章的痕迹。请扫描签章后的纸张，取回或者更换这个文件。",
                "第 1 份正本共 3 页，还缺第 3 页。",
            ],
        ),
        (
            [*found("a", 1, 2, 3), page_of("b", 1, Finding.FOREIGN), page_of("b", 2, Finding.FOREIGN)],
            ["b 第 1–2 页是另一份协议的。请取回这个文件，或者换成没有这些页的文件。"],
        ),
        (
            [*found("a", 1, 2, 3), sent_back(page_of("b", 1, Finding.FOREIGN))],
            ["b 第 1 页是另一份协议的。请取回这个文件，或者换成没有这些页的文件。"],
        ),
        (
            [*found("a", 1, 2, 3), page_of("b", 1, Finding.VOIDED)],
            ["b 第 1 页印的是已作废的文本。请按现在的正本打印、签章、扫描，取回或者更换这个文件。"],
        ),
        ([*found("a", 1, 2, 3), sent_back(page_of("b", 1, Finding.OTHER_TEXT))], []),
        ([*found("a", 1, 3), sent_back(page_of("a", 2))], ["第 1 份正本共 3 页，还缺第 2 页。"]),
        ([*found("a", 1, 2), sent_back(page_of("a", 3)), *found("b", 3)], []),
        (
            [*found("a", 1, 2, 3), page_of("b", 1, Finding.UNREADABLE)],
            ["b 第 1 页读不出是哪一页，或者和正本对不上。请由上传的人标明，或者重新扫描。"],
        ),
    ],
)
def test_the_verdict_names_pages_and_not_a_number(sheets: list[ScanPage], words: list[str]) -> None:
    assert shown(sheets).words == words


def test_a_page_without_seals_is_named_with_the_side_that_has_not_sealed() -> None:
    bare = page_of("a", 3, Finding.UNSIGNED)
    bare.bare = ["elder_care"]
    assert shown([*found("a", 1, 2), bare]).words[0] == (
        "a 第 3 页的养老服务机构签章处没有看到印章或签字。请签章后重新扫描，取回或者更换这个文件。"
    )


def test_where_every_copy_comes_back_one_is_not_enough() -> None:
    one = found("a", 1, 2, 3)
    assert shown(one, takes_all=True).words == ["第 2 份正本共 3 页，还缺第 1–3 页。"]
    assert shown([*one, *found("b", 3, 1, 2, copy=2)], takes_all=True).words == []


def test_a_replaced_page_stands_in_place_of_the_old_one_of_the_same_copy() -> None:
    old = found("a", 1, 2, 3, copy=2)
    assert shown(found("b", 2, copy=2), old).words == []
    refused = "原来扫描的是第 2 份正本，请仍用那一份重新扫描，或者把另一份从头到尾扫描。"
    assert shown(found("b", 2), old).words == [refused]
    assert shown(found("b", 1, 2, 3), old).words == []


def test_runs_of_pages_are_drawn_together() -> None:
    assert (in_words([1, 2, 3, 5]), in_words([])) == ("1–3、5", "")


def fields_of(row: Agreement, places: dict[str, str], reason: str = "看页脚页码") -> dict[str, str]:
    """Return what the form of placing sends: by the name of a file of one page, the choice for it."""
    sheets = ScanPage.objects.waiting().filter(scan__agreement=row, scan__original_name__in=places)
    return {f"page_{sheet.pk}": places[sheet.scan.original_name] for sheet in sheets} | {"reason": reason}


def test_five_loose_pages_are_no_copy_before_somebody_says_which_they_are(
    client: Client, dated: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    loose(dated, elder_care_clerk)
    client.force_login(elder_care_clerk)
    where = reverse("agreement-signing", args=[dated.number])
    page = client.get(where).content.decode()
    assert "扫描件都齐了" not in page
    assert "1.pdf 第 1 页、2.pdf 第 1 页" in page
    with pytest.raises(Unacceptable, match="像是双面扫描的空白背面"):
        lifecycle.certify(dated, by=medical_clerk, seen=seen_of(dated))
    names = [f"{number}.pdf" for number in range(1, PAGES + 1)]
    wrong = fields_of(dated, {name: f"1-{1 if name == '2.pdf' else name[0]}" for name in names})
    assert client.post(reverse("scan-place", args=[dated.number]), wrong).status_code == 302
    page = client.get(where).content.decode()
    assert "还缺第 2 页" in page
    assert "第 1 页重复了" in page
    client.post(reverse("scan-place", args=[dated.number]), fields_of(dated, {"2.pdf": "1-2"}))
    assert "等待另一个人核验" in client.get(where).content.decode()
    client.force_login(medical_clerk)
    assert "第 1 份正本第 4 页" in client.get(reverse("agreement-certify", args=[dated.number])).content.decode()
    assert certified(dated, by=medical_clerk).state == Agreement.State.IN_FORCE


def test_the_pages_that_are_missing_are_proposed_in_order(
    client: Client, dated: Agreement, elder_care_clerk: User
) -> None:
    names = ["扫描10.pdf", "扫描1.pdf", "扫描2.pdf"]  # as the worker was done with them
    files = [attach_read(dated, by=elder_care_clerk, content=scan_pdf(1), seen=[{}], name=name) for name in names]
    client.force_login(elder_care_clerk)
    form = client.get(reverse("agreement-signing", args=[dated.number])).context["placing"]
    assert [form[f"page_{each.sheets.get().pk}"].value() for each in files] == ["1-3", "1-1", "1-2"]


def test_nothing_is_proposed_for_more_pages_than_are_missing(
    client: Client, dated: Agreement, elder_care_clerk: User
) -> None:
    seen: list[dict[str, Any]] = [{}] * (PAGES + 1)
    attach_read(dated, by=elder_care_clerk, content=scan_pdf(PAGES + 1), seen=seen, name="散页.pdf")
    client.force_login(elder_care_clerk)
    form = client.get(reverse("agreement-signing", args=[dated.number])).context["placing"]
    assert [field.value() for _, field in form.rows] == [""] * (PAGES + 1), "nobody knows which is the empty back"


def test_files_that_were_taken_back_stand_folded_behind_those_that_wait(
    client: Client, dated: Agreement, elder_care_clerk: User
) -> None:
    """Ten tries buried the one file with which somebody has to do something."""
    files = loose(dated, elder_care_clerk)
    for file in files[:-1]:
        lifecycle.take_back_scan(dated, by=elder_care_clerk, scan=file.pk)
    client.force_login(elder_care_clerk)
    page = words(client.get(reverse("agreement-signing", args=[dated.number])).content.decode())
    before, folded = page.split("已取回的 4 个文件，留作记录")
    assert files[-1].original_name in before
    assert files[0].original_name not in before.split("上传扫描件")[1]
    assert files[0].original_name in folded


def test_pages_of_which_the_same_is_to_be_said_stand_in_one_line(
    client: Client, dated: Agreement, elder_care_clerk: User
) -> None:
    seen: list[dict[str, Any]] = [{"white": True}, {}, {"white": True}]
    file = attach_read(dated, by=elder_care_clerk, content=scan_pdf(3), seen=seen, name="双面.pdf")
    backs = [sheet.pk for sheet in file.sheets.all() if sheet.is_blank]
    lifecycle.set_blanks_aside(dated, by=elder_care_clerk, pages=backs)
    client.force_login(elder_care_clerk)
    table = client.get(reverse("agreement-signing", args=[dated.number])).context["table"]
    assert [each.where for each in table.besides] == ["双面.pdf 第 1、3 页", "双面.pdf 第 2 页"]


def test_whoever_sends_a_file_again_is_told_that_it_is_there(
    client: Client, dated: Agreement, elder_care_clerk: User
) -> None:
    """Who sees nothing new after an upload that was broken off, or that was forgotten, believes it lost."""
    client.force_login(elder_care_clerk)
    where = reverse("scan-attach", args=[dated.number])
    for name, is_told in (("一.pdf", False), ("二.pdf", True)):
        sent = {"scans": [as_file(scan_pdf(1), name)], "text": text_shown(dated)}
        page = client.post(where, sent, follow=True).content.decode()
        assert ("二.pdf 和已经上传的 一.pdf 是同一个文件，只算一个" in page) == is_told
        judge_all()
    assert dated.scans.count() == 1


def test_no_page_is_proposed_for_an_empty_back_which_is_folded_away(
    client: Client, dated: Agreement, elder_care_clerk: User
) -> None:
    """Else whoever says what the other pages are would say, unseen, that it is the page that is missing."""
    seen: list[dict[str, Any]] = [{"white": True}, *([{}] * (PAGES - 1))]
    file = attach_read(dated, by=elder_care_clerk, content=scan_pdf(PAGES), seen=seen, name="散页.pdf")
    client.force_login(elder_care_clerk)
    answer = client.get(reverse("agreement-signing", args=[dated.number]))
    form = answer.context["placing"]
    [(back, field)] = form.white_rows
    assert (back.number, field.value()) == (1, "")
    assert "几乎全白的 1 页（不是空白背面的，在这里标明是哪一页）" in words(answer.content.decode())
    lifecycle.place_pages(dated, by=elder_care_clerk, places={back.pk: (1, 1)}, reason="印得很淡")
    form = client.get(reverse("agreement-signing", args=[dated.number])).context["placing"]
    assert ([*form.white_rows], len(form.rows)) == ([], file.page_count), "somebody has said that it is none"


def test_who_certifies_and_who_uploads_leaf_through_the_pages_in_their_order(
    client: Client, dated: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    names = ["第3页.pdf", "第1页.pdf", "第2页.pdf"]  # as the worker was done with them
    content = {name: scan_pdf(1) + b"%" * at for at, name in enumerate(names, 1)}
    files = [attach_scan(dated, by=elder_care_clerk, content=content[name], name=name) for name in names]
    for placed in (False, True):
        if placed:
            place(dated, by=elder_care_clerk, pages={each.pk: [int(each.original_name[1])] for each in files})
        for person, address in ((medical_clerk, "agreement-certify"), (elder_care_clerk, "agreement-signing")):
            client.force_login(person)
            page = client.get(reverse(address, args=[dated.number])).content.decode().partition("<main")[2]
            page = page[page.index('id="pages"' if address == "agreement-certify" else 'class="scan-list') :]
            assert sorted(names) == sorted(names, key=page.index), (address, placed)


def test_loose_pages_are_looked_at_in_the_order_of_the_paper(dated: Agreement, elder_care_clerk: User) -> None:
    files = loose(dated, elder_care_clerk, 3)
    place(dated, by=elder_care_clerk, pages={each.pk: [page] for each, page in zip(files, (3, 1, 2), strict=True)})
    assert [each.shown for each in waiting(dated)] == [f"第 1 份正本第 {page} 页" for page in (1, 2, 3)]
    assert [sheet.page for sheet in waiting_sheets(dated)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("choice", "reason", "words"),
    [("9-1", "看页脚", "没有这一页"), ("1-6", "看页脚", "没有这一页"), ("1-1", " ", "请写明理由")],
)
def test_pages_that_the_copies_have_not_are_refused_and_what_was_chosen_stays(
    choice: str, reason: str, words: str, client: Client, dated: Agreement, elder_care_clerk: User
) -> None:
    (file,) = loose(dated, elder_care_clerk, 1)
    sheet = file.sheets.get()
    copy, page = map(int, choice.split("-"))
    with pytest.raises(Unacceptable):
        lifecycle.place_pages(dated, by=elder_care_clerk, places={sheet.pk: (copy, page)}, reason=reason)
    client.force_login(elder_care_clerk)
    fields = {f"page_{sheet.pk}": choice, "reason": reason}
    answer = client.post(reverse("scan-place", args=[dated.number]), fields)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    sheet.refresh_from_db()
    assert sheet.finding == Finding.UNREADABLE


def test_nothing_chosen_is_told_and_what_is_left_open_stays_open(
    client: Client, dated: Agreement, elder_care_clerk: User
) -> None:
    first, second = loose(dated, elder_care_clerk, 2)
    client.force_login(elder_care_clerk)
    where = reverse("scan-place", args=[dated.number])
    nothing = client.post(where, fields_of(dated, {"1.pdf": "", "2.pdf": ""}))
    assert (nothing.status_code, "请至少选择一页" in nothing.content.decode()) == (422, True)
    assert client.post(where, fields_of(dated, {"1.pdf": "2-1", "2.pdf": ""})).status_code == 302
    assert [each.sheets.get().place for each in (first, second)] == ["2-1", ""]


def test_pages_renamed_since_the_page_was_opened_are_looked_at_first(
    dated: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    whole = attach_scan(dated, by=elder_care_clerk, content=scan_pdf(PAGES), name="整本.pdf")
    ticked(dated, by=medical_clerk)
    seen = seen_of(dated)
    place(dated, by=elder_care_clerk, copy=2, pages={whole.pk: [1, 2, 3, 4, 5]})
    with pytest.raises(Unacceptable, match="页码在您打开这一页以后改过"):
        lifecycle.certify(dated, by=medical_clerk, seen=seen)
    with pytest.raises(Unacceptable, match="还有 5 页您没有逐页核对"):
        lifecycle.certify(dated, by=medical_clerk, seen=seen_of(dated))


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
    place(dated, by=elder_care_clerk, pages=pages)
    client.force_login(medical_clerk)
    reject = reverse("agreement-reject-scan", args=[dated.number])
    posted = {"scan": [each.pk for each in files], "reason": "第三页看不清"}
    assert client.post(reject, posted).status_code == 422, "none is named"
    assert client.post(reject, {**posted, "bad": files[2].pk}).status_code == 302
    assert scans_of(dated) == {each.pk for each in files} - {files[2].pk}
    files[2].refresh_from_db()
    assert (files[2].state, files[2].reason) == (State.REJECTED, "第三页看不清")
    new = attach_scan(dated, by=elder_care_clerk, content=scan_pdf(1) + b"%" * 9, name="第三页.pdf")
    place(dated, by=elder_care_clerk, pages={new.pk: [3]})
    assert certified(dated, by=medical_clerk).state == Agreement.State.IN_FORCE


def test_only_who_uploaded_says_which_pages_a_file_shows(
    dated: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    (file,) = loose(dated, elder_care_clerk, 1)
    with pytest.raises(NotAllowed, match="上传的人自己"):
        place(dated, by=medical_clerk, pages={file.pk: [1]})


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


def test_a_file_that_is_kept_while_a_page_is_made_is_told_of_all_the_same(
    client: Client, dated: Agreement, elder_care_clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that had read the scans before, and asked afterwards whether one waits, said that nothing was uploaded."""
    lifecycle.send_scan(dated, by=elder_care_clerk, file=as_file(scan_pdf(1), "晚到.pdf"))

    def read_and_then_kept(scans: Iterable[Scan]) -> list[Scan]:
        read = in_paper_order(scans)
        judge_all()
        return read

    monkeypatch.setattr(signing_progress, "in_paper_order", read_and_then_kept)
    client.force_login(elder_care_clerk)
    page = client.get(reverse("agreement-signing", args=[dated.number])).content.decode()
    assert dated.scans.filter(original_name="晚到.pdf").exists()
    assert "还没有上传双方签章后的扫描件" not in page
    assert "晚到.pdf" in page
    assert 'hx-trigger="every 2s"' in page, "it asks again by itself"
