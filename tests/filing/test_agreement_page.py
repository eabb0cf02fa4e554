"""The agreement's page says where each authority's copy stands and leads there."""

from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.models import Agreement
from filing import lifecycle
from filing.models import Filing
from institutions.models import Authority


def page(client: Client, user: User, agreement: Agreement) -> str:
    client.force_login(user)
    return client.get(reverse("agreement-detail", args=[agreement.number])).content.decode()


def links(filings: dict[str, Filing], text: str) -> set[str]:
    return {kind for kind, row in filings.items() if f'href="{reverse("filing-detail", args=[row.pk])}"' in text}


def test_both_sides_and_officials_are_led_to_the_filings(
    client: Client, filings: dict[str, Filing], agreement: Agreement, medical_clerk: User, civil_affairs_officer: User
) -> None:
    for person in (medical_clerk, civil_affairs_officer):
        text = page(client, person, agreement)
        assert links(filings, text) == {Authority.Kind.HEALTH, Authority.Kind.CIVIL_AFFAIRS}
        assert "待报送" in text


def test_only_the_newest_round_is_shown(
    client: Client, filings: dict[str, Filing], agreement: Agreement, elder_care_clerk: User, health_reviewer: User
) -> None:
    row = lifecycle.submit(filings["health"], by=elder_care_clerk)
    returned = lifecycle.return_(lifecycle.take_up(row, by=health_reviewer), by=health_reviewer, reasons="第3页不清。")
    assert "退回补正" in page(client, elder_care_clerk, agreement)

    new = lifecycle.resubmit(returned, by=elder_care_clerk, remark="已重新扫描。")
    text = page(client, elder_care_clerk, agreement)
    assert links({"old": returned, "new": new}, text) == {"new"}


def test_nothing_is_said_before_it_is_in_force(client: Client, draft: Agreement, elder_care_clerk: User) -> None:
    assert 'id="filings"' not in page(client, elder_care_clerk, draft)
