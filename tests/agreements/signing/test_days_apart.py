"""The two sides' days of signing far apart: said in words what was typed, and asked; never refused."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.lifecycle.days_apart import USUAL_DAYS, days_apart
from agreements.lifecycle.errors import FarApart
from agreements.lifecycle.seen import text_shown
from agreements.models import Agreement, TemplateVersion
from institutions.models import Institution, Role
from tests.agreements.making import complete_draft, ready

AGREED, LATER = datetime(2026, 3, 2, 4, tzinfo=UTC), datetime(2026, 9, 1, 4, tzinfo=UTC)
FIRST, USUAL, FAR = date(2026, 3, 3), date(2026, 4, 2), date(2026, 4, 3)


@pytest.fixture
def row(
    published: dict[str, TemplateVersion],
    elder_care_institution: Institution,
    medical_institution: Institution,
    elder_care_clerk: User,
    medical_clerk: User,
) -> Iterator[Agreement]:
    """Agreed on in March, signed by the elder care side then, and looked at in September."""
    version = published["shaoxing-2024-consortium"]
    with time_machine.travel(AGREED, tick=False) as clock:
        draft = complete_draft(elder_care_institution, medical_institution, version, by=elder_care_clerk)
        made = ready(draft, drafter=elder_care_clerk, answerer=medical_clerk)
        clock.move_to(LATER, tick=False)
        yield lifecycle.record_signing(made, by=elder_care_clerk, role=Role.ELDER_CARE, on=FIRST, days_apart_seen=0)


def test_a_month_apart_is_usual_and_a_day_more_is_not() -> None:
    assert (USUAL - FIRST).days == USUAL_DAYS
    assert [days_apart(FIRST, USUAL), days_apart(FIRST, FAR), days_apart(FAR, FIRST)] == [0, 31, 31]
    assert days_apart(FIRST, None) == 0


def test_it_is_asked_until_the_very_number_of_days_is_accepted(row: Agreement, medical_clerk: User) -> None:
    def sign(seen: int | None, on: date = FAR) -> Agreement:
        return lifecycle.record_signing(row, by=medical_clerk, role=Role.MEDICAL, on=on, days_apart_seen=seen)

    for seen in (0, 30, 32):
        with pytest.raises(FarApart, match=r"您填写的是2026年4月3日，对方登记的是2026年3月3日，相差 31 天"):
            sign(seen)
        assert not row.signatures.filter(role=Role.MEDICAL).exists()
    assert sign(31).medical_signed_on == FAR
    with pytest.raises(FarApart):
        sign(31, date(2026, 8, 3))
    assert sign(0, USUAL).medical_signed_on == USUAL


def test_where_nobody_looks_nobody_is_asked(row: Agreement, medical_clerk: User) -> None:
    assert lifecycle.record_signing(row, by=medical_clerk, role=Role.MEDICAL, on=FAR).medical_signed_on == FAR


def test_the_page_asks_and_takes_the_answer(client: Client, row: Agreement, medical_clerk: User) -> None:
    client.force_login(medical_clerk)
    address = reverse("signing-record", args=[row.number, "medical"])
    day = {"on": FAR.isoformat(), "text": text_shown(row)}
    refused = client.post(address, day)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "您填写的是2026年4月3日" in page
    assert 'name="days_apart"' in page
    assert "双方签章日期确实相差 31 天" in page
    assert client.post(address, {**day, "days_apart": "31"}).status_code == 302


def test_what_was_accepted_of_an_early_end_is_not_asked_again_beside_it(
    client: Client, row: Agreement, medical_clerk: User
) -> None:
    client.force_login(medical_clerk)
    address = reverse("signing-record", args=[row.number, "medical"])
    posted = {"on": FAR.isoformat(), "text": text_shown(row), "days_lost": "11"}
    page = client.post(address, posted).content.decode()
    assert '<input type="hidden" name="days_lost" value="11">' in page
