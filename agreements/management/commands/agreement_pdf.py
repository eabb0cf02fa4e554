"""Write the copies of one agreement into a folder."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agreements.documents.press import copies_of, paper_of
from agreements.documents.stamping import StampedSet
from agreements.models import Agreement
from agreements.text.fonts import UnprintableCharacters


class Command(BaseCommand):
    help = "Write NUMBER-copy1.pdf … and NUMBER-print.pdf of one agreement, made by the same code as in the worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="the agreement's number")
        parser.add_argument("--out", type=Path, default=Path(), help="the folder to write into")

    def handle(self, *args: Any, **options: Any) -> None:
        number, out = options["number"], options["out"]
        try:
            agreement = Agreement.objects.with_parties().get(number=number)
        except Agreement.DoesNotExist as error:
            raise CommandError(f"没有编号为 {number} 的协议。") from error
        if agreement.template_version is None:
            raise CommandError(f"{number} 还没有选择范本。")
        out.mkdir(parents=True, exist_ok=True)
        for path, content, pages in _files(_made(agreement), number):
            (out / path).write_bytes(content)
            self.stdout.write(f"{out / path}  {pages} 页")


def _made(agreement: Agreement) -> StampedSet:
    try:
        return copies_of(paper_of(agreement))
    except UnprintableCharacters as error:
        raise CommandError(str(error)) from error


def _files(made: StampedSet, number: str) -> list[tuple[str, bytes, int]]:
    copies = [(f"{number}-copy{n}.pdf", file.content, file.pages) for n, file in enumerate(made.copies, 1)]
    return [*copies, (f"{number}-print.pdf", made.print_file.content, made.print_file.pages)]
