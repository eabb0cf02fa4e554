"""The page on which the partner agrees: it is for the text that was read on it, not for whatever stands there now."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement
from institutions.models import Institution
from tests.agreements.making import CONTACT, save, sent

pytestmark = pytest.mark.django_db


def read_on(page: str) -> dict[str, str]:
    """Return by what the page says which text it is about."""
    return dict(re.findall(r'name="(revision|text)" value="(\w+)"', page))


def test_a_text_that_came_again_changed_is_not_agreed_to_unread(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    first = sent(draft, by=elder_care_clerk)
    client.force_login(medical_clerk)
    address = reverse("agreement-agree", args=[draft.number])
    read = read_on(client.get(address).content.decode())
    back = lifecycle.return_to_drafter(first, by=medical_clerk, reason="请改")  # a colleague, in another window
    changed = save(back, by=elder_care_clerk, step="terms", answers={**back.answers, "annual_fee": "99999.00"})
    sent(changed, by=elder_care_clerk)

    late = client.post(address, CONTACT | read)
    assert late.status_code == 422
    assert "通读最新的文本" in late.content.decode()
    assert Agreement.objects.get(pk=draft.pk).state == Agreement.State.NEGOTIATING

    now = read_on(late.content.decode())
    assert client.post(address, CONTACT | now).status_code == 302
    assert Agreement.objects.get(pk=draft.pk).state == Agreement.State.AGREED


def test_what_a_side_changes_of_itself_after_sending_is_seen_before_it_is_agreed_to(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    sent(draft, by=elder_care_clerk)
    client.force_login(medical_clerk)
    address = reverse("agreement-agree", args=[draft.number])
    page = client.get(address).content.decode()
    assert "送出以后" not in page
    Institution.objects.filter(agreements_as_elder_care=draft).update(name="另一家养老院")
    for stale in (read_on(page), {**read_on(page), "text": ""}, {"revision": read_on(page)["revision"]}):
        late = client.post(address, CONTACT | stale)
        assert (late.status_code, "通读最新的文本" in late.content.decode()) == (422, True)
    assert Agreement.objects.get(pk=draft.pk).state == Agreement.State.NEGOTIATING
    now = late.content.decode()
    assert ("送出以后" in now, "<ins>" in now) == (True, True)
    assert client.post(address, CONTACT | read_on(now)).status_code == 302
