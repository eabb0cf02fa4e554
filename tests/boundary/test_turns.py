"""What is rendered within a request is done one at a time, and whoever comes meanwhile keeps no worker."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements.models import Agreement
from boundary import turns
from boundary.cell.slots import slot
from duties import inviting
from duties.models import Invitation
from institutions.models import Duty, Institution
from tests.access.addresses import ALL
from tests.agreements.making import sent

pytestmark = pytest.mark.django_db
RENDERS = {"partner-letter", "registering-letter", "invitation-letter", "person-password"}
# And what opens a stranger's small file while the page waits.
RENDERS |= {"verify-file", "signing-import"}


def test_a_letter_that_is_not_its_turn_asks_again_by_itself(
    client: Client, draft: Agreement, elder_care_clerk: User
) -> None:
    client.force_login(elder_care_clerk)
    address = reverse("partner-letter", args=[sent(draft, by=elder_care_clerk).number])
    with slot(settings.TURNS_FOLDER, 1):
        later = client.get(address)
        by_hand = client.get(f"{address}?by-hand").content.decode()
    page = later.content.decode()
    assert f'href="{address}?by-hand"' in page
    assert ("http-equiv" in by_hand, f'href="{address}?by-hand">现在重试</a>' in by_hand) == (False, True)
    assert (later.status_code, later["Retry-After"], later["Cache-Control"]) == (503, "5", "private, no-store")
    assert '<meta http-equiv="refresh" content="5">' in page
    assert f'href="{address}">现在重试</a>' in page
    now = client.get(address)
    assert (now.status_code, now.content[:5]) == (200, b"%PDF-")
    assert client.get(address).status_code == 200, "the turn was given back"


def test_a_turn_is_given_back_by_a_request_that_is_refused(client: Client, draft: Agreement, stranger: User) -> None:
    client.force_login(stranger)
    address = reverse("partner-letter", args=[draft.number])
    assert [client.get(address).status_code for _ in range(2)] == [404, 404]


def test_a_letter_that_is_not_its_turn_is_not_printed_and_the_form_is_good_again(
    client: Client,
    institution_administrator: User,
    elder_care_institution: Institution,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "AN_ACT_WAITS", 0.1)
    invitation, _ = inviting.invite("郑赟", Duty.CLERK, elder_care_institution, by=institution_administrator)
    client.force_login(institution_administrator)
    form = client.get(reverse("invitation-sent", args=[invitation.pk])).content.decode()
    token = form.partition('name="once" value="')[2].partition('"')[0]
    address = reverse("invitation-letter", args=[invitation.pk])
    with slot(settings.TURNS_FOLDER, 1):
        later = client.post(address, {"once": token})
    assert (later.status_code, "什么都没有改动" in later.content.decode()) == (503, True)
    assert "http-equiv" not in later.content.decode()
    assert Invitation.objects.get().printed_at is None
    assert client.post(address, {"once": token})["Content-Type"] == "application/pdf"


def test_whatever_renders_within_a_request_takes_a_turn() -> None:
    assert {str(pattern.name) for pattern in ALL if hasattr(pattern.callback, "in_turn")} == RENDERS
