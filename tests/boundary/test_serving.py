"""The three ways of giving out a stored file, and that there is no fourth."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.conf import settings as project_settings
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import Resolver404, resolve
from storages.backends.s3 import S3Storage

from agreements.documents import renditions
from agreements.models import Counterpart, Scan
from boundary.checks import a_proxy_that_is_there, limits_can_be_read, one_way_to_give_out_files
from boundary.serving import PROXY_PLACE, disposition, served
from filing import receipts
from filing.models import Filing

CHINESE = "越城区福星养老院-正本1.pdf"
RANDOM = re.compile(r"/[0-9a-f]{32}[/.]")


def stored(name: str = "scans/1/秘密 a.pdf") -> Scan:
    """Return an unsaved row with a stored file."""
    scan = Scan()
    scan.file.save(name, ContentFile(b"%PDF-1.7 x"), save=False)
    return scan


@pytest.mark.django_db
def test_streamed_without_a_proxy() -> None:
    response = served(stored().file, name=CHINESE, content_type="application/pdf")
    assert response.getvalue() == b"%PDF-1.7 x"
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{quoted(CHINESE)}"
    assert response["Content-Type"] == "application/pdf"
    assert (response["Cache-Control"], response["X-Content-Type-Options"]) == ("private, no-store", "nosniff")
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    response.close()


def test_by_the_proxy_without_a_byte_of_ours(settings: Any) -> None:
    settings.FILES_BY_PROXY = True
    file = stored().file
    response = served(file, name=CHINESE, content_type="application/pdf")
    assert response.getvalue() == b""
    assert unquote(response["X-Accel-Redirect"]) == PROXY_PLACE + str(file.name)
    assert response["X-Accel-Redirect"].isascii()
    assert quoted(CHINESE) in response["Content-Disposition"]


@pytest.mark.django_db
def test_framed_is_for_our_own_frames_only() -> None:
    response = served(stored().file, name="a.pdf", content_type="application/pdf", framed=True)
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    response.close()


def test_from_a_bucket_by_an_address_that_is_signed_for_a_minute(settings: Any) -> None:
    settings.S3_BUCKET = "agreements"
    scan = stored()
    scan.file.storage = S3Storage(
        bucket_name="agreements",
        access_key="key",
        secret_key="secret",
        region_name="cn-north-1",
        endpoint_url="https://s3.example",
    )
    response = served(scan.file, name=CHINESE, content_type="application/pdf")
    assert response.status_code == 302
    asked = parse_qs(urlsplit(response["Location"]).query)
    assert asked["X-Amz-Expires"] == ["60"]
    assert asked["response-content-type"] == ["application/pdf"]
    assert quoted(CHINESE) in asked["response-content-disposition"][0]
    assert asked["response-cache-control"] == ["private, no-store"]
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "name",
    [
        "a\r\nSet-Cookie: x=1.pdf",
        'a"; filename="b.exe',
        "../../etc/passwd",
        "..\\..\\boot.ini",
        "a\0b.pdf",
        "\u202efdp.exe",
    ],
)
def test_a_name_begins_no_header_and_leaves_no_folder(name: str) -> None:
    header = disposition(name)
    assert header.isascii()
    assert header.isprintable()
    told = unquote(header)
    assert not any(bad in told for bad in ("\r", "\n", "\0", "/", "\\..", "\u202e"))
    assert header.startswith("attachment; filename")
    assert header.count('"') in {0, 2}


def test_nothing_is_asked_for_by_a_names_absence() -> None:
    assert "file" in disposition("\r\n")


@pytest.mark.django_db
def test_no_address_leads_to_the_storage(client: Client, elder_care_clerk: Any) -> None:
    """No MEDIA_URL, nothing under it, and the proxy's own place is not an address of ours."""
    assert not project_settings.MEDIA_URL.strip("/")
    client.force_login(elder_care_clerk)
    for url in ("/media/", PROXY_PLACE, "/scans/1/x.pdf", "/agreements/1/x/copy1.pdf", "/static/../var/secret-key"):
        with pytest.raises(Resolver404):
            resolve(url)
        assert client.get(url).status_code == 404


@pytest.mark.django_db
def test_names_in_the_storage_cannot_be_guessed(in_state: Callable[[Filing.State], Filing]) -> None:
    filing = in_state(Filing.State.ACCEPTED)
    renditions.render(filing.agreement.renditions.get().pk)
    receipts.make(filing.pk)
    filing.refresh_from_db()
    copies = Counterpart.objects.filter(rendition__agreement=filing.agreement)
    names = [str(copy.file.name) for copy in copies]
    names += [str(scan.file.name) for scan in Scan.objects.filter(agreement=filing.agreement)]
    names.append(str(filing.receipt.file.name))
    assert len(names) >= 4
    assert not [name for name in names if not RANDOM.search(name)]


def test_settings_that_cannot_work_are_told(settings: Any) -> None:
    assert not one_way_to_give_out_files()
    settings.FILES_BY_PROXY, settings.BEHIND_PROXY, settings.S3_BUCKET = True, False, "bucket"
    assert [each.id for each in one_way_to_give_out_files()] == ["boundary.E001"]
    assert [each.id for each in a_proxy_that_is_there()] == ["boundary.E002"]
    settings.RATE_LIMITS = {"search": {"account": "often"}}
    assert [each.id for each in limits_can_be_read()] == ["boundary.E003"]


def quoted(text: str) -> str:
    """Percent-encode as RFC 5987 wants it, letters and digits as they are."""
    return "".join(char if char.isascii() and (char.isalnum() or char in "-._") else pct(char) for char in text)


def pct(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode())
