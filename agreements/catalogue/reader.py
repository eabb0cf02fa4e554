"""Template files: read, checked against the schema, against themselves and against the official document they name.

Every mistake is named with file, line and column, and with the right form. Knows no table: whether the region exists is
asked when the template is published.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import category

from agreements.catalogue.checks import DRAFTED, mistakes, placeholders_fit
from agreements.catalogue.mistake import Mistake
from agreements.catalogue.mistake import Path as Where
from agreements.catalogue.source_text import differences
from agreements.text.schema import Source, TemplateBody
from boundary.printing import FontMissing, refusal, unprintable
from chinese.dates import cn_partial
from regions import datafile, official
from regions.datafile import DataFile, DataFileError, FolderRead

HERE = Path(__file__).parent
DATA = HERE / "data"
SCHEMA = json.loads((HERE / "template.schema.json").read_text(encoding="utf-8"))
PLATFORM_OWN = frozenset({"supplement"})  # no region's: where it is wrong, the platform is


@dataclass(frozen=True)
class TemplateFile:
    """A template as read, with the file it stands in (for naming a line later)."""

    body: TemplateBody
    file: DataFile


def read_template(path: Path) -> TemplateFile:
    """Read one template file. Raises DataFileError with one `file:line:column: …` per mistake."""
    file = datafile.read_checked(path, SCHEMA)
    body = TemplateBody.from_json(file.data)
    found = [*_name(body, path), *_unreadable(file.data), *mistakes(body)]
    found += _against_source(body, path)
    if found:
        raise DataFileError(file.problems(found))
    return TemplateFile(body, file)


def look_through(directory: Path = DATA) -> FolderRead[TemplateFile]:
    """Read every template file of a directory, by name: what is good, and the mistakes of the rest.

    Raises DataFileError when there is no template file at all.
    """
    if not any(directory.glob("*.yaml")):
        raise DataFileError([f"{directory}：没有找到范本文件（*.yaml），请核对文件夹的路径"])
    return datafile.read_folder(directory, read_template)


def read_templates(directory: Path = DATA) -> list[TemplateFile]:
    """Read every template file of a directory, by name. Raises DataFileError with the mistakes of all files."""
    return list(look_through(directory).or_error().good)


def find_template(slug: str, directory: Path = DATA) -> TemplateFile | None:
    """Read the template file of this slug, or return None if there is none."""
    path = directory / f"{slug}.yaml"
    return read_template(path) if path in directory.glob("*.yaml") else None


def _name(body: TemplateBody, path: Path) -> Iterator[Mistake]:
    if body.slug != path.stem:
        yield ("slug",), f"slug 应与文件名相同：“{path.stem}”，请改 slug 或者改文件名"


def _unreadable(content: dict[str, Any]) -> Iterator[Mistake]:
    """Yield what nobody could see on screen or on paper: it would stop every agreement when its copies are made."""
    texts = list(datafile.texts_in(content))
    yield from datafile.unseen(text for text in texts if text[0][0] != "blocks")  # of those the words' check tells
    with suppress(FontMissing):  # told at the start
        for where, text in texts:
            if missing := [char for char in unprintable(text) if category(char) not in datafile.UNSEEN]:
                yield where, refusal(missing)


def _named(source: Source) -> Iterator[tuple[Where, str]]:
    """Yield what a document must say of itself. What stands in brackets is the platform's own remark on it."""
    if source.document_number:
        yield ("document_number",), source.document_number
    if source.issued_on.count("-") == 2:
        yield ("issued_on",), cn_partial(source.issued_on)
    for index, issuer in enumerate(source.issuers):
        if source.status != DRAFTED and "（" not in issuer:
            yield ("issuers", index), issuer


def _against_source(body: TemplateBody, path: Path) -> Iterator[Mistake]:
    """Yield where a template is not what the document says that it names: its digest, its number, its words."""
    source = body.source
    if not source.file:
        return
    document = official.document(source.file, cited_in=path)
    if document is None:
        yield ("source", "file"), official.missing(source.file, cited_in=path)
        return
    if document.digest != source.digest:
        yield ("source", "digest"), official.wrong_digest(document)
    for where, named in _named(body.source):
        if official.words_of(named) not in document.words:
            yield ("source", *where), f"来源文件 {source.file} 里没有“{named}”，请照原文写"
    if body.is_official and placeholders_fit(body):
        yield from differences(body, document)
