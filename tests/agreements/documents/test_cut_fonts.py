"""The fonts cut at set-up: the same page and the same text from them, and from the whole fonts whatever they lack."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from fontTools.ttLib import TTFont
from PIL import ImageChops
from weasyprint.text.fonts import FontConfiguration

from agreements import checks
from agreements.documents import cut_fonts, typesetting
from agreements.documents.cut_families import with_cuts
from agreements.documents.press import preview_pdf
from boundary.printing import SERIF, FontMissing
from tests.agreements.documents import papers

COMMON = "甲方与乙方协议〔2024〕6号“签约”—堃喆昇祎赟䶮𠅤①℃。"
OUTSIDE = "赵\u3a9b"  # 㪛 is in the whole font and in no cut


@pytest.fixture(scope="module")
def cuts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of cuts, made as set-up makes them: without settings."""
    folder = tmp_path_factory.mktemp("fonts") / "new"
    subprocess.run(
        [sys.executable, "-m", "agreements.documents.cut_fonts", str(folder)],
        check=True,
        cwd=configured.BASE_DIR,
        env={"PATH": "/usr/bin:/bin"},
    )
    return folder


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what prints a text with the cuts that lie in a folder."""

    def printing(words: str, folder: Path) -> bytes:
        fonts = with_cuts(FontConfiguration(), folder)
        monkeypatch.setattr(typesetting, "_cut_fonts", lambda: fonts)
        return preview_pdf(papers.paper(papers.simple_text(words)))

    return printing


def fonts_of(pdf: bytes) -> str:
    return papers.poppler("pdffonts", pdf)


def test_each_has_what_agreements_are_made_of_and_little_else(cuts: Path) -> None:
    assert sorted(each.name for each in cuts.iterdir()) == ["sans.otf", "serif-bold.otf", "serif.otf"]
    for cut in cut_fonts.CUTS:
        with TTFont(cuts / cut.name) as font:
            points = set(font.getBestCmap())
        assert set(map(ord, COMMON + "啊齄")) <= points
        assert points <= cut_fonts.characters()
        assert ord(OUTSIDE[1]) not in points
        assert (cuts / cut.name).stat().st_size < 8_000_000


def test_a_page_is_the_same_to_the_dot_and_to_the_letter(printed: Any, cuts: Path, tmp_path: Path) -> None:
    words = COMMON * 12
    whole, cut = printed(words, tmp_path), printed(words, cuts)
    assert ("Yiyang" in fonts_of(whole), "Noto" in fonts_of(cut)) == (False, False)
    assert papers.words_of(whole) == papers.words_of(cut)
    pages = zip(papers.page_images(whole, 100), papers.page_images(cut, 100), strict=True)
    assert [ImageChops.difference(a, b).getbbox() for a, b in pages] == [None] * len(papers.words_of(whole))


@pytest.mark.parametrize("words", [f"{OUTSIDE}一。", "☑已读。"])
def test_a_text_with_what_a_cut_lacks_prints_from_the_whole_fonts(
    words: str, printed: Any, cuts: Path, tmp_path: Path
) -> None:
    whole, cut = printed(words, tmp_path), printed(words, cuts)
    names = fonts_of(cut)
    assert ("Yiyang-Serif" in names, "Noto-Serif-CJK-SC" in names) == (False, True)
    assert words in papers.squeezed(papers.type_area_text(cut))
    pages = zip(papers.page_images(whole, 100), papers.page_images(cut, 100), strict=True)
    assert [ImageChops.difference(a, b).getbbox() for a, b in pages] == [None]


def test_without_one_of_the_cuts_the_check_says_so_and_what_to_do(settings: Any, cuts: Path, tmp_path: Path) -> None:
    settings.FONTS_FOLDER = cuts
    assert checks.fonts_are_cut() == []
    settings.FONTS_FOLDER = tmp_path
    (tmp_path / "sans.otf").write_bytes(b"")
    (found,) = checks.fonts_are_cut()
    assert (found.id, "lacks serif.otf, serif-bold.otf." in found.msg) == ("agreements.W001", True)
    assert "script/setup" in str(found.hint)
    assert not found.is_serious(), "it prints without"


def test_where_it_cannot_be_cut_nothing_of_it_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cut_fonts, "CUTS", (cut_fonts.Cut("a.otf", "A", "No Such Font SC", "regular"),))
    with pytest.raises(FontMissing):
        cut_fonts.cut_all(tmp_path)
    monkeypatch.setattr(cut_fonts, "HARFBUZZ", ("libno-such-library.so.0",))
    monkeypatch.setattr(cut_fonts, "CUTS", (cut_fonts.Cut("a.otf", "A", SERIF, "regular"),))
    with pytest.raises(OSError, match="libno-such-library"):
        cut_fonts.cut_all(tmp_path)
    assert list(tmp_path.iterdir()) == []
