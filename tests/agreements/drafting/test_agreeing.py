"""The page on which the partner agrees: it is for the text that was read on it, not for whatever stands there now."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement
from tests.agreements.making import CONTACT, save, sent

pytestmark = pytest.mark.django_db


def revision_on(page: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_a_text_that_came_again_changed_is_not_agreed_to_unread(
    client: Client, draft: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    first = sent(draft, by=elder_care_clerk)
    client.force_login(medical_clerk)
    address = reverse("agreement-agree", args=[draft.number])
    read = revision_on(client.get(address).content.decode())
    back = lifecycle.return_to_drafter(first, by=medical_clerk, reason="请改")  # a colleague, in another window
    changed = save(back, by=elder_care_clerk, step="terms", answers={**back.answers, "annual_fee": "99999.00"})
    sent(changed, by=elder_care_clerk)

    late = client.post(address, {**CONTACT, "revision": read})
    assert late.status_code == 422
    assert "通读最新的文本" in late.content.decode()
    assert Agreement.objects.get(pk=draft.pk).state == Agreement.State.NEGOTIATING

    now = revision_on(late.content.decode())
    assert client.post(address, {**CONTACT, "revision": now}).status_code == 302
    assert Agreement.objects.get(pk=draft.pk).state == Agreement.State.AGREED
