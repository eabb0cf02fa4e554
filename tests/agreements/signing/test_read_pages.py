"""Scans known page by page: what is read of each, what blocks certifying, and what its uploader may say by hand."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import events, lifecycle
from agreements.documents.verification import PrintedPage, printed_page
from agreements.lifecycle.finding import found_on
from agreements.lifecycle.scans import shown_of, waiting_sheets
from agreements.models import Agreement, Scan, ScanPage, TemplateVersion
from audit.log import history
from institutions.models import Institution, Role
from tests.agreements.making import (
    certified,
    codes_of,
    complete_draft,
    read_from,
    ready,
    scan_pdf,
    seen_of,
    ticked,
)
from tests.reading import words
from tests.uploading import attach_read, attach_scan, place
from verbs.errors import NotAllowed, Unacceptable

Finding = ScanPage.Finding
Seen = dict[str, Any]
ELSEWHERE = "https://elsewhere.example/v/YY2020-000077/1/2-3/0123456789abcdef"
DIGEST = "0123456789abcdef"


def dated(row: Agreement, *clerks: User) -> Agreement:
    """Enter both sides' days: the elder-care side's clerk comes first."""
    for role, clerk in zip((Role.ELDER_CARE, Role.MEDICAL), clerks, strict=True):
        row = lifecycle.record_signing(row, by=clerk, role=role, on=timezone.localdate())
    return row


@pytest.fixture
def row(final: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    """Both days are entered, nothing is scanned; a copy has three pages."""
    return dated(final, elder_care_clerk, medical_clerk)


@pytest.fixture
def scan(row: Agreement, elder_care_clerk: User) -> Callable[..., Scan]:
    """Send pages of which this was read."""

    def send(*seen: Seen, name: str = "扫描件.pdf", **more: Any) -> Scan:
        content = scan_pdf(len(seen))
        return attach_read(row, by=elder_care_clerk, content=content, seen=seen, name=name, **more)

    return send


def code_only(code: str) -> Seen:
    return {"codes": [code]}


def laid_over(code: str) -> Seen:
    """Return what is read of a page where nobody signs."""
    return {"codes": [code], "compared": {"code": code, "same": False, "ink": {}}}


def inked(code: str, elder_care: float) -> Seen:
    """Return what is read of a page that one side has sealed, and so much of the other's place is covered."""
    return {
        "codes": [code],
        "compared": {"code": code, "same": False, "ink": {"medical": 0.06, "elder_care": elder_care}},
    }


def reworded(seen: Seen) -> Seen:
    """Return what is read of a page on which some of our words are others."""
    return {**seen, "compared": {**seen["compared"], "differing": ["服务费12,000.00元"]}}


def bent(seen: Seen) -> Seen:
    """Return what is read of such a page whose sheet did not lie flat."""
    words = reworded(seen)
    return {**words, "compared": {**words["compared"], "bent": True}}


def findings(scan: Scan) -> list[tuple[str, str]]:
    """Return what each page of a file was found to be, and where it belongs."""
    return [(sheet.finding, sheet.place) for sheet in scan.sheets.order_by("picture__number")]


@pytest.mark.parametrize(
    "text",
    [
        f"https://yiyang.example/v/YY2026-000012/2/3-10/{DIGEST}",
        f"HTTPS://YIYANG.EXAMPLE:8443/V/YY2026-000012/2/3-10/{DIGEST.upper()}",
        f"/v/yy2026-000012/2/3-10/{DIGEST}/",
        f"HTTPS://A.EXAMPLE/yiyang/V/YY2026-000012/2/3-10/{DIGEST.upper()}",
        f"https://a.example/v/v/YY2026-000012/2/3-10/{DIGEST}",
        f"  v/YY2026-000012/02/003-10/{DIGEST}\n",
    ],
)
def test_a_code_is_read_whatever_its_case_and_host(text: str) -> None:
    assert printed_page(text) == PrintedPage("YY2026-000012", 2, 3, 10, DIGEST)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://u.wechat.com/kJ3",
        f"/v/YY2026-000012/2/0-10/{DIGEST}",
        f"/v/YY2026-000012/0/3-10/{DIGEST}",
        f"/v/YY2026-000012/２/3-10/{DIGEST}",
        "/v/YY2026-000012/2/3-10/xyz",
        f"/v/{'Y' * 31}/2/3-10/{DIGEST}",
        f"x /v/YY2026-000012/2/3-10/{DIGEST}",
        f"https://a.example/?to=/v/YY2026-000012/2/3-10/{DIGEST}",
        f"https://a.example/yiyangv/YY2026-000012/2/3-10/{DIGEST}",
        f"javascript:/v/YY2026-000012/2/3-10/{DIGEST}",
        f"/v/YY2026-000012/2/3-10/{DIGEST}/../../admin",
    ],
)
def test_other_codes_are_none_of_ours(text: str) -> None:
    assert printed_page(text) is None


def test_a_page_is_what_its_code_and_the_comparison_say(row: Agreement) -> None:
    one, two, three = codes_of(row)
    third = f"{three[: -len(DIGEST)]}{DIGEST}"
    said: list[tuple[Seen, Finding, str]] = [
        ({}, Finding.UNREADABLE, ""),
        ({"codes": ["https://u.wechat.com/kJ3"]}, Finding.UNREADABLE, ""),
        (code_only(one), Finding.UNREADABLE, ""),
        (laid_over(one), Finding.FOUND, "1-1"),
        (laid_over(codes_of(row, 4)[2].upper()), Finding.FOUND, "4-3"),
        ({**laid_over(two), "codes": [two, two.upper(), "WIFI:S:x;;"]}, Finding.FOUND, "1-2"),
        ({"codes": [one, two]}, Finding.UNREADABLE, ""),
        (code_only(ELSEWHERE), Finding.FOREIGN, ""),
        ({"codes": [one, ELSEWHERE]}, Finding.FOREIGN, ""),
        (code_only(third), Finding.OTHER_TEXT, "1-3"),
        (code_only(one.replace("/1-3/", "/1-4/")), Finding.OTHER_TEXT, "1-1"),
        (code_only(one.replace("/1/1-", "/9/1-")), Finding.OTHER_TEXT, "9-1"),
        ({"codes": [one], "compared": {"code": one, "same": True}}, Finding.UNSIGNED, "1-1"),
        ({"codes": [one], "compared": {"code": two, "same": False, "ink": {}}}, Finding.UNREADABLE, ""),
        (
            {
                "codes": [three],
                "compared": {"code": three, "same": False, "ink": {"medical": 0.06, "elder_care": 0.02}},
            },
            Finding.FOUND,
            "1-3",
        ),
        (
            {
                "codes": [three],
                "compared": {"code": three, "same": False, "ink": {"medical": 0.06, "elder_care": 0.001}},
            },
            Finding.UNSIGNED,
            "1-3",
        ),
    ]
    for seen, finding, where in said:
        found = found_on(row, seen)
        assert (found.finding, ScanPage(**found.facts).place) == (finding, where), seen
    assert found_on(row, reworded(laid_over(one))).finding == Finding.UNREADABLE, "somebody has to say what it is"
    assert found_on(row, reworded(said[-1][0])).finding == Finding.UNSIGNED, "and of this nobody can"
    assert found_on(row, said[-1][0]).bare == ("elder_care",)


def test_what_is_read_needs_nobody_to_say_anything(
    row: Agreement, scan: Callable[..., Scan], medical_clerk: User
) -> None:
    one, two, three = read_from(row)
    first, second = scan(three, one, name="a.pdf"), scan({**two, "turned": 180}, name="b.pdf")
    assert (first.shown, second.shown) == ("第 1 份正本第 1、3 页", "第 1 份正本第 2 页")
    assert shown_of(row).words == []
    assert certified(row, by=medical_clerk).state == Agreement.State.IN_FORCE
    assert not history(row).filter(event=events.ScanPlaced.code).exists()


def test_one_file_may_hold_several_copies_in_any_order(
    row: Agreement, scan: Callable[..., Scan], medical_clerk: User
) -> None:
    pages = [page for copy in (3, 1, 2, 4) for page in reversed(read_from(row, copy))]
    assert scan(*pages).shown == "；".join(f"第 {copy} 份正本第 1–3 页" for copy in (1, 2, 3, 4))
    assert certified(row, by=medical_clerk).state == Agreement.State.IN_FORCE


@pytest.mark.parametrize(
    ("spoiled", "told"),
    [
        (None, "还缺第 3 页"),
        (code_only(ELSEWHERE), "扫描件.pdf 第 3 页是另一份协议的"),
        ("same", "扫描件.pdf 第 3 页和电子版一样，没有签章的痕迹"),
        ("bare", "扫描件.pdf 第 3 页的养老服务机构签章处没有看到印章或签字"),
        ("text", "扫描件.pdf 第 3 页印的不是定稿的文本"),
        ({}, "扫描件.pdf 第 3 页读不出是哪一页"),
        ("aslant", "扫描件.pdf 第 3 页的二维码是第 1 份正本第 3 页，但是和正本对不上，可能太淡"),
        ("two", "扫描件.pdf 第 3 页上有第 1 份正本第 2–3 页的二维码，一张只能是一页。请按 A4 一页一页分开扫描"),
        ("words", "扫描件.pdf 第 3 页的文字和正本不一样，正本上“服务费12,000.00元”的地方印的是别的字"),
        ("bent", "扫描件.pdf 第 3 页的纸面没有压平，正本上“服务费12,000.00元”的地方系统看不准。请压平以后重新扫描"),
        ("twice", "第 1 份正本的第 2 页重复了"),
    ],
    ids=[
        "missing",
        "foreign",
        "electronic",
        "unsigned",
        "other-text",
        "unreadable",
        "aslant",
        "two",
        "words",
        "bent",
        "doubled",
    ],
)
def test_what_is_amiss_with_a_page_keeps_the_agreement_out_of_force(
    spoiled: Seen | str | None, told: str, row: Agreement, scan: Callable[..., Scan], medical_clerk: User
) -> None:
    one, two, three = read_from(row)
    code = three["codes"][0]
    made: dict[str, Seen] = {
        "same": {"codes": [code], "compared": {"code": code, "same": True}},
        "bare": inked(code, 0.0),
        "text": code_only(f"{code[: -len(DIGEST)]}{DIGEST}"),
        "aslant": code_only(code),
        "two": {"codes": [two["codes"][0], code]},
        "words": reworded(three),
        "bent": bent(three),
        "twice": two,
    }
    last = [] if spoiled is None else [made[spoiled] if isinstance(spoiled, str) else spoiled]
    scan(one, two, *last)
    with pytest.raises(Unacceptable, match=told):
        certified(row, by=medical_clerk)
    row.refresh_from_db()
    assert (row.state, row.certified_at) == (Agreement.State.SIGNING, None)


def test_a_foreign_page_blocks_beside_a_whole_copy_until_its_file_is_replaced(
    row: Agreement, scan: Callable[..., Scan], medical_clerk: User
) -> None:
    bad = scan(*read_from(row), code_only(ELSEWHERE), name="多一页.pdf")
    sheet = bad.sheets.get(finding=Finding.FOREIGN)
    lifecycle.send_back_pages(row, by=medical_clerk, pages=frozenset({sheet.pk}), reason="是别人的")
    with pytest.raises(Unacceptable, match=r"多一页\.pdf 第 4 页是另一份协议的"):
        certified(row, by=medical_clerk)
    good = scan(*read_from(row), name="正好.pdf", replaces=bad.pk)
    bad.refresh_from_db()
    assert (bad.state, good.state) == (Scan.State.TAKEN_BACK, Scan.State.UPLOADED)
    assert certified(row, by=medical_clerk).state == Agreement.State.IN_FORCE


def test_only_ones_own_waiting_file_is_replaced(
    row: Agreement, scan: Callable[..., Scan], medical_clerk: User, colleague: User
) -> None:
    old = scan(*read_from(row))
    with pytest.raises(NotAllowed, match="由上传的人自己"):
        attach_read(row, by=colleague, content=scan_pdf(1), seen=[{}], name="b.pdf", replaces=old.pk)
    certified(row, by=medical_clerk)
    old.refresh_from_db()
    assert old.state == Scan.State.CERTIFIED


def test_pages_of_a_text_that_was_given_up_are_told_as_such(
    final: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    voided = codes_of(final)
    draft = lifecycle.withdraw(final, by=elder_care_clerk, reason="费用写错了")
    row = dated(ready(draft, drafter=elder_care_clerk, answerer=medical_clerk), elder_care_clerk, medical_clerk)
    pages = [*read_from(row)[:2], code_only(voided[2])]
    scan = attach_read(row, by=elder_care_clerk, content=scan_pdf(3), seen=pages, name="扫描件.pdf")
    assert findings(scan)[2] == (Finding.VOIDED, "1-3")
    with pytest.raises(Unacceptable, match="第 3 页印的是已作废的文本"):
        certified(row, by=medical_clerk)


def test_where_the_template_wants_every_copy_one_is_not_enough(
    published: dict[str, TemplateVersion],
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
) -> None:
    version = published["shaoxing-2024-consortium"]
    every = TemplateVersion.objects.create(
        template=version.template,
        number=2,
        title=version.title,
        is_official=version.is_official,
        body={**version.body, "scanned": "all"},
        digest="e" * 64,
    )
    draft = complete_draft(elder_care_institution, medical_institution, every, by=elder_care_clerk)
    row = dated(ready(draft, drafter=elder_care_clerk, answerer=medical_clerk), elder_care_clerk, medical_clerk)

    def send(*copies: int) -> None:
        pages = [page for copy in copies for page in read_from(row, copy)]
        attach_read(row, by=elder_care_clerk, content=scan_pdf(len(pages)), seen=pages, name="扫描件.pdf")

    send(1, 2, 4)
    with pytest.raises(Unacceptable, match="第 3 份正本共 3 页，还缺第 1–3 页"):
        certified(row, by=medical_clerk)
    send(3)
    assert certified(row, by=medical_clerk).state == Agreement.State.IN_FORCE


def test_what_a_machine_has_read_nobody_says_otherwise(
    row: Agreement, scan: Callable[..., Scan], elder_care_clerk: User
) -> None:
    one, _, _ = read_from(row)
    file = scan(one, code_only(ELSEWHERE), {})
    read, foreign, unread = file.sheets.order_by("picture__number")

    def say(sheet: ScanPage, to: tuple[int, int] | None) -> None:
        lifecycle.place_pages(row, by=elder_care_clerk, places={sheet.pk: to}, reason="看页脚")

    for sheet, to, told in (
        (read, (1, 2), "二维码是第 1 份正本第 1 页"),
        (foreign, (1, 2), "别的协议的页，不能由人标明"),
        (foreign, None, "别的协议的页，不能由人标明"),
        (unread, (1, 4), "没有第 1 份正本第 4 页"),
        (unread, (5, 1), "没有第 5 份正本第 1 页"),
    ):
        with pytest.raises(Unacceptable, match=told):
            say(sheet, to)
    say(read, None)
    say(unread, (1, 2))
    assert findings(file) == [(Finding.NO_PAGE, "0"), (Finding.FOREIGN, ""), (Finding.FOUND, "1-2")]
    say(read, (1, 1))
    read.refresh_from_db()
    assert (read.finding, read.is_by_hand, read.hand_reason) == (Finding.FOUND, False, "")


def test_what_a_code_says_is_proposed_to_the_uploader_and_told_to_whoever_confirms(
    client: Client, row: Agreement, scan: Callable[..., Scan], elder_care_clerk: User, medical_clerk: User
) -> None:
    one, two, three = (seen["codes"][0] for seen in read_from(row))
    aslant = scan({}, code_only(three), {"codes": [one, two]})
    client.force_login(elder_care_clerk)
    form = client.get(reverse("agreement-signing", args=[row.number])).context["placing"]
    assert [field.value() for _, field in form.rows] == ["1-1", "1-3", ""], "and nothing where several may be"
    place(row, by=elder_care_clerk, pages={aslant.pk: [1, 3, 0]})  # as the codes say, and the second person is told
    client.force_login(medical_clerk)
    said = [
        words(client.get(reverse("scan-page", args=[row.number, sheet.pk])).content.decode())
        for sheet in aslant.sheets.order_by("picture__number")
    ]
    assert "这一页机器认不出。" in said[0]
    assert "机器在这一页读到第 1 份正本第 3 页的二维码。" in said[1]
    assert "机器在这一页读到第 1 份正本第 1–2 页的二维码。" in said[2]


def test_a_reason_is_kept_with_what_was_said_by_hand_and_told_in_the_history(
    row: Agreement, elder_care_clerk: User
) -> None:
    file = attach_scan(row, by=elder_care_clerk, content=scan_pdf(1), name="一页.pdf")
    with pytest.raises(Unacceptable, match="请写明理由"):
        lifecycle.place_pages(row, by=elder_care_clerk, places={file.sheets.get().pk: (1, 2)}, reason="  ")
    place(row, by=elder_care_clerk, pages={file.pk: [2]})
    sheet = file.sheets.get()
    assert (sheet.is_by_hand, sheet.hand_reason, sheet.place) == (True, "没有二维码，看页脚页码", "1-2")
    told = history(row).filter(event=events.ScanPlaced.code).get().happened
    assert told is not None
    assert list(told.details()) == ["一页.pdf 第 1 页是第 1 份正本第 2 页", "理由：没有二维码，看页脚页码"]


def test_the_table_says_of_each_page_what_is_there_and_whose_a_foreign_page_is_to_whom_it_concerns(
    client: Client, row: Agreement, scan: Callable[..., Scan], elder_care_clerk: User, medical_clerk: User
) -> None:
    other = lifecycle.start_draft(row.drafted_by, by=elder_care_clerk)
    one, two, three = read_from(row)
    code = three["codes"][0]
    theirs = f"/v/{other.number}/1/1-3/{DIGEST}"
    scan(one, two, two, {"codes": [code], "compared": {"code": code, "same": True}}, code_only(theirs), {})
    client.force_login(elder_care_clerk)
    page = words(client.get(reverse("agreement-signing", args=[row.number])).content.decode())
    cells = ("有", "重复", "没有签章", "可不交")
    assert all(cell in page for cell in cells)
    assert f"：是协议 {other.number} 的，请取回或者更换" in page
    assert "：读不出是哪一页，或者和正本对不上，请由上传的人标明" in page
    client.force_login(medical_clerk)
    for name in ("agreement-signing", "agreement-certify"):
        page = words(client.get(reverse(name, args=[row.number])).content.decode())
        assert "：是另一份协议的，请取回或者更换" in page
        assert other.number not in page, "a draft that is not theirs"


def test_a_page_scanned_twice_in_one_file_is_left_out_by_its_uploader(
    client: Client, row: Agreement, scan: Callable[..., Scan], elder_care_clerk: User, medical_clerk: User
) -> None:
    one, two, three = read_from(row)
    file = scan(one, two, two, three)
    second = file.sheets.get(picture__number=3)
    client.force_login(elder_care_clerk)
    form = client.get(reverse("agreement-signing", args=[row.number])).context["placing"]
    assert [sheet.number for sheet, _ in form.rows] == [2, 3]
    fields = {f"page_{sheet.pk}": "0" if sheet == second else "1-2" for sheet, _ in form.rows}
    answer = client.post(reverse("scan-place", args=[row.number]), {**fields, "reason": "扫了两遍"})
    assert answer.status_code == 302
    assert shown_of(row).words == []
    assert certified(row, by=medical_clerk).state == Agreement.State.IN_FORCE


BACK: Seen = {"codes": [], "turned": 0, "white": True}


def test_all_empty_backs_are_set_aside_at_once(
    client: Client, row: Agreement, scan: Callable[..., Scan], elder_care_clerk: User, medical_clerk: User
) -> None:
    one, two, three = read_from(row)
    file = scan(one, BACK, two, BACK, three, BACK, {})
    client.force_login(elder_care_clerk)
    where, blanks = reverse("agreement-signing", args=[row.number]), reverse("scan-blanks", args=[row.number])
    page = words(client.get(where).content.decode())
    assert "有 3 张几乎全白、没有二维码，像是双面扫描的空白背面：扫描件.pdf 第 2、4、6 页" in page
    assert "这 3 张空白页都不是协议页" in page
    backs = [sheet.pk for sheet in file.sheets.all() if sheet.is_blank]
    unread = file.sheets.get(picture__number=7)
    answer = client.post(blanks, {"blank": [*backs, unread.pk]})
    assert (answer.status_code, findings(file)[1]) == (422, (Finding.UNREADABLE, ""))
    assert "扫描件.pdf 第 7 页不是空白页" in answer.content.decode()
    assert client.post(blanks, {"blank": backs}).status_code == 302
    none = (Finding.NO_PAGE, "0")
    assert findings(file)[1::2] == [none, none, none]
    assert findings(file)[6] == (Finding.UNREADABLE, ""), "nobody has said anything of it"
    assert "已标明 3 张空白页都不是协议页" in client.get(where).content.decode()
    assert "空白页都不是协议页" not in client.get(where).content.decode()
    lifecycle.place_pages(row, by=elder_care_clerk, places={unread.pk: None}, reason="扫坏了")
    assert certified(row, by=medical_clerk).state == Agreement.State.IN_FORCE


def test_empty_backs_are_set_aside_by_who_sent_them(
    row: Agreement, scan: Callable[..., Scan], elder_care_clerk: User, medical_clerk: User
) -> None:
    [back] = scan(BACK).sheets.all()
    with pytest.raises(NotAllowed):
        lifecycle.set_blanks_aside(row, by=medical_clerk, pages=[back.pk])
    with pytest.raises(Unacceptable, match="请至少选择一页"):
        lifecycle.set_blanks_aside(row, by=elder_care_clerk, pages=[])
    assert lifecycle.set_blanks_aside(row, by=elder_care_clerk, pages=[back.pk]) == 1
    with pytest.raises(Unacceptable, match="已经标明过"):
        lifecycle.set_blanks_aside(row, by=elder_care_clerk, pages=[back.pk])


def test_the_page_of_sending_offers_to_replace_a_file(
    client: Client, row: Agreement, scan: Callable[..., Scan], elder_care_clerk: User, medical_clerk: User
) -> None:
    old = scan({}, name="旧.pdf")
    where = reverse("agreement-signing", args=[row.number])
    client.force_login(elder_care_clerk)
    assert "代替 旧.pdf" in client.get(where).content.decode()
    client.force_login(medical_clerk)
    assert "代替 旧.pdf" not in client.get(where).content.decode(), "it is not theirs"
    lifecycle.take_back_scan(row, by=elder_care_clerk, scan=old.pk)
    client.force_login(elder_care_clerk)
    assert "代替 旧.pdf" not in client.get(where).content.decode()


def test_certifying_by_whoever_has_compared_nothing_is_refused_with_the_number_of_pages_left(
    row: Agreement, scan: Callable[..., Scan], medical_clerk: User, colleague: User
) -> None:
    scan(*read_from(row))
    ticked(row, by=medical_clerk)
    with pytest.raises(Unacceptable, match="还有 3 页您没有逐页核对"):
        lifecycle.certify(row, by=colleague, seen=seen_of(row))
    assert [sheet.ticks.count() for sheet in waiting_sheets(row)] == [1, 1, 1]
    assert lifecycle.certify(row, by=medical_clerk, seen=seen_of(row)).certified_at
