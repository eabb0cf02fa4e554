"""Print the blank text of a template, one clause per line, blanks as the source prints them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agreements.catalogue.reader import DATA, find_template
from agreements.models import TemplateVersion
from agreements.text.filling import fill
from agreements.text.schema import TemplateBody
from regions.datafile import DataFileError


class Command(BaseCommand):
    help = "打印范本的空白文本，一条一行"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="范本标识，例如 hunan-2020")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            body = _published(options["slug"]) or _from_file(options["slug"])
        except DataFileError as error:
            raise CommandError(str(error)) from error
        if body is None:
            raise CommandError(f"没有名为“{options['slug']}”的范本。现有：{'、'.join(_slugs())}")
        self.stdout.write(fill(body, {}).plain)


def _published(slug: str) -> TemplateBody | None:
    newest = TemplateVersion.objects.filter(template__slug=slug).order_by("-number").first()
    return newest.parsed if newest else None


def _from_file(slug: str) -> TemplateBody | None:
    found = find_template(slug)
    return found.body if found else None


def _slugs() -> list[str]:
    published = TemplateVersion.objects.values_list("template__slug", flat=True)
    return sorted({*published, *(path.stem for path in DATA.glob("*.yaml"))})
