"""Template files: read, checked against the schema, against themselves and against the official document they name.

Every mistake is named with file, line and column, and with the right form. Knows nothing of Django. Whether the region
exists is asked when the template is published.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agreements.catalogue.checks import mistakes, placeholders_fit
from agreements.catalogue.mistake import Mistake
from agreements.catalogue.source_text import differences
from agreements.text.schema import TemplateBody
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
    found = [*_name(body, path), *mistakes(body)]
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
    if source.document_number and source.document_number not in document.words:
        yield (
            ("source", "document_number"),
            f"来源文件 {source.file} 里没有文号“{source.document_number}”，请照原文写",
        )
    if body.is_official and placeholders_fit(body):
        yield from differences(body, document)
