"""What the pages say of a filing: every day under its own word, every result with its own mark."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.text.filling import FilledLine, Run
from chinese.dates import cn_day
from filing import batches, lifecycle
from filing.comparison import compare
from filing.models import Batch, Filing, Receipt
from tests.filing.fixtures import InState
from tests.reading import chips, facts, table_rows, words

State = Filing.State
DUE, REVIEW = date(2031, 3, 3), date(2032, 4, 4)


def dated(filing: Filing) -> Filing:
    """Give each deadline that the filing has so far a day of its own."""
    days = {"due_on": DUE, "review_due_on": REVIEW}
    Filing.objects.filter(pk=filing.pk).update(**{name: day for name, day in days.items() if getattr(filing, name)})
    return filing


def seen(client: Client, user: User, name: str, *args: object, **asked: str) -> str:
    client.force_login(user)
    response = client.get(reverse(name, args=args), asked)
    assert response.status_code == 200
    return response.content.decode()


def test_each_deadline_stands_under_its_word(
    client: Client, in_state: InState, elder_care_clerk: User, health_reviewer: User
) -> None:
    """While a copy is submitted its review runs; the day for submitting stays beside it."""
    filing = dated(in_state(State.UNDER_REVIEW))
    for person in (elder_care_clerk, health_reviewer):
        told = facts(seen(client, person, "filing-detail", filing.pk))
        assert told["报送期限"].startswith("2031年3月3日")
        assert told["受理期限"].startswith("2032年4月4日")
    [row] = table_rows(seen(client, health_reviewer, "filing-list", group="under-review"))
    assert row["期限"].startswith("2032年4月4日")


def test_a_returned_one_says_by_when_and_which_came_after_it(
    client: Client, in_state: InState, filings: dict[str, Filing], elder_care_clerk: User, health_reviewer: User
) -> None:
    returned = lifecycle.return_(dated(in_state(State.UNDER_REVIEW)), by=health_reviewer, reasons="扫描件第3页不清。")
    day = cn_day(returned.correction_due_on)
    page = words(seen(client, elder_care_clerk, "filing-detail", returned.pk))
    assert f"补正期限：{day}" in page
    assert "扫描件第3页不清。" in page
    rows = table_rows(seen(client, elder_care_clerk, "agreement-detail", returned.agreement.number))
    [row] = [row for row in rows if row.get("状态") == "退回补正"]
    assert row["备案号或期限"].startswith(f"补正期限{day}")
    lifecycle.resubmit(returned, by=elder_care_clerk, remark="已补。")
    assert "查看第 2 次报送" in words(seen(client, elder_care_clerk, "filing-detail", returned.pk))


def test_a_receipt_that_failed_says_why_and_that_the_number_holds(
    client: Client, in_state: InState, elder_care_clerk: User
) -> None:
    filing = in_state(State.ACCEPTED)
    Receipt.objects.filter(filing=filing).update(
        state=Receipt.State.FAILED,
        failure="字体缺失",
        claimed_at=None,
        finished_at=datetime(2031, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")),
    )
    page = words(seen(client, elder_care_clerk, "filing-detail", filing.pk))
    assert "备案已经受理，备案号有效。 字体缺失" in page


def test_a_batch_marks_what_was_done_and_what_was_not(
    client: Client, in_state: InState, elder_care_clerk: User, health_reviewer: User
) -> None:
    filing = in_state(State.SUBMITTED)
    client.force_login(health_reviewer)
    take_up = {"verb": "take_up", "filing": [filing.pk]}
    for result, colour in (("办成", "pine"), ("没有办成", "amber")):
        ordered = client.post(reverse("filing-batch"), take_up)
        batches.go_through(Batch.objects.latest("pk").pk)
        page = client.get(ordered["Location"]).content.decode()
        [row] = table_rows(page)
        assert (row["结果"], chips(page)[result]) == (result, colour)


def test_a_line_that_only_one_text_has_is_said_to_be_missing_in_the_other(filing: Filing) -> None:
    kept, gone, new = (FilledLine(name, "clause", "", (Run(text),)) for name, text in zip("abc", "留删加", strict=True))
    found = compare([kept, gone], [kept, new])
    page = words(render_to_string("filing/_compared.html", {"filing": filing, "comparison": found}))
    assert "协议没有 删" in page
    assert "范本没有 加" in page
