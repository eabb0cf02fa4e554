"""The pages of both sides: who sees what, who may do what, what the page says."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from agreements.documents import renditions
from agreements.models import Agreement
from audit.log import history
from boundary.events import FileDownloaded
from filing import lifecycle
from filing.forms import STOCK_REASONS
from filing.models import Filing
from institutions.acting import CHOSEN
from institutions.models import Duty, Institution, Membership
from tests import factories
from tests.exporting import workbook
from tests.filing.fixtures import InState
from tests.reading import cell_value

State = Filing.State
POST_ONLY_FOR_REVIEWERS = ("filing-take-up", "filing-accept", "filing-return", "filing-hand-over")
POST_ONLY_FOR_CLERKS = ("filing-submit", "filing-withdraw", "filing-resubmit")
SEEN = ("filing-detail", "filing-receipt-panel")


def as_user(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def rows(client: Client, **asked: str) -> set[int]:
    response = client.get(reverse("filing-list"), asked)
    assert response.status_code == 200
    return {row.filing.pk for row in response.context["rows"]}


@pytest.mark.parametrize("name", [*SEEN, *POST_ONLY_FOR_CLERKS, "filing-accept", "filing-return", "filing-hand-over"])
def test_strangers_and_other_counties_get_404(
    name: str, client: Client, filing: Filing, stranger: User, other_reviewer: User, other_supervisor: User
) -> None:
    for person in (stranger, other_reviewer, other_supervisor):
        assert as_user(client, person).get(reverse(name, args=[filing.pk])).status_code == 404
        assert client.post(reverse(name, args=[filing.pk])).status_code in {404, 405}


@pytest.mark.parametrize("name", POST_ONLY_FOR_REVIEWERS)
def test_only_reviewers_of_that_authority_decide(
    name: str,
    client: Client,
    in_state: InState,
    supervisor: User,
    civil_affairs_officer: User,
    elder_care_clerk: User,
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    for person in (supervisor, civil_affairs_officer, elder_care_clerk):
        assert as_user(client, person).post(reverse(name, args=[filing.pk])).status_code == 403
    assert Filing.objects.get(pk=filing.pk).state == State.UNDER_REVIEW


@pytest.mark.parametrize("name", POST_ONLY_FOR_CLERKS)
def test_only_clerks_of_the_parties_hand_in(
    name: str, client: Client, filing: Filing, supervisor: User, health_reviewer: User, signatory: User
) -> None:
    for person in (supervisor, health_reviewer, signatory):
        assert as_user(client, person).post(reverse(name, args=[filing.pk])).status_code == 403


def test_the_whole_way_through_the_pages(
    client: Client, filing: Filing, elder_care_clerk: User, health_reviewer: User
) -> None:
    def do(user: User, name: str, pk: int, **data: str) -> int:
        response = as_user(client, user).post(reverse(name, args=[pk]), data)
        assert response.status_code == 302, name
        return int(response["Location"].rstrip("/").rpartition("/")[2])

    do(elder_care_clerk, "filing-submit", filing.pk, remark="请查收")
    do(elder_care_clerk, "filing-withdraw", filing.pk)
    do(elder_care_clerk, "filing-submit", filing.pk)
    do(health_reviewer, "filing-take-up", filing.pk)
    do(health_reviewer, "filing-return", filing.pk, reasons="缺第二页。")
    page = as_user(client, elder_care_clerk).get(reverse("filing-detail", args=[filing.pk])).content.decode()
    assert "缺第二页。" in page
    again = do(elder_care_clerk, "filing-resubmit", filing.pk, remark="已补第二页。")
    do(health_reviewer, "filing-take-up", again)
    do(health_reviewer, "filing-accept", again)
    assert Filing.objects.get(pk=again).number
    assert "正在生成备案回执" in client.get(reverse("filing-receipt-panel", args=[again])).content.decode()


@pytest.mark.parametrize(
    ("name", "state"), [("filing-return", State.UNDER_REVIEW), ("filing-resubmit", State.RETURNED)]
)
def test_reasons_and_remarks_are_asked_for(
    name: str, state: State, client: Client, in_state: InState, elder_care_clerk: User, health_reviewer: User
) -> None:
    filing = in_state(state)
    person = health_reviewer if state is State.UNDER_REVIEW else elder_care_clerk
    response = as_user(client, person).post(reverse(name, args=[filing.pk]), {"reasons": " ", "remark": ""})
    assert response.status_code == 422
    assert Filing.objects.get(pk=filing.pk).state == state


def test_a_colleague_is_told_kindly_that_it_is_gone(client: Client, in_state: InState, second_reviewer: User) -> None:
    filing = in_state(State.UNDER_REVIEW)
    response = as_user(client, second_reviewer).post(reverse("filing-take-up", args=[filing.pk]))
    assert response.status_code == 409
    assert "审核中（孙昇）" in response.content.decode()


def test_handing_over_offers_colleagues_only(
    client: Client, in_state: InState, health_reviewer: User, second_reviewer: User, civil_affairs_officer: User
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    page = as_user(client, health_reviewer).get(reverse("filing-hand-over", args=[filing.pk])).content.decode()
    assert second_reviewer.full_name in page
    assert civil_affairs_officer.full_name not in page
    response = client.post(reverse("filing-hand-over", args=[filing.pk]), {"to": civil_affairs_officer.pk})
    assert response.status_code == 422
    client.post(reverse("filing-hand-over", args=[filing.pk]), {"to": second_reviewer.pk})
    assert Filing.objects.get(pk=filing.pk).taken_up_by == second_reviewer


def test_the_review_page_shows_checks_blanks_and_the_bar(
    client: Client, in_state: InState, health_reviewer: User, supervisor: User
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    response = as_user(client, health_reviewer).get(reverse("filing-detail", args=[filing.pk]))
    page = response.content.decode()
    for words in ("固定文字没有改动", "与范本一致的", "民法典第四百九十条", "受理备案", "退回补正", "转交", "Alt 1"):
        assert words in page
    assert 'class="blank filled"' in page
    assert not [check for check in response.context["findings"].open if check.verdict == "wrong"]
    assert (
        "decision-bar"
        not in as_user(client, supervisor).get(reverse("filing-detail", args=[filing.pk])).content.decode()
    )


def test_the_copy_beside_the_text_is_the_authoritys_own(
    client: Client, in_state: InState, health_reviewer: User, other_reviewer: User
) -> None:
    filing = in_state(State.SUBMITTED)
    for rendition in filing.agreement.renditions.filter(state="queued"):
        renditions.render(rendition.pk)
    copy = as_user(client, health_reviewer).get(reverse("filing-detail", args=[filing.pk])).context["copy"]
    assert copy.holder == "health"
    response = client.get(reverse("filing-copy", args=[filing.pk]))
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "attachment" not in response["Content-Disposition"]
    response.getvalue()  # a file is open until it is read to its end
    assert not history(filing.agreement).filter(event=FileDownloaded.code).exists(), "it is read here, as the text is"
    assert as_user(client, other_reviewer).get(reverse("filing-copy", args=[filing.pk])).status_code == 404


def test_the_review_shows_the_certified_scan_page_by_page(
    client: Client, filing: Filing, health_reviewer: User
) -> None:
    scan = filing.agreement.scans.get()
    page = as_user(client, health_reviewer).get(reverse("filing-detail", args=[filing.pk])).content.decode()
    for number in range(1, scan.page_count + 1):
        url = reverse("upload-picture", args=[scan.upload_id, number])
        assert f'src="{url}"' in page
    assert client.get(url)["Content-Type"] == "image/jpeg"


def test_groups_of_both_sides(
    client: Client, in_state: InState, filings: dict[str, Filing], elder_care_clerk: User, health_reviewer: User
) -> None:
    filing, other = in_state(State.SUBMITTED), filings["civil_affairs"]
    as_user(client, elder_care_clerk)
    assert rows(client) == {other.pk}
    assert rows(client, group="with-authority") == {filing.pk}
    assert rows(client, group="all") == {filing.pk, other.pk}
    as_user(client, health_reviewer)
    assert rows(client) == rows(client, group="submitted") == {filing.pk}
    assert rows(client, group="due") == set()  # the other authority's is in "all" only
    assert rows(client, group="all", kind="civil_affairs") == {other.pk}
    assert rows(client, group="all", q="福星") == {filing.pk, other.pk}
    assert rows(client, group="all", q="没有这家") == set()
    assert rows(client, group="no-such", due="x", region="1' --") == {filing.pk}


def test_late_ones_come_first_and_are_called_late(
    client: Client, in_state: InState, filings: dict[str, Filing], supervisor: User
) -> None:
    late = in_state(State.SUBMITTED)
    Filing.objects.filter(pk=late.pk).update(review_due_on=factories.yesterday())
    response = as_user(client, supervisor).get(reverse("filing-list"), {"group": "all"})
    assert [row.filing.pk for row in response.context["rows"]] == [late.pk, filings["civil_affairs"].pk]
    assert "待接收，超期 1 天" in response.content.decode()
    assert rows(client, group="late") == rows(client, group="all", due="late") == {late.pk}


def test_the_ledger_holds_what_the_screen_shows(
    client: Client, in_state: InState, elder_care_clerk: User, health_reviewer: User
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    review_due_on, due_on = date(2032, 4, 4), date(2031, 3, 3)
    Filing.objects.filter(pk=filing.pk).update(review_due_on=review_due_on, due_on=due_on)
    filing = lifecycle.accept(filing, by=health_reviewer)
    book = workbook(as_user(client, health_reviewer), "filings", {"group": "decided"})
    _, heading, *lines = book["台账"].iter_rows(values_only=True)
    [line] = [dict(zip(heading, map(cell_value, line), strict=True)) for line in lines]
    today, agreement = timezone.localdate(), filing.agreement
    assert line == {
        "序号": 1,
        "备案号": filing.number,
        "状态": "已备案",
        "逾期": None,
        "备案部门": "越城区卫生健康局",
        "所在县区": "越城区",
        "行政区划代码": "330602",
        "养老服务机构": "越城区福星养老院",
        "医疗卫生机构": "越城区塔山街道社区卫生服务中心",
        "协议编号": agreement.number,
        "协议名称": "养医联合体服务协议",
        "生效日期": today,
        "期限起": date(2098, 1, 1),
        "期限止": date(2099, 12, 31),
        "第几次报送": 1,
        "报送期限": date(2031, 3, 3),
        "期限依据": filing.due_basis,
        "报送日期": today,
        "报送人": elder_care_clerk.full_name,
        "受理期限": date(2032, 4, 4),
        "接收日期": today,
        "审核人": health_reviewer.full_name,
        "办结日期": today,
        "退回原因": None,
        "补正期限": None,
        "补报状态": None,
        "补报日期": None,
        "结案日期": None,
        "结案人": None,
        "结案原因": None,
        "回执摘要": None,
    }
    assert "分组：最近办结" in str(list(book["说明"].iter_rows(values_only=True)))


def test_the_ledger_holds_every_filing_by_the_day_it_was_accepted(
    client: Client, in_state: InState, crowd: Callable[[int], None], health_reviewer: User
) -> None:
    """Also those that wait, unless a group is named; the day of acceptance is a filter of its own."""
    accepted = in_state(State.ACCEPTED)
    crowd(2)
    earlier = Filing.objects.exclude(pk=accepted.pk).filter(authority=accepted.authority).earliest("pk")
    numbered = {"state": State.ACCEPTED, "number": "绍越医养备〔2026〕900号", "decided_by": health_reviewer}
    numbered["submitted_at"] = accepted.submitted_at
    day_before = timezone.now() - timedelta(days=1)
    Filing.objects.filter(pk=earlier.pk).update(**numbered, decided_at=day_before)

    def numbers(**asked: str) -> list[object]:
        book = workbook(as_user(client, health_reviewer), "filings", asked)
        _, _, *lines = book["台账"].iter_rows(values_only=True)
        return [line[1] for line in lines]

    accepted.refresh_from_db()
    assert numbers()[:2] == ["绍越医养备〔2026〕900号", accepted.number]
    assert len(numbers()) == Filing.objects.visible_to(health_reviewer).count()
    today = f"{timezone.localdate()}"
    assert numbers(since=today) == [accepted.number]
    assert numbers(until=f"{timezone.localtime(day_before).date()}") == ["绍越医养备〔2026〕900号"]
    listed = client.get(reverse("filing-list"), {"group": "late"}).content.decode()
    [export] = re.findall(rf'action="{reverse("export-order", args=["filings"])}([^"]*)"', listed)
    assert "group" not in export


@pytest.fixture
def crowd(filings: dict[str, Filing]) -> Callable[[int], None]:
    """More filings with the health bureau, each of an agreement of its own."""

    def make(count: int) -> None:
        for _ in range(count):
            agreement = factories.DraftAgreementFactory.create()
            Agreement.objects.filter(pk=agreement.pk).update(medical=filings["health"].agreement.medical)
            due = filings["health"]
            Filing.objects.create(
                agreement=agreement, authority=due.authority, due_on=due.due_on, due_basis=due.due_basis
            )

    return make


@pytest.mark.parametrize("count", [1, 50])
def test_the_number_of_queries_is_constant(
    count: int,
    client: Client,
    crowd: Callable[[int], None],
    health_reviewer: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    crowd(count)
    as_user(client, health_reviewer)
    with django_assert_max_num_queries(22):
        assert client.get(reverse("filing-list"), {"group": "all"}).status_code == 200


def test_a_wrong_state_is_a_409_page_on_get_too(client: Client, filing: Filing, health_reviewer: User) -> None:
    response = as_user(client, health_reviewer).get(reverse("filing-accept", args=[filing.pk]))
    assert response.status_code == 409
    assert "待报送" in response.content.decode()


def test_a_returned_one_is_done_once_it_is_resubmitted(
    client: Client, in_state: InState, elder_care_clerk: User
) -> None:
    returned = in_state(State.RETURNED)
    again = lifecycle.resubmit(returned, by=elder_care_clerk, remark="已补。")
    assert returned.pk not in rows(as_user(client, elder_care_clerk), group="returned")
    page = client.get(reverse("filing-detail", args=[returned.pk])).content.decode()
    assert reverse("filing-detail", args=[again.pk]) in page
    assert reverse("filing-resubmit", args=[returned.pk]) not in page


def test_what_answers_a_return_is_called_the_same_on_every_page(
    client: Client, in_state: InState, elder_care_clerk: User, health_reviewer: User
) -> None:
    returned = in_state(State.RETURNED)
    there = reverse("filing-resubmit", args=[returned.pk])
    client.force_login(elder_care_clerk)
    for page in (reverse("filing-list"), reverse("filing-detail", args=[returned.pk]), "/"):
        shown = client.get(page).content.decode()
        assert re.search(rf'href="{there}"[^>]*>(?:<svg.*?</svg>)?\s*{lifecycle.RESUBMIT.label}', shown, re.DOTALL), (
            page
        )
    asked = client.get(there).context["form"]["remark"].label
    again = lifecycle.resubmit(returned, by=elder_care_clerk, remark="已补。")
    client.force_login(health_reviewer)
    shown = client.get(reverse("filing-detail", args=[again.pk])).content.decode()
    for name in (asked, "补正期限"):
        assert f"<dt>{name}</dt>" in shown
    for name in ("报送说明", "报送期限"):
        assert f"<dt>{name}</dt>" not in shown


def test_a_reason_that_comes_too_late_is_not_lost(
    client: Client, in_state: InState, health_reviewer: User, second_reviewer: User
) -> None:
    """Between opening the form and sending it a colleague takes the filing over and decides."""
    filing = in_state(State.UNDER_REVIEW)
    lifecycle.return_(
        lifecycle.hand_over(filing, by=health_reviewer, to=second_reviewer), by=second_reviewer, reasons="缺第二页。"
    )
    typed = "扫描件第3页看不清，请重新扫描。\n<b>第5页没有骑缝章。</b>"
    facts = {"reasons": typed, "stock": [STOCK_REASONS[1]], "where": "第 5 页"}
    answer = as_user(client, health_reviewer).post(reverse("filing-return", args=[filing.pk]), facts)
    assert answer.status_code == 409
    for text in (typed, STOCK_REASONS[1], "第 5 页"):
        assert escape(text) in answer.content.decode()
    assert "您刚才写的，还没有送出" in answer.content.decode()


def test_whom_nobody_can_take_over_from_is_told_why(
    client: Client, in_state: InState, health_reviewer: User, civil_affairs_officer: User
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    url = reverse("filing-hand-over", args=[filing.pk])
    page = as_user(client, health_reviewer).get(url).content.decode()
    assert "没有别的审核员能审核这份备案，现在没有人可以转交" in page
    assert "还等着确认" not in page
    assert 'name="to"' not in page, "where nobody can be chosen nothing is asked"
    review = reverse("filing-detail", args=[filing.pk])
    page = client.get(review).content.decode()
    assert "没有别的审核员能审核这份备案，现在没有人可以转交" in page
    assert f'href="{url}"' not in page
    colleague = factories.UserFactory.create(full_name="许昇")
    authority = health_reviewer.memberships.get().authority
    factories.MembershipFactory.create(
        user=colleague, authority=authority, duty=Duty.REVIEWER, state=Membership.State.WAITING
    )
    assert "另有 1 位审核员的职责还等着确认" in client.get(url).content.decode()
    seen = {"confirmed_at": timezone.now(), "seen": "居民身份证"}
    Membership.objects.filter(user=colleague).update(state=Membership.State.EFFECTIVE, **seen)
    assert "没有人可以转交" not in client.get(url).content.decode()
    page = client.get(review).content.decode()
    assert "没有人可以转交" not in page
    assert f'href="{url}"' in page


@pytest.mark.parametrize("submitted_it", [True, False])
@pytest.mark.parametrize("state", [State.SUBMITTED, State.UNDER_REVIEW])
def test_whoever_may_not_decide_on_their_own_filing_is_offered_nothing_that_is_refused(
    client: Client,
    in_state: InState,
    state: Filing.State,
    submitted_it: bool,
    second_reviewer: User,
    medical_institution: Institution,
) -> None:
    """Of the partner of another county, or moved to the bureau since."""
    filing, person = in_state(state), second_reviewer
    Filing.objects.filter(pk=filing.pk, state=State.UNDER_REVIEW).update(taken_up_by=person)
    take_up, accept, hand_over = (
        reverse(f"filing-{act}", args=[filing.pk]) for act in ("take-up", "accept", "hand-over")
    )
    here = as_user(client, person)
    assert [row.can_batch for row in here.get(reverse("filing-list")).context["rows"]] == [True]
    if submitted_it:
        Filing.objects.filter(pk=filing.pk).update(submitted_by=person)
    else:
        factories.MembershipFactory.create(user=person, institution=medical_institution, duty=Duty.SIGNATORY)
        session = client.session
        session[CHOSEN] = ["authority", filing.authority_id]
        session.save()
    [row] = here.get(reverse("filing-list")).context["rows"]
    assert (row.can_batch, row.next_act.word) == (False, "查看")
    page = here.get(reverse("filing-detail", args=[filing.pk])).content.decode()
    assert "不能由您审核。请由本部门的另一位审核员办理" in page
    assert [address in page for address in (take_up, accept, hand_over)] == [False, False, state == State.UNDER_REVIEW]


def test_nobody_is_offered_for_a_review_that_they_may_not_decide(
    client: Client,
    in_state: InState,
    health_reviewer: User,
    second_reviewer: User,
    medical_institution: Institution,
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    url = reverse("filing-hand-over", args=[filing.pk])
    assert second_reviewer.full_name in as_user(client, health_reviewer).get(url).content.decode()
    factories.MembershipFactory.create(user=second_reviewer, institution=medical_institution, duty=Duty.SIGNATORY)
    assert "现在没有人可以转交" in client.get(url).content.decode()
