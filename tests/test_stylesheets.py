"""The stylesheets compared with the templates: what is shared, what is one room's own, and nothing dead."""

import re
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from tests.test_architecture import LAW

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
SHEETS = ROOT / "static/css"
SHARED = "yiyang"
# Rooms of agreements that have a sheet; every other sheet is called as its app.
ROOMS = {"agreements/draft": "drafting", "agreements/negotiation": "drafting", "agreements/signing": "signing"}
NOT_PAGES = {"pdf", "emails"}  # with styles of their own inside them
# Classes that no template of ours writes: libraries do, or a widget's attribute.
WRITTEN_ELSEWHERE = {"asteriskField", "col-form-label", "form-select", "icon", "invalid-feedback"}
TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
ATTRIBUTE = re.compile(r"""\bclass\s*=\s*"((?:\{\{.*?\}\}|\{%.*?%\}|[^"{])*)\"""", re.DOTALL)
LINK = re.compile(r"css/(\w+)\.css")
CHIP = re.compile(r"""class="chip(?: chip-(\w+))?">\{% icon "(\w+)" %\}|Chip\(f?"[^"]*", "(\w+)", "(\w+)"\)""")
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")


def selectors(sheet: str) -> Iterator[str]:
    text = re.sub(r"/\*.*?\*/", "", (SHEETS / f"{sheet}.css").read_text(encoding="utf-8"), flags=re.DOTALL)
    heads = (head.strip() for head in re.findall(r"([^{}]+)\{", text))
    yield from chain.from_iterable(head.split(",") for head in heads if not head.startswith("@"))


def sheet_of(template: Path) -> str:
    """Return the name that the sheet of a template's room has; that of the templates of no app is the shared one."""
    folder = template.parent.relative_to(TEMPLATES).as_posix()
    return ROOMS.get(folder) or (SHARED if folder == "." else folder.split("/")[0])


def pages() -> Iterator[Path]:
    for template in sorted(TEMPLATES.rglob("*.html")):
        if template.relative_to(TEMPLATES).parts[0] not in NOT_PAGES:
            yield template


@cache
def written() -> dict[str, set[str]]:
    """Return by class, as a pattern where a part is filled in, the rooms whose templates write it."""
    found: dict[str, set[str]] = defaultdict(set)
    for template in pages():
        for attribute in ATTRIBUTE.findall(template.read_text(encoding="utf-8")):
            for name in VALUE.sub("*", TAG.sub(" ", attribute)).split():
                found[name].add(sheet_of(template))
    return found


def rooms_with(name: str) -> set[str]:
    named = (rooms for pattern, rooms in written().items() if pattern != "*" and fnmatchcase(name, pattern))
    return set(chain.from_iterable(named))


@cache
def scripts() -> str:
    return "\n".join(script.read_text(encoding="utf-8") for script in sorted((ROOT / "static/js").glob("*.js")))


def is_used(name: str) -> bool:
    return name in WRITTEN_ELSEWHERE or bool(rooms_with(name)) or bool(re.search(rf"\b{re.escape(name)}\b", scripts()))


def sheets() -> list[str]:
    return sorted(sheet.stem for sheet in SHEETS.glob("*.css"))


@pytest.mark.parametrize("sheet", sheets())
def test_no_rule_is_dead(sheet: str) -> None:
    names = {name for selector in selectors(sheet) for name in CLASS.findall(selector)}
    assert {name for name in names if not is_used(name)} == set()


@pytest.mark.parametrize("sheet", [sheet for sheet in sheets() if sheet != SHARED])
def test_a_rooms_sheet_holds_only_what_is_its_own(sheet: str) -> None:
    others = {name for other in sheets() if other != sheet for each in selectors(other) for name in CLASS.findall(each)}

    def is_own(name: str) -> bool:
        return name not in others and rooms_with(name) <= {sheet}

    strange = {
        selector.strip()
        for selector in selectors(sheet)
        if "#" not in selector and not any(map(is_own, CLASS.findall(selector)))
    }
    assert strange == set()


def test_a_page_links_no_other_rooms_sheet() -> None:
    linked = {
        (template.relative_to(TEMPLATES).as_posix(), sheet)
        for template in pages()
        for sheet in LINK.findall(template.read_text(encoding="utf-8"))
        if sheet != sheet_of(template)
    }
    assert linked == set()


def test_a_mark_says_the_same_by_its_sign_and_by_its_colour() -> None:
    """Green has a tick, and a tick is green or plain: what is wrong is never green. In pages and in code alike."""
    marked = [*pages(), *(path for app in LAW for path in sorted((ROOT / app).rglob("*.py")))]
    found = [
        (path.relative_to(ROOT), colour or by_code, sign or sign_by_code)
        for path in marked
        for colour, sign, sign_by_code, by_code in CHIP.findall(path.read_text(encoding="utf-8"))
    ]
    assert len(found) > 80
    odd = [
        (str(path), colour, sign)
        for path, colour, sign in found
        if (sign == "tick" and colour not in {"pine", ""}) or (colour == "pine" and sign != "tick")
    ]
    assert not odd


@pytest.mark.parametrize("sheet", sorted(path.stem for path in SHEETS.glob("*.css")))
def test_what_the_screen_shows_is_not_set_for_paper_alone(sheet: str) -> None:
    """A merge once moved how changed words are marked into the rules for printing, and no screen marked them."""
    text = (SHEETS / f"{sheet}.css").read_text(encoding="utf-8")
    printed = "".join(re.findall(r"^@media print \{(.*?)^\}", text, re.DOTALL | re.MULTILINE))
    printed = re.sub(r"[^{}]*\{ display: none !important; \}", "", printed)  # what paper leaves out
    on_screen = re.sub(r"^@media print \{.*?^\}", "", text, flags=re.DOTALL | re.MULTILINE)
    assert set(CLASS.findall(re.sub(r"\{[^}]*\}", "", printed))) <= set(CLASS.findall(on_screen))


@pytest.mark.parametrize("sheet", sheets())
def test_paper_is_never_asked_for_its_width(sheet: str) -> None:
    """A sheet of A4 is narrower than many a screen: what fits a screen would turn its tables into cards."""
    text = (SHEETS / f"{sheet}.css").read_text(encoding="utf-8")
    asked = re.findall(r"^@media ([^{]*)\{", text, re.MULTILINE)
    assert not [each for each in asked if re.search(r"(width|height)\s*:", each) and not each.startswith("screen and")]
