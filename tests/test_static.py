"""What is published is what pages link: each file that nobody asks for costs its compression at every start."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import get_finders
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from whitenoise.middleware import WhiteNoiseMiddleware

from yiyang.static import PublishedFilesConfig, publish

ROOT = Path(__file__).resolve().parent.parent
LINKED = re.compile(r"vendor/[\w./-]+\.(?:css|js)")


def test_of_the_libraries_only_what_a_page_links_is_published() -> None:
    sources = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.js")]
    linked = {found for path in sources for found in LINKED.findall(path.read_text(encoding="utf-8"))}
    published = {
        f"{getattr(storage, 'prefix', None) or ''}/{path}".lstrip("/")
        for finder in get_finders()
        for path, storage in finder.list(PublishedFilesConfig.ignore_patterns)
    }
    libraries = {path for path in published if path.startswith("vendor/")}
    assert {path.removesuffix(".map") for path in libraries} == linked


@pytest.fixture
def published(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """Two files of our own, published as production does it."""
    sources, settings.STATIC_ROOT = tmp_path / "sources", tmp_path / "published"
    sources.mkdir()
    (sources / "page.css").write_text("body { margin: 0 }", encoding="utf-8")
    settings.STATICFILES_DIRS = [sources]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "yiyang.static.PublishedFilesStorage"}}
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = False
    finders.get_finder.cache_clear()  # type: ignore[attr-defined]  # cached, which the stubs leave out
    publish()
    yield settings.STATIC_ROOT
    finders.get_finder.cache_clear()  # type: ignore[attr-defined]  # cached, which the stubs leave out


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=404)


@pytest.mark.django_db  # closing an answer looks after the connections
def test_only_files_of_pages_are_public(published: Path, rf: RequestFactory) -> None:
    """The list of all files and the note of the last run lie beside the folder, whoever serves it, and still work."""
    server = WhiteNoiseMiddleware(nothing)
    lying_there = {str(path.relative_to(published)) for path in published.rglob("*") if path.is_file()}
    assert {re.sub(r"\.[0-9a-f]{12}\.", ".", name) for name in lying_there} == {"page.css"}
    for name in lying_there:
        response = server(rf.get(f"/static/{name}"))
        assert response.status_code == 200
        response.close()
    for name in ("staticfiles.json", "published.sha256", "../published-list/staticfiles.json", "%00", "%ED%A0%80"):
        assert server(rf.get(f"/static/{name}")).status_code == 404, name
    listed = published.with_name("published-list")
    assert {path.name for path in listed.iterdir()} == {"staticfiles.json", "published.sha256"}
