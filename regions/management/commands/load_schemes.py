"""Load the policy schemes of the regions; running it again changes nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from regions.datafile import DataFileError, FolderRead
from regions.faults import tell
from regions.loading import in_known_kinds, in_known_regions, load_scheme_files, used_elsewhere
from regions.models import Scheme
from regions.scheme_files import FOLDER, PLATFORM_OWN, SchemeFile, as_allowed, look_through

OF_THE_PLATFORM = ""  # what `loaded_from` says of schemes that came with it


class Command(BaseCommand):
    help = "载入各地政策方案；可以重复运行。有错误的文件说明错在哪里，其余的照常载入；撤走的文件，方案撤下"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dir", type=Path, default=FOLDER, help="方案文件所在目录（默认为系统自带的方案）")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["dir"]
        loaded_from = OF_THE_PLATFORM if folder.resolve() == FOLDER.resolve() else str(folder.resolve())
        try:
            found = in_known_kinds(in_known_regions(look_through(folder))).without_faults_in(PLATFORM_OWN)
        except DataFileError as error:
            raise CommandError(str(error)) from error
        found = _beside_others(found, loaded_from)
        result = load_scheme_files(found.good, also_there=found.bad, loaded_from=loaded_from)
        self.stdout.write(f"政策方案：写入 {result.written}，撤下 {result.closed}，未变 {result.unchanged}")
        tell("政策方案", loaded_from, found.problems)


def _beside_others(found: FolderRead[SchemeFile], loaded_from: str) -> FolderRead[SchemeFile]:
    """Leave out what takes the name of another folder's scheme, or changes what such a one locks."""
    if loaded_from == OF_THE_PLATFORM:
        return found
    others = list(Scheme.objects.filter(is_withdrawn=False).exclude(loaded_from=loaded_from))
    owners = {other.slug: other.loaded_from for other in others}
    taken = {scheme: why for scheme in found.good if (why := used_elsewhere(scheme.body.slug, owners))}
    good = tuple(scheme for scheme in found.good if scheme not in taken)
    told = [scheme.file.problem(("slug",), why) for scheme, why in taken.items()]
    known = [(f"{other.slug}.yaml", other.parsed) for other in others if other.loaded_from]
    return as_allowed(FolderRead(good, (*found.problems, *told), found.bad), known)
