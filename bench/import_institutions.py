"""The import of 40,000 institutions, as a worker does it. Run: python -m bench.import_institutions [ROWS]

Starts throw-away servers of its own, so nothing is left behind. Every step is a process of its own with the production
settings; the checking and writing of one import are done by one process, as by a worker, and the memory printed is that
process's highest (VmHWM, MiB). "processor" is the seconds that a step had one, its cell included, PostgreSQL not; they
follow the load of the machine less. "plain" is bulk_create of the same institutions and profiles, in batches as large,
and nothing else: no reading, checking, matching, log or progress.
"""

import io
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import django

ROWS = 40_000
BATCH = 1_000
WRONG_EVERY = 50  # in the faulty sheet
INLINE = re.compile(r't="inlineStr"><is><t[^>]*>([^<]*)</t></is></c>')
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED_TYPE = (
    '<Override PartName="/xl/sharedStrings.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "yiyang.settings",
    "DEBUG": "no",
    "SECRET_KEY": "only-for-this-run",
    "ALLOWED_HOSTS": "localhost",
    "SITE_URL": "http://localhost",
    "LOG_LEVEL": "WARNING",
}


def rows(count: int) -> Iterator[dict[str, Any]]:
    """Yield the facts of made-up institutions of both sides in turn, over all real counties."""
    from institutions.uscc import compose_uscc
    from regions.models import Region

    counties = list(Region.objects.lowest().filter(is_grouping=False, valid_to=None).values_list("code", "name"))
    for number in range(count):
        code, name = counties[number // 2 % len(counties)]
        common = {
            "name": f"{name}{'颐和' if number % 2 else '惠民'}{number}{'养老院' if number % 2 else '卫生院'}",
            "region": code,
            "address": f"{name}建设路 {number} 号",
            "legal_representative": f"测试员{number}",
            "phone": f"138{number:08d}",
            "opened_on": f"20{number % 20 + 1:02d}-0{number % 9 + 1}-1{number % 9}",
        }
        if number % 2:
            uscc = compose_uscc("52", code, f"MJ{number:06d}")
            facts = {"kind": "养老机构", "ownership": "民办非营利", "beds": 120, "residents": 80, "residents_60": 78}
            facts |= {"residents_65": 70, "residents_80": 31, "has_own_clinic": "否"}
            yield {**common, **facts, "uscc": uscc, "filing_number": f"备{number}", "filed_on": "2020-06-01"}
        else:
            uscc = compose_uscc("12", code, f"MB{number:06d}")
            facts = {"kind": "乡镇卫生院", "ownership": "公办", "level": "一级", "is_insurance_designated": "是"}
            facts |= {"licence_valid_from": "2020-01-01", "licence_valid_to": "2036-12-31"}
            yield {**common, **facts, "uscc": uscc, "licence_number": f"{uscc[8:17]}{code}11C2201"}


def sheet(path: Path, count: int, *, faulty: bool) -> None:
    """Write the workbook that an official would upload, a sheet for each side."""
    from boundary.workbooks.writing import Book
    from imports.columns import OF_ROLE
    from institutions.models import Role

    book = Book()
    pages = {Role.MEDICAL: book.page("医疗卫生机构", ()), Role.ELDER_CARE: book.page("养老服务机构", ())}
    for role, page in pages.items():
        page.append([column.heading for column in OF_ROLE[role].values()])
    for number, facts in enumerate(rows(count)):
        role = Role.ELDER_CARE if number % 2 else Role.MEDICAL
        if faulty and number % WRONG_EVERY == 0:
            facts["uscc"] = facts["uscc"][:17]
        pages[role].append([facts.get(name) for name in OF_ROLE[role]])
    with path.open("wb") as file:
        book.save(file)
    share_texts(path)


def share_texts(path: Path) -> None:
    """Move every text of a workbook into one shared list, as Excel itself writes it: the costlier form to read."""
    places: dict[str, int] = {}

    def shared(found: re.Match[str]) -> str:
        return f't="s"><v>{places.setdefault(found[1], len(places))}</v></c>'

    whole = path.with_suffix(".whole")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: name == "[Content_Types].xml"):
            part = old.read(name).decode()
            if name.startswith("xl/worksheets/"):
                part = INLINE.sub(shared, part)
            elif name == "[Content_Types].xml":
                part = part.replace("</Types>", f"{SHARED_TYPE}</Types>")
            new.writestr(name, part)
        texts = "".join(f"<si><t>{text}</t></si>" for text in places)
        new.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}" uniqueCount="{len(places)}">{texts}</sst>')
    whole.replace(path)


def prepare(count: int, folder: Path) -> dict[str, Any]:
    from django.core.management import call_command

    from accounts.models import User
    from institutions.models import Authority, Membership
    from regions.models import Region

    call_command("migrate", verbosity=0)
    call_command("load_regions", stdout=io.StringIO())
    official = User.objects.create(username="official", full_name="测试员")
    nation = Region.objects.get(level=0)
    bureau = Authority.objects.create(name="测试", kind=Authority.Kind.CIVIL_AFFAIRS, region=nation)
    Membership.objects.create(
        user=official, authority=bureau, duty=Membership.Duty.REVIEWER, state=Membership.State.EFFECTIVE
    )
    for name in ("sheet", "faulty"):
        sheet(folder / f"{name}.xlsx", count, faulty=name == "faulty")
    return {"counties": Region.objects.lowest().count(), "MB": (folder / "sheet.xlsx").stat().st_size / 1e6}


def plain(count: int, folder: Path) -> dict[str, Any]:
    """Time bulk_create alone, and undo it."""
    from django.db import connection, transaction

    from imports.check_run import batches
    from institutions.models import ElderCareProfile, Institution, MedicalProfile, Role
    from regions.models import Region

    keys = dict(Region.objects.values_list("code", "pk"))
    made: list[tuple[Institution, Any]] = []
    for facts in rows(count):
        institution = Institution(
            role=Role.ELDER_CARE if "beds" in facts else Role.MEDICAL,
            region_id=keys[facts["region"]],
            ownership="public",
            opened_on=date.fromisoformat(facts["opened_on"]),
            **{name: facts[name] for name in ("name", "uscc", "address", "legal_representative", "phone")},
        )
        if "beds" in facts:
            counts = {name: facts[name] for name in ("beds", "residents", "residents_60", "residents_65")}
            made.append((institution, ElderCareProfile(institution=institution, kind="residential_care", **counts)))
        else:
            profile = MedicalProfile(institution=institution, kind="township_health_centre", is_primary=True)
            profile.licence_number = facts["licence_number"]
            made.append((institution, profile))
    with transaction.atomic():
        start = time.perf_counter()
        for batch in batches(made, BATCH):
            Institution.objects.bulk_create([institution for institution, _ in batch])
            MedicalProfile.objects.bulk_create(each for _, each in batch if isinstance(each, MedicalProfile))
            ElderCareProfile.objects.bulk_create(each for _, each in batch if isinstance(each, ElderCareProfile))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        seconds = time.perf_counter() - start
        transaction.set_rollback(True)
    return {"seconds": seconds}


def import_(name: str, folder: Path) -> dict[str, Any]:
    """Upload as the web process does, have it read, check it and, unless it is faulty or unchanged, write it."""
    from accounts.models import User
    from imports import check_run, read_run, runs, write_run
    from imports.models import InstitutionImport
    from institutions.models import Authority

    path = folder / f"{name}.xlsx"
    by, authority = User.objects.get(), Authority.objects.get()
    times = {}

    def timed(step: str, start: float) -> None:
        times[step] = time.perf_counter() - start

    start = time.perf_counter()
    with path.open("rb") as file:
        run = runs.upload(authority, by=by, name=path.name, file=file, size=path.stat().st_size)
    timed("upload", start)
    start = time.perf_counter()
    read_run.read(run.pk)
    timed("read", start)
    start = time.perf_counter()
    check_run.check(run.pk)
    timed("check", start)
    run = InstitutionImport.objects.get(pk=run.pk)
    assert run.state == run.State.CHECKED, run.failure
    if run.tally["new"] and not run.tally["wrong"]:
        runs.confirm(run, by=by)
        start = time.perf_counter()
        write_run.write(run.pk)
        timed("write", start)
        run.refresh_from_db()
        assert run.state == run.State.DONE, run.failure
    return {**times, "tally": run.tally, "peak": peak()}


def peak() -> float:
    """Return the process's highest resident memory, in MiB."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def step(*arguments: str, environment: dict[str, str]) -> dict[str, Any]:
    """Run one step in a process of its own and return what it measured."""
    command = [sys.executable, "-m", "bench.import_institutions", *arguments]
    before = processor()
    done = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True)
    measured: dict[str, Any] = json.loads(done.stdout.decode().splitlines()[-1])
    return {**measured, "processor": processor() - before}


def processor() -> float:
    """Return the seconds that processes begun here had a processor, cells included and PostgreSQL not."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def line(what: str, found: dict[str, Any], bare: float) -> str:
    total = found["check"] + found.get("write", 0.0)
    cells = [f"{found.get(each, 0.0):>9.1f}" for each in ("upload", "read", "check", "write")]
    compared = f"{total:>12.1f}{total / bare:>10.1f}"
    return f"{what:<22}{''.join(cells)}{compared}{found['peak']:>10.0f}{found['processor']:>11.1f}"


def main(count: int) -> None:
    """Print the table."""
    from embedded.throwaway import servers

    with ExitStack() as held:
        folder = held.enter_context(tempfile.TemporaryDirectory())
        addresses = held.enter_context(servers())
        environment = {**SETTINGS, **addresses, "MEDIA_ROOT": f"{folder}/media"}
        made = step("prepare", str(count), folder, environment=environment)
        print(f"{count} institutions in {made['counties']} counties, a sheet of {made['MB']:.1f} MB")
        bare = step("plain", str(count), folder, environment=environment)["seconds"]
        print(f"plain bulk_create of the same rows: {bare:.1f} s")
        steps = "".join(f"{each:>9}" for each in ("upload", "read", "check", "write"))
        print(f"{'':<22}{steps}{'check+write':>12}{'/ plain':>10}{'peak MiB':>10}{'processor':>11}")
        for what, name in (("faulty, marked sheet", "faulty"), ("first", "sheet"), ("the same again", "sheet")):
            found = step("import", name, folder, environment=environment)
            print(f"{line(what, found, bare)}  {found['tally']}")


if __name__ == "__main__":
    if sys.argv[1:2] and not sys.argv[1].isdigit():
        django.setup()
        kind, argument, where = sys.argv[1:4]
        steps = {"prepare": prepare, "plain": plain}
        measured = import_(argument, Path(where)) if kind == "import" else steps[kind](int(argument), Path(where))
        print(json.dumps(measured))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else ROWS)
