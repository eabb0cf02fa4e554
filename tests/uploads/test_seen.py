"""What a cell read on the pages of a file is kept with them, compared with the papers that the purpose names."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import User
from agreements import lifecycle
from agreements.models import Agreement, Counterpart
from boundary.cell.seen import OurPage
from tests.agreements.documents.papers import made
from tests.scanning import Marks, Scanner, as_pdf, chance, codes_on, marked, printed, scanned
from tests.uploading import judge_all
from uploads import judging, sockets
from uploads.at_once import as_file
from uploads.models import Upload
from uploads.sockets import Paper, Purpose

pytestmark = pytest.mark.django_db
SLUG = "shaoxing-2024-consortium"
SEAL = (28.0, 100.0, 60.0, 50.0)


@cache
def code(page: int) -> str:
    return codes_on(made(SLUG, is_filled=True).copies[0].content)[page - 1]


@pytest.fixture
def copy() -> Counterpart:
    """A copy of ours as it is stored."""
    content = made(SLUG, is_filled=True).copies[0].content
    return Counterpart(number=1, file=default_storage.save("agreements/seen/copy1.pdf", ContentFile(content)))


@pytest.fixture
def scan() -> bytes:
    """Its second page with a seal, and its first without, both upside down."""
    pages = made(SLUG, is_filled=True).copies[0].content
    sealed = marked(printed(pages, 2), Marks(seals=[SEAL]), chance(1))
    how = Scanner(turned=180, skew=1)
    return as_pdf([scanned(page, how, chance(2)) for page in (sealed, printed(pages, 1))], how)


def kept(agreement: Agreement, content: bytes, by: User) -> Upload:
    sent = lifecycle.send_scan(agreement, by=by, file=as_file(content, "扫描件.pdf"))
    judge_all()
    return Upload.objects.get(pk=sent.pk, state=Upload.State.KEPT)


def test_pages_keep_what_was_seen_on_them(
    scanned: Agreement, elder_care_clerk: User, copy: Counterpart, scan: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Upload] = []

    def papers(upload: Upload) -> Sequence[Paper]:
        asked.append(upload)
        return [Paper(copy.file, [OurPage(page, code(page), {"甲方印章": SEAL}) for page in (1, 2)])]

    def purpose(upload: Upload) -> Purpose:
        return replace(sockets.purpose_of(upload), papers=papers)

    monkeypatch.setattr(judging, "purpose_of", purpose)
    upload = kept(scanned, scan, elder_care_clerk)
    assert set(asked) == {upload}
    second, first = (page.seen for page in upload.pages.all())
    ink = second["compared"]["ink"].pop("甲方印章")
    assert 0.01 < ink < 0.5
    assert second == {"codes": [code(2)], "turned": 180, "compared": {"code": code(2), "same": False, "ink": {}}}
    assert first["compared"] == {"code": code(1), "same": False, "ink": {"甲方印章": 0}}


def test_of_a_file_that_is_compared_with_nothing_the_codes_are_kept(
    scanned: Agreement, elder_care_clerk: User, scan: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def purpose(upload: Upload) -> Purpose:
        return replace(sockets.purpose_of(upload), papers=sockets.no_papers)

    monkeypatch.setattr(judging, "purpose_of", purpose)
    pages = kept(scanned, scan, elder_care_clerk).pages.all()
    assert [page.seen for page in pages] == [{"codes": [code(page)], "turned": 180} for page in (2, 1)]
