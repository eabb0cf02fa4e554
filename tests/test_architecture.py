"""The import law of docs/architecture.md, proved on the source. Nothing here is about taste."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Which of our apps each app may import. The order is the order of the house, lowest first.
MAY_IMPORT: dict[str, set[str]] = {
    "audit": set(),
    "regions": set(),
    # Where strangers' things come in and ours go out: may be used by every app, and knows none but the log.
    "boundary": {"audit"},
    "accounts": {"audit", "boundary"},
    "notifications": {"accounts"},
    "institutions": {"boundary", "regions", "notifications", "audit", "accounts"},
    "agreements": {"boundary", "institutions", "regions", "notifications", "audit", "accounts"},
    "filing": {"boundary", "agreements", "institutions", "regions", "notifications", "audit", "accounts"},
    "coverage": {"filing", "agreements", "institutions", "regions", "audit", "accounts", "boundary"},
    # Made-up data for a trial; stands on the roof, so nothing may import it.
    "demo": {"boundary", "filing", "agreements", "institutions", "regions", "notifications", "audit", "accounts"},
}
APPS = [app for app in MAY_IMPORT if (ROOT / app).is_dir()]
# Rule 11: one module per outsider.
OUTSIDERS = {
    "weasyprint": "agreements/documents/",
    "pypdfium2": "boundary/",
    "PIL": "boundary/",
    "limits": "boundary/",
    "pyhanko": "agreements/signing/",
    "rfc3161_client": "audit/timestamping.py",
}
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
        for name in imported(function, source)
        if name.split(".")[0] in MAY_IMPORT
    }
    assert not broken


@pytest.mark.parametrize("app", APPS)
def test_nothing_imports_views_or_the_clock(app: str) -> None:
    broken = {
        f"{shown(source)} imports {name}"
        for source in sources(app)
        if source.name not in WIRING
        for name in imported(parsed(source), source)
        if name.split(".")[0] in MAY_IMPORT and {"views", "schedule"} & set(name.split(".")[1:])
    }
    assert not broken


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


def test_leaf_code_imports_no_app() -> None:
    """The project package wires apps by name in settings and urls; the embedded servers know none."""
    broken = {
        f"{shown(source)} imports {name}"
        for source in sources("embedded")
        for name in imported(parsed(source), source)
        if name.split(".")[0] in {*MAY_IMPORT, "yiyang", "django"}
    }
    assert not broken
