"""Publish the template files; running it again changes nothing, a changed file becomes a new version."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from agreements.catalogue.publishing import publish
from agreements.catalogue.reader import DATA, TemplateFile, read_templates
from agreements.models import TemplateVersion
from regions.datafile import DataFileError
from regions.models import Region


class Command(BaseCommand):
    help = "发布范本文件；可以重复运行"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dir", type=Path, default=DATA, help="范本文件所在目录（默认为系统自带的范本）")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            files = read_templates(options["dir"])
            _require_regions(files)
        except DataFileError as error:
            raise CommandError(str(error)) from error
        for template, version, is_new in _publish(files):
            self.stdout.write(f"{template.body.slug}：第 {version.number} 版（{'新发布' if is_new else '未变'}）")


def _require_regions(files: list[TemplateFile]) -> None:
    codes = {template.body.region for template in files}
    known = set(Region.objects.filter(code__in=codes).values_list("code", flat=True))
    problems = [
        template.file.problem(("region",), f"没有代码为“{template.body.region}”的行政区划")
        for template in files
        if template.body.region not in known
    ]
    if problems:
        raise DataFileError(problems)


@transaction.atomic
def _publish(files: list[TemplateFile]) -> list[tuple[TemplateFile, TemplateVersion, bool]]:
    before = set(TemplateVersion.objects.values_list("pk", flat=True))
    versions = [(template, publish(template.body)) for template in files]
    return [(template, version, version.pk not in before) for template, version in versions]
