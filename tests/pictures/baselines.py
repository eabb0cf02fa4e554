"""The accepted pictures: one folder for each document, one PNG for each page that is kept."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from PIL import Image

from tests.pictures.comparing import compared, difference_picture
from tests.pictures.drawing import as_png

ACCEPTED = Path(__file__).parent
DIFFERENCES = Path(settings.BASE_DIR) / "var" / "pictures"
COMMAND = "python -m tests.pictures.accept"

Pictures = Mapping[str, Image.Image]  # by what the page is: first, signature+last, labels


def check(document: str, drawn: Pictures, *, accepted: Path = ACCEPTED, differences: Path = DIFFERENCES) -> None:
    """Compare a document's pictures with the accepted ones.

    Raises AssertionError that names each page, how much of it differs, the picture that shows it, and the command
    that accepts what came.
    """
    shown = differences / document
    shutil.rmtree(shown, ignore_errors=True)
    kept = read(document, accepted)
    wrong = [
        words
        for page in dict.fromkeys([*kept, *drawn])
        if (words := _fault(page, kept.get(page), drawn.get(page), shown))
    ]
    assert not wrong, "\n".join(
        [f"{document} does not look as accepted:", *wrong, f"If it is right so: {COMMAND} {document}"]
    )


def accept(document: str, drawn: Pictures, *, accepted: Path = ACCEPTED) -> list[str]:
    """Keep a document's pictures and return the pages that changed. What still looks the same is not written again."""
    kept = read(document, accepted)
    changed = [page for page, picture in drawn.items() if _is_new(kept.get(page), picture)]
    gone = [page for page in kept if page not in drawn]
    folder = accepted / document
    folder.mkdir(parents=True, exist_ok=True)
    for page in changed:
        (folder / f"{page}.png").write_bytes(as_png(drawn[page]))
    for page in gone:
        (folder / f"{page}.png").unlink()
    return [*changed, *gone]


def read(document: str, accepted: Path = ACCEPTED) -> dict[str, Image.Image]:
    """Return the accepted pictures of a document; none of one that is new."""
    return {path.stem: _opened(path) for path in sorted((accepted / document).glob("*.png"))}


def documents(accepted: Path = ACCEPTED) -> set[str]:
    """Return the documents that have accepted pictures."""
    return {path.parent.name for path in accepted.glob("*/*.png")}


def _opened(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.convert("L")


def _is_new(kept: Image.Image | None, drawn: Image.Image) -> bool:
    return kept is None or compared(kept, drawn).differs


def _fault(page: str, kept: Image.Image | None, drawn: Image.Image | None, shown: Path) -> str:
    """Say what is wrong with a page and write the picture that shows it, or return ""."""
    if drawn is None:
        return f"  {page}: there is an accepted picture, but no such page any more"
    if kept is None:
        return f"  {page}: no accepted picture; this came: {_written(shown, page, drawn)}"
    comparison = compared(kept, drawn)
    if not comparison.differs:
        return ""
    seen = _written(shown, page, difference_picture(comparison, f"{shown.name} {page}"))
    return f"  {page}: {comparison.in_words}: {seen}"


def _written(folder: Path, page: str, picture: Image.Image) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{page}.png"
    picture.save(path)
    return path
