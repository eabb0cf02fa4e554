"""The import law of docs/architecture.md, proved on the source. Nothing here is about taste."""

import ast
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from agreements.models.states import State as AgreementState
from filing.states import State as FilingState

ROOT = Path(__file__).resolve().parent.parent

# The house, lowest first: an app may import what it names, and what those may.
LAW: dict[str, set[str]] = {
    # The owner of the tables and the application, who may do in them what it needs.
    "database": set(),
    # Openings that lower apps declare and higher ones fill.
    "sockets": set(),
    # How people here write days and money: pure words, for whoever needs them.
    "chinese": set(),
    # One counter row for each series and year.
    "numbering": set(),
    # How long anybody waits for Valkey.
    "patience": set(),
    # Order, ring, claim, keep, sweep: what every kind of job has in common.
    "jobs": {"patience"},
    # A form that creates something creates it once.
    "once": set(),
    "audit": {"jobs"},
    "regions": {"chinese", "sockets"},
    # The beats of a verb: lock, guard, may, write, log.
    "verbs": {"audit"},
    # Where strangers' things come in and ours go out: may be used by every app, and knows none but the log.
    "boundary": {"audit", "chinese"},
    "accounts": {"verbs", "boundary", "chinese"},
    "frame": {"accounts", "once"},
    "notifications": {"accounts"},
    # What strangers send: kept in quarantine, judged by a job, shown as pictures.
    "uploads": {"frame", "jobs", "sockets"},
    # Lists to take along: ordered, written by a job, kept for a week.
    "exports": {"notifications", "uploads"},
    "institutions": {"exports", "regions"},
    "duties": {"institutions"},
    # What one signs with: certificates and their keys, seals, and the hand that puts both into a file.
    "sealing": {"institutions"},
    "surveys": {"institutions"},
    "eligibility": {"institutions"},
    "imports": {"institutions"},
    "agreements": {"duties", "sealing", "surveys", "eligibility", "numbering"},
    "filing": {"agreements"},
    "coverage": {"filing"},
    # On top: they show what is of every app, and nobody imports them.
    "auditing": {"coverage", "imports"},
    # Made-up data for a trial; stands on the roof.
    "demo": {"database", "coverage", "imports"},
}


def _reached(app: str) -> set[str]:
    return LAW[app].union(*map(_reached, LAW[app]))


MAY_IMPORT = {app: _reached(app) for app in LAW}
# The rooms of agreements, lowest first: a room may import those before it.
ROOMS = (
    ("text",),
    ("models",),
    ("contacts", "events", "fields", "permissions", "sockets", "notices"),
    ("leaders",),
    ("catalogue",),
    ("documents",),
    ("announcements",),
    ("lifecycle",),
    ("drafting", "negotiation", "signing", "term"),
    ("register",),
)
# What stands beside the rooms and only calls into them.
DOORS = {"apps", "urls", "tasks", "schedule", "reminders", "checks", "management", "templatetags", "migrations"}
APPS = [app for app in MAY_IMPORT if (ROOT / app).is_dir()]
# Rule 11: one module per outsider.
OUTSIDERS: dict[str, str | tuple[str, ...]] = {
    "weasyprint": "agreements/documents/",
    "pypdfium2": "boundary/cell/inside/",
    "PIL": "boundary/cell/inside/",
    "zxingcpp": "boundary/cell/inside/",
    "limits": "boundary/",
    "cn2an": "chinese/capitals.py",
    "openpyxl": ("boundary/workbooks/", "boundary/cell/inside/"),
    "pyhanko": ("sealing/pades/", "boundary/cell/inside/"),
    "pyhanko_certvalidator": ("sealing/keys/paths.py", "boundary/cell/inside/"),
    "pkcs11": "sealing/pades/",
    "rfc3161_client": "audit/timestamping.py",
}
# All that knows WeasyPrint.
SETS_TYPE = ("typesetting", "justification", "cut_families")
# Who may name a module that answers requests or the clock.
WIRING = {"urls.py"}


def sources(folder: str) -> Iterator[Path]:
    yield from sorted((ROOT / folder).rglob("*.py"))


def imported(tree: ast.AST, source: Path) -> Iterator[str]:
    """Yield every module that the tree imports, dotted; for `from a.b import c` both a.b and a.b.c."""
    package = ".".join(source.relative_to(ROOT).parent.parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


@cache
def parsed(source: Path) -> ast.Module:
    return ast.parse(source.read_text(encoding="utf-8"), str(source))


def shown(source: Path) -> str:
    return str(source.relative_to(ROOT))


def test_the_law_itself_has_no_cycle() -> None:
    seen: set[str] = set()
    for app, allowed in MAY_IMPORT.items():
        assert allowed <= seen, f"{app} may import something that stands above it: {allowed - seen}"
        seen.add(app)


@pytest.mark.parametrize("app", APPS)
def test_app_imports_only_what_the_law_allows(app: str) -> None:
    allowed = MAY_IMPORT[app] | {app}
    broken = {
        f"{shown(source)} imports {name}"
        for source in sources(app)
        for name in imported(parsed(source), source)
        if name.split(".")[0] in MAY_IMPORT and name.split(".")[0] not in allowed
    }
    assert not broken


@pytest.mark.parametrize("app", APPS)
def test_no_function_imports_our_apps(app: str) -> None:
    broken = {
        f"{shown(source)}:{function.lineno} {function.name} imports {name}"
        for source in sources(app)
        for function in ast.walk(parsed(source))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        # An app is configured before there are models, so what it fills sockets with is imported when it is ready.
        if (source.name, function.name) != ("apps.py", "ready")
        for name in imported(function, source)
        if name.split(".")[0] in MAY_IMPORT
    }
    assert not broken


@cache
def answering() -> set[str]:
    """Return the modules that hold views, whatever their name: those that addresses lead to."""
    ours = {".".join(source.relative_to(ROOT).with_suffix("").parts) for app in APPS for source in sources(app)}
    wired = {
        name
        for app in [*APPS, "yiyang"]
        for source in sources(app)
        if source.name in WIRING
        for name in imported(parsed(source), source)
    }
    return {name for name in wired & ours if not name.endswith(".urls")}


@pytest.mark.parametrize("app", APPS)
def test_nothing_imports_views_or_the_clock(app: str) -> None:
    clock = {f"{each}.schedule" for each in APPS}
    broken = {
        f"{shown(source)} imports {name}"
        for source in sources(app)
        if source.name not in WIRING
        for name in imported(parsed(source), source)
        if name in answering() | clock
    }
    assert not broken


def sources_of(room: str) -> list[Path]:
    folder = ROOT / "agreements" / room
    return list(sources(f"agreements/{room}")) if folder.is_dir() else [folder.with_suffix(".py")]


def room_of(module: str) -> str:
    return module.split(".")[1] if module.startswith("agreements.") else ""


@pytest.mark.parametrize("floor", range(len(ROOMS)), ids=["+".join(rooms) for rooms in ROOMS])
def test_a_room_of_agreements_imports_only_rooms_before_it(floor: int) -> None:
    below = {room for rooms in ROOMS[:floor] for room in rooms}
    broken = {
        f"{shown(source)} imports {name}"
        for room in ROOMS[floor]
        for source in (
            sources(f"agreements/{room}") if (ROOT / "agreements" / room).is_dir() else [ROOT / f"agreements/{room}.py"]
        )
        for name in imported(parsed(source), source)
        if room_of(name) and room_of(name) not in below | {room}
    }
    assert not broken


def test_every_module_of_agreements_has_its_room() -> None:
    known = {room for rooms in ROOMS for room in rooms} | DOORS
    there = {source.stem for source in (ROOT / "agreements").iterdir() if not source.name.startswith("__")}
    assert there == known


@pytest.mark.parametrize("app", APPS)
def test_no_signals_between_our_apps(app: str) -> None:
    broken = {
        f"{shown(source)} imports {name}"
        for source in sources(app)
        for name in imported(parsed(source), source)
        if name.startswith(("django.dispatch", "django.db.models.signals"))
    }
    assert not broken


@pytest.mark.parametrize("app", [*APPS, "yiyang", "embedded"])
def test_each_outsider_has_one_module(app: str) -> None:
    broken = {
        f"{shown(source)} imports {name}"
        for source in sources(app)
        for name in imported(parsed(source), source)
        for outsider, room in OUTSIDERS.items()
        if name.split(".")[0] == outsider and not shown(source).startswith(room)
    }
    assert not broken


@pytest.mark.parametrize("app", [*APPS, "yiyang"])
def test_a_process_starts_without_weasyprint(app: str) -> None:
    """Loading it is a third of a start: what needs it is named by none but what sets type, which is loaded by name."""
    knows = {f"agreements.documents.{module}": f"agreements/documents/{module}.py" for module in SETS_TYPE}
    broken = {
        f"{shown(source)} imports {name}"
        for source in sources(app)
        for name in imported(parsed(source), source)
        if (name in knows or name.split(".")[0] == "weasyprint") and shown(source) not in knows.values()
    }
    assert not broken


@pytest.mark.parametrize("app", [*APPS, "yiyang"])
def test_locks_let_those_through_who_only_refer_to_the_row(app: str) -> None:
    """Every reference asks for the row it names when its transaction ends: kept out, two such acts end each other."""
    broken = {
        f"{shown(source)}:{node.lineno}"
        for source in sources(app)
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "select_for_update"
        and "no_key" not in {given.arg for given in node.keywords}
    }
    assert not broken


def _writes_a_day(words: ast.JoinedStr) -> bool:
    """Whether a year is followed by 年 in an f-string."""
    return any(
        isinstance(part, ast.FormattedValue)
        and isinstance(part.value, ast.Attribute)
        and part.value.attr == "year"
        and isinstance(after, ast.Constant)
        and str(after.value).startswith("年")
        for part, after in pairwise(words.values)
    )


@pytest.mark.parametrize("app", [app for app in APPS if app != "chinese"])
def test_days_are_put_in_words_in_one_place(app: str) -> None:
    broken = {
        f"{shown(source)}:{node.lineno}"
        for source in sources(app)
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.JoinedStr) and _writes_a_day(node)
    }
    assert not broken


# Where the states of a life are listed, with the groups of them that have a name; a verb's row says where it begins.
STATES = {"agreements": AgreementState, "filing": FilingState}
MAY_LIST_STATES = {"agreements/models/states.py", "filing/states.py", "agreements/lifecycle/transitions.py"}


def _is_state_of(app: str, part: ast.expr, source: Path) -> bool:
    """Whether a part of a list names a state of an app's: State.DRAFT, Agreement.State.DRAFT, or "draft" at home."""
    at_home = shown(source).startswith(f"{app}/")
    if isinstance(part, ast.Constant):
        return at_home and part.value in STATES[app].values
    words = ast.unparse(part).split(".")
    ours = ["State"] if at_home else [{"agreements": "Agreement", "filing": "Filing"}[app], "State"]
    return words[-1] in STATES[app].names and words[-1 - len(ours) : -1] == ours


@pytest.mark.parametrize("app", [*APPS, "bench"])
def test_groups_of_states_are_listed_once(app: str) -> None:
    broken = {
        f"{shown(source)}:{node.lineno} {ast.unparse(node)}"
        for source in sources(app)
        if shown(source) not in MAY_LIST_STATES and source.parent.name != "migrations"
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.List | ast.Tuple | ast.Set)
        for whose in STATES
        if sum(_is_state_of(whose, part, source) for part in node.elts) > 1
    }
    assert not broken


def test_leaf_code_imports_no_app() -> None:
    """The project package wires apps by name in settings and urls; the embedded servers know none."""
    broken = {
        f"{shown(source)} imports {name}"
        for source in sources("embedded")
        for name in imported(parsed(source), source)
        if name.split(".")[0] in {*MAY_IMPORT, "yiyang", "django"}
    }
    assert not broken


# Who opens a stranger's file waits for it: a job does, and a command of the console. A view never.
DOORS_OF_CELLS = {f"boundary.cell.{door}" for door in ("door", "keystores", "seals", "signatures", "tables")}
OPENS_FILES = {
    "boundary.cell.door.judge",
    "boundary.cell.door.draw",
    "boundary.cell.signatures.look",
    "boundary.cell.tables.read",
    "boundary.cell.keystores.read",
    "boundary.cell.seals.cut_out",
    "uploads.drawing.picture_paper",
    "sealing.pictures.cut",
    "boundary.uploads.look_at",
    "agreements.documents.verdicts.verdict_on",
}
# The worker draws our own copies for who reads them, and cuts a seal out of its picture when it is judged.
# One page waits: that which says what a file is and keeps nothing of it. It takes a turn, so that one web worker does
# at most, and has little patience.
MAY_OPEN_FILES = {
    "boundary/uploads.py",
    "uploads/judging.py",
    "uploads/drawing.py",
    "imports/read_run.py",
    "sealing/pictures.py",
    "sealing/purposes.py",
    "agreements/documents/renditions.py",
    "agreements/documents/verdicts.py",
    "agreements/documents/verifying.py",
}
# A file of a certificate comes with a password that may lie in no row and no queue: the request itself waits.
MAY_OPEN_FILES |= {"sealing/importing.py"}
# A job of one module, which views may not even reach through another.
OPENING = {"uploads.judging", "uploads.at_once", "imports.read_run"}
MAY_JUDGE = {"uploads/tasks.py", "uploads/at_once.py", "imports/tasks.py"}


@pytest.mark.parametrize("app", [*APPS, "yiyang"])
def test_only_jobs_and_commands_open_strangers_files(app: str) -> None:
    broken = {
        f"{shown(source)} imports {name}"
        for source in sources(app)
        if "management" not in source.parts and not shown(source).startswith(("demo/", "boundary/cell/"))
        for name in imported(parsed(source), source)
        if (name in OPENS_FILES and shown(source) not in MAY_OPEN_FILES)
        or (name in DOORS_OF_CELLS and _takes_a_door_whole(source) and shown(source) not in MAY_OPEN_FILES)
        or (name in OPENING and shown(source) not in MAY_JUDGE)
    }
    assert not broken


def _takes_a_door_whole(source: Path) -> bool:
    """Whether a module takes a door itself and not only a name behind it, so that nobody sees what it calls."""
    return any(
        (isinstance(node, ast.Import) and any(alias.name in DOORS_OF_CELLS for alias in node.names))
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "boundary.cell"
            and any(f"boundary.cell.{alias.name}" in DOORS_OF_CELLS for alias in node.names)
        )
        for node in ast.walk(parsed(source))
    )


# What reads a workbook or unpacks an archive, wherever it stands in a module. What we write and ship ourselves may be.
READS_TABLES = (
    "openpyxl.reader",
    "openpyxl.load_workbook",
    "openpyxl.worksheet._reader",
    "zipfile",
    "csv",
    "xml",
    "lxml",
)
OURS_TO_READ = {"audit/": "exports of ours", "demo/": "data of ours", "regions/": "data of ours"}


@pytest.mark.parametrize("app", [*APPS, "yiyang"])
def test_only_a_cell_reads_workbooks_archives_and_texts(app: str) -> None:
    broken = {
        f"{shown(source)} imports {name}"
        for source in sources(app)
        if not shown(source).startswith(("boundary/cell/inside/", *OURS_TO_READ))
        for name in imported(parsed(source), source)
        if any(name == reads or name.startswith(f"{reads}.") for reads in READS_TABLES)
    }
    assert not broken
