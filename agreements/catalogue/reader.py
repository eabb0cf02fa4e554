"""Template files: read, checked against the schema and against themselves, every mistake named with file and line.

Knows nothing of Django. Whether the region exists is asked when the template is published.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from agreements.catalogue.checks import mistakes
from agreements.text.schema import TemplateBody
from regions import datafile
from regions.datafile import DataFile, DataFileError

HERE = Path(__file__).parent
DATA = HERE / "data"
SCHEMA = json.loads((HERE / "template.schema.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class TemplateFile:
    """A template as read, with the file it stands in (for naming a line later)."""

    body: TemplateBody
    file: DataFile


def read_template(path: Path) -> TemplateFile:
    """Read one template file. Raises DataFileError with one `file:line: …` per mistake."""
    file = datafile.read_checked(path, SCHEMA)
    body = TemplateBody.from_json(file.data)
    found = sorted((file.line_of(where), file.problem(where, message)) for where, message in mistakes(body))
    if body.slug != path.stem:
        found.insert(0, (file.line_of(("slug",)), file.problem(("slug",), f"slug 应与文件名相同：“{path.stem}”")))
    if found:
        raise DataFileError([problem for _, problem in found])
    return TemplateFile(body, file)


def read_templates(directory: Path = DATA) -> list[TemplateFile]:
    """Read every template file of a directory, by name. Raises DataFileError with the mistakes of all files."""
    paths = sorted(directory.glob("*.yaml"))
    if not paths:
        raise DataFileError([f"{directory}：没有找到范本文件（*.yaml）"])
    return list(_all_or_error(paths))


def find_template(slug: str, directory: Path = DATA) -> TemplateFile | None:
    """Read the template file of this slug, or return None if there is none."""
    path = directory / f"{slug}.yaml"
    return read_template(path) if path in directory.glob("*.yaml") else None


def _all_or_error(paths: Iterable[Path]) -> list[TemplateFile]:
    files, problems = [], list[str]()
    for path in paths:
        try:
            files.append(read_template(path))
        except DataFileError as error:
            problems += error.problems
    if problems:
        raise DataFileError(problems)
    return files
