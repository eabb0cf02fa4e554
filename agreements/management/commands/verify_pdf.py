"""Say of one file whether it is ours and whole, and what its signatures are."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from agreements.documents.said import Said
from agreements.documents.verdicts import Verdict, verdict_on


class Command(BaseCommand):
    help = "Print the verdict on a PDF and on each of its signatures. Exit code 0 only for one that is ours and whole."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print it as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            verdict = verdict_on(options["file"])
        except OSError as error:
            raise CommandError(f"打不开 {options['file']}：{error.strerror}", returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(verdict.told, ensure_ascii=False, indent=2))
        else:
            for line in _lines(verdict):
                self.stdout.write(line)
        if not verdict.is_whole:
            raise SystemExit(1)


def _lines(verdict: Verdict) -> list[str]:
    lines = [verdict.words]
    copy = verdict.copy
    if copy is not None and copy.caution:
        lines.append(f"注意：{copy.caution}。")
    lines.append(f"SHA-256 {verdict.sha256}")
    if copy is not None:
        is_last = "文本作废以前最后的文件" if copy.is_voided else "这一份最新的文件"
        newest = is_last if copy.is_newest else "不是最新的"
        lines.append(f"{copy.number}，{copy.copy}，{copy.state}，{copy.level}，{newest}")
    for number, said in enumerate(verdict.signatures, 1):
        lines.append(f"{number}. {_in_a_line(said)}")
    return lines


def _in_a_line(said: Said) -> str:
    who = said.by if said.is_known else f"自称{said.by}"
    whom = f"，代表{said.for_whom}" if said.for_whom else ""
    return "，".join(filter(None, [f"{said.what}：{who}{whom}", said.level, said.time, *said.remarks]))
