"""Error pages say what happened, that nothing was lost and what to do, with a code that is in the log, too."""

import errno
import io
import logging
import os
import re
from pathlib import Path

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse
from pytest_django import Settings

from accounts.events import RecoveryCodesMade
from accounts.models import User
from agreements.models import Agreement
from audit.models import Entry
from institutions.models import Authority
from tests.factories import with_device
from verbs.errors import WrongState
from yiyang import errors
from yiyang.log_lines import QuietFilter
from yiyang.request_id import RequestIdFilter, RequestIdMiddleware, current
from yiyang.urls import urlpatterns as real

CODE = re.compile(r"编号：<strong>([2-9A-Z]{8})</strong>")


REFUSES = {"reason": "这份协议现在是“文本已定”，不能撤回。"}


def refuses(request: HttpRequest) -> HttpResponse:
    raise WrongState(REFUSES["reason"])


def breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("something internal")


def has_no_room(request: HttpRequest) -> HttpResponse:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def loses_the_database(request: HttpRequest) -> HttpResponse:
    """PostgreSQL ends this connection while it answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return HttpResponse("still there")


def asks_what_is_wrong(request: HttpRequest) -> HttpResponse:
    """A mistake of ours, which no waiting mends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nonsense")
    return HttpResponse("made sense")


urlpatterns = [
    *real,
    path("refuses/", refuses),
    path("breaks/", breaks),
    path("full/", login_not_required(has_no_room)),
    path("away/", login_not_required(loses_the_database)),
    path("wrong/", login_not_required(asks_what_is_wrong)),
]
handler404 = "yiyang.errors.not_found"
handler500 = "yiyang.errors.server_error"


def code_of(response: HttpResponseBase) -> str:
    assert isinstance(response, HttpResponse)
    found = CODE.search(response.content.decode())
    assert found
    assert response["X-Request-ID"] == found.group(1)
    return found.group(1)


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_wrong_state_is_a_page_of_its_own(client: Client, elder_care_clerk: User) -> None:
    client.force_login(elder_care_clerk)
    response = client.get("/refuses/", headers={"Referer": "http://testserver/agreements/?page=2"})
    assert response.status_code == 409
    assert "不能撤回" in response.content.decode()
    assert code_of(response)
    assert 'href="/agreements/?page=2">返回刚才的页面' in response.content.decode()
    again = client.get("/refuses/", headers={"Referer": "http://testserver/refuses/"})
    assert "返回刚才的页面" not in again.content.decode()


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("reason", "adds"), [("没有等待核实的申请，也没有邀请。", True), ("已经撤回。请刷新查看。", False)]
)
def test_a_refusal_names_one_cure(
    client: Client, elder_care_clerk: User, reason: str, adds: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(REFUSES, "reason", reason)
    client.force_login(elder_care_clerk)
    page = client.get("/refuses/").content.decode()
    assert reason in page
    assert (errors.LOOK_AGAIN in page) is adds


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_fault_says_nothing_internal(client: Client, elder_care_clerk: User) -> None:
    client.force_login(elder_care_clerk)
    client.raise_request_exception = False
    response = client.get("/breaks/")
    assert response.status_code == 500
    assert "没有丢失" in response.content.decode()
    assert "internal" not in response.content.decode()
    assert code_of(response)


@pytest.mark.django_db
def test_unknown_address(client: Client, elder_care_clerk: User) -> None:
    client.force_login(elder_care_clerk)
    response = client.get("/agreements/YY-NOWHERE/")
    assert response.status_code == 404
    assert "没有找到这个页面" in response.content.decode()
    assert code_of(response)


@pytest.mark.django_db
def test_an_old_form_is_told_so() -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/sign-in/", {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert "页面放得太久了" in response.content.decode()
    assert code_of(response)


@pytest.mark.django_db
@pytest.mark.parametrize(("page", "status"), [(errors.bad_request, 400), (errors.forbidden, 403)])
def test_pages_of_refusal(rf: RequestFactory, page: object, status: int) -> None:
    response = RequestIdMiddleware(lambda request: page(request, Exception()))(rf.get("/"))  # type: ignore[operator]  # parametrized
    assert response.status_code == status
    assert "没有丢失" in response.content.decode()
    assert code_of(response)


@pytest.mark.django_db
def test_a_refusal_says_why(client: Client, elder_care_clerk: User) -> None:
    client.force_login(elder_care_clerk)
    response = client.get(reverse("people-list"))
    assert response.status_code == 403
    assert "只有这个单位的管理员可以管理它的人员。" in response.content.decode()


def numbers_on(response: HttpResponseBase) -> list[str]:
    """Return the numbers to call that the page's own text names, without its foot."""
    assert isinstance(response, HttpResponse)
    page, _, _ = response.content.decode().partition('<footer class="foot">')
    return re.findall(r'<a href="tel:([^"]+)">', page)


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_every_refusal_names_the_number_to_call(
    client: Client,
    elder_care_clerk: User,
    medical_clerk: User,
    health_reviewer: User,
    health_authority: Authority,
    civil_affairs_authority: Authority,
    settings: Settings,
) -> None:
    """The bureau that watches over one's own side; an official calls the platform."""
    settings.OPERATOR_PHONE = "0575-88000099"
    client.raise_request_exception = False
    Authority.objects.filter(pk=health_authority.pk).update(phone="0575-88000001")
    Authority.objects.filter(pk=civil_affairs_authority.pk).update(phone="0575-88000002")
    asked = {reverse("platform"): 403, "/agreements/YY-NOWHERE/": 404, "/refuses/": 409, reverse("large-print"): 405}
    calls = {elder_care_clerk: "0575-88000002", medical_clerk: "0575-88000001", health_reviewer: "0575-88000099"}
    for user, phone in calls.items():
        client.force_login(user)
        for url, status in asked.items():
            answer = client.get(url)
            assert (answer.status_code, numbers_on(answer)) == (status, [phone]), (user.username, url)
    client.force_login(elder_care_clerk)
    fault = client.get("/breaks/")
    assert (fault.status_code, numbers_on(fault)) == (500, ["0575-88000099"]), "nothing is looked up on a fault"
    Authority.objects.filter(pk=civil_affairs_authority.pk).update(phone="")
    assert numbers_on(client.get("/refuses/")) == ["0575-88000099"]
    settings.OPERATOR_PHONE = ""
    assert numbers_on(client.get("/refuses/")) == []


@pytest.mark.django_db
def test_who_asks_too_often_is_told_whom_to_call(
    client: Client,
    elder_care_clerk: User,
    civil_affairs_authority: Authority,
    settings: Settings,
    rf: RequestFactory,
) -> None:
    settings.OPERATOR_PHONE = "0575-88000099"
    Authority.objects.filter(pk=civil_affairs_authority.pk).update(phone="0575-88000002")
    request = rf.get("/")
    assert numbers_on(render(request, "429.html", {"seconds": 5, "minutes": 1})) == ["0575-88000099"]
    request.user = elder_care_clerk
    elder_care_clerk.acting = elder_care_clerk.memberships.get().place_key
    assert numbers_on(render(request, "429.html", {"seconds": 5, "minutes": 1})) == ["0575-88000002"]


@pytest.mark.django_db
def test_a_fault_asks_the_database_nothing(settings: Settings, rf: RequestFactory) -> None:
    settings.OPERATOR_PHONE = "0575-88000099"
    with CaptureQueriesContext(connection) as asked:
        page = errors.server_error(rf.get("/"))
    assert (len(asked), numbers_on(page)) == (0, ["0575-88000099"])


def test_administrators_are_called_by_one_name() -> None:
    templates = Path(__file__).parents[1] / "templates"
    assert not [each for each in templates.rglob("*.html") if "管理人员" in each.read_text()]


def test_log_lines_carry_the_code() -> None:
    record = logging.LogRecord("any", logging.INFO, "", 0, "words", None, None)
    token = current.set("ABCD2345")
    try:
        assert RequestIdFilter().filter(record)
    finally:
        current.reset(token)
    assert record.__dict__["request_id"] == "ABCD2345"


def test_an_address_that_only_forms_lead_to_is_explained_when_it_is_opened(client: Client, stranger: User) -> None:
    client.force_login(stranger)
    response = client.get(reverse("large-print"))
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "这个地址不能直接打开" in response.content.decode()


def test_what_was_refused_leads_to_the_page_of_what_it_is_about(
    client: Client, draft: Agreement, elder_care_clerk: User
) -> None:
    """Also where the browser says nothing of where it came from."""
    client.force_login(elder_care_clerk)
    onward = f'href="{reverse("agreement-detail", args=[draft.number])}">查看最新情况'
    for refused, status in (("agreement-agree", 403), ("agreement-terminate", 409), ("agreement-send", 405)):
        answer = client.get(reverse(refused, args=[draft.number]))
        assert (answer.status_code, onward in answer.content.decode()) == (status, status != 403), refused
    assert "查看最新情况" not in client.get(reverse("large-print")).content.decode()


def test_what_is_shown_once_is_not_left_for_large_print(
    client: Client, signatory: User, institution_administrator: User
) -> None:
    with_device(signatory)
    client.force_login(signatory)
    switch = reverse("large-print")
    assert f'action="{switch}"' in client.get(reverse("account")).content.decode()
    shown = client.post(reverse("recovery-codes"))
    assert shown.status_code == 200
    assert f'action="{switch}"' not in shown.content.decode()
    client.force_login(institution_administrator)
    answer = client.post(reverse("people-contacts"))
    assert (answer.status_code, f'action="{switch}"' in answer.content.decode()) == (200, False)
    assert Entry.objects.filter(event=RecoveryCodesMade.code, actor_id=signatory.pk).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls(__name__)
def test_while_the_database_is_away_pages_say_so_and_ask_again(client: Client) -> None:
    client.raise_request_exception = False
    page = client.get("/away/")
    connection.close_if_unusable_or_obsolete()  # as Django does after each request, and its test client does not
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "数据库暂时没有响应" in page.content.decode()
    assert '<meta http-equiv="refresh" content="5">' in page.content.decode()
    assert code_of(page)
    assert client.get("/sign-in/").status_code == 200, "the next request has a connection of its own"


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls(__name__)
def test_what_was_sent_while_the_database_was_away_is_not_sent_again_by_itself(client: Client) -> None:
    client.raise_request_exception = False
    page = client.post("/away/")
    connection.close_if_unusable_or_obsolete()
    assert page.status_code == 503
    assert "请稍等片刻，返回上一页核对后再提交一次" in page.content.decode()
    assert "http-equiv" not in page.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.urls(__name__)
def test_a_mistake_of_ours_is_no_absence(client: Client) -> None:
    client.raise_request_exception = False
    assert client.get("/wrong/").status_code == 500


@pytest.mark.urls(__name__)
def test_a_full_disk_is_told_as_such(client: Client) -> None:
    client.raise_request_exception = False
    page = client.post("/full/")
    assert page.status_code == 503
    assert "服务器的磁盘已满" in page.content.decode()
    assert code_of(page)


@pytest.mark.django_db
def test_a_refusal_leaves_no_stack_and_no_secret_in_the_log(client: Client, elder_care_clerk: User) -> None:
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.addFilter(QuietFilter())
    logging.getLogger("django.request").addHandler(handler)
    try:
        client.force_login(elder_care_clerk)
        assert client.get(reverse("people-list")).status_code == 403
        client.logout()
        assert client.get("/invitations/aB3-secret_of_the_link/").status_code == 404
        assert client.get("/administrators/letters/K7QM P2WX HJ4R/").status_code == 404  # typed as it is printed
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    said = lines.getvalue()
    assert ("Forbidden (Permission denied): /people/" in said, "/invitations/(hidden)/" in said) == (True, True), said
    assert ("Traceback" in said, "secret_of_the_link" in said) == (False, False)
    assert not re.search("K7QM|P2WX|HJ4R", said), said
