"""The page of a file without a verdict asks again by itself, without scripts too, until it is there or stopped."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement
from tests.agreements.making import scan_pdf
from tests.uploading import judge_all
from uploads.at_once import as_file

pytestmark = pytest.mark.django_db
REFRESH = re.compile(r'<noscript>\s*<meta http-equiv="refresh"\s*content="(\d+); url=([^"]+)">\s*</noscript>')


def asks_again(page: str) -> tuple[int, str]:
    [(seconds, url)] = REFRESH.findall(page[: page.index("</head>")])
    return int(seconds), url


def test_it_asks_again_ever_later_until_the_verdict_or_until_it_is_stopped(
    client: Client, scanned: Agreement, elder_care_clerk: User
) -> None:
    upload = lifecycle.send_scan(scanned, by=elder_care_clerk, file=as_file(scan_pdf(2), "b.pdf"))
    client.force_login(elder_care_clerk)
    there = reverse("upload-state", args=[upload.pk])
    url, waited = there, []
    for _ in range(6):
        page = client.get(url).content.decode()
        seconds, url = asks_again(page)
        waited.append(seconds)
        assert url.startswith(there)
    assert waited == [5, 10, 20, 40, 60, 60]
    for odd in ("1", "999", "-5", "x", "五"):
        assert 5 <= asks_again(client.get(there, {"again": odd}).content.decode())[0] <= 60
    assert f'href="{there}?again=no">停止自动刷新' in page
    stopped = client.get(there, {"again": "no"}).content.decode()
    assert "http-equiv" not in stopped
    assert "恢复自动刷新" in stopped
    signing = reverse("agreement-signing", args=[scanned.number])
    assert f'href="{there}">等 b.pdf 的结果' in client.get(signing).content.decode()
    judge_all()
    assert client.get(url)["Location"].startswith(signing)
    assert f'href="{there}"' not in client.get(signing).content.decode()
