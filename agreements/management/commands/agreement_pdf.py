"""Write the copies of one agreement into a folder."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agreements.documents.issued import newest
from agreements.documents.press import copies_of, paper_of
from agreements.documents.stamping import StampedSet
from agreements.models import Agreement, IssuedFile, Rendition
from boundary.printing import UnprintableCharacters


class Command(BaseCommand):
    help = (
        "Write NUMBER-copy1.pdf … and NUMBER-print.pdf of one agreement: as they are stored once a party has signed "
        "electronically, and else made by the same code as in the worker."
    )

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
        signed = _signed(agreement)
        files = _stored(signed, number) if signed is not None else _files(_made(agreement), number)
        out.mkdir(parents=True, exist_ok=True)
        for path, content, pages in files:
            (out / path).write_bytes(content)
            self.stdout.write(f"{out / path}  {pages} 页")


def _signed(agreement: Agreement) -> Rendition | None:
    """Return the final copies if any of them was signed electronically."""
    run = agreement.renditions.final().filter(state=Rendition.State.READY).first()
    is_signed = run is not None and IssuedFile.objects.filter(counterpart__rendition=run).exists()
    return run if is_signed else None


def _stored(run: Rendition, number: str) -> Iterator[tuple[str, bytes, int]]:
    """Yield the bytes as they were signed: none is made again."""
    for copy in run.counterparts.all():
        yield f"{number}-copy{copy.number}.pdf", newest(copy)[0], copy.page_count


def _made(agreement: Agreement) -> StampedSet:
    try:
        return copies_of(paper_of(agreement))
    except UnprintableCharacters as error:
        raise CommandError(str(error)) from error


def _files(made: StampedSet, number: str) -> list[tuple[str, bytes, int]]:
    copies = [(f"{number}-copy{n}.pdf", file.content, file.pages) for n, file in enumerate(made.copies, 1)]
    return [*copies, (f"{number}-print.pdf", made.print_file.content, made.print_file.pages)]
