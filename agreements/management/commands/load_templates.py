"""Publish the template files; running it again changes nothing, and a changed text becomes a new version."""

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from agreements.catalogue.publishing import OF_THE_PLATFORM, publish, withdraw_missing
from agreements.catalogue.reader import DATA, PLATFORM_OWN, TemplateFile, look_through
from agreements.models import Template, TemplateVersion
from chinese.dates import cn_day
from regions.datafile import DataFileError
from regions.faults import tell
from regions.loading import folders_of_others, in_known_regions


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
        taken = list(_taken(found.good, loaded_from))
        refused = [template for template, _ in taken]
        for template in found.good:
            if template not in refused:
                self._publish(template, loaded_from)
        there = {*(template.body.slug for template in found.good), *found.bad}
        for gone in withdraw_missing(there, loaded_from=loaded_from):
            self.stdout.write(f"{gone.slug}：文件已撤走，从{cn_day(gone.withdrawn_on)}起撤下；已有的协议不受影响")
        tell("范本", loaded_from, [*found.problems, *(told for _, told in taken)])

    def _publish(self, template: TemplateFile, loaded_from: str) -> None:
        newest = TemplateVersion.objects.filter(template__slug=template.body.slug).order_by("-number").first()
        version = publish(template.body, loaded_from=loaded_from)
        is_new = newest is None or newest.pk != version.pk
        self.stdout.write(f"{template.body.slug}：第 {version.number} 版（{'新发布' if is_new else '未变'}）")


TAKEN = "这个代号是{}范本的，请换一个，slug 和文件名都要改"


def _taken(files: Sequence[TemplateFile], loaded_from: str) -> Iterator[tuple[TemplateFile, str]]:
    """Yield the files that would take the place of a template of another folder, each with what is wrong."""
    if loaded_from == OF_THE_PLATFORM:
        return
    rows = Template.objects.filter(Q(loaded_from=OF_THE_PLATFORM) | Q(withdrawn_on__isnull=True))
    own = folders_of_others(dict(rows.values_list("slug", "loaded_from")), loaded_from)
    for template in files:
        if template.body.slug in own:
            told = TAKEN.format(own[template.body.slug] or "平台自带")
            yield template, template.file.problem(("slug",), told)
