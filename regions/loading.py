"""Bring the region tree, the schemes and the calendar into line with the data files.

Nothing is deleted: what is gone is closed.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol, TypeVar

from django.db import transaction
from django.utils import timezone

from regions.datafile import DataFile, FolderRead
from regions.divisions import Division
from regions.models import CalendarDay, Region, Scheme
from regions.scheme_files import SchemeFile
from regions.sockets import INSTITUTION_KINDS
from regions.workdays import Workday

STORED_FIELDS = (
    "code",
    "name",
    "level",
    "parent__code",
    "full_name",
    "is_grouping",
    "valid_from",
    "valid_to",
    "successor__code",
)
DAY_FIELDS = ("date", "is_workday", "source_notice", "provisional")
SCHEME_FIELDS = ("region", "title", "document_number", "in_force_from", "digest", "body", "is_withdrawn", "loaded_from")
WRITTEN_FIELDS = ("name", "full_name", "level", "parent", "is_grouping", "valid_from", "valid_to", "successor")


@dataclass(frozen=True)
class LoadResult:
    written: int  # made or changed
    closed: int
    unchanged: int


@transaction.atomic
def load_divisions(divisions: Mapping[str, Division], *, today: date | None = None) -> LoadResult:
    """Write the divisions; one query when nothing changed, else two per level.

    A region that the data no longer has is closed from `today` on (default: the local date).
    """
    stored = {row[0]: Division(*row) for row in Region.objects.values_list(*STORED_FIELDS)}
    changed = [division for code, division in divisions.items() if stored.get(code) != division]
    gone = [row for code, row in stored.items() if code not in divisions and row.valid_to is None]
    if changed:
        _write(changed)
    if gone:
        codes = [row.code for row in gone]
        Region.objects.filter(code__in=codes).update(valid_to=today or timezone.localdate())
    return LoadResult(len(changed), len(gone), len(divisions) - len(changed))


def _write(changed: list[Division]) -> None:
    for level in sorted({division.level for division in changed}):
        ids = dict(Region.objects.filter(level__lt=level).values_list("code", "pk"))
        _upsert([_as_region(division, ids, with_successor=False) for division in changed if division.level == level])
    replaced = [division for division in changed if division.successor_code]
    if replaced:  # only now, when every successor has its row
        ids = dict(Region.objects.values_list("code", "pk"))
        _upsert([_as_region(division, ids, with_successor=True) for division in replaced])


def _upsert(regions: list[Region]) -> None:
    Region.objects.bulk_create(
        regions, batch_size=1000, update_conflicts=True, unique_fields=["code"], update_fields=WRITTEN_FIELDS
    )


def _as_region(division: Division, ids: Mapping[str, int], *, with_successor: bool) -> Region:
    fields: dict[str, Any] = {
        "code": division.code,
        "name": division.name,
        "full_name": division.full_name,
        "level": division.level,
        "parent_id": ids[division.parent_code] if division.parent_code else None,
        "is_grouping": division.is_grouping,
        "valid_from": division.valid_from,
        "valid_to": division.valid_to,
    }
    if with_successor and division.successor_code:
        fields["successor_id"] = ids[division.successor_code]
    return Region(**fields)


@transaction.atomic
def load_days(days: Mapping[date, Workday]) -> LoadResult:
    """Write the working-day table; a day of an official notice is never overwritten by a provisional one."""
    stored = {row[0]: Workday(*row) for row in CalendarDay.objects.values_list(*DAY_FIELDS)}
    changed = [
        day for day in days.values() if (old := stored.get(day.date)) != day and (old is None or _prevails(day, old))
    ]
    rows = [CalendarDay(**asdict(day)) for day in changed]
    CalendarDay.objects.bulk_create(
        rows, batch_size=2000, update_conflicts=True, unique_fields=["date"], update_fields=DAY_FIELDS[1:]
    )
    return LoadResult(len(changed), 0, len(days) - len(changed))


def _prevails(new: Workday, old: Workday) -> bool:
    return old.provisional or not new.provisional


class HasRegion(Protocol):
    @property
    def region(self) -> str: ...


class InRegion(Protocol):
    """A file of a region, as read: a scheme or a template."""

    @property
    def file(self) -> DataFile: ...

    @property
    def body(self) -> HasRegion: ...


F = TypeVar("F", bound=InRegion)


def in_known_regions(found: FolderRead[F]) -> FolderRead[F]:
    """Leave out the files of regions that do not exist, each with its mistake."""
    codes = {each.body.region for each in found.good}
    known = set(Region.objects.filter(code__in=codes).values_list("code", flat=True))
    unknown = [each for each in found.good if each.body.region not in known]
    problems = [
        each.file.problem(
            ("region",), f"没有代码为“{each.body.region}”的行政区划，请核对六位代码；新的区划先运行 load_regions 载入"
        )
        for each in unknown
    ]
    return FolderRead(
        tuple(each for each in found.good if each not in unknown),
        (*found.problems, *problems),
        found.bad | {each.file.path.stem for each in unknown},
    )


def in_known_kinds(found: FolderRead[SchemeFile]) -> FolderRead[SchemeFile]:
    """Leave out the files that name kinds of institutions which nobody knows, each with its mistakes."""
    known = {key for words in INSTITUTION_KINDS for key in words()}
    problems = {each: list(_unknown_kinds(each, known)) for each in found.good}
    bad = {each.file.path.stem for each, told in problems.items() if told}
    return FolderRead(
        tuple(each for each, told in problems.items() if not told),
        (*found.problems, *(problem for told in problems.values() for problem in told)),
        found.bad | bad,
    )


def _unknown_kinds(scheme: SchemeFile, known: Collection[str]) -> Iterator[str]:
    for index, rule in enumerate(scheme.file.data["rules"]):
        for place, kind in enumerate(rule["with"].get("kinds", ())):
            if kind not in known:
                told = f"没有“{kind}”这类机构，可以写：{'、'.join(sorted(known))}"
                yield scheme.file.problem(("rules", index, "with", "kinds", place), told)


@transaction.atomic
def load_scheme_files(
    files: Sequence[SchemeFile], *, also_there: Collection[str] = (), loaded_from: str = ""
) -> LoadResult:
    """Write the schemes whose file changed; one whose file is gone from the folder is withdrawn.

    `also_there` are the names of files that are there and were left out: their schemes stay as they were. Raises
    DataFileError when a file names a region that does not exist.
    """
    in_known_regions(FolderRead(tuple(files), (), frozenset())).or_error()
    kept = Scheme.objects.filter(is_withdrawn=False, loaded_from=loaded_from)
    stored = dict(kept.values_list("slug", "digest"))
    changed = [scheme for scheme in files if stored.get(scheme.body.slug) != scheme.file.digest]
    codes = {scheme.body.region for scheme in changed}
    ids = dict(Region.objects.filter(code__in=codes).values_list("code", "pk"))
    Scheme.objects.bulk_create(
        [_as_scheme(scheme, ids, loaded_from) for scheme in changed],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=SCHEME_FIELDS,
    )
    gone = stored.keys() - {scheme.body.slug for scheme in files} - set(also_there)
    if gone:
        Scheme.objects.filter(slug__in=gone).update(is_withdrawn=True)
    return LoadResult(len(changed), len(gone), len(files) - len(changed))


def _as_scheme(scheme: SchemeFile, ids: Mapping[str, int], loaded_from: str) -> Scheme:
    return Scheme(
        slug=scheme.body.slug,
        region_id=ids[scheme.body.region],
        title=scheme.body.title,
        document_number=scheme.body.document_number,
        in_force_from=scheme.body.in_force_from,
        digest=scheme.file.digest,
        body=scheme.file.data,
        is_withdrawn=False,
        loaded_from=loaded_from,
    )


def used_elsewhere(slug: str, owners: Mapping[str, str]) -> str:
    """Return why a folder may not use this name, given which other folder has loaded each; "" if it may.

    A folder that was moved takes its names along: where its old place holds no such file, nobody else uses it.
    """
    folder = owners.get(slug)
    if folder is None:
        return ""
    if folder == "":
        return "这个代号是平台自带的，请换一个，slug 和文件名都要改"
    if not Path(folder, f"{slug}.yaml").is_file():
        return ""
    return f"这个代号已经用在 {folder} 里，请换一个，slug 和文件名都要改"
