"""What stands beside a decision: findings before what fits, the scan before the copy, the reason beside the paper."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from filing.checks import Check, Verdict
from filing.forms import LONGEST_REASONS, STOCK_REASONS, ReturnForm
from filing.models import Filing
from filing.reviewing import Findings
from institutions.models import Institution
from tests.filing.fixtures import InState

State = Filing.State
GOOD = Check("定稿文本", Verdict.GOOD, "固定文字没有改动。")
DOUBTFUL = Check("日期", Verdict.DOUBTFUL, "双方签章相隔 40 天。")


@pytest.mark.parametrize(
    ("opened", "fitting", "words"),
    [
        ((DOUBTFUL,), (GOOD, GOOD), "1 项请看，2 项相符"),
        ((), (GOOD,), "1 项相符"),
        ((DOUBTFUL,), (), "1 项请看，0 项相符"),
    ],
)
def test_how_many_are_to_be_looked_at(opened: tuple[Check, ...], fitting: tuple[Check, ...], words: str) -> None:
    assert Findings(opened, fitting).in_words == words


def test_the_scan_comes_first_and_the_copy_is_a_tab_away(
    client: Client, in_state: InState, health_reviewer: User
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    client.force_login(health_reviewer)
    page = client.get(reverse("filing-detail", args=[filing.pk]))
    assert page.context["paper"] == "scan"
    text = page.content.decode()
    assert "scan-pages" in text
    assert "review-frame" not in text
    assert text.index('id="checks"') < text.index('class="review-copy"') < text.index('id="facts"')
    drawer = client.get(reverse("filing-return", args=[filing.pk])).content.decode()
    assert drawer.index("退回原因") < drawer.index('id="checks"') < drawer.index('class="review-copy"')
    other = client.get(reverse("filing-detail", args=[filing.pk]), {"paper": "copy"})
    assert other.context["paper"] == "copy"
    assert client.get(reverse("filing-detail", args=[filing.pk]), {"paper": "x"}).context["paper"] == "scan"


def test_a_name_that_changed_says_what_it_is_today(
    client: Client, in_state: InState, health_reviewer: User, elder_care_institution: Institution
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    client.force_login(health_reviewer)
    assert "现名" not in client.get(reverse("filing-detail", args=[filing.pk])).content.decode()
    Institution.objects.filter(pk=elder_care_institution.pk).update(name="越城区福寿养老院")
    assert "（现名越城区福寿养老院）" in client.get(reverse("filing-detail", args=[filing.pk])).content.decode()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"reasons": "第二页缺章"}, "第二页缺章"),
        ({"stock": [STOCK_REASONS[1]]}, STOCK_REASONS[1]),
        (
            {"stock": [STOCK_REASONS[0], STOCK_REASONS[3]], "where": "第 3 页", "reasons": "请一并改。"},
            f"第 3 页：{STOCK_REASONS[0]}\n{STOCK_REASONS[3]}\n请一并改。",
        ),
    ],
)
def test_what_is_ticked_and_typed_makes_the_reason(
    client: Client, in_state: InState, health_reviewer: User, sent: dict[str, object], words: str
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    client.force_login(health_reviewer)
    client.post(reverse("filing-return", args=[filing.pk]), sent)
    filing.refresh_from_db()
    assert (filing.state, filing.reasons) == (State.RETURNED, words)


def test_nothing_said_is_asked_for_with_the_paper_still_beside(
    client: Client, in_state: InState, health_reviewer: User
) -> None:
    filing = in_state(State.UNDER_REVIEW)
    client.force_login(health_reviewer)
    answer = client.post(reverse("filing-return", args=[filing.pk]), {"where": "第 3 页"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "请写明退回原因" in text
    assert 'value="第 3 页"' in text
    assert "scan-pages" in text


def test_all_together_may_be_no_longer_than_the_ledger_holds() -> None:
    form = ReturnForm({"stock": list(STOCK_REASONS), "reasons": "长" * (LONGEST_REASONS - 1)})
    assert "一共不能超过" in str(form.errors["reasons"])


def test_a_reason_that_is_not_offered_is_refused() -> None:
    assert "stock" in ReturnForm({"stock": ["别的"], "reasons": "x"}).errors
