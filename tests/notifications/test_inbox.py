"""The inbox: one's own notices, unread ones counted in the frame of every page."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from notifications import ledger
from notifications.models import Notice
from notifications.views import PER_PAGE
from tests import factories
from tests.notifications.conftest import told

pytestmark = pytest.mark.django_db
INBOX = reverse("inbox")


@pytest.fixture
def reader(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def text(client: Client, address: str = INBOX) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_inbox_says_what_will_come(reader: Client) -> None:
    page = text(reader)
    assert "还没有消息" in page
    assert "全部标为已读" not in page


def test_notices_stand_newest_first_with_their_words(reader: Client, person: User) -> None:
    told(person, "1")
    told(person, "2")
    page = text(reader)
    assert page.index("第 2 期提醒") < page.index("第 1 期提醒")
    assert "内容" in page
    assert "未读 2 条" in page
    for notice in Notice.objects.all():
        assert f'href="{reverse("inbox-open", args=[notice.pk])}">{notice.title}</a>' in page


def test_the_act_comes_first_and_no_name_twice(reader: Client, person: User) -> None:
    """The letter has every fact in a line; beside its title the inbox needs the rest only."""
    notice = told(person)
    notice.title = "协议已生效：福星养老院 与 塔山街道社区卫生服务中心"
    notice.body = (
        "协议编号：YY2026-000001\n养老服务机构：福星养老院\n医疗卫生机构：塔山街道社区卫生服务中心\n"
        "生效日期：2026年11月1日\n\n请在期限内报送备案。\n是否续签：否"
    )
    assert notice.acts == ["请在期限内报送备案。"]
    assert notice.facts == ["协议编号：YY2026-000001", "生效日期：2026年11月1日", "是否续签：否"]
    notice.title = "协议已生效：福星养老院 与 塔山……"  # a long name is cut there, and stands in full below
    assert "医疗卫生机构：塔山街道社区卫生服务中心" in notice.facts
    notice.body = ""
    assert notice.acts == notice.facts == []


def test_opening_marks_as_read_and_goes_to_the_matter(reader: Client, person: User) -> None:
    notice = told(person, url="/institutions/")
    response = reader.get(reverse("inbox-open", args=[notice.pk]))
    assert (response.status_code, response["Location"]) == (302, "/institutions/")
    notice.refresh_from_db()
    first = notice.read_at
    assert first is not None
    reader.get(reverse("inbox-open", args=[notice.pk]))
    notice.refresh_from_db()
    assert notice.read_at == first


def test_unread_alone(reader: Client, person: User) -> None:
    read = told(person, "1")
    told(person, "2")
    reader.get(reverse("inbox-open", args=[read.pk]))
    page = text(reader, f"{INBOX}?show=unread")
    assert "第 2 期提醒" in page
    assert "第 1 期提醒" not in page


def test_all_read_at_once(reader: Client, person: User) -> None:
    for period in "123":
        told(person, period)
    page = reader.post(reverse("inbox-read"), follow=True).content.decode()
    assert "已将 3 条消息标为已读" in page
    assert not Notice.objects.unread().exists()
    assert "没有未读消息" in text(reader, f"{INBOX}?show=unread")


def test_reading_all_needs_a_post(reader: Client) -> None:
    assert reader.get(reverse("inbox-read")).status_code == 405


def test_another_persons_notice_is_not_there(reader: Client, person: User) -> None:
    other = factories.UserFactory.create()
    theirs = told(other)
    mine = told(person)
    assert reader.get(reverse("inbox-open", args=[theirs.pk])).status_code == 404
    reader.post(reverse("inbox-read"))
    theirs.refresh_from_db()
    mine.refresh_from_db()
    assert theirs.read_at is None
    assert mine.read_at is not None


def test_what_was_passed_over_is_not_there(reader: Client, person: User) -> None:
    ledger.pass_over("test", subject=person, recipients=[person], periods=["1"], title="早先的提醒", url="/")
    notice = Notice.objects.get()
    assert "早先的提醒" not in text(reader)
    assert reader.get(reverse("inbox-open", args=[notice.pk])).status_code == 404


def test_the_page_says_how_the_mail_fared(reader: Client, person: User) -> None:
    told(person, "1")
    told(person, "2")
    Notice.objects.filter(period="1").update(state=Notice.State.FAILED)
    Notice.objects.filter(period="2").update(state=Notice.State.NO_ADDRESS)
    page = text(reader)
    assert "邮件没有送达" in page
    assert "未登记邮箱" in page


def test_many_notices_come_in_pages_at_the_same_cost(
    reader: Client, person: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(PER_PAGE + 1):
        told(person, str(number))
    text(reader)
    with django_assert_num_queries(6):  # session, person, count, page, unread, posts
        page = text(reader)
    assert f'href="{INBOX}"' in page
    assert "第 2 页" in page
    assert "第 0 期提醒" in text(reader, f"{INBOX}?page=2")


def test_every_page_counts_the_unread(reader: Client, person: User) -> None:
    assert "unread-count" not in text(reader, reverse("institution-list"))
    told(person)
    assert "unread-count" in text(reader, reverse("institution-list"))
