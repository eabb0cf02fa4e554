"""The file itself: fonts, metadata, outline, archive format, the same bytes for the same text."""

import hashlib
import io

import pikepdf
import pytest

from agreements.documents.press import copies_of
from agreements.documents.stamping import StampedSet
from tests.agreements.documents import papers


@pytest.fixture(scope="module")
def made() -> StampedSet:
    return papers.made("shaoxing-2024-consortium", is_filled=True)


@pytest.fixture(scope="module")
def files(made: StampedSet) -> list[bytes]:
    return [*(copy.content for copy in made.copies), made.print_file.content]


def test_fonts_are_all_embedded_subset_and_readable(files: list[bytes]) -> None:
    for pdf in files:
        rows = [row.split() for row in papers.poppler("pdffonts", pdf).splitlines()[2:]]
        assert {row[0].split("+")[1] for row in rows} == {
            "Yiyang-Serif",
            "Yiyang-Serif-Bold",
            "Yiyang-Sans",
        }
        assert len(rows) == 3, "every font once, however many copies share it"
        assert all(row[-5:-2] == ["yes", "yes", "yes"] for row in rows)


def test_print_file_shares_pages_and_fonts(files: list[bytes]) -> None:
    assert len(files[-1]) < len(files[0]) * 1.25


def test_metadata_names_the_document(files: list[bytes]) -> None:
    info = dict(line.split(":", 1) for line in papers.poppler("pdfinfo", files[0]).splitlines())
    assert info["Title"].strip() == "养医联合体服务协议"
    assert info["Subject"].strip() == "协议编号 YY-330602-2026-0001"
    assert "、".join(papers.NAMES.values()).split("、")[0] in info["Author"]
    assert "医养签约" in info["Keywords"]
    assert info["Creator"].strip() == "颐养签约"
    assert info["CreationDate"].strip().startswith("Sun Nov 22")
    assert info["Encrypted"].strip() == "no"


def test_language_outline_and_archive_format(files: list[bytes]) -> None:
    for pdf, conformance in zip(files, "AAAAU", strict=True):
        with pikepdf.open(io.BytesIO(pdf)) as document:
            assert str(document.Root.Lang) == "zh-CN"
            assert len(document.trailer.ID) == 2
            assert str(document.Root.OutputIntents[0].S) == "/GTS_PDFA1"
            with document.open_metadata() as xmp:
                assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("2", conformance)
                assert xmp["dc:title"] == document.docinfo["/Title"] == "养医联合体服务协议"
                assert xmp["pdf:Keywords"] == document.docinfo["/Keywords"]
            assert document.check_pdf_syntax() == []


def test_outline_of_a_copy_names_title_and_clauses(files: list[bytes]) -> None:
    with pikepdf.open(io.BytesIO(files[0])) as document, document.open_outline() as outline:
        (title,) = outline.root
        assert title.title == "养医联合体服务协议"
        assert [child.title for child in title.children][:2] == ["一、建立医疗服务站点", "二、开展医疗查房服务"]


def test_outline_of_the_print_file_leads_to_each_copy(files: list[bytes], made: StampedSet) -> None:
    with pikepdf.open(io.BytesIO(files[-1])) as document, document.open_outline() as outline:
        pages = [page.obj.objgen for page in document.pages]
        targets = [pages.index(_page_of(item).objgen) for item in outline.root]
        assert [item.title[:6] for item in outline.root] == ["正本 1/4", "正本 2/4", "正本 3/4", "正本 4/4"]
        assert targets == [n * (made.pages_each + made.pages_each % 2) for n in range(4)]


def _page_of(item: pikepdf.OutlineItem) -> pikepdf.Object:
    assert isinstance(item.destination, pikepdf.Array)
    return item.destination[0]


def test_nothing_of_one_copy_is_in_another(files: list[bytes]) -> None:
    for number, pdf in enumerate(files[:-1], 1):
        with pikepdf.open(io.BytesIO(pdf)) as document:
            forms = [o for o in document.objects if isinstance(o, pikepdf.Stream) and o.get("/Subtype") == "/Form"]
            assert sum(bool(form.read_bytes()) for form in forms) == 1, f"copy {number} holds its own label only"


def test_digest_and_page_count_are_the_files_own(made: StampedSet) -> None:
    for file in (*made.copies, made.print_file):
        assert hashlib.sha256(file.content).hexdigest() == file.sha256
        assert papers.page_count(file.content) == file.pages
    assert {copy.pages for copy in made.copies} == {made.pages_each}


def test_same_text_gives_the_same_bytes(files: list[bytes]) -> None:
    again = copies_of(papers.template_paper("shaoxing-2024-consortium", is_filled=True))
    assert [*(copy.content for copy in again.copies), again.print_file.content] == files
