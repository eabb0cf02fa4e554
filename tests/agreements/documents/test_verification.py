"""What the code of a printed page tells anyone: genuine, a draft, or not of this place; and nobody's name."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements import lifecycle
from agreements.documents import renditions
from agreements.documents.press import paper_of
from agreements.models import Agreement
from frame.templatetags.dates import cn_day
from institutions.models import Role
from tests.agreements.making import agreed
from tests.reading import words

SITE = "https://yiyang.example"


def address(agreement: Agreement, *, copy: int = 1, page: int = 1, pages: int | None = None) -> str:
    """The path that the QR code of one page holds."""
    fresh = Agreement.objects.with_parties().get(pk=agreement.pk)
    rendition = fresh.renditions.filter(page_count__gt=0).first()
    assert rendition is not None
    whole = paper_of(fresh, site=SITE).address(copy, page, pages or rendition.page_count)
    return whole.removeprefix(SITE.upper())


def rendered(agreement: Agreement, by: User) -> Agreement:
    renditions.render(renditions.request(agreement, by=by).pk)
    return agreement


@pytest.fixture
def final(draft: Agreement, elder_care_clerk: User, medical_clerk: User) -> Agreement:
    return rendered(agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk), elder_care_clerk)


@pytest.mark.parametrize("once", [str.lower, str])
def test_the_small_letters_of_older_copies_still_verify(
    once: Callable[[str], str], client: Client, final: Agreement
) -> None:
    new = address(final)
    assert new.startswith("/V/")
    old = new.replace("/V/", "/v/").replace(new[-16:], new[-16:].lower())
    assert verdict(client, once(old)) == "final"
    assert final.number in client.get(once(old)).content.decode()


def verdict(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    found: str = response.context["verdict"]
    return found


def test_every_page_of_every_final_copy_is_genuine(client: Client, final: Agreement) -> None:
    for copy in range(1, 5):
        for page in (1, 2):
            assert verdict(client, address(final, copy=copy, page=page)) == "final"


def test_nobody_is_sent_to_look_on_paper_for_a_digest_that_is_not_printed(client: Client, final: Agreement) -> None:
    page = words(client.get(address(final)).content.decode())
    assert "请对照上面的编号和页码与纸上印的是否相同" in page
    assert "文本摘要在二维码里，一般不印成文字" in page


def test_a_printed_draft_is_called_a_draft(client: Client, draft: Agreement, elder_care_clerk: User) -> None:
    assert verdict(client, address(rendered(draft, elder_care_clerk))) == "draft"


def test_a_page_of_a_text_given_up_is_void(client: Client, final: Agreement, medical_clerk: User) -> None:
    printed = address(final)
    lifecycle.withdraw(final, by=medical_clerk, reason="费用没有谈妥")
    assert verdict(client, printed) == "voided"
    page = client.get(printed).content.decode()
    assert f"已作废的文本，自{cn_day(timezone.localdate())}起作废" in page
    assert "不能再使用" in page
    for secret in ("费用没有谈妥", "越城区福星养老院", "起草中", "现在的文本"):
        assert secret not in page


@pytest.mark.parametrize("person", ["elder_care_clerk", "medical_clerk"])
def test_a_voided_page_leads_whoever_may_see_it_to_the_present_text(
    person: str, client: Client, final: Agreement, stranger: User, request: pytest.FixtureRequest
) -> None:
    medical_clerk = request.getfixturevalue("medical_clerk")
    printed, where = address(final), reverse("agreement-detail", args=[final.number])
    lifecycle.withdraw(final, by=medical_clerk, reason="费用没有谈妥")
    client.force_login(stranger)
    assert where not in client.get(printed).content.decode()
    client.force_login(request.getfixturevalue(person))
    assert where in client.get(printed).content.decode()
    assert client.get(where).status_code == 200


def test_the_same_words_frozen_again_are_genuine_and_the_old_pages_stay_void(
    client: Client, final: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    old = address(final)
    draft = lifecycle.withdraw(final, by=medical_clerk, reason="费用没有谈妥")
    assert verdict(client, old) == "voided"
    again = rendered(agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk), elder_care_clerk)
    new = address(again)
    assert new != old
    assert (verdict(client, old), verdict(client, new)) == ("voided", "final")


def test_a_printed_draft_stays_a_draft_when_its_words_are_frozen(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    printed = address(rendered(draft, elder_care_clerk))
    final = rendered(agreed(draft, drafter=elder_care_clerk, answerer=medical_clerk), elder_care_clerk)
    assert (verdict(client, printed), verdict(client, address(final))) == ("draft", "final")


def test_what_was_never_printed_is_unknown(client: Client, final: Agreement) -> None:
    good = address(final)
    assert verdict(client, address(final, copy=5)) == "unknown"
    assert verdict(client, address(final, page=99)) == "unknown"
    assert verdict(client, address(final, pages=99)) == "unknown"
    assert verdict(client, good[:-1]) == "unknown"  # fewer digits would fit more texts
    assert verdict(client, good[:-16] + "0" * 16) == "unknown"
    assert verdict(client, good.replace(final.number, "YY1999-000001")) == "unknown"


def test_whoever_sees_the_agreement_is_told_whose_it_is_and_led_there(
    client: Client, final: Agreement, elder_care_clerk: User, stranger: User, health_reviewer: User
) -> None:
    """What they see anyway; before it is in force that is nobody of a bureau."""
    lifecycle.record_signing(final, by=elder_care_clerk, role=Role.ELDER_CARE, on=timezone.localdate())
    where, day = reverse("agreement-detail", args=[final.number]), cn_day(timezone.localdate())
    client.force_login(elder_care_clerk)
    page = client.get(address(final)).content.decode()
    assert f"越城区福星养老院，{day}签章" in page
    assert "越城区塔山街道社区卫生服务中心" in page
    assert where in page
    for person in (stranger, health_reviewer):
        client.force_login(person)
        page = client.get(address(final)).content.decode()
        assert "越城区福星养老院" not in page.partition("<main")[2], person
        assert where not in page, person


def test_nobody_is_named(client: Client, final: Agreement) -> None:
    page = client.get(address(final)).content.decode()
    for secret in ("越城区福星养老院", "越城区塔山街道社区卫生服务中心", "赵堃", "0575"):
        assert secret not in page
