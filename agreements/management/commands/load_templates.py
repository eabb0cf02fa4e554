"""Publish the template files; running it again changes nothing, and a changed text becomes a new version."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agreements.catalogue.publishing import OF_THE_PLATFORM, publish, withdraw_missing
from agreements.catalogue.reader import DATA, PLATFORM_OWN, TemplateFile, look_through
from agreements.models import Template, TemplateVersion
from chinese.dates import cn_day
from regions.datafile import DataFileError
from regions.faults import tell
from regions.loading import in_known_regions, used_elsewhere


class Command(BaseCommand):
    help = "发布范本文件；可以重复运行。有错误的文件说明错在哪里，其余的照常发布；撤走的文件，范本从当天起撤下"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dir", type=Path, default=DATA, help="范本文件所在目录（默认为系统自带的范本）")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["dir"]
        loaded_from = OF_THE_PLATFORM if folder.resolve() == DATA.resolve() else str(folder.resolve())
        try:
            found = look_through(folder)
            found = in_known_regions(found).without_faults_in(PLATFORM_OWN)
        except DataFileError as error:
            raise CommandError(str(error)) from error
        taken = _taken(found.good, loaded_from)
        for template in found.good:
            if template.body.slug not in taken:
                self._publish(template, loaded_from)
        there = {*(template.body.slug for template in found.good), *found.bad}
        for gone in withdraw_missing(there, loaded_from=loaded_from):
            self.stdout.write(f"{gone.slug}：文件已撤走，从{cn_day(gone.withdrawn_on)}起撤下；已有的协议不受影响")
        named = ((template, taken.get(template.body.slug)) for template in found.good)
        told = [template.file.problem(("slug",), why) for template, why in named if why]
        tell("范本", loaded_from, [*found.problems, *told])

    def _publish(self, template: TemplateFile, loaded_from: str) -> None:
        newest = TemplateVersion.objects.filter(template__slug=template.body.slug).order_by("-number").first()
        version = publish(template.body, loaded_from=loaded_from)
        is_new = newest is None or newest.pk != version.pk
        self.stdout.write(f"{template.body.slug}：第 {version.number} 版（{'新发布' if is_new else '未变'}）")


def _taken(files: Sequence[TemplateFile], loaded_from: str) -> dict[str, str]:
    """Return the names that templates of another folder have, with why these files may not have them."""
    if loaded_from == OF_THE_PLATFORM:
        return {}
    owners = dict(Template.objects.exclude(loaded_from=loaded_from).values_list("slug", "loaded_from"))
    return {slug: why for slug in (file.body.slug for file in files) if (why := used_elsewhere(slug, owners))}
