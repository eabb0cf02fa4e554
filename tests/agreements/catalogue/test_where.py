"""Each mistake of a template is named at the part that it is about, and what only touches a limit is none."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from agreements.catalogue.checks import mistakes
from agreements.catalogue.mistake import Path
from agreements.catalogue.reader import read_template, read_templates
from agreements.text.schema import Blank, BlankKind, TemplateBody, TermKind, TermRule
from tests.agreements.catalogue.test_new_region import MADE_UP

BY_SLUG = {template.body.slug: template.body for template in read_templates()}
HUNAN, CONSORTIUM = BY_SLUG["hunan-2020"], BY_SLUG["shaoxing-2024-consortium"]
QINGSHAN = read_template(MADE_UP / "qingshan-2026.yaml").body
Change = Callable[[TemplateBody], TemplateBody]


def with_blank(place: int, **changes: object) -> Change:
    def change(body: TemplateBody) -> TemplateBody:
        blanks = list(body.blanks)
        blanks[place] = replace(blanks[place], **changes)  # type: ignore[arg-type]  # by name: the case says which
        return replace(body, blanks=tuple(blanks))

    return change


def doubled(name: str) -> Change:
    """Write the second of a list a second time, as the last."""

    def change(body: TemplateBody) -> TemplateBody:
        parts: Sequence[object] = getattr(body, name)
        return replace(body, **{name: (*parts, parts[1])})  # type: ignore[arg-type]  # any list of a template

    return change


def in_shared_line(text: str) -> Change:
    def change(body: TemplateBody) -> TemplateBody:
        party = body.signature.parties[0]
        lines = (*body.signature.shared_lines, replace(party.lines[0], text=text, prompt=""))
        return replace(body, signature=replace(body.signature, shared_lines=lines))

    return change


def paths(body: TemplateBody) -> list[Path]:
    return [path for path, _ in mistakes(body)]


@pytest.mark.parametrize(
    ("body", "change", "path"),
    [
        (HUNAN, lambda body: replace(body, source=replace(body.source, digest="")), ("source", "digest")),
        (HUNAN, lambda body: replace(body, is_official=False), ("source", "status")),
        (HUNAN, doubled("blanks"), ("blanks", len(HUNAN.blanks), "id")),
        (HUNAN, doubled("blocks"), ("blocks", len(HUNAN.blocks), "id")),
        (HUNAN, doubled("copies"), ("copies", len(HUNAN.copies), "holder")),
        (HUNAN, in_shared_line("{nobody_knows}"), ("signature", "shared_lines", len(HUNAN.signature.shared_lines))),
        (HUNAN, lambda body: replace(body, purpose="supplement"), ("term", "kind")),
        (HUNAN, lambda body: replace(body, term=TermRule(TermKind.WITH_MAIN)), ("term", "kind")),
        (
            CONSORTIUM,
            lambda body: replace(body, term=replace(body.term, to_blank=body.term.from_blank)),
            ("term", "to_blank"),
        ),
        (CONSORTIUM, lambda body: replace(body, term=replace(body.term, from_blank="none")), ("term", "from_blank")),
        (CONSORTIUM, lambda body: replace(body, term=replace(body.term, to_blank="none")), ("term", "to_blank")),
        (
            CONSORTIUM,
            lambda body: replace(body, term=TermRule(TermKind.BLANK_YEARS, blank=body.term.from_blank)),
            ("term", "blank"),
        ),
    ],
)
def test_it_is_named_at_its_part(body: TemplateBody, change: Change, path: Path) -> None:
    assert paths(body) == []
    assert path in paths(change(body))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda body: replace(body, copies=(*body.copies, body.copies[-1])), id="two other holders"),
        pytest.param(in_shared_line("签订于{elder_care_address}"), id="a blank in a line that both share"),
    ],
)
def test_what_looks_like_a_mistake_is_none(change: Change) -> None:
    assert QINGSHAN.copies[-1].holder == "other"
    assert [path for path in paths(change(QINGSHAN)) if path != ("copies",)] == []


@pytest.mark.parametrize(("minimum", "maximum", "is_wrong"), [(3, 3, False), (3, 4, False), (4, 3, True)])
def test_limits_may_meet_but_not_cross(minimum: int, maximum: int, *, is_wrong: bool) -> None:
    place = next(place for place, blank in enumerate(QINGSHAN.blanks) if blank.kind is BlankKind.MONEY)
    changed = with_blank(place, minimum=minimum, maximum=maximum)(QINGSHAN)
    assert (("blanks", place, "minimum") in paths(changed)) is is_wrong


def test_a_brace_beside_a_blank_is_found() -> None:
    blank = Blank("again", BlankKind.TEXT, "问？")
    body = replace(HUNAN, blanks=(*HUNAN.blanks, blank))
    assert paths(in_shared_line("{again}")(body)) == []
    assert paths(in_shared_line("{{again}}")(body)) == [
        ("signature", "shared_lines", len(HUNAN.signature.shared_lines))
    ]
