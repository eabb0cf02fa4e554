"""Pictures that are missing, gone or changed are named, with the command that accepts what came."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.pictures import accept, baselines
from tests.pictures.comparing import MARKED
from tests.pictures.documents import documents

PAGE = Image.new("L", (200, 280), 255)
NAME = "qingshan-2026-blank"  # a template that nobody has published


@pytest.fixture
def changed() -> Image.Image:
    page = PAGE.copy()
    ImageDraw.Draw(page).rectangle((50, 50, 89, 54), fill=0)
    return page


def test_every_document_has_its_pictures_and_nothing_is_left_over() -> None:
    names = {name for name, _ in documents()}
    missing = names - baselines.documents()
    assert not missing, f"no accepted pictures of {sorted(missing)}: {baselines.COMMAND}"
    assert baselines.documents() - names == set(), f"left over: {baselines.COMMAND}"


def test_a_new_document_fails_with_the_command_until_it_is_accepted(tmp_path: Path) -> None:
    with pytest.raises(AssertionError) as failure:
        baselines.check(NAME, {"first": PAGE}, differences=tmp_path)
    assert str(failure.value).splitlines()[0] == f"{NAME} does not look as accepted:"
    assert f"first: no accepted picture; this came: {tmp_path / NAME / 'first.png'}" in str(failure.value)
    assert str(failure.value).endswith(f"If it is right so: python -m tests.pictures.accept {NAME}")
    assert (tmp_path / NAME / "first.png").exists()


def test_a_changed_page_is_named_with_its_share_and_a_picture(tmp_path: Path, changed: Image.Image) -> None:
    baselines.accept(NAME, {"first": PAGE, "last": PAGE}, accepted=tmp_path)
    with pytest.raises(AssertionError) as failure:
        baselines.check(NAME, {"first": PAGE, "last": changed}, accepted=tmp_path, differences=tmp_path / "differences")
    seen = tmp_path / "differences" / NAME / "last.png"
    [line] = [line for line in str(failure.value).splitlines() if "last" in line]
    assert "% of the dots differ (" in line
    assert "of 56,000)" in line
    assert line.endswith(str(seen))
    with Image.open(seen) as picture:
        assert picture.width > 3 * 2 * PAGE.width, "expected, got and the difference beside each other, enlarged"
        colours = {colour for _, colour in picture.getcolors(100_000) or []}
    assert MARKED in colours


def test_a_page_that_is_gone_fails(tmp_path: Path) -> None:
    baselines.accept(NAME, {"first": PAGE, "last": PAGE}, accepted=tmp_path)
    with pytest.raises(AssertionError, match="last: there is an accepted picture, but no such page any more"):
        baselines.check(NAME, {"first": PAGE}, accepted=tmp_path, differences=tmp_path / "differences")


def test_accepting_writes_what_changed_and_removes_what_is_gone(tmp_path: Path, changed: Image.Image) -> None:
    assert baselines.accept(NAME, {"first": PAGE, "last": PAGE}, accepted=tmp_path) == ["first", "last"]
    nearly = PAGE.copy()
    nearly.putpixel((3, 3), 200)
    written = (tmp_path / NAME / "first.png").read_bytes()
    assert baselines.accept(NAME, {"first": nearly}, accepted=tmp_path) == ["last"]
    assert (tmp_path / NAME / "first.png").read_bytes() == written
    assert baselines.accept(NAME, {"first": changed}, accepted=tmp_path) == ["first"]
    baselines.check(NAME, {"first": changed}, accepted=tmp_path, differences=tmp_path / "differences")


def test_an_old_difference_does_not_outlive_the_next_run(tmp_path: Path) -> None:
    baselines.accept(NAME, {"first": PAGE}, accepted=tmp_path)
    old = tmp_path / "differences" / NAME / "first.png"
    old.parent.mkdir(parents=True)
    old.touch()
    baselines.check(NAME, {"first": PAGE}, accepted=tmp_path, differences=tmp_path / "differences")
    assert not old.exists()


def test_the_command_accepts_by_how_names_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert accept.main(["filing-receipt"], accepted=tmp_path) == 0
    assert baselines.documents(tmp_path) == {"filing-receipt", "filing-receipt-long"}
    assert capsys.readouterr().out.count(".png") == 2
    assert accept.main(["filing-receipt"], accepted=tmp_path) == 0
    assert capsys.readouterr().out == "", "nothing changed"


def test_the_command_refuses_what_nobody_knows(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        accept.main(["no-such-template"])
    assert "no document is called no-such-template; there are: " in capsys.readouterr().err
