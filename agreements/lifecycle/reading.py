"""What a person has read of a text that waits for their signature, and the second way to read it.

Whoever signs two hundred agreements made by one template reads it once, and of each what was filled in: nothing else
of it differs. Whoever would rather leaf through the pages does that (electronic.py `show_page`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User
from agreements.lifecycle.seen import refuse_another_text
from agreements.models import Agreement, HowRead, ReadBlanks, ReadTemplate, Rendition, ShownPage, TemplateVersion
from agreements.models.agreement import AgreementQuerySet
from agreements.permissions import side_signed_for, templates_to_read
from agreements.text.changes import ChangedLine, changed_lines
from agreements.text.filling import FilledText, fill
from verbs.errors import NotAllowed, WrongState


@dataclass(frozen=True)
class ReadableBlank:
    """One blank as it stands in a frozen text: what it is called and what is printed there, "" where it stayed empty.

    One that stands in several places in several shapes, a sum in digits and in capitals, has them all.
    """

    label: str
    value: str


def read_template(version: TemplateVersion, *, by: User) -> None:
    """Note that the person was shown the template whole. Safe to say twice.

    Raises NotAllowed to anybody for whose signature nothing made by it waits.
    """
    if not templates_to_read(by).filter(pk=version.pk).exists():
        raise NotAllowed("没有等您签署的协议用这份范本。")
    ReadTemplate.objects.bulk_create([ReadTemplate(version=version, person=by)], ignore_conflicts=True)


def read_blanks(agreement: Agreement, *, by: User, text_seen: str) -> None:
    """Note that the person was shown every blank of the frozen text. Safe to say twice.

    Raises NotAllowed to whoever is no signatory of exactly one side, Unacceptable for another text than was shown.
    """
    if side_signed_for(by, agreement) is None:
        raise NotAllowed("您现在同时代表双方，或者不是签约人。请先在右上角切换到您要代表的机构。")
    if agreement.frozen_id is None:
        raise WrongState("这份协议现在没有等您签署的文本。")
    refuse_another_text(agreement, text_seen)
    ReadBlanks.objects.bulk_create([ReadBlanks(frozen_id=agreement.frozen_id, person=by)], ignore_conflicts=True)


def templates_read(by: User) -> set[int]:
    """Return the keys of the versions that the person has read."""
    return set(ReadTemplate.objects.filter(person=by).values_list("version", flat=True))


def blanks_read(texts: Iterable[int], by: User) -> set[int]:
    """Return of which of these frozen texts, by their keys, the person has read the blanks."""
    return set(ReadBlanks.objects.filter(person=by, frozen__in=list(texts)).values_list("frozen", flat=True))


def how_read(agreements: Iterable[Agreement], *, by: User) -> dict[int, HowRead]:
    """Return how the person has read each frozen text, by the agreement's key; without those not read whole.

    Four questions to the database, however many they are.
    """
    frozen = {row.pk: row.frozen for row in agreements if row.frozen is not None}
    keys = [text.pk for text in frozen.values()]
    expected = dict(
        Rendition.objects.final()
        .filter(frozen__in=keys, state=Rendition.State.READY)
        .values_list("frozen", "page_count")
    )
    shown = defaultdict[int, set[int]](set)
    for key, page in ShownPage.objects.filter(frozen__in=keys, person=by).values_list("frozen", "page"):
        shown[key].add(page)
    templates, blanks = templates_read(by), blanks_read(keys, by)
    found = {}
    for pk, text in frozen.items():
        if (pages := expected.get(text.pk)) and shown[text.pk].issuperset(range(1, pages + 1)):
            found[pk] = HowRead.PAGES
        elif text.pk in blanks and text.template_version_id in templates:
            found[pk] = HowRead.BLANKS
    return found


def blanks_of(agreement: Agreement) -> list[ReadableBlank]:
    """Return every blank of the frozen text, in the order of the template."""
    labels = {blank.id: blank.label for blank in agreement.chosen_version.parsed.blanks}
    values: dict[str, list[str]] = {}
    for line in agreement.filled_text().all_lines():
        for run in line.runs:
            if run.blank:
                said = values.setdefault(run.blank, [])
                said += [run.text] if run.filled and run.text not in said else []
    return [ReadableBlank(labels.get(blank, blank), "；".join(said)) for blank, said in values.items()]


def empty_text(version: TemplateVersion) -> FilledText:
    """Return the template as it stands with nothing filled in."""
    return fill(version.parsed, {})


def differing_lines(agreement: Agreement) -> list[ChangedLine]:
    """Return every line of the frozen text that reads otherwise than in the template, with the difference marked."""
    return changed_lines(empty_text(agreement.chosen_version), agreement.filled_text())


def next_to_read(agreements: AgreementQuerySet, *, by: User) -> Agreement | None:
    """Return the first of these of which the person has read neither the pages nor the blanks."""
    rows = list(agreements)
    read = how_read(rows, by=by)
    blanks = blanks_read([row.frozen_id for row in rows if row.frozen_id], by)
    return next((row for row in rows if row.pk not in read and row.frozen_id not in blanks), None)
