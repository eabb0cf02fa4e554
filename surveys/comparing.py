"""Two editions side by side, and what one institution wants beside what another offers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.models import User
from institutions.models import Institution, Role, institutions_held_by, remit_read_by
from surveys.models import Survey
from surveys.questions import HEADINGS, SERVICES_WORD, answer_in_words, questions
from surveys.service_catalogue import Service, catalogue

MOST_PARTNERS = 20


@dataclass(frozen=True)
class Line:
    """One question of an edition, and how it was answered the time before if that was otherwise ("" if not)."""

    label: str
    answer: str
    before: str = ""


@dataclass(frozen=True)
class Block:
    heading: str
    lines: tuple[Line, ...]


def blocks(survey: Survey, earlier: Survey | None = None) -> list[Block]:
    """Return what an edition says, under the headings of the notice."""
    found = []
    for heading in HEADINGS:
        asked = [question for question in questions(survey.institution.role) if question.heading == heading]
        lines = []
        for question in asked:
            answer = answer_in_words(question, survey)
            before = answer_in_words(question, earlier) if earlier else answer
            lines.append(Line(question.label, answer, before if before != answer else ""))
        found += [Block(heading, tuple(lines))] if lines else []
    return found


@dataclass(frozen=True)
class ServiceLine:
    service: Service
    is_chosen: bool
    was_chosen: bool

    @property
    def is_new(self) -> bool:
        return self.is_chosen and not self.was_chosen

    @property
    def is_gone(self) -> bool:
        return self.was_chosen and not self.is_chosen


def services(survey: Survey, earlier: Survey | None = None) -> list[ServiceLine]:
    """Return every service of the catalogue, with whether the edition and the one before have it."""
    before = earlier.services if earlier else survey.services
    return [ServiceLine(each, each.id in survey.services, each.id in before) for each in catalogue().services]


def differences(one: Survey, other: Survey) -> Iterator[Line]:
    """Yield what `other` says differently, for a person whose page has become old."""
    for question in questions(one.institution.role):
        mine, theirs = answer_in_words(question, one), answer_in_words(question, other)
        if mine != theirs:
            yield Line(question.label, theirs, mine)
    mine, theirs = (_names(each) for each in (one, other))
    if mine != theirs:
        yield Line(SERVICES_WORD[Role(one.institution.role)], theirs, mine)


def _names(survey: Survey) -> str:
    return "、".join(service.label for service in catalogue().chosen(survey.services)) or "—"


def partners_to_compare(institution: Institution, *, query: str, user: User) -> list[Institution]:
    """Return a few open institutions of the other side: without a query those of the county.

    Who is not of the institution is an official, and compares within the remit.
    """
    found = Institution.objects.open().of_role(other_side(institution)).select_related("region")
    if not institutions_held_by(user).filter(pk=institution.pk).exists():
        found = found.filter(region__in=remit_read_by(user))
    found = found.search(query) if query.strip() else found.filter(region=institution.region)
    return list(found.order_by("name", "id")[:MOST_PARTNERS])


def other_side(institution: Institution) -> Role:
    return Role(institution.role).other


@dataclass(frozen=True)
class Beside:
    service: Service
    is_wanted: bool
    is_offered: bool

    @property
    def is_met(self) -> bool:
        return self.is_wanted and self.is_offered


def side_by_side(wanting: Survey | None, offering: Survey | None) -> list[Beside]:
    """Return the catalogue with what the elder-care side wants and what the medical side offers."""
    wanted = wanting.services if wanting else []
    offered = offering.services if offering else []
    return [Beside(each, each.id in wanted, each.id in offered) for each in catalogue().services]
