"""What is published is what pages link: each file that nobody asks for costs its compression at every start."""

import re
from pathlib import Path

from django.contrib.staticfiles.finders import get_finders

from yiyang.static import PublishedFilesConfig

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
