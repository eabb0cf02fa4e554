"""What is typed stays what was typed: in queries, pages, letters and papers."""

import re
import socket
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import product

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from pypdfium2 import PdfDocument

from accounts.models import User
from agreements.documents.press import paper_of, preview_pdf
from agreements.documents.renderer import render
from agreements.documents.typesetting import NothingOutside, OutsideFetchRefused
from agreements.models import Agreement, TemplateVersion
from exports.sockets import LISTS
from institutions.models import Institution
from notifications.channels import Letter
from regions.models import Region
from tests.access.world import World
from tests.agreements.making import complete_draft, sent
from tests.exporting import exported
from tests.security.walking import visits

SCRIPT = "<script>alert('1')</script>"
TEMPLATE = "{{ 7|add:7 }}{% debug %}"
TYPED = [
    "'; DROP TABLE agreements_agreement; -- \" OR 1=1 \\%_%%s%(x)s{}",
    "\x00a",
    "9" * 40,
    "长\U00020164\u202e\ud7ff" * 200,
    SCRIPT + TEMPLATE,
]
WORST = f"'\"\\%{SCRIPT}{'9' * 40}"
OF_EXPORTS = {"sort", "q", "on", "region", "kind", "group"}


class Fields(HTMLParser):
    """Collects the names that a page's own forms send by GET."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self._by_get = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._by_get = (given.get("method") or "get").lower() == "get"
        if self._by_get and tag in {"input", "select", "button"} and given.get("name"):
            self.names.add(str(given["name"]))


def asked_by(page: str) -> set[str]:
    fields = Fields()
    fields.feed(page)
    return fields.names | set(re.findall(r'href="\?(?:[^"]*&amp;)?(\w+)=', page))


@pytest.mark.django_db
def test_every_parameter_of_every_list(
    draft: Agreement, county: Region, request: pytest.FixtureRequest, client: Client
) -> None:
    """Whatever is typed is no fault of ours and is printed as it was typed: at every address without an object."""
    wrong, tried = [], 0
    lists: World = {"-": {}, "county": {"code": county.code, "pk": draft.elder_care_id or 0}}
    client.raise_request_exception = False
    for visit in visits(lists, request):
        client.force_login(visit.user)
        first = client.get(visit.url)
        body, is_page = first.getvalue(), first["Content-Type"].startswith("text/html")
        for asked in _askings(asked_by(body.decode())) if is_page else ():
            response = client.get(visit.url, asked)
            tried += 1
            if response.status_code >= 500 or (SCRIPT.encode() in response.getvalue() and is_page):
                wrong.append(f"{visit} {asked!r:.120}: {response.status_code}")
    for name in ("elder_care_clerk", "health_reviewer"):
        client.force_login(request.getfixturevalue(name))
        for slug, asked in product((each.slug for each in LISTS), _all_at_once(OF_EXPORTS)):
            response = exported(client, slug, asked)
            response.getvalue()  # a file is open until it is read to its end
            tried += 1
            wrong += [f"{slug} {asked!r:.120}: {response.status_code}"] if response.status_code >= 500 else []
    assert not wrong, "\n".join(wrong)
    assert tried > 50


def _askings(names: set[str]) -> Iterator[dict[str, str]]:
    """Yield every text in every parameter, and the worst in each alone: one refusal must not hide another."""
    if names:
        yield from _all_at_once(names)
        yield from ({name: WORST} for name in sorted(names))


def _all_at_once(names: set[str]) -> Iterator[dict[str, str]]:
    yield from (dict.fromkeys(sorted(names), text) for text in TYPED)


@pytest.fixture
def hostile(
    elder_care_institution: Institution,
    medical_institution: Institution,
    consortium: TemplateVersion,
    elder_care_clerk: User,
) -> Agreement:
    """A draft between two sides whose names are made of markup."""
    elder_care_institution.name = SCRIPT + TEMPLATE
    elder_care_institution.legal_representative = "<img src=http://evil.example/x>"
    elder_care_institution.save(update_fields=["name", "legal_representative"])
    elder_care_clerk.full_name = f"<b>{TEMPLATE}"
    elder_care_clerk.save(update_fields=["full_name"])
    return complete_draft(elder_care_institution, medical_institution, consortium, by=elder_care_clerk)


@pytest.mark.django_db
def test_names_of_markup_are_printed_as_names(
    client: Client, hostile: Agreement, elder_care_clerk: User, medical_clerk: User
) -> None:
    sent(hostile, by=elder_care_clerk)
    for user in (elder_care_clerk, medical_clerk):
        client.force_login(user)
        for url in (
            "/",
            reverse("agreement-list"),
            reverse("agreement-detail", args=[hostile.number]),
            reverse("inbox"),
        ):
            page = client.get(url).content.decode()
            assert not re.search(r"<script>alert|<img src=http|<b>\{|<b>14", page), url
            assert "14{%" not in page
            assert "&lt;script&gt;" in page or "{{ 7" not in page


@pytest.mark.django_db
def test_on_paper_they_are_words_and_fetch_nothing(hostile: Agreement) -> None:
    document = PdfDocument(preview_pdf(paper_of(hostile)))
    text = "".join(page.get_textpage().get_text_bounded() for page in document)
    squeezed = re.sub(r"\s", "", text)
    assert re.sub(r"\s", "", SCRIPT + TEMPLATE) in squeezed
    document.close()


@pytest.mark.django_db
def test_a_letter_has_one_subject_and_no_markup(elder_care_clerk: User) -> None:
    class Notice:
        title = f"标题{SCRIPT}\r\nBcc: evil@evil.example"
        body = f"{SCRIPT}{TEMPLATE}"
        created_at = elder_care_clerk.created_at

    facts = {"notice": Notice, "recipient": elder_care_clerk, "link": "https://yiyang.example/", "site": "x"}
    mail = Letter("notice", "clerk@example.com", "1@yiyang.example", facts).as_mail()
    message = mail.message()
    assert mail.recipients() == ["clerk@example.com"]
    assert message["Bcc"] is None
    assert "\n" not in mail.subject
    html = str(mail.alternatives[0][0])
    assert SCRIPT not in html
    assert TEMPLATE in html


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="{}">',
        '<link rel="stylesheet" href="{}">',
        '<link rel="attachment" href="{}">',
        "<style>@import url({}); p {{ background: url({}) }} @font-face {{ font-family: x; src: url({}) }}</style>",
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="{}" width="9" height="9"/></svg>',
        '<object data="{}"></object><embed src="{}"><iframe src="{}"></iframe>',
        '<base href="{}"><img src="x.png">',
    ],
)
def test_the_renderer_asks_nobody(markup: str, caplog: pytest.LogCaptureFixture) -> None:
    """Even where markup got into a document: nothing that it names is fetched, and the text is printed."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        html = f'<html lang="zh-CN"><title>题</title>{markup.replace("{}", address)}<p>正文</p>'
        pdf = render(html.replace("{{", "{").replace("}}", "}")).pdf
        with pytest.raises(BlockingIOError):
            server.accept()
    assert pdf.startswith(b"%PDF-")
    caplog.clear()  # its complaints were wanted here


@pytest.mark.parametrize(
    "address",
    [
        "http://x/",
        "https://x/",
        "ftp://x/",
        "file:///etc/passwd",
        "data:image/svg+xml,<svg/>",
        "gopher://x",
        "//x/y",
        "x",
    ],
)
def test_every_kind_of_address_is_refused(address: str) -> None:
    with pytest.raises(OutsideFetchRefused):
        NothingOutside().fetch(address)


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "scans/../../x", "..", "a/../../../b"])
def test_the_storage_keeps_to_its_folder(path: str) -> None:
    with pytest.raises(SuspiciousFileOperation, match=r"traversal|outside|Could not derive"):
        default_storage.path(default_storage.generate_filename(path))
